"""Lists and tables, and what else a sentence introduces: the code below it, or the sentences after it that it counts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from rag.directives import is_directive
from rag.markup import BLANK_LINES, ITEM, MARKED_HEADING, code_lines, is_markup
from rag.sentences import SentenceSpan, is_prose, moved, split_sentences, starts_block, unwrap
from rag.tables import is_row

FIRST_SENTENCES = 3
REST_SENTENCES = 4
_COUNTS = re.compile(
    r"\b(?:following|(?:two|three|four|five|six|seven|eight|nine|ten|several)(?!(?: more)? (?:times|seconds|minutes|hours|days|weeks|months|years)))\b",
    re.IGNORECASE,
)
ANNOUNCES = re.compile(r":$|\b(?:the|these) following\b(?! (?:day|week|month|year|morning|evening|night))|\bas follows\b", re.IGNORECASE)
_ITEM_NUMBER = re.compile(r"(\d{1,3})[.)]\s")
UNFINISHED_ITEM = re.compile(r"[;,](?:\s(?:and|or))?$")
"""How an item without a mark ends that is not the last of its list."""
_ORDINAL = re.compile(
    r"(?:and |the )*(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final)(?:ly)?\b", re.IGNORECASE
)
ENDINGS = tuple(".!?…")
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
    if is_row(words) or not (
        MARKED_HEADING.match(words) if in_code else _leads(words, by_headings=by_headings) and (has_colon or not _is_in_item(text, start))
    ):
        return []
    window, code, sentences = _window(text, end, end + _WINDOW, code)
    announces, below = bool(ANNOUNCES.search(words)), sentences
    if announces:  # "The following can be used. The list is not complete."
        below = [s for s in sentences if "\n" in window[: s.start]]
    first = below[0] if below else None
    found: list[SentenceSpan] = []
    if first and "\n" in window[: first.start]:
        lines = _lines(unwrap(window, code), below)
        if _is_item(window, first):
            margin = _margin(text, start) if ITEM.match(words) else -1
            found = list(itertools.takewhile(partial(_is_item, window), lines))
            if found and _margin(window, found[0].start) > margin >= 0:  # Of the items below an item only those that stand further in.
                found = list(itertools.takewhile(lambda line: _margin(window, line.start) > margin, found))
            found = found if has_colon or len(found) > 1 else []
        elif announces and not (first.is_code or in_code) and (unmarked := _unmarked(window, lines)):
            found = unmarked
        elif in_code or (has_colon and (first.is_code or not first.is_prose)):
            found = _block(window, below, in_code=in_code)
    return moved(found or _counted(window, sentences), end)


def first_below(text: str, end: int) -> list[SentenceSpan]:
    """The first sentences of the paragraph below a heading, or a list, that ends at a place; none where something else stands there."""
    window, _, sentences = _window(text, end, end + _WINDOW, code_lines(text))
    said = sentences[:FIRST_SENTENCES]
    if not said or "\n" not in window[: said[0].start]:
        return []
    return moved([s for s in itertools.takewhile(lambda s: s.is_prose, said) if "\n\n" not in window[said[0].end : s.start]], end)


def counts(words: str) -> bool:
    """Whether a sentence tells how many things there are, or that they follow."""
    return bool(_COUNTS.search(words))


def counts_on(item: str, following: str) -> bool:
    """Whether an item has the number after another one's: they are of one list, however far in they stand."""
    numbers = [int(m[1]) if (m := _ITEM_NUMBER.match(words)) else None for words in (item, following)]
    return numbers[0] is not None and numbers[1] == numbers[0] + 1


def rest_of_paragraph(text: str, end: int) -> list[SentenceSpan]:
    """The few next sentences of the paragraph of a sentence that ends at a place; none where it ends its line."""
    window, _, sentences = _window(text, end, end + _WINDOW, code_lines(text))
    here = itertools.takewhile(lambda s: "\n" not in window[: s.start], sentences)
    return moved(list(itertools.islice(here, REST_SENTENCES)), end)


def list_around(text: str, start: int) -> tuple[SentenceSpan | None, list[SentenceSpan]]:
    """The list, or the table, that the item or sentence which starts at a place is of: what introduces it, a sentence, a heading or an item further out, and its items or rows;
    none of these where there is none."""
    opening = text.rfind("\n", 0, max(0, start - _WINDOW)) + 1
    window, code, sentences = _window(text, opening, start + _WINDOW, code_lines(text))
    lines = _lines(unwrap(window, code), sentences)
    here = next((n for n, line in enumerate(lines) if line.end > start - opening), len(lines))
    is_item = partial(_is_item, window)
    after = _of_one_list(window, itertools.takewhile(is_item, lines[here:]))
    if not after:
        announced = next((n for n in range(here - 1, -1, -1) if window[: lines[n].end].endswith(":")), None)
        items = _unmarked(window, lines[announced + 1 :]) if announced is not None else []
        if announced is None or all(i.start != lines[here].start for i in items):
            return None, []
        return moved(lines[announced : announced + 1], opening)[0], moved(items, opening)
    above = _of_one_list(window, (after[0], *itertools.takewhile(is_item, reversed(lines[:here]))))[:0:-1]
    parent, items = _siblings(window, above + after, len(above))
    if parent:
        return moved([parent], opening)[0], moved(items, opening)
    before = next((s for s in reversed(sentences) if s.end <= items[0].start), None)
    introduction = moved([before], opening)[0] if before and _leads(window[before.start : before.end]) else None
    return introduction, moved(items, opening)


