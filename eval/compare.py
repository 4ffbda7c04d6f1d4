"""Compares two runs case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.run import Run
from eval.scoring import METRICS
from eval.statistics import Paired, paired
from rag.errors import InputError

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run B less run A, over the cases that both asked."""

    metrics: Mapping[str, Paired]
    """As ``METRICS`` names them; those that no case has in both are left out."""
    became_right: tuple[str, ...]
    became_wrong: tuple[str, ...]
    common: int

    def worse(self) -> list[str]:
        """Metrics in which B is significantly worse than A, at the 5 % level, not corrected for their number."""
        return [name for name, p in self.metrics.items() if _is_worse(name, p)]


def _is_worse(name: str, p: Paired) -> bool:
    if p.difference is None or p.p_value is None or p.p_value >= SIGNIFICANT:
        return False
    return p.difference > 0 if METRICS[name].lower_is_better else p.difference < 0


def compare(a: Run, b: Run) -> Comparison:
    """Compares run B with run A.

    Raises:
        InputError: the two have no case in common, or asked the cases of different files about different documents.
    """
    common = [i for i in a.scores if i in b.scores]
    if not common or a.settings["corpus_sha256"] != b.settings["corpus_sha256"]:
        why = "have no case in common" if not common else "were asked about different documents"
        raise InputError(f"{a.path} and {b.path}: the two runs {why}; compare runs over the same cases")
    metrics: dict[str, Paired] = {}
    for name in METRICS:
        both = [(x, y) for i in common if (x := a.scores[i].get(name)) is not None and (y := b.scores[i].get(name)) is not None]
        if both:
            metrics[name] = paired([x for x, _ in both], [y for _, y in both])
    changed = [(i, a.scores[i]["right"] or 0.0, b.scores[i]["right"] or 0.0) for i in common]
    return Comparison(metrics, tuple(i for i, x, y in changed if y > x), tuple(i for i, x, y in changed if y < x), len(common))
