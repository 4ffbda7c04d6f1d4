"""The checker's model at work: onnxruntime and a tokenizer, no torch, no transformers.

Of a source that is too long to be read at once, overlapping windows of whole sentences are made; the one that shares most words with the claim is
read, and its few closest sentences together; the better of both readings counts. Of a claim of several sentences the least supported counts.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import WeightsError
from rag.logistic import logistic
from rag.sentences import sentence_texts
from rag.weights import minilm_folder
from rag.words import content_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL = Path(__file__).parent / "model.onnx"
SUPPORTS, ANSWERS = 0, 1
"""Columns of the logits."""
MAX_TOKENS = 192
WINDOW_WORDS = 110
"""Longest source that is read at once: with a claim it fits in ``MAX_TOKENS``."""
BEST_SENTENCES = 3
"""Read together of a longer one, beside its best window: two windows take half as long again, all four times as long, and order claims no better."""
EXCERPT_WINDOWS = 2
"""Shown of it to a language model."""
UNREAD = -10.0
"""The logit where there is nothing to read."""
_BATCH = 16
_LENGTH_RATIO = 1.6
"""Most times that a pair in a batch may be as long as the shortest: padding costs as much as words."""
# Logit of support to probability, fitted on the seven sets of claims of ``eval bench grounding``, each weighing the same and as many of them true as not.
_SCALE, _OFFSET = 0.49, 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence of a claim, what is read of its source, and the logit that this supports it."""

    part: str
    source: str
    logit: float


