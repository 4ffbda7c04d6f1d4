"""Reads from the first token of a language model's reply whether the model finds an answer in its evidence: a linear probe on the whole distribution.

What a model is about to say shows less of what it knows than its last hidden state does (Slobodkin et al. 2023, "The Curious Case of Hallucinatory
(Un)answerability"). The probabilities of a few hundred tokens tell a linear probe as much as that state: they are linear in it. A probe belongs to a
model and to the prompt that it was fitted with (``python -m eval bench gate --fit``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.logistic import logistic

FILE = Path(__file__).with_name("probe.json")


@dataclass(frozen=True, slots=True)
class Probe:
    """A logistic regression on the log probabilities of tokens as the first of a reply."""

    weights: Mapping[str, float]
    """By token."""
    bias: float

    def probability(self, logprobs: Mapping[str, float]) -> float:
        """The probability, in 0..1, that the evidence answers.

        Args:
            logprobs: of the likeliest tokens; one that is missing counts like the least likely of these.
        """
        least = min(logprobs.values())
        return logistic([logprobs.get(token, least) for token in self.weights], list(self.weights.values()), self.bias)


@cache
def load_probe(model: str) -> Probe | None:
    """The probe of the language model of this name; None if it has none."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return Probe(found["weights"], found["bias"]) if found["model"] == model else None
