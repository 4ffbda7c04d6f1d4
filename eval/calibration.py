"""How well a judge agrees with people: measured on labelled claims, remembered, and put beside every groundedness that the judge gives."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.claims import Claim
from eval.judges import Judge
from eval.statistics import CONFIDENCE, SEED, Estimate
from rag.config import load_config

_RESAMPLES = 300
SHIPPED = Path(__file__).parent / "recorded" / "judges.json"
_REMEMBERED = "judges.json"


def calibrate(judge: Judge, claims: Sequence[Claim]) -> dict[str, Any]:
    """Agreement of a judge with the labels, over all claims and by set.

    Returns:
        ``judge``; ``auc`` and ``balanced_accuracy`` as estimates with 95 % bootstrap intervals, each the mean over the sets, so that a large
        set does not outweigh the others; ``kappa``, Cohen's over all claims; ``sets``, the same figures of each set.
    """
    from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]
    from tqdm import tqdm

    scores: list[float] = []
    batch = 64
    for i in tqdm(range(0, len(claims), batch), desc=f"footnote eval: {judge.name}", unit="batch", leave=False):
        scores += judge.scores([(c.text, c.evidence) for c in claims[i : i + batch]])
    labels = [c.supported for c in claims]
    sets = {}
    for name in dict.fromkeys(c.set for c in claims):
        rows = [i for i, c in enumerate(claims) if c.set == name]
        sets[name] = agreement([labels[i] for i in rows], [scores[i] for i in rows], judge.threshold)
    kappa = cohen_kappa_score(labels, [s >= judge.threshold for s in scores])
    overall = {
        figure: dataclasses.asdict(mean_of_sets([s[figure] for s in sets.values()], len(claims))) for figure in ("auc", "balanced_accuracy")
    }
    return {
        "judge": judge.name,
        **overall,
        "kappa": float(kappa),
        "sets": {n: {k: dataclasses.asdict(e) for k, e in s.items()} for n, s in sets.items()},
    }


def agreement(labels: Sequence[bool], scores: Sequence[float], threshold: float) -> dict[str, Estimate]:
    """``auc`` (area under the ROC curve) and ``balanced_accuracy`` at the threshold, with 95 % bootstrap intervals over the claims.

    Without both labels, neither is defined: their values are None.
    """
    import numpy as np
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    y, s = np.array(labels), np.array(scores)
    return bootstrapped(
        labels,
        {
            "auc": lambda i: roc_auc_score(y[i], s[i]),
            "balanced_accuracy": lambda i: balanced_accuracy_score(y[i], s[i] >= threshold),
        },
    )


def bootstrapped(labels: Sequence[bool], figures: Mapping[str, Callable[[Any], Any]]) -> dict[str, Estimate]:
    """Figures of labelled claims with 95 % bootstrap intervals; each is a function of the claims' indices, an array. Without both labels, none is defined."""
    import numpy as np

    y = np.array(labels)
    if len(set(labels)) < 2:
        return dict.fromkeys(figures, Estimate(None, None, None, len(labels)))
    rng = np.random.default_rng(SEED)
    drawn = [i for i in (rng.integers(0, len(y), len(y)) for _ in range(_RESAMPLES)) if len(set(y[i])) == 2]
    found = {}
    for name, value in figures.items():
        low, high = np.quantile([value(i) for i in drawn], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        found[name] = Estimate(float(value(np.arange(len(y)))), float(low), float(high), len(y))
    return found


def mean_of_sets(estimates: Sequence[Estimate], count: int) -> Estimate:
    """Mean over independent sets; their intervals' half-widths add up in squares."""
    given = [e for e in estimates if e.value is not None and e.low is not None and e.high is not None]
    if not given:
        return Estimate(None, None, None, 0)
    mean = sum(e.value or 0.0 for e in given) / len(given)
    half = sum(((e.high or 0.0) - (e.low or 0.0)) ** 2 / 4 for e in given) ** 0.5 / len(given)
    return Estimate(mean, mean - half, mean + half, count)


def remember(calibration: dict[str, Any], cache_dir: Path) -> None:
    """Keeps a judge's figures for the reports on this machine."""
    file = cache_dir / _REMEMBERED
    known = _load(file) | {calibration["judge"]: calibration}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def calibration_of(judge: str) -> dict[str, Any] | None:
    """A judge's figures: measured on this machine, else shipped with Footnote; None if they never were. Estimates are ``Estimate``."""
    known: dict[str, Any] = _load(SHIPPED) | _load(load_config().cache_dir / _REMEMBERED)
    if judge not in known:
        return None
    found: dict[str, Any] = known[judge]
    return found | {k: Estimate(**found[k]) for k in ("auc", "balanced_accuracy")}


def _load(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def table(calibration: dict[str, Any]) -> str:
    """A judge's figures as text."""
    rows = [f"{calibration['judge']} against people, 95 % intervals", f"  {'':<28} {'AUC':<22} {'balanced accuracy':<22} claims"]
    for name, s in [*calibration["sets"].items(), ("mean of the sets", calibration)]:
        auc, accuracy = Estimate(**s["auc"]), Estimate(**s["balanced_accuracy"])
        rows.append(f"  {name:<28} {auc!s:<22} {accuracy!s:<22} {auc.count}")
    return "\n".join([*rows, f"  Cohen's kappa over all claims: {calibration['kappa']:.2f}"])
