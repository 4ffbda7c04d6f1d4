"""Cuts a document into chunks: whole sentences, up to a number of tokens, with their exact place in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from rag.directives import is_directive
from rag.headings import as_line, find_headings, is_byline, is_heading, nested
from rag.layout import content_sentences
from rag.markup import BLANK_LINES, is_markup
from rag.sentences import MIN_PROSE_WORDS, SentenceSpan, is_question
from rag.types import Chunk, Document

_MOST_CHARACTERS_A_TOKEN = 24
"""Longer chunks are not made, whatever their tokens: to the tokenizer a word of 200 letters is one unknown token."""

LONGEST_SENTENCE = 254
"""Tokens, as many as the bundled embedding model reads: a part of a sentence may say what the whole does not."""

CountTokens = Callable[[str], int]


def chunk_document(document: Document, max_tokens: int, count_tokens: CountTokens) -> list[Chunk]:
    """Chunks that together hold the sentences of the document once, in order; of at most ``max_tokens`` tokens, but for a sentence that alone is longer.

    A chunk ends before a heading, unless it holds nothing but headings, where page furniture was left out, where another article begins, and where two or more blank lines
    stand between sentences, for different things are said there. A sentence that is longer than ``LONGEST_SENTENCE`` is cut between words.
    A chunk of fewer than four words, such as a button's label, is left out if the document has others. Orders to a machine that reads are no sentences of any chunk,
    and do not move where the others end.
    """
    chunks: list[Chunk] = []
    path: dict[int, str] = {}
    levels = find_headings(document.text)
    open_spans: list[SentenceSpan] = []

    def close() -> None:
        if not open_spans:
            return
        start, end = open_spans[0].start, open_spans[-1].end
        text = document.text[start:end]
        page = sum(offset <= start for offset in document.page_offsets) or None
        chunk_id = f"{document.id}@{document.sha256[:12]}:{start}-{end}"
        sentences = tuple((s.start - start, s.end - start) for s in open_spans)
        article = document.article_at(start)
        tokens = count_tokens(text)
        chunks.append(
            Chunk(
                chunk_id, document.id, start, end, text, tokens, "\n".join(path.values()), page, article.title, article.published, sentences
            )
        )
        open_spans.clear()

    pieces = list(_pieces(document, levels, count_tokens))
    orders = dict.fromkeys(s for s in pieces if is_directive(document.text[s.start : s.end]))
    spans = [s for s in pieces if s not in orders]
    readable = _blanked(document.text, orders)
    has_prose = False
    for n, span in enumerate(spans):
        line = document.text[span.start : span.end]
        names_nothing = False
        if open_spans:
            previous = open_spans[-1]
            gap = readable[previous.end : span.start]
            left_out = bool(BLANK_LINES.search(gap)) or not is_markup(gap)
            apart = left_out or document.article_at(previous.start) != document.article_at(span.start)
            is_below = span.start in levels and any(s.start not in levels for s in open_spans)
            following = spans[n + 1].start if n + 1 < len(spans) else None
            is_last = following is None or following in levels or document.article_at(following) != document.article_at(span.start)
            is_remnant = is_last and len(line.split()) < MIN_PROSE_WORDS
            names_nothing = is_remnant or is_question(document.text[previous.start : previous.end])
            may_name = previous.is_prose and not span.is_prose and span.line != previous.line and not names_nothing
            new_section = apart or is_below or may_name
            length = span.end - open_spans[0].start
            is_full = length > max_tokens * _MOST_CHARACTERS_A_TOKEN or count_tokens(readable[open_spans[0].start : span.end]) > max_tokens
            if new_section or is_full:
                close()
        if not open_spans and document.article_at(span.start).start == span.start:
            path, has_prose = {}, False
        if levels:
            if span.start in levels:
                path = nested(path, levels[span.start], as_line(line))
        elif (not open_spans or span.line != open_spans[-1].line) and not (span.is_code or names_nothing) and is_heading(line):
            path = {} if is_byline(line) and not has_prose else {1: as_line(line)}
        has_prose = has_prose or span.is_prose
        open_spans.append(span)
    close()
    return [c for c in chunks if len(c.text.split()) >= MIN_PROSE_WORDS] or chunks


def _blanked(text: str, spans: Iterable[SentenceSpan]) -> str:
    """A text with blanks in some places, given in order."""
    parts, position = [], 0
    for s in spans:
        parts += [text[position : s.start], " " * (s.end - s.start)]
        position = s.end
    return "".join((*parts, text[position:]))


def _pieces(document: Document, headings: Collection[int], count_tokens: CountTokens) -> Iterator[SentenceSpan]:
    """The sentences, those that are too long cut between words (or inside a word that alone is too long)."""
    text = document.text
    for s in content_sentences(text, document.articles, headings):
        start = s.start
        while start < s.end:
            end = _fitting_end(text, start, s.end, LONGEST_SENTENCE, count_tokens)
            yield replace(s, start=start, end=end)
            start = end + len(text[end : s.end]) - len(text[end : s.end].lstrip())


def _fitting_end(text: str, start: int, end: int, max_tokens: int, count_tokens: CountTokens) -> int:
    """The furthest word end up to ``end`` at which the text from ``start`` fits in ``max_tokens`` tokens."""
    window = min(end, start + max_tokens * _MOST_CHARACTERS_A_TOKEN)

    def tokens_to(stop: int) -> int:
        return count_tokens(text[start:stop])

    ends = [start + m.start() for m in re.finditer(r"(?<=\S)\s", text[start:window])]
    if tokens_to(window) <= max_tokens:
        return window if window == end or not ends else ends[-1]
    fitting = bisect_right(ends, max_tokens, key=tokens_to)
    # One character can be several tokens (composed Hangul: three), hence a quarter.
    return ends[fitting - 1] if fitting else min(end, start + max(1, max_tokens // 4))
