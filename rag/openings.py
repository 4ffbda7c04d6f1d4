"""What sections and articles open with, which is the answer where a question asks for no fact in them but for what they say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.headings import as_line, names_section
from rag.markup import ITEM, without_markup
from rag.overview import Overview
from rag.retrieval import allowed_chunks, chunks_of, passage_at
from rag.sections import Section, heading_names
from rag.sentences import is_prose
from rag.types import Chunk, Filters, Hit
from rag.words import content_stems

if TYPE_CHECKING:
    from rag.keywords import KeywordIndex
    from rag.store import Store

MOST_MEANT = 3
"""Sections or articles that are told of; of more it is not known which is meant."""
MOST_LISTED = 20
"""Titles."""
MOST_READ = 100
"""Items with the same number."""
LONGEST_ITEM = 3
"""Sentences."""
OPENING_CHARACTERS = 700
OPENING_CHUNKS = 10
"""That are read for it."""
LONGEST_ARTICLE = 200
"""Chunks that are looked through for what an article is said to be about."""
_SHORT_SENTENCE = re.compile(r"\W?[A-Z][^\n]*[.!?]\W?")


@dataclass(frozen=True, slots=True)
class Openings:
    """What sections or articles open with."""

    hits: Sequence[Hit] = ()
    """Heading, if it stands before the rest, and first sentences or items of each; or the title alone, or what stands in its place."""
    left_out: int = 0
    """How many articles more there are."""


def open_section(section: Section, store: Store, index: KeywordIndex, filters: Filters | None) -> Openings:
    """What a section opens with, if nothing is asked but what it says; of several documents each, if they are few. Nothing otherwise."""
    found: dict[tuple[str, ...], list[int]] = {}  # The numbers of its chunks by their document and headings.
    for n in np.flatnonzero(allowed_chunks(filters, section, store, index)).tolist():
        lines = index.headings[n].split("\n")
        depth = next(d for d in range(1, len(lines) + 1) if section.is_among(heading_names("\n".join(lines[:d]))))
        found.setdefault((index.documents[n], *lines[:depth]), []).append(n)
    if not found:
        return Openings(_open_items(section, store, index, filters))
    outermost: dict[str, int] = {}
    for document_id, *lines in found:
        outermost[document_id] = min(len(lines), outermost.get(document_id, len(lines)))
    asked = [path for path in found if len(path) == outermost[path[0]] + 1 and section.is_asked_whole(" ".join(path))]
    return Openings(_opened([(path[-1], found[path]) for path in asked], store, index) if len(asked) <= MOST_MEANT else [])


def _open_items(section: Section, store: Store, index: KeywordIndex, filters: Filters | None) -> list[Hit]:
    """The items or paragraphs with the name of a section ("5.3 The tenant may …"), each as far as it goes."""
    allowed = allowed_chunks(filters, None, store, index)
    rows = [row for row in index.begun_with(section.items).tolist() if allowed[index.column("chunk")[row]]][:MOST_READ]
    chunks = chunks_of(rows, store, index)
    hits: list[Hit] = []
    for row in rows:
        if (chunk := chunks.get(index.chunk_ids[index.column("chunk")[row]])) is None:  # Replaced since the index was read.
            continue
        text = store.document(chunk.document_id).text
        if as_line(text[index.column("start")[row] : index.column("end")[row]]) in chunk.heading.split("\n"):
            continue
        run = [row]
        while (after := run[-1] + 1) < len(index.rows) and index.column("follows")[after] and not index.column("name")[after]:
            gap = text[index.column("end")[run[-1]] : index.column("start")[after]]
            if "\n\n" in gap or len(run) == LONGEST_ITEM:
                break
            run.append(after)
        passage = passage_at(run, store, index)
        if passage and section.is_asked_whole(" ".join((chunk.document_id, chunk.title, chunk.heading, passage.text))):
            hits.append(Hit(passage, len(hits) + 1, 1.0))
    return hits if len(hits) <= MOST_MEANT else []


def open_articles(
    overview: Overview, store: Store, index: KeywordIndex, filters: Filters | None, find: Callable[[str], Sequence[Hit]]
) -> Openings:
    """What the articles that are meant open with, if these are few; the titles of all, if all are meant. Nothing if it is not known which.

    Args:
        find: the passages for the words that tell which article.
    """
    articles: dict[tuple[str, str], list[int]] = {}  # The numbers of the chunks of each by its document and title.
    for n in np.flatnonzero(allowed_chunks(filters, None, store, index)).tolist():
        articles.setdefault((index.documents[n], index.titles[n]), []).append(n)
    if not overview.stems and len(articles) > 1:
        named = [(title, numbers) for (_, title), numbers in articles.items()]
        return Openings(_opened(named[:MOST_LISTED], store, index, headings_only=True), max(0, len(named) - MOST_LISTED))
    meant = [article for article in articles if overview.stems <= {*content_stems(" ".join(article))}]
    if not meant and overview.names_kind:
        best = [(h.chunk.document_id, h.chunk.title) for h in find(overview.words)[:1]]
        meant = [
            article for article in best if article in articles and overview.stems <= _stems_of(article, articles[article], store, index)
        ]
    return Openings(_opened([(article[1], articles[article]) for article in meant], store, index) if len(meant) <= MOST_MEANT else [])


def _stems_of(article: tuple[str, str], numbers: Sequence[int], store: Store, index: KeywordIndex) -> set[str]:
    """Of the content words of an article, of its title and its path."""
    chunks = store.chunks_by_id([index.chunk_ids[n] for n in numbers[:LONGEST_ARTICLE]])
    return {stem for text in (*article, *(c.text for c in chunks.values())) for stem in content_stems(text)}


def _opened(named: Iterable[tuple[str, Sequence[int]]], store: Store, index: KeywordIndex, *, headings_only: bool = False) -> list[Hit]:
    """A passage for each of the sections or articles, which are given by their headings and the numbers of their chunks."""
    passages: list[Chunk | None] = []
    for heading, numbers in named:
        own, run = _opening(heading, numbers, store, index)
        if headings_only:
            run = own or [int(index.first_rows[numbers[0]])]
        elif own and run and own[0] < run[0]:
            run = own + run
        passages.append(passage_at(run, store, index) if run else None)
    return [Hit(passage, rank, 1.0) for rank, passage in enumerate(filter(None, passages), 1)]


def _opening(heading: str, numbers: Sequence[int], store: Store, index: KeywordIndex) -> tuple[list[int], list[int]]:
    """Of the chunks of a section or an article the row of its heading, if the text has it, and those of the first few sentences or items."""
    numbers = [*numbers[:OPENING_CHUNKS], *numbers[OPENING_CHUNKS:][-1:]]
    chunks = store.chunks_by_id([index.chunk_ids[n] for n in numbers])
    found = [
        (row, chunk.text[start:end], as_line(chunk.text[start:end]) in chunk.heading.split("\n"))
        for n in numbers
        if (chunk := chunks.get(index.chunk_ids[n])) is not None  # Replaced since the index was read.
        for row, (start, end) in enumerate(chunk.sentences, int(index.first_rows[n]))
    ]
    name = without_markup(heading).removesuffix(":")
    own = [row for row, text, _ in found if without_markup(as_line(text)).removesuffix(":").endswith(name)][:1]
    below = [(row, text, is_above) for row, text, is_above in found if row not in own and not (is_above and own and row < own[0])]
    said = [each for each in below if (names_section(each[1]) if each[2] else _is_said(each[1]))]
    said = said or [each for each in below if not each[2]]
    sizes = itertools.accumulate(len(text) for _, text, _ in said)
    prose = next((n for n, (_, text, _) in enumerate(said) if is_prose(text)), 0)
    kept = [said[n] for n, size in enumerate(sizes) if n <= prose or size <= OPENING_CHARACTERS]
    while len(kept) > 1 and kept[-1][2]:  # A heading of what is not said.
        kept.pop()
    return own, [row for row, _, _ in kept]


def _is_said(text: str) -> bool:
    return is_prose(text) or bool(ITEM.match(text) or _SHORT_SENTENCE.fullmatch(text))
