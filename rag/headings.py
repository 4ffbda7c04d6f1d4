"""Headings of a text and how they nest: marked as in Markdown or MediaWiki, underlined as in reStructuredText, named ("Article IV") or numbered
("6.3. Procedure")."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.markup import COLUMN_GAP, FRONT_MATTER, ITEM, LINE, MARKED_HEADING, code_lines, is_markup, without_markup
from rag.sections import heading_names, is_labelled
from rag.sentences import is_prose, is_question, starts_block

_UNDERLINED = re.compile(r"^(?P<heading>[^\W_].*)\n(?P<line>(?P<character>[=*~^-])(?P=character){2,})[ \t]*$", re.MULTILINE)
_FAR_BELOW = 500
"""Characters."""
_UNDERLINES = "*=-~^"
"""By level, from 0."""
_TITLE_LEVEL = 1
_UNMARKED_LEVEL = 10
_NUMBERED = re.compile(r"^[ \t]*(?P<number>(?:\d{1,3}|[A-Z](?=\.\d))(?:\.\d{1,3})*)\.?[^\S\n]+(?P<words>[A-Z“\"/].*)$", re.MULTILINE)
_COUNTED = re.compile(r"(?P<number>\d{1,2})[.)][^\S\n]+(?P<words>[A-Z“\"/].*)")
_SHORTEST_CAPITALS, _LONGEST_CAPITALS = 2, 60
"""Characters."""
_LONGEST_PARAGRAPH = 100
"""Lines."""
_LONGEST_HEADING = 100
"""Characters."""
_LONGEST_DIRECTLY_ABOVE = 50
"""Characters of a heading with a number, without a blank line between it and its sentences: a line of a wrapped paragraph is longer."""
_MOST_KEPT = 200
"""Characters."""
_LEADER = re.compile(r"(?:\. ?){4}")
"""From a name to a price or page."""
_FEWEST_SECTIONS = 3
_MANY_SECTIONS = 10
"""With numbers of several parts."""
_BYLINE = re.compile(r"By (?:[A-Z][\w.'’-]*,?\s?){2,4}(?:(?:,|and|for)\s.*)?")
_FEW_MARKED = 2
"""Up to so many times as many lines that begin as Markdown's headings do may be comments in code ("# cp disk.iso /dev/sdb")."""


def find_headings(text: str) -> dict[int, int]:
    """Where the headings of a text start, with their levels: those of titles are 0 and 1, of what is named or numbered only from 10 on; in order; empty where
    it has none.

    Only the first of these ways that a text has counts: ``#`` or ``==`` (unless many have numbers of several parts), underlines, names and numbers, capitals.
    A name ("CHAPTER 2") begins a paragraph, or follows another heading; those nest as they follow each other. Of lines with a number of one part those are headings below which a section with several parts
    follows ("6. The Committee" above "6.1. Powers"), or which count on and have sentences below each. Of lines in capitals the first is the title where it
    opens the text.
    """
    code = code_lines(text)
    marked = [m for m in MARKED_HEADING.finditer(text) if m.start() not in code]
    sections = _numbered(text, code)
    are_comments = len(sections) >= _MANY_SECTIONS and len(marked) <= _FEW_MARKED * len(sections)
    if (
        marked
        and not _are_prompts(text, marked)
        and not (are_comments and {m["name"] for m in marked}.isdisjoint(_line_at(text, start) for start in sections))
    ):
        return {m.start("marks"): marked_level(m.group()) for m in marked}
    underlined = [m for m in _UNDERLINED.finditer(text) if m.start() not in code and _is_title(m["heading"]) and _is_as_long(m)]
    if underlined:
        return {m.start(): _UNDERLINES.index(m["character"]) for m in underlined}
    lines = _lines(text, code)
    named, numbered = _named(lines), sections or _counted(lines)
    depth = max(named.values(), default=0)
    found = {start: depth + level for start, level in numbered.items()} | named
    return {start: _UNMARKED_LEVEL + found[start] for start in sorted(found)} or _in_capitals(lines)


def _are_prompts(text: str, marked: Sequence[re.Match[str]]) -> bool:
    """Whether lines that begin with "# " are commands after a prompt, or comments: none opens the text, and most begin in lower case, or it is one far below."""
    if any(m["marks"] != "#" for m in marked) or is_markup(FRONT_MATTER.sub("", text[: marked[0].start()])):
        return False
    is_far_below = len(marked) == 1 and marked[0].start() > _FAR_BELOW
    return is_far_below or 2 * sum(m["name"][0].islower() for m in marked) > len(marked)


