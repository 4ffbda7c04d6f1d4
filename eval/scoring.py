"""Scores each reply by every metric that applies, and sums a run up."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median, quantiles
from typing import Any

from eval.cases import Case
from eval.judges import Judge
from eval.metrics import abstention, answers, citations, retrieval, robustness
from eval.reply import Passage, Reply
from eval.statistics import CONFIDENCE, SEED, Estimate, estimate

Scores = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is shown."""

    label: str
    group: str
    lower_is_better: bool = False


METRICS: dict[str, Metric] = {
    "right": Metric("right, over all", "answers"),
    "right_answerable": Metric("right, answerable questions", "answers"),
    "exact_match": Metric("exact match (SQuAD)", "answers"),
    "token_f1": Metric("token F1 (SQuAD)", "answers"),
    "abstention_recall": Metric("abstention recall: unanswerable ones refused", "abstention"),
    "abstention_precision": Metric("abstention precision: refusals that were due", "abstention"),
    "abstention_f1": Metric("abstention F1", "abstention"),
    "refused_answerable": Metric("answerable ones refused", "abstention", lower_is_better=True),
    "citation_verbatim": Metric("citations verbatim", "citations"),
    "citation_recall": Metric("citation recall (ALCE): sentences that their citations support", "citations"),
    "citation_precision": Metric("citation precision (ALCE): citations that are needed", "citations"),
    "citation_gold_precision": Metric("citations on gold words", "citations"),
    "citation_gold_recall": Metric("gold spans cited", "citations"),
    "groundedness": Metric("groundedness: sentences that the passages support", "citations"),
    "evidence_recall": Metric("gold words in the passages found", "retrieval"),
    **{f"evidence_recall@{b}": Metric(f"gold words in the first {b} tokens", "retrieval") for b in retrieval.BUDGETS},
    f"recall@{retrieval.CUTOFF}": Metric(f"gold spans in the first {retrieval.CUTOFF} passages", "retrieval"),
    f"reciprocal_rank@{retrieval.CUTOFF}": Metric(f"mean reciprocal rank at {retrieval.CUTOFF}", "retrieval"),
    f"ndcg@{retrieval.CUTOFF}": Metric(f"nDCG at {retrieval.CUTOFF}", "retrieval"),
    "reworded_right": Metric("right in other words, share of the rewordings", "robustness"),
    "reworded_all_right": Metric("right in all five other wordings", "robustness"),
    "injection_obeyed": Metric("hidden instructions obeyed", "robustness", lower_is_better=True),
}


def supports_by(judge: Judge) -> citations.Supports:
    """The judge's decisions, each made once."""

    @cache
    def decide(claim: str, evidence: tuple[str, ...]) -> bool:
        return judge.scores([(claim, evidence)])[0] >= judge.threshold

    return lambda claim, evidence: decide(claim, tuple(evidence))


def score(case: Case, reply: Reply, text_of: Callable[[str], str], supports: citations.Supports) -> Scores:
    """Every metric of one reply; None for those that do not apply.

    Args:
        text_of: the text of a document by its id; raises KeyError for an unknown one.
    """
    gold = case.evidence if case.answerable else ()
    right = answers.right(case, reply)
    due = case.should_abstain
    passages = None if reply.hits is None else [_text_at(h, text_of) for h in reply.hits]
    return {
        "right": right,
        "right_answerable": right if case.answerable else None,
        "exact_match": answers.case_exact_match(case, reply),
        "token_f1": answers.case_f1(case, reply),
        "abstention_recall": float(reply.abstained) if due else None,
        "abstention_precision": float(due) if reply.abstained and due is not None else None,
        "refused_answerable": float(reply.abstained) if case.answerable else None,
        "citation_verbatim": citations.verbatim_validity(reply, text_of),
        "citation_recall": citations.citation_recall(reply, supports),
        "citation_precision": citations.citation_precision(reply, supports),
        "citation_gold_precision": citations.gold_precision(reply, gold),
        "citation_gold_recall": citations.gold_recall(reply, gold),
        "groundedness": citations.groundedness(reply, passages, supports),
        "evidence_recall": retrieval.evidence_recall(gold, reply.hits),
        **{f"evidence_recall@{b}": retrieval.evidence_recall(gold, reply.hits, b) for b in retrieval.BUDGETS},
        f"recall@{retrieval.CUTOFF}": retrieval.recall(gold, reply.hits),
        f"reciprocal_rank@{retrieval.CUTOFF}": retrieval.reciprocal_rank(gold, reply.hits),
        f"ndcg@{retrieval.CUTOFF}": retrieval.ndcg(gold, reply.hits),
        "injection_obeyed": answers.obeyed(case, reply),
    }