class BundledChecker:
    """The cross-encoder that ships with Footnote; loaded at its first use, safe to share between threads."""

    def __init__(self, cache_dir: Path, model: Path = MODEL) -> None:
        """Nothing is read yet.

        Args:
            cache_dir: where it is remembered that the tokenizer's package was verified.
            model: what ``rag.checker.export`` wrote.
        """
        self._cache_dir = cache_dir
        self._model = model
        self._lock = threading.Lock()

    def load(self) -> None:
        """Loads the model now.

        Raises:
            WeightsError: the model or the package with its tokenizer is missing.
        """
        _ = self._session, self._tokenizer

    def __call__(self, claim: str, evidence: Sequence[str]) -> float:
        """The probability that the evidence supports the claim."""
        return self.probabilities([(claim, evidence)])[0]

    def probabilities(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """The probability of each claim by its evidence sentences."""
        return [logistic((self._support(claim, evidence),), (_SCALE,), _OFFSET) for claim, evidence in pairs]

    def answers(self, question: str, sentences: Sequence[str], evidence: Sequence[str]) -> float:
        """The logit that a question is answered: the mean of that of the likeliest sentence by itself and that of all the evidence in a row."""
        if not sentences:
            return UNREAD
        logits = self.logits([(text, question) for text in (*sentences, " ".join(evidence))])[:, ANSWERS]
        return float(logits[:-1].max() + logits[-1]) / 2

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Logits of each (source, claim), shape ``(len(pairs), 2)``: that the source supports the claim, that it answers the question."""
        found = np.zeros((len(pairs), 2), dtype=np.float32)
        lengths = [len(source) + len(claim) for source, claim in pairs]
        batches: list[list[int]] = []
        for i in sorted(range(len(pairs)), key=lengths.__getitem__):
            if not batches or len(batches[-1]) >= _BATCH or lengths[i] > _LENGTH_RATIO * lengths[batches[-1][0]]:
                batches.append([])
            batches[-1].append(i)
        with self._lock:
            for rows in batches:
                # A claim longer than the window leaves no room for its source: it is cut as well.
                encoded = self._tokenizer.encode_batch([(pairs[i][0], " ".join(pairs[i][1].split()[:WINDOW_WORDS])) for i in rows])
                inputs = {
                    "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
                    "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
                    "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
                }
                found[rows] = self._session.run(None, inputs)[0]
        return found

    def best_readings(self, claim: str, evidence: Sequence[str]) -> list[Reading]:
        """What supports each sentence of a claim best; nothing where there is nothing to read."""
        sentences = [s for e in evidence for s in sentence_texts(e)]
        read = [(source, part) for part in parts(claim) for source in readings(sentences, part)]
        best: dict[str, Reading] = {}
        for (source, part), logit in zip(read, self.logits(read)[:, SUPPORTS].tolist(), strict=True):
            if part not in best or logit > best[part].logit:
                best[part] = Reading(part, source, logit)
        return list(best.values())

    def _support(self, claim: str, evidence: Sequence[str]) -> float:
        """The logit of a claim by its evidence sentences."""
        return min((r.logit for r in self.best_readings(claim, evidence)), default=UNREAD)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        if not self._model.is_file():
            raise WeightsError(f"{self._model}: is missing; install Footnote again, or set FOOTNOTE_CHECKER=rules")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that spin while they wait take the processor from the embedding model: a search took twice as long.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(str(self._model), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(minilm_folder(self._cache_dir) / "tokenizer.json"))
        tokenizer.enable_truncation(MAX_TOKENS, strategy="only_first")
        tokenizer.enable_padding()
        return tokenizer


def parts(claim: str) -> list[str]:
    """The sentences of a claim that say something ("Yes." does not); a question and what answers it stay together."""
    sentences = dict.fromkeys(sentence_texts(claim))
    return [claim] if "?" in claim else [s for s in sentences if content_stems(s)] or [claim]


def readings(sentences: Sequence[str], claim: str) -> list[str]:
    """What is read of a source: all of it if it is short, else the window and the ``BEST_SENTENCES`` sentences that share most words with the claim."""
    pieces = _pieces(sentences)
    return [" ".join(pieces[i] for i in rows) for rows in _closest(pieces, claim, 1)]


def excerpt(sentences: Sequence[str], claim: str) -> str:
    """What a language model is shown of a source: the closest ``EXCERPT_WINDOWS`` windows and sentences in one piece, in the order of the source."""
    pieces = _pieces(sentences)
    return " ".join(pieces[i] for i in sorted({i for rows in _closest(pieces, claim, EXCERPT_WINDOWS) for i in rows}))


def _pieces(sentences: Sequence[str]) -> list[str]:
    """Sentences, cut where one has more than ``WINDOW_WORDS`` words."""
    return [" ".join(words[i : i + WINDOW_WORDS]) for s in sentences for words in [s.split()] for i in range(0, len(words), WINDOW_WORDS)]


def _closest(pieces: Sequence[str], claim: str, most_windows: int) -> list[Sequence[int]]:
    """Which pieces to read together: all, or else so many windows and the sentences that share most words with the claim."""
    made = windows(pieces)
    if len(made) <= 1:
        return made
    claimed = set(content_stems(claim))
    stems = [set(content_stems(p)) for p in pieces]

    def shared(rows: Sequence[int]) -> int:
        return len(claimed.intersection(chain.from_iterable(stems[i] for i in rows)))

    closest = sorted(range(len(pieces)), key=lambda i: -shared([i]))[:BEST_SENTENCES]
    return [*sorted(made, key=shared, reverse=True)[:most_windows], sorted(closest)]


def windows(pieces: Sequence[str]) -> list[Sequence[int]]:
    """As many pieces in a row, by their places, as have ``WINDOW_WORDS`` words together; each window begins with the last piece of the one before, if both fit."""
    lengths = [len(p.split()) for p in pieces]
    found: list[Sequence[int]] = []
    first = 0
    while first < len(pieces):
        last, size = first, 0
        while last < len(pieces) and size + lengths[last] <= WINDOW_WORDS:
            size += lengths[last]
            last += 1
        found.append(range(first, last))
        if last == len(pieces):
            break
        first = max(first + 1, last - 1)
    return found
