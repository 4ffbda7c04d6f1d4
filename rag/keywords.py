"""Keyword search (BM25, by ``bm25s``) over the chunks, beside Chroma, whose embedded mode has no sparse index.

Derived from the store: kept in the data folder under the store's generation, memory-mapped when read, made anew when the
generation has changed.
"""

from __future__ import annotations

import json
import math
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rag.types import Chunk
from rag.words import search_terms

if TYPE_CHECKING:
    import bm25s

_IDS = "ids.json"


class KeywordIndex:
    """A BM25 index over chunks."""

    def __init__(self, bm25: bm25s.BM25 | None, ids: list[str]) -> None:
        self._bm25 = bm25
        self._ids = ids

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """Ids and BM25 scores of the best ``k`` chunks that share a term with the query, best first."""
        if self._bm25 is None:
            return []
        terms = [t for t in dict.fromkeys(search_terms(query)) if t in self._bm25.vocab_dict]
        if not terms:
            return []
        rows, scores = self._bm25.retrieve([terms], k=min(k, len(self._ids)), show_progress=False)
        return [(self._ids[int(i)], float(s)) for i, s in zip(rows[0], scores[0], strict=True) if s > 0]

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a search term, ``log(1 + (N - n + 0.5) / (n + 0.5))``; that of an unknown term is the largest."""
        n = 0
        if self._bm25 is not None and term in self._bm25.vocab_dict:
            column = self._bm25.vocab_dict[term]
            n = int(self._bm25.scores["indptr"][column + 1] - self._bm25.scores["indptr"][column])
        return math.log(1 + (len(self._ids) - n + 0.5) / (n + 0.5))


def open_keyword_index(data_dir: Path, generation: str, chunks: Iterable[Chunk]) -> KeywordIndex:
    """The index of this generation, from disk if it is there, else made from ``chunks`` (not touched otherwise) and kept."""
    import bm25s

    folder = data_dir / "keywords" / generation
    if (folder / _IDS).is_file():
        ids = json.loads((folder / _IDS).read_text(encoding="utf-8"))
        return KeywordIndex(bm25s.BM25.load(folder, mmap=True) if ids else None, ids)
    listed = list(chunks)
    terms = [search_terms(f"{c.heading} {c.text}") for c in listed]
    ids = [c.id for c in listed]
    bm25 = None
    if any(terms):
        bm25 = bm25s.BM25(method="lucene")
        bm25.index(terms, show_progress=False)
    else:
        ids = []
    partial = folder.with_name(f"{generation}.{uuid.uuid4().hex[:8]}.partial")
    partial.mkdir(parents=True)
    if bm25 is not None:
        bm25.save(partial)
    (partial / _IDS).write_text(json.dumps(ids), encoding="utf-8")
    try:
        partial.replace(folder)
    except OSError:  # Another process has just written the same index.
        shutil.rmtree(partial, ignore_errors=True)
    for other in folder.parent.iterdir():
        if other != folder and not other.name.endswith(".partial"):
            shutil.rmtree(other, ignore_errors=True)
    return KeywordIndex(bm25, ids)
