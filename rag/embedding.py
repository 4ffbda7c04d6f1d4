"""Turns texts into vectors with a sentence-transformers model; the bundled all-MiniLM-L6-v2 by default.

Counting tokens needs only the model's tokenizer, which loads in milliseconds; the model itself (4 to 8 s to import) is
loaded at the first call of ``encode``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cachetools import LRUCache

from rag.config import MINILM, Config
from rag.errors import ConfigError
from rag.late_interaction import TokenVectors
from rag.offline import switch_offline
from rag.weights import MINILM_SHA256, minilm_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOKEN_CACHE_BYTES = 64 * 2**20
"""Of token embeddings kept in memory, some 1,700 sentences: questions about the same documents match the same sentences again."""


def load_cross_encoder(name: str) -> Any:
    """A sentence-transformers ``CrossEncoder`` by path, or by name if it is in the local cache.

    Raises:
        ConfigError: it is neither.
    """
    switch_offline()
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(name, device="cpu", local_files_only=True)
    except (OSError, ValueError) as e:
        raise ConfigError(
            f"cross-encoder {name!r}: is neither a folder with a model nor in the local cache ({type(e).__name__}); give a path"
        ) from e


class Embedder:
    """A sentence-transformers model, loaded when it is first needed."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._token_lock = threading.Lock()
        self._token_cache: LRUCache[str, TokenVectors] = LRUCache(TOKEN_CACHE_BYTES, getsizeof=lambda t: t.vectors.nbytes)

    @property
    def identity(self) -> str:
        """Names the vector space: indexes made by another identity cannot be searched with this one."""
        model = self._config.embedding_model
        return f"{MINILM}#{MINILM_SHA256[:16]}" if model == MINILM else model

    @cached_property
    def _source(self) -> str:
        return str(minilm_folder(self._config.cache_dir)) if self._config.embedding_model == MINILM else self._config.embedding_model

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        file = Path(self._source) / "tokenizer.json"
        tokenizer = Tokenizer.from_file(str(file)) if file.is_file() else self._model.tokenizer.backend_tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @property
    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                switch_offline()
                source = self._source
                from sentence_transformers import SentenceTransformer
                from transformers.utils import logging

                logging.disable_progress_bar()

                try:
                    self._loaded = SentenceTransformer(source, device="cpu", local_files_only=True)
                except (OSError, ValueError) as e:
                    raise ConfigError(
                        f"embedding_model {source!r}: is neither a folder with a model nor in the local cache ({type(e).__name__}); give a path"
                    ) from e
            return self._loaded

    def load(self) -> None:
        """Loads the model now, so that the first question need not wait for it."""
        _ = self._model

    def count_tokens(self, text: str) -> int:
        """Number of tokens, special ones not counted."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def count_tokens_batch(self, texts: Sequence[str]) -> list[int]:
        """Number of tokens of each text, special ones not counted."""
        return [len(e.ids) for e in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def is_common_word(self, word: str) -> bool:
        """Whether the model's vocabulary holds the word whole; it was made of the commonest words of what the model was trained on."""
        return self.count_tokens(word) == 1

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``."""
        vectors = self._model.encode(list(texts), batch_size=32, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text with their contextual embeddings, as far as the model reads."""
        unique = dict.fromkeys(texts)
        with self._token_lock:
            found = {t: self._token_cache[t] for t in unique if t in self._token_cache}
        new = [t for t in unique if t not in found]
        if new:
            encoded = dict(zip(new, self._encode_tokens(new), strict=True))
            with self._token_lock:
                for text, tokens in encoded.items():
                    with suppress(ValueError):  # Larger than the whole cache.
                        self._token_cache[text] = tokens
            found |= encoded
        return [found[t] for t in texts]

    def _encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        outputs = self._model.encode(list(texts), batch_size=32, output_value="token_embeddings", show_progress_bar=False)
        found: list[TokenVectors] = []
        for output, encoding in zip(outputs, self._tokenizer.encode_batch(list(texts)), strict=True):
            vectors = np.asarray(output.cpu(), dtype=np.float32)
            kept = [i for i, special in enumerate(encoding.special_tokens_mask[: len(vectors)]) if not special]
            ranges = np.array([encoding.offsets[i] for i in kept], dtype=np.intp).reshape(-1, 2)
            norms = np.linalg.norm(vectors[kept], axis=1, keepdims=True)
            found.append(TokenVectors(vectors[kept] / np.maximum(norms, np.finfo(np.float32).tiny), ranges))
        return found
