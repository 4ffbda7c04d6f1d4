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
_ITEM = re.compile(r"(?:[-*•]|\(?(?:\d{1,3}|[a-z])[.)])\s")
_ENUMERATOR = re.compile(r"(?:(?:#{1,6}|[-*•])[ \t]+)?\d{1,3}[.)]")
_FENCE = re.compile(r"\s*(?:```[^`]*|~~~.*)")
_TAG = (
    r"</?(?:a|b|blockquote|br|center|code|dd|details|div|dl|dt|em|h[1-6]|hr|i|img|kbd|li|ol|p|picture|pre|s|small|source|span|strong|sub|summary|sup|"
    r"table|tbody|td|th|thead|tr|u|ul)\b[^>]*>"
)
_MARKUP = re.compile(  # Fences, images and badges, tags, comments, reStructuredText's directives of code and images.
    r"(?:```|~~~)[^`\n]*|\.\. (?:code|code-block|sourcecode|highlight|image|figure)::[^\n]*|:(?:target|alt|width|height|align|class|name):[^\n]*|"
    rf"(?:\s|\[?!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])(?:\](?:\([^)]*\)|\[[^\]]*\]))?|<!--.*?-->|{_TAG})+",
    re.DOTALL | re.IGNORECASE,
)
_IS_TAG = re.compile(_TAG, re.DOTALL | re.IGNORECASE)
_CONTINUES = re.compile(r"\s*[a-z`(]")
_WRAPPED_SHARE = 0.7
_WRAPPED_CHARACTERS = 50
_LONGEST_WRAPPED_LINE = 120
MIN_PROSE_WORDS = 4
MOST_ITEMS = 8
_ITEMS_WINDOW = 2000
"""Characters."""


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

    found: list[SentenceSpan] = []
    line_number, position = 0, 0
    code = code_lines(text)
    for line in _LINE.finditer(unwrap(text)):
        whole = {"start_index": 0, "end_index": len(line.group())}
        for boundary in [whole] if line.start() in code else sentencex.get_sentence_boundaries("en", line.group()):
            raw = line.group()[boundary["start_index"] : boundary["end_index"]]
            piece = raw.strip()
            if not piece:
                continue
            start = line.start() + boundary["start_index"] + len(raw) - len(raw.lstrip())
            if found and found[-1].end > line.start():
                before = text[found[-1].start : found[-1].end]
                joins = not _WORD.search(piece) or (not text[line.start() : found[-1].start].strip() and _ENUMERATOR.fullmatch(before))
                if joins:  # The end of bold print: "**Who?**"; what is numbered: "2. Press the button."
                    end = start + len(piece)
                    found[-1] = replace(found[-1], end=end, is_prose=found[-1].is_prose or is_prose(text[found[-1].start : end]))
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
    said = "".join(token.content for token in inline if not (token.type == "html_inline" and _IS_TAG.fullmatch(token.content))).strip()
    return f"{said}:" if MARKED_HEADING.match(sentence) and not _ENDING.search(said) else said


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def is_markup(text: str) -> bool:
    """Whether no line says anything: it holds no word, or only a fence, tags or images as Markdown and reStructuredText write them."""
    lines = (line.strip() for line in text.split("\n"))
    return all(not _WORD.search(line) or _MARKUP.fullmatch(line) for line in lines) or bool(_MARKUP.fullmatch(text.strip()))


def introduced(text: str, place: int) -> list[tuple[int, int]]:
    """Where the items of the list, or the lines of the code, stand that a sentence which ends at ``place`` with a colon introduces; up to ``MOST_ITEMS``."""
    window = text[place : place + _ITEMS_WINDOW]
    found: list[SentenceSpan] = []
    is_list = False
    for s in split_sentences(window):
        line = window[s.start : s.end]
        is_item = bool(_ITEM.match(line))
        if is_markup(line):
            continue
        if not found:
            is_list = is_item
            goes_on = "\n" in window[: s.start] and (is_item or not s.is_prose)
        elif is_list:
            goes_on = is_item or s.line == found[-1].line
        else:
            goes_on = not s.is_prose and not is_item and "\n\n" not in window[found[-1].end : s.start]
        if not goes_on or MARKED_HEADING.match(line) or len(found) == MOST_ITEMS:
            break
        found.append(s)
    return [(place + s.start, place + s.end) for s in found]


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
    """``text`` with the line breaks inside wrapped paragraphs replaced by spaces; every character keeps its offset. Code between fences is left as it is."""
    lines = text.split("\n")
    code = code_lines(text)
    starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
    pairs = [(a, b, starts[i] not in code and starts[i + 1] not in code) for i, (a, b) in enumerate(itertools.pairwise(lines))]
    inner = [(a, b) for a, b, is_text in pairs if is_text and a.strip() and b.strip() and not _BLOCK_START.match(b)]
    wrapped = len(inner) >= 5 and max(map(len, lines)) <= _LONGEST_WRAPPED_LINE and _is_wrapped(inner)
    parts: list[str] = []
    for a, b, is_text in pairs:
        runs_on = len(a) >= 40 and not _ENDING.search(a.rstrip()) and _CONTINUES.match(b)
        joins = is_text and bool(a.strip() and b.strip()) and not _BLOCK_START.match(b) and not a.startswith("#") and (wrapped or runs_on)
        parts.append(a + (" " if joins else "\n"))
    return "".join(parts) + lines[-1]


def code_lines(text: str) -> set[int]:
    """Where the lines of code between fences, and these, start; a fence that is not closed opens none."""
    if "```" not in text and "~~~" not in text:
        return set()
    lines = list(_LINE.finditer(text))
    fences = [i for i, line in enumerate(lines) if _FENCE.fullmatch(line.group())]
    return {line.start() for opening, closing in zip(fences[::2], fences[1::2], strict=False) for line in lines[opening : closing + 1]}


def _is_wrapped(inner: Sequence[tuple[str, str]]) -> bool:
    """Whether most lines with a next one in their paragraph are long, and end where the next one's first word would not have fitted."""
    column = sorted(len(a) for a, _ in inner)[int(0.9 * (len(inner) - 1))]
    broken = sum(len(a) >= _WRAPPED_CHARACTERS and len(a) + len(b.split()[0]) >= column for a, b in inner)
    return broken >= _WRAPPED_SHARE * len(inner)
