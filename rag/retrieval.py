"""Finds passages: Chroma ranks chunks by vector, BM25 ranks sentences by words, and reciprocal-rank fusion (Cormack, Clarke and Büttcher,
SIGIR 2009) scores every sentence by its own rank and its chunk's. The best sentences, with neighbours joined, are the hits.

Measured on Chroma's chunking evaluation (276 questions, evidence recall within 300 / 500 / 1,000 tokens): whole chunks 0.75 / 0.84 / 0.94,
the same chunks' sentences 0.75 / 0.84 / 0.94, with sentences in the keyword index 0.80 / 0.88 / 0.95, with scores propagated to neighbours
0.83 / 0.90 / 0.96, and 0.85 / 0.94 / 0.98 since MediaWiki's headings are known. Embedding each sentence with its neighbours as well gave as much
(0.83 / 0.89 / 0.95, before that) for three times the vectors.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.appositions import ANTECEDENT_WITHIN, teller
from rag.definitions import asked_term
from rag.errors import QuestionError
from rag.questions import Timeframe
from rag.sections import Section
from rag.sentences import is_question
from rag.types import Chunk, Document, Filters, Hit, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.keywords import KeywordIndex
    from rag.store import Store

CHUNK_CANDIDATES = 100
SECTION_CANDIDATES = 2000
"""Chunks of documents that have a section which is asked about, of which its own are chosen."""
SENTENCE_CANDIDATES = 200
RRF_K = 20
DENSE_WEIGHT = 0.45
NEIGHBOUR_WEIGHT = 0.5
"""Share of its score that a sentence passes on to the one before it and the one after it."""
JOINING_SHARE = 0.6
"""Share of its neighbours' score from which a sentence still joins them when there are as many passages as were asked for."""
ANSWER_SENTENCES = 2
"""That a passage is given which ends with a question."""
RERANKED = 30
"""Passages that a reranker orders."""
DEFINITION_BONUS = 0.4
"""What a sentence that says what is asked of a term or a name adds to its score where that is asked."""
WIDE_SHARE = 0.3
"""A question about several documents hears every document whose best sentence has at least this share of the best score."""


def search(
    query: str,
    vector: NDArray[np.float32],
    store: Store,
    index: KeywordIndex,
    *,
    k: int | None = None,
    tokens: int | None = None,
    run_tokens: int = 100,
    filters: Filters | None = None,
    timeframe: Timeframe | None = None,
    wide: bool = False,
    section: Section | None = None,
) -> list[Hit]:
    """The best passages, as many as fit in ``tokens`` tokens of the embedding model if given, else ``k``.

    Args:
        vector: the query's embedding, shape ``(dimension,)``.
        run_tokens: longest passage, if not of a single sentence.
        timeframe: dates that the question speaks of; passages of documents with such a date come first.
        wide: hear several documents, the best of each first.
        section: look in this one only.
    """
    allowed = None if section is None and filters in (None, Filters()) else allowed_chunks(filters, section, store, index)
    within = None if allowed is None else sorted({index.documents[c] for c in np.flatnonzero(allowed)})
    near = store.nearest(vector, SECTION_CANDIDATES if section else CHUNK_CANDIDATES, within)
    dense = [(number, s) for i, s in near if (number := index.chunk_numbers.get(i)) is not None and (allowed is None or allowed[number])]
    keyword_ranks = {row: rank for rank, (row, _) in enumerate(index.search(query, SENTENCE_CANDIDATES, allowed), 1)}
    dense_ranks = {c: rank for rank, (c, _) in enumerate(dense, 1)}
    scores = _sentence_scores(dense_ranks, keyword_ranks, index)
    for row in (*index.defining(asked_term(query)).tolist(), *_beside_name(query, keyword_ranks, store, index)):
        scores[row] = scores.get(row, 0.0) + DEFINITION_BONUS
    if allowed is not None:
        scores = {row: s for row, s in scores.items() if allowed[index.column("chunk")[row]]}
    if timeframe is not None:
        scores = {row: s * timeframe.weight(index.published[index.column("chunk")[row]]) for row, s in scores.items()}
    order = sorted(scores, key=lambda row: (-scores[row], row))
    if wide:
        order = _best_of_each_document(order, scores, index)
    chosen = _choose(order, scores, index, k, tokens, run_tokens)
    similarity = dict(dense)
    runs = sorted(_runs(sorted(chosen), index, run_tokens), key=lambda run: min(chosen[row] for row in run))
    chunks = chunks_of(chosen, store, index)
    document = cache(store.document)
    hits: list[Hit] = []
    for run in runs:
        passage = _passage(run, index, chunks, document)
        if passage is None:  # Replaced since the index was read.
            continue
        if tokens is None and is_question(passage.text):
            passage = _with_answer(passage, store, index)
        numbers = {int(index.column("chunk")[row]) for row in run}
        hits.append(
            Hit(
                passage,
                len(hits) + 1,
                max(scores.get(row, 0.0) for row in run),
                min((dense_ranks[c] for c in numbers if c in dense_ranks), default=None),
                min((keyword_ranks[row] for row in run if row in keyword_ranks), default=None),
                max((similarity[c] for c in numbers if c in similarity), default=None),
            )
        )
    return hits if k is None else hits[:k]


