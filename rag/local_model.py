"""Runs a GGUF model in this process: llama.cpp (``xllamacpp``) serves an OpenAI-compatible endpoint on a loopback port.

One server a process and model file, started at first use, closed with the process. Only who knows the random key can use it.
"""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.config import BUNDLED, NONE, Config
from rag.errors import ConfigError, WeightsError
from rag.weights import BUNDLED_MODELS, bundled_gguf, verify

SLOTS = 2
CONTEXT_TOKENS = 4096
"""Of each slot; prompts have some hundreds."""
_GGUF_MAGIC = b"GGUF"
ADAPTERS = Path(__file__).parent / "adapters"
"""Holds ``<model>.gguf`` for each bundled model that has one."""


@dataclass(frozen=True, slots=True)
class LocalEndpoint:
    """Where the local model answers."""

    base_url: str
    api_key: str
    model: str


_endpoints: dict[tuple[Path, Path | None], tuple[LocalEndpoint, Any]] = {}
_lock = threading.Lock()


def start_local_model(config: Config) -> LocalEndpoint:
    """The endpoint of the configured local model; starts it unless this process already has.

    Raises:
        WeightsError: the weights or ``xllamacpp`` are missing, or the weights are not the verified ones.
        ConfigError: ``local_model`` is neither a bundled model's name nor a file.
    """
    files = find_weights(config), find_adapter(config)
    with _lock:
        if files not in _endpoints:
            _endpoints[files] = _start(*files, config)
        return _endpoints[files][0]


def find_adapter(config: Config) -> Path | None:
    """The adapter of the configured local model; None if it has none.

    Raises:
        ConfigError: ``adapter`` is neither ``bundled`` nor ``none`` nor a file.
    """
    if config.adapter == BUNDLED:
        files = {m.name: ADAPTERS / f"{m.name}.gguf" for m in BUNDLED_MODELS}
        file = files.get(config.local_model)
        return file if file and file.is_file() else None
    if config.adapter == NONE:
        return None
    file = Path(config.adapter).expanduser()
    if not file.is_file():
        raise ConfigError(f"adapter {config.adapter!r}: is no file; set adapter to one of eval.adapter.train, to {BUNDLED}, or to {NONE}")
    return file.resolve()


def find_weights(config: Config) -> Path:
    """The verified GGUF file of the configured local model."""
    for model in BUNDLED_MODELS:
        if model.name == config.local_model:
            return bundled_gguf(model, config.cache_dir)
    path = Path(config.local_model).expanduser()
    if not path.is_file():
        known = ", ".join(m.name for m in BUNDLED_MODELS)
        raise ConfigError(f"local_model {config.local_model!r}: is neither the path of a GGUF file nor one of: {known}")
    with path.open("rb") as f:
        if f.read(4) != _GGUF_MAGIC:
            raise WeightsError(f"{path}: is not a GGUF file; set local_model to one, or to a bundled model's name")
    if config.local_model_sha256:
        verify(path, config.local_model_sha256.lower(), config.cache_dir, "download it again, or correct local_model_sha256")
    return path.resolve()


def _start(path: Path, adapter: Path | None, config: Config) -> tuple[LocalEndpoint, Any]:
    try:
        import xllamacpp
    except ImportError as e:
        raise WeightsError('the local model needs xllamacpp; run: pip install "footnote[local]"') from e
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.offline = True
    api_key = secrets.token_urlsafe(24)
    params.api_keys = [api_key]
    params.n_ctx = SLOTS * CONTEXT_TOKENS
    # One slot keeps the fixed part of what is asked about evidence, the other that of rewriting: llama.cpp picks the one that shares more with a prompt.
    params.n_parallel = SLOTS
    params.verbosity = 0
    # What is kept of earlier prompts beyond the last one (8 GiB by default, 5 MB a question) would help no later question.
    params.cache_ram_mib = 0
    if adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    threads = config.threads or os.cpu_count() or 1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    try:
        server = xllamacpp.Server(params)
    except Exception as e:
        raise WeightsError(f"{path}: llama.cpp cannot load the model ({e}); set local_model to another, or use --llm extractive") from e
    return LocalEndpoint(f"{server.listening_address}/v1", api_key, config.local_model), server
