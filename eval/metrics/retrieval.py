"""Did the passages hold the gold words? Values in 0..1, None for a case without gold words or a system that shows no passages.

``recall``, ``reciprocal_rank`` and ``ndcg`` come from ir-measures (MacAvaney et al., 2022; trec_eval inside). What is ranked there are gold
spans: a span stands at the rank of the first passage that overlaps it, a passage that overlaps none is not relevant.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.reply import Passage
from rag.types import Span

BUDGETS = (100, 200, 300, 500, 1000)
"""Tokens of the embedding model."""
CUTOFF = 5


def evidence_recall(gold: Sequence[Span], passages: Sequence[Passage] | None, budget: int | None = None) -> float | None:
    """Share of the gold characters that lie inside the passages; with ``budget``, inside the best that together fit in so many tokens.

    Source: token-wise recall of Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024), by characters.
    """
    if not gold or passages is None:
        return None
    used, found = 0, set()
    for p in passages:
        used += p.tokens
        if budget is not None and used > budget:
            break
        found |= {(p.document_id, i) for i in range(p.start, p.end)}
    wanted = {(g.document_id, i) for g in gold for i in range(g.start, g.end)}
    return len(wanted & found) / len(wanted)


def recall(gold: Sequence[Span], passages: Sequence[Passage] | None, k: int = CUTOFF) -> float | None:
    """Share of the gold spans that one of the best ``k`` passages overlaps."""
    return _measured("R", gold, passages, k)


def reciprocal_rank(gold: Sequence[Span], passages: Sequence[Passage] | None, k: int = CUTOFF) -> float | None:
    """1 / rank of the first passage that overlaps a gold span; 0 where none of the best ``k`` does."""
    return _measured("RR", gold, passages, k)


def ndcg(gold: Sequence[Span], passages: Sequence[Passage] | None, k: int = CUTOFF) -> float | None:
    """Normalised discounted cumulative gain at ``k``, gain 1 for each gold span (Järvelin and Kekäläinen, 2002)."""
    return _measured("nDCG", gold, passages, k)


def _measured(measure: str, gold: Sequence[Span], passages: Sequence[Passage] | None, k: int) -> float | None:
    if not gold or passages is None:
        return None
    import ir_measures

    names = [f"gold-{i}" for i in range(len(gold))]
    ranking: list[str] = []
    for rank, passage in enumerate(passages[:k]):
        new = [n for n, g in zip(names, gold, strict=True) if n not in ranking and overlaps(passage, g)]
        ranking += new or [f"other-{rank}"]
    # A passage that holds several gold spans makes the ranking longer than k; none of it may be cut off.
    at = getattr(ir_measures, measure) @ max(k, len(ranking))
    qrels = {"q": dict.fromkeys(names, 1)}
    run = {"q": {name: float(len(ranking) - i) for i, name in enumerate(ranking)} or {"other": 0.0}}
    return float(ir_measures.calc_aggregate([at], qrels, run)[at])


def overlaps(passage: Passage | Span, gold: Span) -> bool:
    """Whether a passage holds a character of a gold span."""
    return passage.document_id == gold.document_id and passage.start < gold.end and gold.start < passage.end
