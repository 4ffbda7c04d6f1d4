"""Keyword search (BM25, by ``bm25s``) over single sentences, each read with its neighbours, beside Chroma, whose embedded mode has no sparse index.

Derived from the store: made when the index is brought into step, kept in the data folder under the store's generation and
memory-mapped when read. Row by row it also holds where each sentence stands, which is what retrieval joins both rankings on.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.definitions import defined_term, named_term
from rag.headings import as_line
from rag.markup import is_markup
from rag.sections import Section, heading_names
from rag.types import Chunk
from rag.words import content_stems, joined_designations, names_by_initials, search_terms, words

if TYPE_CHECKING:
    import bm25s
    from numpy.typing import NDArray

_CHUNKS, _ROWS, _SURFACES, _ACRONYMS = "chunks.json", "sentences.npy", "surfaces.json", "acronyms.json"
_ROW = np.dtype(
    [
        ("chunk", "i4"),
        ("start", "i4"),
        ("end", "i4"),
        ("tokens", "i4"),
        ("beside", "?"),
        ("follows", "?"),
        ("fingerprint", "i8"),
        ("defines", "i8"),
        ("name", "i8"),
    ]
)
"""Of a sentence: number of its chunk, place in the document, length in tokens of the embedding model, whether the row before it is of the same
article, whether nothing but white space or markup stands between the two, a hash of its stems (0 for a short one), and
one of what it says what it is (0 for nothing), and one of the name of a section, an item or a paragraph that it begins with ("5.3", "Step 2"; 0 without)."""
_TERMS = 8
"""Goes up when ``rag.words`` takes other words for the same, or rows hold more: an index kept as before is made anew."""
_FINGERPRINT_WORDS = 5
_NEAR_CHARACTERS = 2
_MISSPELT_LETTERS = 5
"""A shorter word may be another name: Iran, Iraq."""
_LONG_LETTERS = 10

CountTokens = Callable[[Sequence[str]], Sequence[int]]


class KeywordIndex:
    """A BM25 index over the sentences of chunks."""

    def __init__(
        self,
        bm25: bm25s.BM25 | None,
        chunks: list[tuple[str, str, str | None, str, str]],
        rows: NDArray[np.void],
        surfaces: dict[str, str],
        acronyms: dict[str, str],
    ) -> None:
        self._bm25 = bm25
        self._surfaces = surfaces
        self._acronyms = acronyms
        self._columns: dict[str, NDArray[Any]] = {}
        self.rows = rows
        """Shape ``(sentences,)``, of the fields that ``_ROW`` names."""
        self.chunk_ids = [c[0] for c in chunks]
        self.documents = [c[1] for c in chunks]
        """Document id of each chunk, sorted, as ``Store.chunks`` gives them."""
        self.published = [c[2] for c in chunks]
        """ISO date of each chunk, or None."""
        self.titles = [c[3] for c in chunks]
        """Of each chunk's document, or of its article in the document."""
        self.headings = [c[4] for c in chunks]
        """Title and headings of each chunk, a line each; empty where none names a section."""

    def begun_with(self, names: Collection[tuple[str, str]]) -> NDArray[np.intp]:
        """The rows that begin with one of these names of sections, items or paragraphs."""
        return np.flatnonzero(np.isin(self.column("name"), [_hash(name) for name in names]))

    def within(self, section: Section) -> NDArray[np.bool_]:
        """Which chunks are of a section, shape ``(chunks,)``."""
        among = {headings: section.is_among(heading_names(headings)) for headings in {*self.headings}}
        return np.array([among[headings] for headings in self.headings], dtype=bool)

    def defining(self, term: Collection[str]) -> NDArray[np.intp]:
        """The rows that say what something is, by the stems of its name."""
        return np.flatnonzero(self.column("defines") == _hash(sorted(term))) if term else np.empty(0, np.intp)

    def column(self, name: str) -> NDArray[Any]:
        """One field of all rows, shape ``(sentences,)``, read into memory at its first use."""
        if name not in self._columns:
            self._columns[name] = np.ascontiguousarray(self.rows[name])
        return self._columns[name]

    @cached_property
    def chunk_numbers(self) -> dict[str, int]:
        """Number of each chunk by its id."""
        return {chunk_id: n for n, chunk_id in enumerate(self.chunk_ids)}

    @cached_property
    def first_rows(self) -> NDArray[np.intp]:
        """First row of each chunk and, at the end, the number of rows, shape ``(chunks + 1,)``."""
        return np.searchsorted(self.column("chunk"), np.arange(len(self.chunk_ids) + 1))

    def search(self, query: str, k: int, allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """Rows and BM25 scores of the best ``k`` sentences that share a term with the query, best first.

        Args:
            allowed: which chunks to look in, shape ``(chunks,)``; all if None.
        """
        if self._bm25 is None:
            return []
        terms = [form for term in dict.fromkeys(search_terms(query)) for form in self._forms(term)]
        if not terms:
            return []
        scores = self._bm25.get_scores(terms)
        if allowed is not None:
            scores = scores * allowed[self.column("chunk")]
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((best, -scores[best]))]
        return [(int(row), float(scores[row])) for row in best if scores[row] > 0]

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a search term, ``log(1 + (N - n + 0.5) / (n + 0.5))``; that of an unknown term is the largest."""
        n = 0
        if self._bm25 is not None and self._knows(term):
            column = self._bm25.vocab_dict[term]
            n = int(self._bm25.scores["indptr"][column + 1] - self._bm25.scores["indptr"][column])
        return math.log(1 + (len(self.rows) - n + 0.5) / (n + 0.5))

    def correct_spelling(self, question: str, is_common: Callable[[str], bool]) -> str:
        """The question with words that the documents do not hold replaced by the one that they hold and that differs by a letter.

        Two letters may differ in words of ten and more; the first never does; words of fewer than five are left alone, for they may be other names.

        Args:
            is_common: whether a word is known to be one, so that it is not misspelt: "pilot" is not "pivotal", nor "Maria" "Marta".
        """
        corrected = question
        for word in reversed(words(question)):
            if not word.is_content or not word.surface.isalpha() or self._knows(word.stem) or is_common(word.surface):
                continue
            if other := self._closest(word.stem):
                surface = self._surfaces.get(other, other)
                if word.surface[0].isupper():
                    surface = surface[0].upper() + surface[1:]
                corrected = corrected[: word.start] + surface + corrected[word.end :]
        return corrected

    def in_their_form(self, question: str) -> str:
        """The question with acronyms that the documents do not hold spelled out as they do ("ESA", "European Space Agency"), and the other way round."""
        for word in reversed(words(question)):
            spelled_out = self._acronyms.get(word.stem) if word.surface.isupper() and not self._knows(word.stem) else None
            if spelled_out:
                question = question[: word.start] + spelled_out + question[word.end :]
        for acronym, name in names_by_initials(question):
            if self._knows(acronym) and not all(map(self._knows, content_stems(name))):
                question = question.replace(name, acronym.removesuffix(".").upper())
        return question

    def _knows(self, term: str) -> bool:
        return self._bm25 is not None and term in self._bm25.vocab_dict

    def _forms(self, term: str) -> list[str]:
        """The term if the documents hold it, else what they hold instead: a longer designation (``f35`` → ``f35a``), or another spelling."""
        if self._knows(term):
            return [term]
        if any(c.isdigit() for c in term) and any(c.isalpha() for c in term):
            return [known for known in self._by_first_letter[term[0]] if known.startswith(term)]
        return [other] if (other := self._closest(term)) else []

    @cached_property
    def _by_first_letter(self) -> defaultdict[str, list[str]]:
        """The terms that the documents hold, in order."""
        terms: defaultdict[str, list[str]] = defaultdict(list)
        for term in sorted(self._bm25.vocab_dict if self._bm25 is not None else ()):
            terms[term[:1]].append(term)
        return terms

    def _closest(self, term: str) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(term) < _MISSPELT_LETTERS or not term.isalpha():
            return None
        alike = [known for known in self._by_first_letter[term[0]] if known.isalpha() and len(known) >= _MISSPELT_LETTERS - 1]
        found = process.extractOne(term, alike, scorer=OSA.distance, score_cutoff=2 if len(term) >= _LONG_LETTERS else 1)
        return found[0] if found else None


def _hash(stems: Sequence[str]) -> int:
    return int.from_bytes(hashlib.sha256(" ".join(stems).encode()).digest()[:7]) if stems else 0


def open_keyword_index(data_dir: Path, generation: str, chunks: Iterable[Chunk], count_tokens: CountTokens) -> KeywordIndex:
    """The index of this generation, from disk if it is there, else made from ``chunks`` (not touched otherwise) and kept."""
    import bm25s

    folder = data_dir / "keywords" / f"{generation}.{_TERMS}"
    if (folder / _CHUNKS).is_file():
        table = [tuple(row) for row in json.loads((folder / _CHUNKS).read_text(encoding="utf-8"))]
        rows = np.load(folder / _ROWS, mmap_mode="r")
        surfaces = json.loads((folder / _SURFACES).read_text(encoding="utf-8"))
        acronyms = json.loads((folder / _ACRONYMS).read_text(encoding="utf-8"))
        return KeywordIndex(bm25s.BM25.load(folder, mmap=True) if surfaces else None, table, rows, surfaces, acronyms)
    listed = list(chunks)
    rows, terms, surfaces = _sentence_rows(listed, count_tokens)
    headings = [f"{c.title}\n{c.heading}" for c in listed]
    table = [
        (c.id, c.document_id, c.published, c.title, lines if heading_names(lines) else "")
        for c, lines in zip(listed, headings, strict=True)
    ]
    bm25 = None
    if any(terms):
        bm25 = bm25s.BM25(method="lucene")
        bm25.index(terms, show_progress=False)
    partial = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}.partial")
    partial.mkdir(parents=True)
    if bm25 is not None:
        bm25.save(partial)
    np.save(partial / _ROWS, rows)
    (partial / _SURFACES).write_text(json.dumps(surfaces), encoding="utf-8")
    acronyms = _acronyms(listed)
    (partial / _ACRONYMS).write_text(json.dumps(acronyms), encoding="utf-8")
    (partial / _CHUNKS).write_text(json.dumps(table), encoding="utf-8")
    try:
        partial.replace(folder)
    except OSError:  # Another process has just written the same index.
        shutil.rmtree(partial, ignore_errors=True)
    for other in folder.parent.iterdir():
        if other != folder and not other.name.endswith(".partial"):
            shutil.rmtree(other, ignore_errors=True)
    return KeywordIndex(bm25, table, rows, surfaces, acronyms)


def _acronyms(chunks: Iterable[Chunk]) -> dict[str, str]:
    """The names that acronyms would stand for, where there is but one such name in the texts, by the stem of the acronym."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for chunk in chunks:
        for acronym, name in names_by_initials(" ".join(chunk.text.split())):
            found[acronym].add(name)
    return {acronym: name for acronym, (name, *others) in found.items() if not others}