def _of_one_list(text: str, items: Iterable[SentenceSpan]) -> list[SentenceSpan]:
    """The first of some items, and the next ones up to where numbers follow bullets, or bullets numbers, after an empty line."""
    found: list[SentenceSpan] = []
    for item in items:
        if found:
            first, second = sorted((found[-1], item), key=lambda i: i.start)
            kinds = {bool(_ITEM_NUMBER.match(text, i.start)) for i in (first, second)}
            if len(kinds) > 1 and "\n\n" in text[first.end : second.start] and _margin(text, first.start) == _margin(text, second.start):
                break
        found.append(item)
    return found


def _siblings(text: str, items: list[SentenceSpan], own: int) -> tuple[SentenceSpan | None, list[SentenceSpan]]:
    """The item further out that one of some items stands below, if there is one, and those that stand there, what stands below these included."""
    margins = [_margin(text, item.start) for item in items]
    for i, (a, b) in enumerate(itertools.pairwise(items), 1):
        if margins[i] > margins[i - 1] and counts_on(text[a.start : a.end], text[b.start : b.end]):
            margins[i] = margins[i - 1]
    opens = next((i for i in range(own - 1, -1, -1) if margins[i] < margins[own]), -1) + 1
    closes = next((i for i in range(own + 1, len(items)) if margins[i] < margins[own]), len(items))
    return (items[opens - 1] if opens else None), items[opens:closes]


def _is_in_item(text: str, start: int) -> bool:
    """Whether the sentence that starts at a place is of an item, the first of its paragraph or a later one."""
    paragraph = max(text.rfind("\n\n", 0, start) + 1, start - _WINDOW)
    return any(ITEM.match(line.lstrip()) for line in text[paragraph : text.find("\n", start) + 1 or None].split("\n") if line.strip())


def _leads(words: str, *, by_headings: bool = True) -> bool:
    """Whether a list may follow: a sentence with a colon, one that counts, or a heading."""
    is_named = bool(MARKED_HEADING.match(words)) or not (is_prose(words) or words.endswith(ENDINGS) or starts_block(words))
    return words.endswith(":") or bool(_COUNTS.search(words)) or (by_headings and is_named)


def _window(text: str, start: int, end: int, code: Collection[int]) -> tuple[str, set[int], list[SentenceSpan]]:
    """A part of a text, up to the end of a line, where its lines of code start, and its sentences without lines of nothing but markup, and without orders.

    Args:
        code: where those of the text start.
    """
    line_end = text.find("\n", end)
    part = text[start : line_end if line_end >= 0 else len(text)]
    lines_of_code = {line_start - start for line_start in code}
    sentences = ((s, part[s.start : s.end]) for s in split_sentences(part, lines_of_code))
    return part, lines_of_code, [s for s, words in sentences if not (is_markup(words) or is_directive(words))]


def _lines(flat: str, sentences: Sequence[SentenceSpan]) -> list[SentenceSpan]:
    """All sentences of each line as one, but for those behind an order.

    Args:
        flat: the text without line breaks inside wrapped paragraphs.
    """
    found: list[SentenceSpan] = []
    for s in sentences:
        if found and "\n" not in (between := flat[found[-1].end : s.start]) and not between.strip():
            found[-1] = replace(found[-1], end=s.end)
        else:
            found.append(s)
    return found


def _margin(text: str, start: int) -> int:
    """The white space before what stands at a place, in characters."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return len(line) - len(line.rstrip(" \t"))


def _is_item(text: str, line: SentenceSpan) -> bool:
    return not line.is_code and (bool(ITEM.match(text, line.start)) or is_row(text[line.start : line.end]))


def _unmarked(text: str, lines: Sequence[SentenceSpan]) -> list[SentenceSpan]:
    """The items of a list without marks that a text opens with, each a line: those that end with a semicolon or a comma with the one behind them, or lines that
    are no sentences, without the last one where that is the heading of what follows."""

    def said(line: SentenceSpan) -> str:
        return text[line.start : line.end]

    unfinished = sum(1 for _ in itertools.takewhile(lambda line: UNFINISHED_ITEM.search(said(line)), lines))
    if unfinished:
        return list(lines[: unfinished + 1]) if len(lines) > unfinished else []
    found: list[SentenceSpan] = []
    for line in lines:
        is_name = not (line.is_code or is_prose(said(line)) or starts_block(said(line)))
        if not is_name or (found and BLANK_LINES.search(text, found[-1].end, line.start)):
            break
        found.append(line)
    for following in lines[len(found) : len(found) + 1]:
        opens = is_prose(said(following)) and not said(following)[0].islower()
        if found and opens and "\n\n" in text[found[-1].end : following.start]:
            found.pop()
    return found if len(found) > 1 else []


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