def find_pages(text: str, headings: Mapping[int, int]) -> list[tuple[int, str]]:
    """Where the pages of several that MediaWiki wrote into one text start, with their titles ("= Berlin ="); none where it holds a single one.

    Args:
        headings: as ``find_headings`` gives them.
    """
    starts = [start for start, level in headings.items() if level == 1 and text[start] == "="]
    return [(start, _line_at(text, start).strip().strip("=").strip()) for start in starts] if len(starts) > 1 else []


def title_among(text: str, headings: Mapping[int, int]) -> str | None:
    """The first heading of a title's level, or one of another level before which nothing is said: "## Installation" names a part.

    Args:
        headings: as ``find_headings`` gives them; those that are only named or numbered are of parts.
    """
    starts = [start for start, level in headings.items() if level < _UNMARKED_LEVEL]
    opening = [start for start in starts[:1] if is_markup(text[:start])]
    title = next((start for start in (*(s for s in starts if headings[s] <= _TITLE_LEVEL), *opening)), None)
    return without_markup(_line_at(text, title)).removesuffix(":") if title is not None else None


def heading_above(text: str, place: int, label: str) -> tuple[int, int] | None:
    """Where the heading of the section of some kind ("chapter") that holds a place starts and ends; None if there is none."""
    headings = find_headings(text)
    level: float = math.inf
    for start in sorted((start for start in headings if start <= place), reverse=True):
        if headings[start] < level:
            level, line = headings[start], _line_at(text, start).rstrip()
            if is_labelled(line, label):
                return start, start + len(line)
    return None


def _line_at(text: str, start: int) -> str:
    line = LINE.match(text, start)
    return line.group() if line else ""


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and (not is_prose(line) or is_question(line))


def _is_as_long(underlined: re.Match[str]) -> bool:
    return len(underlined["line"]) >= len(underlined["heading"].rstrip()) - 1


def _named(lines: Sequence[_Line]) -> dict[int, int]:
    """Where the lines that begin with the name of a section start, with their levels from 0; those of one kind are two or more, all three or more."""
    found: dict[int, str] = {}  # With their labels.
    after_heading = True
    for line in lines:
        label = next((label for label, _ in heading_names(line.words) if label), None) if line.begins or after_heading else None
        if label:
            found[line.start] = label
        after_heading = bool(label)
    often = Counter(found.values())
    found = {start: label for start, label in found.items() if often[label] > 1}
    if len(found) < _FEWEST_SECTIONS:
        return {}
    order = list(found.values())
    above = {label: sum(_is_above(other, label, order) for other in {*order} - {label}) for label in {*order}}
    return {start: above[label] for start, label in found.items()}


def _is_above(label: str, other: str, order: Sequence[str]) -> bool:
    """Whether sections with one label hold sections with another: several of them do, and they are the fewer."""
    holding = {i for i, (a, b) in enumerate(itertools.pairwise(order)) if (a, b) == (label, other)}
    return len(holding) > 1 and order.count(label) < order.count(other)


def _numbered(text: str, code: Collection[int]) -> dict[int, int]:
    """Where the numbered headings start, with the number of their parts; of a table of contents, whose lines come again below, none do."""
    found: dict[int, int] = {}
    latest: dict[str, int] = {}  # Where the last line with a number of one part starts.
    sections = 0
    for m in _without_contents(_NUMBERED.finditer(text)):
        if m.start() in code or not _is_title(m["words"]):
            continue
        parts = m["number"].split(".")
        if len(parts) == 1:
            latest[m["number"]] = m.start("number")
            continue
        sections += 1
        found[m.start("number")] = len(parts)
        if parts[1] == "1" and parts[0] in latest:
            found[latest[parts[0]]] = 1
    return found if sections >= _FEWEST_SECTIONS else {}