def _article(chunk: Chunk) -> tuple[str, str]:
    return chunk.document_id, chunk.title


def _name(document_id: str, title: str) -> str:
    """What an article is called: a speech does not say who holds it."""
    return f"{PurePosixPath(document_id).with_suffix('')} {title}"


def _sentence_rows(chunks: Sequence[Chunk], count_tokens: CountTokens) -> tuple[NDArray[np.void], list[list[str]], dict[str, str]]:
    """A row for each sentence, the terms under which it is found (its own, its neighbours', its heading's, and those of its article's name that the
    article does not hold), and a common spelling of each stem."""
    texts = [c.text[a:b] for c in chunks for a, b in c.sentences]
    rows = np.zeros(len(texts), dtype=_ROW)
    own: list[list[str]] = []
    of_article: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    spellings: Counter[tuple[str, str]] = Counter()
    row = 0
    for number, chunk in enumerate(chunks):
        *_, heading = chunk.heading.split("\n")
        stated = of_article[_article(chunk)]
        for a, b in chunk.sentences:
            start, end = chunk.start + a, chunk.start + b
            text = texts[row]
            before = rows[row - 1]
            other = chunks[before["chunk"]]
            beside = row > 0 and _article(other) == _article(chunk)
            gap = chunk.text[max(0, before["end"] - chunk.start) : a] if before["chunk"] == number else ""
            follows = beside and (0 <= start - before["end"] <= _NEAR_CHARACTERS or (gap != "" and is_markup(gap)))
            content = [w for w in words(text) if w.is_content]
            stems = [w.stem for w in content]
            own.append(stems + joined_designations(text))
            stated.update(own[-1])
            fingerprint = _hash(stems) if len(stems) >= _FINGERPRINT_WORDS else 0
            is_first = beside and as_line(texts[row - 1]) == heading
            term = (named_term(texts[row - 1]) if is_first else None) or defined_term(text)
            name = next(iter(heading_names(text)), ())
            rows[row] = (number, start, end, 0, beside, follows, fingerprint, _hash(sorted(term)), _hash(name))
            spellings.update((w.stem, w.surface.lower()) for w in content if w.surface.isalpha())
            row += 1
    if texts:
        rows["tokens"] = count_tokens(texts)
    named = {a: [term for term in search_terms(_name(*a)) if term not in held] for a, held in of_article.items()}
    above = [
        [*named[_article(c)], *(t for line in c.heading.split("\n") if line not in " ".join(c.text.split()) for t in search_terms(line))]
        for c in chunks
    ]
    terms = [
        [*above[rows[i]["chunk"]], *(own[i - 1] if rows[i]["beside"] else []), *own[i], *(own[i + 1] if i + 1 < len(own) and rows[i + 1]["beside"] else [])]
        for i in range(len(own))
    ]  # fmt: skip
    surfaces: dict[str, str] = {}
    for (stem, surface), _ in spellings.most_common():
        surfaces.setdefault(stem, surface)
    return rows, terms, surfaces
