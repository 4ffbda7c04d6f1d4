"""Sentences of a text as exact spans. Boundaries inside a line come from ``sentencex``, which knows "U.S.", "Gen.", "3.5" and quotes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\w")
MARKED_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
"""The beginning of a heading as Markdown marks it."""
_ITEM_MARK = re.compile(r"^(?:#{1,6}|[-*•>])[ \t]+")
_TABLE_ROW = re.compile(r"\|(.+)\|")
_ENDING = re.compile(r"[.!?…:;][\"'”’)\]*_]*$")
_QUESTION = re.compile(r"\?[)*_]*$|^[(*_]*[\"'“‘].*\?[\"'”’)*_]*$", re.DOTALL)  # He asked, "Why?" does not ask.
_BLOCK_START = re.compile(r"\s*(?:[-*•#>|\[]|\d+[.)]\s|\d{1,2}[:.]\d\d\b|[A-Z][\w.'’-]*(?: [\w.'’-]+){0,3}:\s)")
"""Of an item, a heading, a table row, a time, or a speaker or key with a colon."""
_WRAPPED_SHARE = 0.7
_WRAPPED_CHARACTERS = 50
_LONGEST_WRAPPED_LINE = 120
MIN_PROSE_WORDS = 4


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence, or a line that is not one, at ``text[start:end]``; surrounding white space is left out."""

    start: int
    end: int
    line: int
    """Number of the line that it stands on, blank lines counted, from 0."""
    is_prose: bool
    """Ends like a sentence and has a few words; headings, bylines, buttons and hashtags do not."""


def split_sentences(text: str) -> list[SentenceSpan]:
    """All sentences of ``text`` in order. A sentence crosses a line break only where the text is wrapped at a column."""
    import sentencex

    text_unwrapped = unwrap(text)
    found: list[SentenceSpan] = []
    line_number, position = 0, 0
    for line in _LINE.finditer(text_unwrapped):
        for boundary in sentencex.get_sentence_boundaries("en", line.group()):
            raw = line.group()[boundary["start_index"] : boundary["end_index"]]
            piece = raw.strip()
            if not piece:
                continue
            start = line.start() + boundary["start_index"] + len(raw) - len(raw.lstrip())
            if found and found[-1].end > line.start() and not _WORD.search(piece):  # The end of bold print: "**Who?**".
                found[-1] = replace(found[-1], end=start + len(piece))
                continue
            line_number += text.count("\n", position, start)
            position = start
            found.append(SentenceSpan(start, start + len(piece), line_number, is_prose(piece)))
    return found


def sentence_texts(text: str) -> list[str]:
    """The words of all sentences of ``text`` in order."""
    return [text[s.start : s.end] for s in split_sentences(text)]


def without_markup(sentence: str) -> str:
    """The words of a sentence, an item, a row or a heading without what marks them as such in Markdown, on one line; a heading with a colon."""
    text = " ".join(_ITEM_MARK.sub("", sentence.strip()).split())
    if row := _TABLE_ROW.fullmatch(text):
        text = " · ".join(cell.strip() for cell in row[1].split("|"))
    inline = _markdown().parseInline(text)[0].children or []
    said = "".join(token.content for token in inline)
    return f"{said}:" if MARKED_HEADING.match(sentence) and not _ENDING.search(said) else said


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def is_prose(sentence: str) -> bool:
    """Whether a line reads as a sentence: ends like one and has at least four words."""
    return bool(_ENDING.search(sentence)) and len(sentence.split()) >= MIN_PROSE_WORDS


def is_question(sentence: str) -> bool:
    """Whether a sentence of a text asks: it says nothing by itself."""
    return bool(_QUESTION.search(sentence))


def is_heading(line: str, *, marked: bool) -> bool:
    """Whether a line names what the lines below it are about.

    Args:
        marked: whether the text marks its headings as Markdown does; no other line is one then.
    """
    return bool(MARKED_HEADING.match(line)) if marked else not is_prose(line) and not _BLOCK_START.match(line)


def unwrap(text: str) -> str:
    """``text`` with the line breaks inside wrapped paragraphs replaced by spaces; every character keeps its offset."""
    lines = text.split("\n")
    inner = [(a, b) for a, b in itertools.pairwise(lines) if a.strip() and b.strip() and not _BLOCK_START.match(b)]
    wrapped = len(inner) >= 5 and max(map(len, lines)) <= _LONGEST_WRAPPED_LINE and _is_wrapped(inner)
    parts: list[str] = []
    for a, b in itertools.pairwise(lines):
        runs_on = len(a) >= 40 and not _ENDING.search(a.rstrip()) and b.lstrip()[:1].islower()
        joins = bool(a.strip() and b.strip()) and not _BLOCK_START.match(b) and not a.startswith("#") and (wrapped or runs_on)
        parts.append(a + (" " if joins else "\n"))
    return "".join(parts) + lines[-1]


def _is_wrapped(inner: Sequence[tuple[str, str]]) -> bool:
    """Whether most lines with a next one in their paragraph are long, and end where the next one's first word would not have fitted."""
    column = sorted(len(a) for a, _ in inner)[int(0.9 * (len(inner) - 1))]
    broken = sum(len(a) >= _WRAPPED_CHARACTERS and len(a) + len(b.split()[0]) >= column for a, b in inner)
    return broken >= _WRAPPED_SHARE * len(inner)
