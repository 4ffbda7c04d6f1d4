"""Intervals, paired comparison, and what difference a number of cases can show. All seeds are fixed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95
POWER = 0.8
RESAMPLES = 5000
SEED = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over cases with its 95 % interval."""

    value: float | None
    """None where the metric applies to no case."""
    low: float | None
    high: float | None
    count: int
    """Cases to which the metric applies."""
    not_applicable: int = 0
    """Cases to which it does not."""

    def __str__(self) -> str:
        return (
            "none" if self.value is None or self.low is None or self.high is None else f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"
        )


def estimate(values: Sequence[float | None]) -> Estimate:
    """The mean of the values that are not None with its 95 % interval.

    The interval is a bootstrap percentile interval (Efron, 1979; ``RESAMPLES`` resamples of the cases). Where every value is 0 or 1 it is
    Wilson's (1927): a bootstrap of nothing but ones would have no width, as if ten cases could prove perfection.
    """
    given = [float(v) for v in values if v is not None]
    other = len(values) - len(given)
    if not given:
        return Estimate(None, None, None, 0, other)
    mean = sum(given) / len(given)
    if set(given) <= {0.0, 1.0}:
        from scipy.stats import binomtest

        interval = binomtest(round(sum(given)), len(given)).proportion_ci(CONFIDENCE, method="wilson")
        return Estimate(mean, float(interval.low), float(interval.high), len(given), other)
    low, high = _bootstrap(given)
    return Estimate(mean, low, high, len(given), other)


def _bootstrap(values: Sequence[float]) -> tuple[float, float]:
    if len(set(values)) == 1:
        return values[0], values[0]
    import numpy as np
    from scipy.stats import bootstrap

    interval = bootstrap(
        (values,),
        np.mean,
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(SEED),
        batch=200,
    ).confidence_interval
    return float(interval.low), float(interval.high)


@dataclass(frozen=True, slots=True)
class Paired:
    """Run B less run A over the cases that both have a score for."""

    difference: float | None
    """Mean of B − A; None without a common case."""
    low: float | None
    high: float | None
    p_value: float | None
    """Two-sided, by a permutation test that swaps A and B within cases."""
    count: int
    smallest_difference: float | None
    """The smallest true difference that so many cases would show with 80 % power, given how much the cases vary."""


def paired(a: Sequence[float], b: Sequence[float]) -> Paired:
    """Compares two runs case by case. ``a[i]`` and ``b[i]`` belong to the same case."""
    differences = [float(y - x) for x, y in zip(a, b, strict=True)]
    if not differences:
        return Paired(None, None, None, None, 0, None)
    mean = sum(differences) / len(differences)
    low, high = _bootstrap(differences)
    return Paired(mean, low, high, permutation_p_value(differences), len(differences), smallest_difference(differences))


def permutation_p_value(differences: Sequence[float]) -> float:
    """Two-sided p-value of the mean difference under random signs (Fisher, 1935): exact up to 12 cases that differ, else by 9,999 samples."""
    changed = [d for d in differences if d]
    if len(changed) < 2:
        return 1.0  # Both signs of one difference are as far from nothing.
    import numpy as np
    from scipy.stats import permutation_test

    result = permutation_test(
        (changed,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=9999,
        batch=500,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def smallest_difference(differences: Sequence[float]) -> float | None:
    """The smallest mean difference that as many cases would show at the 5 % level with 80 % power (normal approximation).

    Args:
        differences: of the paired scores; their spread is taken as given. None for fewer than two cases or no spread.
    """
    if len(differences) < 2:
        return None
    import numpy as np
    from scipy.stats import norm

    spread = float(np.std(differences, ddof=1))
    if not spread:
        return None
    return float((norm.ppf((1 + CONFIDENCE) / 2) + norm.ppf(POWER)) * spread / math.sqrt(len(differences)))


def smallest_difference_alone(values: Sequence[float]) -> float | None:
    """The same before there is a second run: as if its cases came out independently of this one's, which is the worst case for a change."""
    if len(values) < 2:
        return None
    import numpy as np
    from scipy.stats import norm

    spread = float(np.std(values, ddof=1)) * math.sqrt(2)
    return float((norm.ppf((1 + CONFIDENCE) / 2) + norm.ppf(POWER)) * spread / math.sqrt(len(values))) if spread else None
