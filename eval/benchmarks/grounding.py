"""The checker against people's labels, with what else could judge beside it. For ``python -m eval bench grounding``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from eval.benchmarks.claims import Claim
from eval.calibration import agreement, bootstrapped, mean_of_sets
from eval.judges import LexicalJudge
from eval.statistics import Estimate
from rag.config import Config
from rag.embedding import Embedder
from rag.entailment import Entailment, LanguageModelEntailment, together
from rag.grounding import Entails, check
from rag.llm import open_language_model
from rag.sentences import sentence_texts
from rag.types import Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
TRAINED_ON = frozenset(
    ("fm2", "wice", "halueval", "summedits_samsum", "summedits_podcast", "summedits_sales_email", "summedits_scitldr"),
)
"""Sets whose claims the bundled checker was trained on."""


def scores_by_system(
    claims: Sequence[Claim], model: Entailment | None, config: Config, *, ask_language_model: bool
) -> dict[str, NDArray[np.float64]]:
    """Degree of support of each claim by each system, shape ``(len(claims),)``: those of ``checker_scores``, and what else could judge."""
    language_model = open_language_model(config) if ask_language_model else None
    found = checker_scores(claims, model, LanguageModelEntailment(language_model) if language_model else None)
    found["word overlap"] = np.array(LexicalJudge().scores([(c.text, c.evidence) for c in claims]))
    found["cosine"] = np.array(_cosines(claims, Embedder(config)))
    return found


def checker_scores(
    claims: Sequence[Claim], model: Entailment | None, language_model: Entailment | None = None
) -> dict[str, NDArray[np.float64]]:
    """Scores of the rules, of the models, and of all together, with the decisions of rules and all, 1 where they call the claim supported."""
    pairs = [(c.text, c.evidence) for c in claims]
    probabilities = {
        name: judge.probabilities(pairs) for name, judge in (("model", model), ("language model", language_model)) if judge is not None
    }
    found = {name: np.array(values) for name, values in probabilities.items()}
    judged = {"rules": [check(*pair) for pair in pairs]}
    if model is not None:
        judged["rules + model"] = _checked(pairs, probabilities["model"])
    if model is not None and language_model is not None:
        both = [together(*each) for each in zip(*probabilities.values(), strict=True)]
        judged["rules + model + language model"] = _checked(pairs, both)
    for name, verdicts in judged.items():
        found[name] = np.array([v.score for v in verdicts])
        found[f"{name}, decision"] = np.array([float(v.supported) for v in verdicts])
    return found


def _checked(pairs: Sequence[tuple[str, Sequence[str]]], probabilities: Sequence[float]) -> list[Verdict]:
    """The verdicts of rules and models together, whose probabilities are known."""

    def told(probability: float) -> Entails:
        return lambda *_: probability

    return [check(*pair, told(p)) for pair, p in zip(pairs, probabilities, strict=True)]


def figures(claims: Sequence[Claim], scores: Mapping[str, NDArray[np.float64]]) -> dict[str, Estimate]:
    """Area under the ROC curve of each system, balanced accuracy of the decisions and calibration error of the model, by set and their mean.

    ``others' calibration`` is the honest figure for the model's two constants: they are fitted on the other sets.
    """
    labels = np.array([c.supported for c in claims])
    sets = {name: np.array([c.set == name for c in claims]) for name in dict.fromkeys(c.set for c in claims)}
    found: dict[str, list[Estimate]] = {}
    for here in sets.values():
        y = labels[here].tolist()
        for system, values in scores.items():
            judge, _, decides = system.partition(", ")
            measure = "balanced_accuracy" if decides else "auc"
            name = f"balanced accuracy, {judge}" if decides else f"AUC, {judge}"
            found.setdefault(name, []).append(agreement(y, values[here].tolist(), 0.5)[measure])
        if "model" in scores and len(sets) > 1:
            elsewhere = [other for other in sets.values() if other is not here]
            probabilities = _calibrated(scores["model"], labels, elsewhere)[here]
            found.setdefault("calibration error, shipped", []).append(calibration_error(labels[here], scores["model"][here]))
            found.setdefault("calibration error, others' calibration", []).append(calibration_error(labels[here], probabilities))
            accuracy = agreement(y, probabilities.tolist(), 0.5)["balanced_accuracy"]
            found.setdefault("balanced accuracy, model, others' calibration", []).append(accuracy)
    by_name = {f"{s}: {name}": e for name, estimates in found.items() for s, e in zip(sets, estimates, strict=True)}
    return by_name | {f"mean: {name}": mean_of_sets(estimates, len(claims)) for name, estimates in found.items()}


def calibration_error(labels: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> Estimate:
    """Expected calibration error over ``BINS`` equal bins (Guo et al., 2017), supported and other claims weighing the same, with a bootstrap interval."""
    return bootstrapped(labels.tolist(), {"error": lambda i: _error(labels[i], probabilities[i])})["error"]


def _error(labels: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> float:
    weights = _balanced(labels)
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = weights * (labels - probabilities)
    return float(sum(abs(gaps[bins == b].sum()) for b in range(BINS)))


def _balanced(labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights that add up to a half for each label."""
    weights: NDArray[np.float64] = np.where(labels, 0.5 / max(labels.sum(), 1), 0.5 / max((~labels).sum(), 1))
    return weights


def _calibrated(probabilities: NDArray[np.float64], labels: NDArray[np.bool_], sets: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
    """The probabilities by Platt's scaling (1999) on the claims of other sets, each weighing the same."""
    from sklearn.linear_model import LogisticRegression

    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    logits = np.log(clipped / (1 - clipped)).reshape(-1, 1)
    rows = np.concatenate([np.flatnonzero(s) for s in sets])
    weights = np.concatenate([_balanced(labels[s]) for s in sets])
    fitted = LogisticRegression(C=100).fit(logits[rows], labels[rows], sample_weight=weights * len(rows) / weights.sum())
    found: NDArray[np.float64] = fitted.predict_proba(logits)[:, 1]
    return found


def _cosines(claims: Sequence[Claim], embedder: Embedder) -> list[float]:
    """Of each claim and the closest sentence of its evidence."""
    sentences = [[s for e in c.evidence for s in sentence_texts(e)] for c in claims]
    texts = list(dict.fromkeys([*(c.text for c in claims), *(s for here in sentences for s in here)]))
    vectors = embedder.encode(texts)
    row = {text: i for i, text in enumerate(texts)}
    return [
        float((vectors[[row[s] for s in here]] @ vectors[row[c.text]]).max()) if here else 0.0
        for c, here in zip(claims, sentences, strict=True)
    ]
