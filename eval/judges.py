"""Judges: say whether evidence supports a claim. None shares code with the checker in ``rag.grounding``.

A judge is named by a string: ``lexical``, ``checker`` (the model half of Footnote's own checker), ``cross-encoder NAME`` (a sentence-transformers
name or path) or ``llm ENDPOINT`` (``local``, or the address of an OpenAI-compatible endpoint, whose key is ``OPENAI_API_KEY`` and whose model is ``OPENAI_MODEL``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from rag.checker.scorer import BundledChecker
from rag.config import Config
from rag.entailment import Entailment, EntailmentModel, LanguageModelEntailment
from rag.errors import InputError
from rag.llm import open_language_model

SAME_AS_CHECKER = "checker (the model that Footnote's answers have passed already: no independent judge of them)"
_TOKEN = re.compile(r"[^\W_]+")
_STOP = frozenset(
    """a an and are as at be been but by for from had has have he her his i in is it its of on or she that the their them they this to
    was were which who will with""".split()
)


class Judge(Protocol):
    """Scores claims against evidence."""

    name: str
    threshold: float
    """From this score on, a claim counts as supported."""

    def scores(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """Degree of support, in 0..1, of each claim by its pieces of evidence together."""


def open_judge(name: str, config: Config) -> Judge:
    """The judge of that name.

    Raises:
        InputError: there is none.
        ConfigError, WeightsError, LLMError: its model cannot be loaded.
    """
    kind, _, what = re.sub(r"[\s:]+", " ", name.strip(), count=1).partition(" ")
    match kind, what:
        case "lexical", "":
            return LexicalJudge()
        case "checker", "":
            return EntailmentJudge(SAME_AS_CHECKER, BundledChecker(config.cache_dir))
        case "cross-encoder", str() if what:
            label = f"cross-encoder {what}"
            return EntailmentJudge(f"{label}, {SAME_AS_CHECKER}" if what == config.checker else label, EntailmentModel(what))
        case "llm", "local":
            model = open_language_model(config.model_copy(update={"llm": "local"}))
        case "llm", str() if what:
            model = open_language_model(config.model_copy(update={"llm": "openai", "openai_base_url": what}))
        case _:
            raise InputError(f"judge {name!r} is not known; use lexical, checker, 'cross-encoder NAME' or 'llm ENDPOINT'")
    assert model is not None  # Neither engine is the extractive one.
    return EntailmentJudge(f"llm {model.name}", LanguageModelEntailment(model))


class LexicalJudge:
    """The share of the claim's words (first five letters) that the evidence holds; 0 where it lacks a number of the claim."""

    name = "lexical"
    threshold = 0.7

    def scores(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """See ``Judge.scores``."""
        return [self._score(claim, evidence) for claim, evidence in pairs]

    @staticmethod
    def _score(claim: str, evidence: Sequence[str]) -> float:
        held = {t[:5] for e in evidence for t in _tokens(e)}
        tokens = _tokens(claim)
        words = [t for t in tokens if not t[0].isdigit() and t not in _STOP]
        if not held or not tokens or any(t[0].isdigit() and t[:5] not in held for t in tokens):
            return 0.0
        return sum(w[:5] in held for w in words) / len(words) if words else 1.0


def _tokens(text: str) -> list[str]:
    return [t.lower() for t in _TOKEN.findall(re.sub(r"(?<=\d),(?=\d{3})", "", text))]


class EntailmentJudge:
    """A model of entailment: its probability that the evidence supports the claim."""

    threshold = 0.5

    def __init__(self, name: str, model: Entailment) -> None:
        self.name = name
        self._model = model

    def scores(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """See ``Judge.scores``."""
        return self._model.probabilities(pairs)