def _without_contents(numbered: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """Lines with numbers but for those that stand right beside another one and come again."""
    lines = list(numbered)
    last = {m["number"]: m.start() for m in lines}
    beside = {m.start() for a, b in itertools.pairwise(lines) if a.end() + 1 == b.start() for m in (a, b)}
    return [m for m in lines if m.start() not in beside or last[m["number"]] == m.start()]


def _counted(lines: Sequence[_Line]) -> dict[int, int]:
    """Where the lines "1. …", "2. …" and so on start that stand by themselves, with a paragraph of sentences below, right below only if they are short; none where
    they are fewer than three. Between and behind them one with a blank line below may have something else there, such as a list."""
    found: dict[int, bool] = {}  # With whether there are sentences below.
    for i, (line, below) in enumerate(itertools.pairwise(lines)):
        is_short = len(line.words) <= _LONGEST_DIRECTLY_ABOVE and not below.words[0].islower()
        m = _COUNTED.fullmatch(line.words) if line.begins and (below.begins or is_short) else None
        if m and int(m["number"]) == len(found) + 1 and _is_title(m["words"]) and not ITEM.match(below.words):
            goes_on = itertools.takewhile(lambda other: not other.begins, lines[i + 2 : i + 2 + _LONGEST_PARAGRAPH])
            has_sentences = is_prose(" ".join([below.words, *(other.words for other in goes_on)]))
            if has_sentences or (found and below.begins):
                found[line.start] = has_sentences
    return dict.fromkeys(found, 1) if sum(found.values()) >= _FEWEST_SECTIONS else {}


def _in_capitals(lines: Sequence[_Line]) -> dict[int, int]:
    """Where the lines in capitals start that begin a paragraph, with their levels; none where they are fewer than three."""
    found: dict[int, int] = {}
    for i, line in enumerate(lines):
        is_short = (
            _SHORTEST_CAPITALS < len(line.words) <= _LONGEST_CAPITALS and not ITEM.match(line.words) and not COLUMN_GAP.search(line.words)
        )
        if line.begins and line.words.isupper() and is_short and not is_prose(line.words):
            found[line.start] = _UNMARKED_LEVEL if i else _TITLE_LEVEL
    return found if len(found) >= _FEWEST_SECTIONS else {}


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    words: str
    begins: bool
    """A paragraph."""


def _lines(text: str, code: Collection[int]) -> list[_Line]:
    """The lines that are neither blank nor code, without the white space around them."""
    found: list[_Line] = []
    begins, end = True, -1
    for line in LINE.finditer(text):
        begins = begins or line.start() > end + 1
        end = line.end()
        words = line.group().strip()
        if words and line.start() not in code:
            found.append(_Line(line.start() + line.group().index(words), words, begins))
        begins = not words
    return found


def as_line(heading: str) -> str:
    """A heading as a chunk has it: on one line, also where the text wraps it, and not too long."""
    return " ".join(heading.split())[:_MOST_KEPT]


def marked_level(line: str) -> int:
    """Of a heading as Markdown or MediaWiki marks it, from 1; 0 of any other line."""
    marked = MARKED_HEADING.match(line)
    return len(marked["marks"].replace(" ", "")) if marked else 0


def is_marked_heading(line: str) -> bool:
    """Whether a line is marked as a heading, or has a number of several parts as one."""
    return bool(MARKED_HEADING.match(line)) or ("." in _number(line) and _is_title(line))


def names_section(line: str) -> bool:
    """Whether a line that is a heading looks like one by itself: is marked, begins with a name or a number, or is in capitals."""
    return is_marked_heading(line) or bool(heading_names(line)) or line.isupper()


def is_heading(line: str, *, like: str = "") -> bool:
    """Whether a line names what the lines below it are about.

    Args:
        like: a heading of the same text; where that is marked as one, or in capitals, no other line is one.
    """
    if is_marked_heading(like):
        return is_marked_heading(line)
    if like.isupper() and not line.isupper():
        return False
    is_data = (len(COLUMN_GAP.findall(line)) > 1 and any(c.isdigit() for c in line)) or bool(_LEADER.search(line))
    is_block = is_prose(line) or starts_block(line) or "\n" in line
    return not is_block and not is_data and (line[0].isalnum() or line[0] in ":\"“'‘¿¡")


def is_byline(line: str) -> bool:
    """Whether a line, if it stands above the first sentence of an article, says who wrote it: "By Ana López, science desk"."""
    return bool(_BYLINE.fullmatch(line))


def nested(path: Mapping[int, str], level: int, heading: str) -> dict[int, str]:
    """The headings by their levels below which a text stands, once another one has come: of "6. Annex" and "3.7. Procedure" not both."""
    return {above: name for above, name in path.items() if above < level and _is_below(heading, name)} | {level: heading}


def _is_below(heading: str, other: str) -> bool:
    """Whether the numbers of two headings, if they have any, let one be of the other's section."""
    number, above = _number(heading), _number(other)
    return not above or "." not in number or number.startswith(f"{above}.")


def _number(heading: str) -> str:
    """Of a section; empty if it has none."""
    numbered = _NUMBERED.match(heading)
    return numbered["number"] if numbered else ""