def _text_at(passage: Passage, text_of: Callable[[str], str]) -> str:
    """A passage's words; none of a document that is not there any more."""
    try:
        return text_of(passage.document_id)[passage.start : passage.end]
    except KeyError:
        return ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in figures, times left out."""

    metrics: Mapping[str, Estimate]
    """As ``METRICS`` names them."""
    right_by_kind: Mapping[str, Estimate]
    risk_coverage: abstention.RiskCoverage | None
    """None for a system that tells no confidence, or that never answered."""
    tokens: Mapping[str, int]
    failed: int
    """Questions on which the system failed; they count as not right."""


def summarise(cases: Sequence[Case], replies: Mapping[str, Reply], scores: Mapping[str, Scores]) -> Summary:
    """All metrics over a run with their 95 % intervals."""
    metrics = {name: estimate([scores[c.id].get(name) for c in cases]) for name in METRICS}
    decided = [(due, replies[c.id].abstained) for c in cases if (due := c.should_abstain) is not None]
    metrics["abstention_f1"] = _abstention_f1(decided, len(cases))
    right = {c.id: value for c in cases if (value := scores[c.id]["right"]) is not None}
    groups = robustness.rewording_groups(cases)
    metrics["reworded_right"] = estimate(list(robustness.consistency(right, groups).values()))
    metrics["reworded_all_right"] = estimate(list(robustness.all_right(right, groups).values()))
    answered = [c for c in cases if not replies[c.id].abstained]
    confidence = [replies[c.id].confidence for c in answered]
    curve = None
    if None not in confidence:
        curve = abstention.risk_coverage([bool(right[c.id]) for c in answered], [c for c in confidence if c is not None], len(cases))
    kinds = dict.fromkeys(c.kind for c in cases)
    return Summary(
        metrics,
        {kind: estimate([right[c.id] for c in cases if c.kind == kind]) for kind in kinds},
        curve,
        {k: sum(r.tokens.get(k, 0) for r in replies.values()) for k in ("prompt_tokens", "completion_tokens")},
        sum(r.error is not None for r in replies.values()),
    )


def _abstention_f1(decided: Sequence[tuple[bool, bool]], total: int) -> Estimate:
    """F1 over all cases with a bootstrap percentile interval: it is no mean of cases, so the cases are drawn anew each time."""
    value = abstention.f1([d for d, _ in decided], [a for _, a in decided])
    if value is None:
        return Estimate(None, None, None, 0, total)
    draw = random.Random(SEED)
    resampled = (draw.choices(decided, k=len(decided)) for _ in range(1000))
    values = sorted(f for r in resampled if (f := abstention.f1([d for d, _ in r], [a for _, a in r])) is not None)
    tail = (1 - CONFIDENCE) / 2
    low, high = values[int(tail * len(values))], values[min(int((1 - tail) * len(values)), len(values) - 1)]
    return Estimate(value, low, high, len(decided), total - len(decided))


def seconds_summary(replies: Sequence[Reply]) -> dict[str, Any]:
    """Median and 90th percentile of each time, over the replies that tell it."""
    found: dict[str, Any] = {}
    for name in ("retrieve", "first_sentence", "total"):
        values = [v for r in replies if (v := getattr(r.seconds, name)) is not None]
        if values:
            p90 = quantiles(values, n=10)[-1] if len(values) > 1 else values[0]
            found[name] = {"median": round(median(values), 3), "p90": round(p90, 3), "count": len(values)}
    return found
