"""Every setting, in one frozen value that rejects unknown names.

Read from the environment and an optional TOML file by the entry points (``load_config``) and passed on as an argument;
nothing else in Footnote looks at the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from rag.errors import ConfigError

Engine = Literal["local", "openai", "extractive"]
ENGINES: tuple[str, ...] = get_args(Engine)
MINILM = "sentence-transformers/all-MiniLM-L6-v2"
BUNDLED, RULES, NONE = "bundled", "rules", "none"
"""Names of checkers and adapters."""


class Config(BaseModel):
    """Settings. Each is the environment variable ``FOOTNOTE_<NAME>`` and the key ``<name>`` of the TOML file that ``FOOTNOTE_CONFIG`` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("footnote", appauthor=False)))
    """Where the index is kept."""
    cache_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_cache_dir("footnote", appauthor=False)))
    """Where verified model weights are kept."""
    embedding_model: str = MINILM
    """A sentence-transformers name or path."""
    chunk_tokens: int = Field(default=100, ge=16, le=254)
    """Most tokens of the embedding model in a chunk of several sentences."""
    top_k: int = Field(default=12, ge=1, le=100)
    """Hits an answer is made from."""
    reranker: str | None = None
    """A sentence-transformers ``CrossEncoder`` by name or path that orders the passages found; none by default."""
    checker: str = BUNDLED
    """The model that sentences must pass besides the rules: ``bundled``, ``rules`` for none, an NLI ``CrossEncoder`` by name or path,
    or an ``.onnx`` file of ``rag.checker.export``."""
    llm: Engine = "local"
    """Which engine writes the answers."""
    local_model: str = "qwen2.5-coder-1.5b-instruct"
    """A bundled model's name, or the path of a GGUF file."""
    local_model_sha256: str | None = None
    """Expected hash of the GGUF file at a path; refuses another."""
    adapter: str = BUNDLED
    """What the local model reads with whether its evidence answers: ``bundled``, which some models have, ``none``, or a GGUF file of
    ``eval.adapter.train``."""
    openai_model: str | None = None
    """Model at the OpenAI-compatible endpoint; by default the first one that it lists."""
    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    llm_timeout_s: float = Field(default=60.0, gt=0)
    """Longest wait for the next piece of an answer."""
    max_answer_tokens: int = Field(default=200, ge=16)
    threads: int | None = Field(default=None, ge=1)
    """CPU threads of the local model; by default as many as there are cores."""


def load_config(environ: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """The settings from a TOML file, overridden by the environment, overridden by arguments that are not None.

    ``OPENAI_API_KEY``, ``OPENAI_BASE_URL`` and ``OPENAI_MODEL`` are read too; either of the first two makes ``openai`` the default engine.

    Raises:
        ConfigError: an unknown setting, a value that cannot work, or a file that cannot be read.
    """
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    if path := env.get("FOOTNOTE_CONFIG"):
        try:
            values |= tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as e:
            raise ConfigError(f"{path}: the file that FOOTNOTE_CONFIG names cannot be read: {e}") from e
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"):
        if env.get(name):
            values[name.lower()] = env[name]
    if env.get("OPENAI_API_KEY") or env.get("OPENAI_BASE_URL"):
        values.setdefault("llm", "openai")
    for name, value in env.items():
        if name.startswith("FOOTNOTE_") and name != "FOOTNOTE_CONFIG" and value:
            values[name.removeprefix("FOOTNOTE_").lower()] = value
    values |= {k: v for k, v in overrides.items() if v is not None}
    try:
        return Config(**values)
    except ValidationError as e:
        first = e.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        known = ", ".join(sorted(Config.model_fields))
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"unknown setting {name!r} (environment variable FOOTNOTE_{name.upper()}); known: {known}") from e
        raise ConfigError(f"setting {name!r}: {first['msg']}, got {first['input']!r}") from e
