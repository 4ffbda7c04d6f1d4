"""The checker's model at work: onnxruntime and a tokenizer, no torch, no transformers.

Of a long source the sentences are read that together share most words with the claim. Of a claim of several sentences the least supported counts.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import fsum, log
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
READ_WORDS = 80
"""Of a source, at most: more tell claims apart no better. Overlapping windows, of which the likeliest counts, tell less."""
UNREAD = -10.0
"""The logit where there is nothing to read."""
_BATCH = 16
_LENGTH_RATIO = 1.6
"""Most times that a pair in a batch may be as long as the shortest: padding costs as much as words."""
# Logit of support to probability, fitted on the seven sets of claims of ``eval bench grounding``, each weighing the same and as many of them true as not.
_SCALE, _OFFSET = 0.56, 0.41


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
                encoded = self._tokenizer.encode_batch([pairs[i] for i in rows])
                inputs = {
                    "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
                    "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
                    "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
                }
                found[rows] = self._session.run(None, inputs)[0]
        return found

    def readings(self, claim: str, evidence: Sequence[str]) -> list[Reading]:
        """What each sentence of a claim is held against; nothing where there is nothing to read."""
        sentences = [s for e in evidence for s in sentence_texts(e)]
        read = [(source, part) for part in parts(claim) if (source := excerpt(sentences, part))]
        return [Reading(part, source, logit) for (source, part), logit in zip(read, self.logits(read)[:, SUPPORTS].tolist(), strict=True)]

    def _support(self, claim: str, evidence: Sequence[str]) -> float:
        """The logit of a claim by its evidence sentences."""
        return min((r.logit for r in self.readings(claim, evidence)), default=UNREAD)

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
        # A claim is cut only where it leaves its source less than half of the room.
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        tokenizer.enable_padding()
        return tokenizer


def parts(claim: str) -> list[str]:
    """The sentences of a claim that say something ("Yes." does not); a question and what answers it stay together."""
    sentences = dict.fromkeys(sentence_texts(claim))
    return [claim] if "?" in claim else [s for s in sentences if content_stems(s)] or [claim]


def excerpt(sentences: Sequence[str], claim: str, most_words: int = READ_WORDS) -> str:
    """At most so many words of a source: sentences that together share most with the claim, in their order.

    Chosen one by one, each for the words of the claim that those before it lack (greedy maximum coverage, Nemhauser et al. 1978), or else for all that
    it shares. A word counts the more the fewer sentences have it, a number twice.
    """
    pieces = [" ".join(words[i : i + most_words]) for s in sentences for words in [s.split()] for i in range(0, len(words), most_words)]
    lengths = [len(p.split()) for p in pieces]
    if sum(lengths) <= most_words:
        return " ".join(pieces)
    claimed = set(content_stems(claim))
    shared = [claimed.intersection(content_stems(p)) for p in pieces]
    missing = set(chain.from_iterable(shared))
    weights = {s: log(1 + len(pieces) / sum(s in here for here in shared)) * (2 if any(map(str.isdigit, s)) else 1) for s in missing}
    left, chosen = most_words, set[int]()

    def worth(i: int) -> tuple[float, float, int]:
        return fsum(weights[s] for s in shared[i] & missing), fsum(weights[s] for s in shared[i]), -i

    while fitting := [i for i, length in enumerate(lengths) if i not in chosen and length <= left]:
        best = max(fitting, key=worth)
        if chosen and not shared[best]:
            break
        chosen.add(best)
        missing -= shared[best]
        left -= lengths[best]
    return " ".join(pieces[i] for i in sorted(chosen))
