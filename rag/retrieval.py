"""Finds passages: dense and keyword rankings, fused by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.types import Chunk, Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.keywords import KeywordIndex
    from rag.store import Store

CANDIDATES = 50
RRF_K = 10
DENSE_WEIGHT = 0.45


def search(query: str, vector: NDArray[np.float32], store: Store, keywords: KeywordIndex, k: int) -> list[Hit]:
    """The best ``k`` chunks for a query.

    Args:
        vector: the query's embedding, shape ``(dimension,)``.
    """
    depth = max(CANDIDATES, k)
    hashes_valid = _validity(store)
    dense = [(c, s) for c, s in store.nearest(vector, depth) if hashes_valid(c)]
    by_keyword = [i for i, _ in keywords.search(query, depth)]
    chunks = {c.id: c for c, _ in dense}
    chunks |= store.chunks_by_id([i for i in by_keyword if i not in chunks])
    similarity = {c.id: s for c, s in dense}
    dense_rank = {c.id: r for r, (c, _) in enumerate(dense, 1)}
    keyword_rank = {i: r for r, i in enumerate(by_keyword, 1) if i in chunks}
    fused = fuse_ranks([(dense_rank, DENSE_WEIGHT), (keyword_rank, 1 - DENSE_WEIGHT)])
    best = sorted(fused.items(), key=lambda item: (-item[1], item[0]))[:k]
    return [
        Hit(chunks[i], rank, score, dense_rank.get(i), keyword_rank.get(i), similarity.get(i)) for rank, (i, score) in enumerate(best, 1)
    ]


def fuse_ranks(rankings: Sequence[tuple[Mapping[str, int], float]], k: int = RRF_K) -> dict[str, float]:
    """Weighted reciprocal-rank fusion of rankings (id → rank from 1), scaled so that first place everywhere gives the weights' sum."""
    fused: dict[str, float] = {}
    for ranks, weight in rankings:
        for i, rank in ranks.items():
            fused[i] = fused.get(i, 0.0) + weight * (k + 1) / (k + rank)
    return fused


def fit_tokens(hits: Sequence[Hit], budget: int) -> list[Hit]:
    """The best hits whose token counts together fit in ``budget``; one that does not fit is passed over for the next that does."""
    fitting: list[Hit] = []
    for hit in hits:
        if hit.chunk.tokens <= budget:
            budget -= hit.chunk.tokens
            fitting.append(hit)
    return fitting


def _validity(store: Store) -> Callable[[Chunk], bool]:
    """Accepts chunks of stored documents only: while an update is under way there may be others."""
    origin = store.origin()
    if origin is None or origin.complete:
        return lambda _: True
    valid = {c.id for c in store.chunks()}
    return lambda chunk: chunk.id in valid
