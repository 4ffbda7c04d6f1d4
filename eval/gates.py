"""Gates: what a run must reach, so that a change that makes answers worse fails."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from eval.compare import compare
from eval.report import show_difference
from eval.run import Run
from eval.scoring import METRICS
from rag.errors import InputError


def parse_gate(text: str) -> tuple[str, float]:
    """A metric and a bound in 0..1 from ``METRIC=VALUE``. Raises InputError if it is not one."""
    name, _, value = text.partition("=")
    try:
        if name not in METRICS:
            raise InputError(f"--fail-under {text}: there is no metric {name!r}; known: {', '.join(METRICS)}")
        bound = float(value)
    except ValueError as e:
        raise InputError(f"--fail-under {text}: write METRIC=VALUE with a value in 0..1") from e
    if not 0 <= bound <= 1:
        raise InputError(f"--fail-under {text}: the value must be in 0..1")
    return name, bound


def hold(run: Run, against: Run | None, gates: Sequence[tuple[str, float]]) -> int:
    """0 if every gate holds; else 1, with a line on standard error for each that does not.

    A bound is held against the interval: its lower end, or its upper for a metric that should be low. A run does not hold against another in
    which a metric was significantly better.
    """
    failed = False
    for name, bound in gates:
        e = run.summary.metrics[name]
        edge = e.high if METRICS[name].lower_is_better else e.low
        broken = edge is None or (edge > bound if METRICS[name].lower_is_better else edge < bound)
        if broken:
            shown = "applies to no case" if edge is None else f"its interval reaches {edge:.3f}"
            _tell(f"gate: {name} does not hold {bound:g}: {shown}")
            failed = True
    if against is not None:
        comparison = compare(against, run)
        for name in comparison.worse():
            _tell(
                f"gate: {name} is worse than in {against.path}: {show_difference(comparison.metrics[name])} over {comparison.common} cases"
            )
            failed = True
    return int(failed)


def _tell(message: str) -> None:
    print(f"footnote eval: {message}", file=sys.stderr)
