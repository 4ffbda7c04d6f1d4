"""Logistic regression at work: probabilities to logits, and weighted features to a probability, of one event or of several that exclude each other."""

from __future__ import annotations

import math
from collections.abc import Sequence


def logit(probability: float, least: float = 1e-4) -> float:
    """The logarithm of the odds of a probability, which is taken to be at least ``least`` and at most ``1 - least``."""
    p = min(max(probability, least), 1 - least)
    return math.log(p / (1 - p))


def logistic(features: Sequence[float], weights: Sequence[float], bias: float) -> float:
    """The probability, in 0..1, whose logit is the weighted sum of the features and the bias."""
    z = bias + sum(w * f for w, f in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-z))


def softmax(sums: Sequence[float]) -> list[float]:
    """The probabilities, in 0..1, of events of which one happens, from their unnormalised logarithms."""
    most = max(sums)
    powers = [math.exp(s - most) for s in sums]
    total = sum(powers)
    return [p / total for p in powers]