def _with_answer(passage: Chunk, store: Store, index: KeywordIndex) -> Chunk:
    """A passage that ends with a question, and the sentences after it."""
    asked = Span(passage.document_id, passage.start, passage.end)
    answered = neighbourhood(asked, store, index, before=0, after=ANSWER_SENTENCES)
    return answered.chunk if answered else passage


def neighbourhood(span: Span, store: Store, index: KeywordIndex, *, before: int, after: int, itself: bool = True) -> Hit | None:
    """The passage of a span's sentences and of up to ``before`` and ``after`` around them in its article; None if there are none.

    Args:
        itself: false for what comes after the span only, without its own sentences.
    """
    starts, ends, beside = index.column("start"), index.column("end"), index.column("beside")
    numbers = (bisect_left(index.documents, span.document_id), bisect_right(index.documents, span.document_id))
    low, high = (int(index.first_rows[n]) for n in numbers)
    inside = low + np.flatnonzero((starts[low:high] < span.end) & (span.start < ends[low:high]))
    if not len(inside):
        return None
    first, last = int(inside[0]), int(inside[-1])
    for _ in range(before):
        first -= bool(first > low and beside[first])
    stop = last
    for _ in range(after):
        stop += bool(stop + 1 < high and beside[stop + 1])
    run = list(range(first if itself else last + 1, stop + 1))
    if not run:
        return None
    passage = passage_at(run, store, index)
    return Hit(passage, 1, 0.0) if passage else None


def rerank(question: str, hits: Sequence[Hit], cross_encoder: Any, k: int | None) -> list[Hit]:
    """The hits in the order of a sentence-transformers ``CrossEncoder``'s scores for (question, passage), the best ``k`` if given."""
    if not hits:
        return []
    scores = cross_encoder.predict([(question, h.chunk.text) for h in hits], show_progress_bar=False)
    order = sorted(range(len(hits)), key=lambda i: -float(scores[i]))[:k]
    return [replace(hits[i], rank=rank) for rank, i in enumerate(order, 1)]


def fuse_ranks(rankings: Sequence[tuple[Mapping[int, int], float]], k: int = RRF_K) -> dict[int, float]:
    """Weighted reciprocal-rank fusion of rankings (item → rank from 1), scaled so that first place everywhere gives the weights' sum."""
    fused: dict[int, float] = {}
    for ranks, weight in rankings:
        for item, rank in ranks.items():
            fused[item] = fused.get(item, 0.0) + weight * (k + 1) / (k + rank)
    return fused


def _sentence_scores(dense_ranks: Mapping[int, int], keyword_ranks: Mapping[int, int], index: KeywordIndex) -> dict[int, float]:
    """Score of each row that either ranking found, or that stands beside one that was found; in 0..1."""
    first = index.first_rows
    by_chunk = {row: rank for c, rank in dense_ranks.items() for row in range(int(first[c]), int(first[c + 1]))}
    own = fuse_ranks([(by_chunk, DENSE_WEIGHT), (keyword_ranks, 1 - DENSE_WEIGHT)])
    beside = index.column("beside")
    scores = dict(own)
    for row, score in own.items():
        if beside[row]:
            scores[row - 1] = scores.get(row - 1, 0.0) + NEIGHBOUR_WEIGHT * score
        if row + 1 < len(beside) and beside[row + 1]:
            scores[row + 1] = scores.get(row + 1, 0.0) + NEIGHBOUR_WEIGHT * score
    return {row: score / (1 + 2 * NEIGHBOUR_WEIGHT) for row, score in scores.items()}


def _beside_name(query: str, rows: Collection[int], store: Store, index: KeywordIndex) -> list[int]:
    """Those of some rows that say beside a name what is asked."""
    tells = teller(query)
    if tells is None:
        return []
    chunks = chunks_of(rows, store, index)
    found = []
    for row in rows:
        chunk = chunks.get(index.chunk_ids[index.column("chunk")[row]])
        if chunk:
            start, end = (int(index.column(side)[row]) - chunk.start for side in ("start", "end"))
            if tells(chunk.text[start:end], chunk.text[max(0, start - ANTECEDENT_WITHIN) : start]):
                found.append(row)
    return found


def _choose(
    order: Sequence[int], scores: Mapping[int, float], index: KeywordIndex, k: int | None, tokens: int | None, run_tokens: int
) -> dict[int, int]:
    """Rows to return with their place in ``order``; a sentence with the same words as another is left out."""
    chosen: dict[int, int] = {}
    seen: set[int] = set()
    budget, runs = tokens, 0
    for place, row in enumerate(order):
        if budget is None and k is not None and runs >= k:
            joined = [r for r in _run_around(row, chosen, index) if r != row]
            if not joined or scores[row] < JOINING_SHARE * max(scores[r] for r in joined):
                continue
        fingerprint = int(index.column("fingerprint")[row])
        if fingerprint and fingerprint in seen:
            continue
        if budget is not None:
            cost = int(index.column("tokens")[row])
            if cost > budget:
                continue
            budget -= cost
        chosen[row] = place
        seen.add(fingerprint)
        if budget is None:
            runs = len(_runs(sorted(chosen), index, run_tokens))
    return chosen


