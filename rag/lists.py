"""Lists and tables, and what else a sentence introduces: the code below it, or the sentences after it that it counts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rag.markup import ITEM, MARKED_HEADING, code_lines, is_markup
from rag.sentences import SentenceSpan, is_prose, split_sentences, starts_block, unwrap
from rag.tables import is_row

FIRST_SENTENCES = 3
_COUNTS = re.compile(r"\b(?:following|two|three|four|five|six|seven|eight|nine|ten|several)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    r"(?:and |the )*(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final)(?:ly)?\b", re.IGNORECASE
)
_ENDINGS = tuple(".!?…")
_WINDOW = 4000
"""Characters that are looked through."""


def introduced(text: str, start: int, end: int, *, by_headings: bool = True) -> list[SentenceSpan]:
    """What a sentence introduces: the items of the list, the rows of the table, or the lines of the code, below one which ends with a colon or, in code, is a comment; the items
    below a heading or a sentence that counts them ("three plans"), or the sentences after it that do ("The first is …"). Nothing of another sentence.

    Args:
        by_headings: or nothing by those.
    """
    code = code_lines(text)
    words = text[start:end]
    in_code = text.rfind("\n", 0, start) + 1 in code
    has_colon = words.endswith(":")
    if not (MARKED_HEADING.match(words) if in_code else _leads(words, by_headings=by_headings) and (has_colon or not ITEM.match(words))):
        return []
    window = text[end : _line_end(text, end + _WINDOW)]
    code = {line_start - end for line_start in code}
    sentences = [s for s in split_sentences(window, code) if not is_markup(window[s.start : s.end])]
    first = sentences[0] if sentences else None
    found: list[SentenceSpan] = []
    if first and "\n" in window[: first.start]:
        if _is_item(window, first):
            found = list(itertools.takewhile(partial(_is_item, window), _lines(unwrap(window, code), sentences)))
        elif (has_colon or in_code) and (first.is_code or not first.is_prose):
            found = _block(window, sentences, in_code=in_code)
    found = found or _counted(window, sentences)
    return [replace(s, start=end + s.start, end=end + s.end) for s in found]


def first_below(text: str, end: int) -> list[SentenceSpan]:
    """The first sentences of the paragraph below a heading that ends at a place; none where something else stands there."""
    code = code_lines(text)
    window = text[end : _line_end(text, end + _WINDOW)]
    sentences = split_sentences(window, {line_start - end for line_start in code})
    said = [s for s in sentences if not is_markup(window[s.start : s.end])][:FIRST_SENTENCES]
    if not said or "\n" not in window[: said[0].start]:
        return []
    paragraph = [s for s in itertools.takewhile(lambda s: s.is_prose, said) if "\n\n" not in window[said[0].end : s.start]]
    return [replace(s, start=end + s.start, end=end + s.end) for s in paragraph]


def list_around(text: str, start: int) -> tuple[SentenceSpan | None, list[SentenceSpan]]:
    """The list, or the table, that the item or sentence which starts at a place is of: what introduces it, a sentence or a heading, and its items or rows; none of these
    where there is none."""
    opening = text.rfind("\n", 0, max(0, start - _WINDOW)) + 1
    window = text[opening : _line_end(text, start + _WINDOW)]
    code = {line_start - opening for line_start in code_lines(text)}
    sentences = [s for s in split_sentences(window, code) if not is_markup(window[s.start : s.end])]
    lines = _lines(unwrap(window, code), sentences)
    here = next((n for n, line in enumerate(lines) if line.end > start - opening), len(lines))
    is_item = partial(_is_item, window)
    after = list(itertools.takewhile(is_item, lines[here:]))
    if not after:
        return None, []
    items = [*reversed(list(itertools.takewhile(is_item, reversed(lines[:here])))), *after]
    before = next((s for s in reversed(sentences) if s.end <= items[0].start), None)
    introduces = before and _leads(window[before.start : before.end])
    introduction, *items = (replace(s, start=opening + s.start, end=opening + s.end) for s in (before or items[0], *items))
    return introduction if introduces else None, items


def _leads(words: str, *, by_headings: bool = True) -> bool:
    """Whether a list may follow: a sentence with a colon, one that counts, or a heading."""
    is_named = bool(MARKED_HEADING.match(words)) or not (is_prose(words) or words.endswith(_ENDINGS) or starts_block(words))
    return words.endswith(":") or bool(_COUNTS.search(words)) or (by_headings and is_named)


def _line_end(text: str, place: int) -> int:
    return end if (end := text.find("\n", place)) >= 0 else len(text)


def _lines(flat: str, sentences: Sequence[SentenceSpan]) -> list[SentenceSpan]:
    """All sentences of each line as one.

    Args:
        flat: the text without line breaks inside wrapped paragraphs.
    """
    found: list[SentenceSpan] = []
    for s in sentences:
        if found and "\n" not in flat[found[-1].end : s.start]:
            found[-1] = replace(found[-1], end=s.end)
        else:
            found.append(s)
    return found


def _is_item(text: str, line: SentenceSpan) -> bool:
    return not line.is_code and (bool(ITEM.match(text, line.start)) or is_row(text[line.start : line.end]))


def _block(text: str, sentences: Sequence[SentenceSpan], *, in_code: bool) -> list[SentenceSpan]:
    """The lines of code, or of what is no prose, that a text opens with; in code those up to the next comment or blank line."""
    found = list(sentences[:1])
    for s in sentences[1:]:
        is_next = "\n\n" not in text[found[-1].end : s.start]
        is_marked = bool(MARKED_HEADING.match(text, s.start))
        if s.is_code or found[-1].is_code:
            goes_on = s.is_code and found[-1].is_code and (not in_code or (is_next and not is_marked))
        else:
            goes_on = is_next and not s.is_prose and not is_marked and not ITEM.match(text, s.start)
        if not goes_on:
            break
        found.append(s)
    return found


def _counted(text: str, sentences: Sequence[SentenceSpan]) -> list[SentenceSpan]:
    """The sentences that a text opens with, as far as they begin with "first", "second" and so on; none where it is not these two."""
    matches = itertools.takewhile(bool, (_ORDINAL.match(text, s.start) for s in sentences))
    ordinals = [m["word"].lower() for m in matches if m]
    return list(sentences[: len(ordinals)]) if ordinals[:2] == ["first", "second"] else []
