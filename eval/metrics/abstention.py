"""Is it silent when it should be? An abstention is the positive class: precision, recall and F1 are of abstaining, in 0..1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_REFUSAL = re.compile(
    r"\b(?:i|we) (?:do not|don't|cannot|can't|could not|couldn't) (?:know|answer|find|determine|say|tell)\b"
    r"|\b(?:do|does|did) ?n[o']t (?:say|state|mention|specify|contain|provide|include|give|hold|answer|indicate|offer|have (?:any |enough )?information)\b"
    r"|\b(?:is|are|was) not (?:stated|mentioned|specified|provided|given|available|included|answered|indicated|known)\b"
    r"|\bno (?:information|mention|answer|details?)\b|\b(?:not enough|insufficient) information\b|\bunable to (?:answer|find|determine)\b",
    re.IGNORECASE,
)


def sounds_like_abstention(text: str) -> bool:
    """Whether the first sentence of a reply says that it does not know: for systems that do not tell. English; an empty reply counts."""
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0].replace("’", "'")
    return not first or bool(_REFUSAL.search(first))


def precision(due: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """Share of the abstentions that were due. None where it never abstained."""
    return _share([d for d, a in zip(due, abstained, strict=True) if a])


def recall(due: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """Share of the questions without an answer on which it abstained. None where there are none."""
    return _share([a for d, a in zip(due, abstained, strict=True) if d])


def f1(due: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """Harmonic mean of precision and recall. None where nothing was due and nothing was withheld."""
    hits = sum(d and a for d, a in zip(due, abstained, strict=True))
    total = sum(due) + sum(abstained)
    return 2 * hits / total if total else None


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Points of a risk–coverage curve (El-Yaniv and Wiener, 2010), by rising coverage, and the area under it."""

    coverage: tuple[float, ...]
    """Share of all questions that are answered when only the most confident answers are given."""
    risk: tuple[float, ...]
    """Share of these answers that are wrong."""
    area: float
    """Mean risk over the points (AURC, Geifman and El-Yaniv, 2017); 0 is best."""


def risk_coverage(right: Sequence[bool], confidence: Sequence[float], total: int) -> RiskCoverage | None:
    """The curve over the answers given, the most confident first; answers of the same confidence come in together.

    Args:
        right: whether each answer given is right, shape ``(answers,)``.
        confidence: of each answer, same shape.
        total: number of questions asked, abstentions among them.

    Returns:
        None where nothing was answered.
    """
    if not right:
        return None
    order = sorted(range(len(right)), key=lambda i: -confidence[i])
    coverage: list[float] = []
    risk: list[float] = []
    wrong = 0
    for n, i in enumerate(order, 1):
        wrong += not right[i]
        if n == len(order) or confidence[order[n]] != confidence[i]:
            coverage.append(n / total)
            risk.append(wrong / n)
    return RiskCoverage(tuple(coverage), tuple(risk), sum(risk) / len(risk))