def _run_around(row: int, chosen: Collection[int], index: KeywordIndex) -> list[int]:
    """The rows that would stand in a row with this one."""
    if row - 1 not in chosen and row + 1 not in chosen:
        return [row]
    follows = index.column("follows")
    first = last = row
    while follows[first] and first - 1 in chosen:
        first -= 1
    while last + 1 < len(follows) and follows[last + 1] and last + 1 in chosen:
        last += 1
    return list(range(first, last + 1))


def _runs(rows: Sequence[int], index: KeywordIndex, run_tokens: int) -> list[list[int]]:
    """Rows in order, those that follow each other in the text together, up to ``run_tokens`` tokens."""
    runs: list[list[int]] = []
    size = 0
    for row in rows:
        cost = int(index.column("tokens")[row])
        if runs and runs[-1][-1] == row - 1 and index.column("follows")[row] and size + cost <= run_tokens:
            runs[-1].append(row)
            size += cost
        else:
            runs.append([row])
            size = cost
    return runs


def chunks_of(rows: Iterable[int], store: Store, index: KeywordIndex) -> dict[str, Chunk]:
    """The chunks of these sentences by their ids."""
    return store.chunks_by_id(sorted({index.chunk_ids[index.column("chunk")[row]] for row in rows}))


def passage_at(run: Sequence[int], store: Store, index: KeywordIndex) -> Chunk | None:
    """The text from the first to the last of some rows; None if it was replaced since the index was read."""
    return _passage(run, index, chunks_of(run, store, index), store.document)


def _passage(run: Sequence[int], index: KeywordIndex, chunks: Mapping[str, Chunk], document: Callable[[str], Document]) -> Chunk | None:
    """The text from the first to the last sentence of a run."""
    ids = [index.chunk_ids[c] for c in dict.fromkeys(int(index.column("chunk")[row]) for row in run)]
    parts = [chunks[i] for i in ids if i in chunks]
    if len(parts) < len(ids):
        return None
    first = parts[0]
    start, end = int(index.column("start")[run[0]]), int(index.column("end")[run[-1]])
    text = first.text[start - first.start : end - first.start] if len(parts) == 1 else document(first.document_id).text[start:end]
    sentences = tuple((int(index.column("start")[row]) - start, int(index.column("end")[row]) - start) for row in run)
    identity = f"{first.id.rsplit(':', 1)[0]}:{start}-{end}"
    tokens = sum(int(index.column("tokens")[row]) for row in run)
    sections = tuple((b.start - start, b.heading) for a, b in pairwise(parts) if a.heading != b.heading)
    return replace(first, id=identity, start=start, end=end, text=text, tokens=tokens, sentences=sentences, sections=sections)


def _best_of_each_document(order: Sequence[int], scores: Mapping[int, float], index: KeywordIndex) -> list[int]:
    """The same rows, the best of each document that is good enough first."""
    best: dict[str, int] = {}
    for row in order:
        best.setdefault(index.documents[index.column("chunk")[row]], row)
    leading = [row for row in best.values() if scores[row] >= WIDE_SHARE * scores[order[0]]]
    others = set(order) - set(leading)
    return leading + [row for row in order if row in others]


def allowed_chunks(filters: Filters | None, section: Section | None, store: Store, index: KeywordIndex) -> NDArray[np.bool_]:
    """Which chunks of a section, or of all documents, pass the filters, shape ``(chunks,)``.

    Raises:
        QuestionError: a path matches no document, or a date is none.
    """
    filters = filters or Filters()
    documents = set(index.documents)
    for pattern in filters.paths:
        if not any(_matches(d, pattern) for d in documents):
            raise QuestionError(
                f"no document matches {pattern!r}; give a document's path below the indexed folder, a folder, or a pattern such as '2024/*.md'"
            )
    for day in (filters.after, filters.before):
        try:
            _ = day and date.fromisoformat(day)
        except ValueError as e:
            raise QuestionError(f"{day!r} is not a date; write it as YYYY-MM-DD") from e
    types = store.document_types() if filters.types else {}
    passing = {
        d: (not filters.paths or any(_matches(d, p) for p in filters.paths))
        and (not filters.types or any(d.lower().endswith(t.lower()) or types.get(d) == t for t in filters.types))
        for d in documents
    }
    first, last = filters.after or "", filters.before or "9999"
    dated = bool(filters.after or filters.before)
    allowed = np.array(
        [
            passing[d] and (not dated or (p is not None and first <= p <= last))
            for d, p in zip(index.documents, index.published, strict=True)
        ],
        dtype=bool,
    )
    return allowed & index.within(section) if section else allowed


def _matches(document_id: str, pattern: str) -> bool:
    folder = pattern.strip("/")
    return document_id == folder or document_id.startswith(f"{folder}/") or fnmatchcase(document_id, pattern)
