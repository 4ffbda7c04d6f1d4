"""Headings of a text and how they nest: marked as in Markdown or MediaWiki, underlined as in reStructuredText, or numbered ("6.3. Procedure")."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from rag.markup import LINE, MARKED_HEADING, code_lines, is_markup, without_markup
from rag.sentences import is_prose, is_question, starts_block

_UNDERLINED = re.compile(r"^(?P<heading>[^\W_].*)\n(?P<line>(?P<character>[=*~^-])(?P=character){2,})[ \t]*$", re.MULTILINE)
_UNDERLINES = "*=-~^"
"""By level, from 0."""
_TITLE_LEVEL = 1
_NUMBERED = re.compile(r"^[ \t]*(?P<number>\d{1,3}(?:\.\d{1,3})*)\.?[^\S\n]+(?P<words>[A-Z“\"/].*)$", re.MULTILINE)
_LONGEST_HEADING = 100
"""Characters."""
_MOST_KEPT = 200
"""Characters."""
_FEWEST_SECTIONS = 3


def find_headings(text: str) -> dict[int, int]:
    """Where the headings of a text start, with their levels: those of titles are 0 and 1, in order; empty where it does not mark them.

    Only the first of these ways that a text has counts: ``#`` or ``==``, underlines, numbers of several parts. Of numbered lines of one part those are headings
    below which such a section follows ("6. The Committee" above "6.1. Powers").
    """
    code = code_lines(text)
    marked = [m for m in MARKED_HEADING.finditer(text) if m.start() not in code]
    if marked:
        return {m.start("marks"): len(m["marks"].replace(" ", "")) for m in marked}
    underlined = [m for m in _UNDERLINED.finditer(text) if m.start() not in code and _is_title(m["heading"]) and _is_as_long(m)]
    if underlined:
        return {m.start(): _UNDERLINES.index(m["character"]) for m in underlined}
    return _numbered(text, code)


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
        headings: as ``find_headings`` gives them; numbered ones name parts.
    """
    starts = [start for start in headings if not text[start].isdigit()]
    opening = [start for start in starts[:1] if is_markup(text[:start])]
    title = next((start for start in (*(s for s in starts if headings[s] <= _TITLE_LEVEL), *opening)), None)
    return without_markup(_line_at(text, title)).removesuffix(":") if title is not None else None


def _line_at(text: str, start: int) -> str:
    line = LINE.match(text, start)
    return line.group() if line else ""


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and (not is_prose(line) or is_question(line))


def _is_as_long(underlined: re.Match[str]) -> bool:
    return len(underlined["line"]) >= len(underlined["heading"].rstrip()) - 1


def _numbered(text: str, code: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    latest: dict[str, int] = {}  # Where the last line with a number of one part starts.
    sections = 0
    for m in _NUMBERED.finditer(text):
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


def as_line(heading: str) -> str:
    """A heading as a chunk has it: on one line, also where the text wraps it, and not too long."""
    return " ".join(heading.split())[:_MOST_KEPT]


def is_marked_heading(line: str) -> bool:
    """Whether a line is marked as a heading, or has a number of several parts as one."""
    return bool(MARKED_HEADING.match(line)) or ("." in _number(line) and _is_title(line))


def is_heading(line: str, *, like: str = "") -> bool:
    """Whether a line names what the lines below it are about.

    Args:
        like: a heading of the same text; where that is marked as one no other line is one.
    """
    if is_marked_heading(like):
        return is_marked_heading(line)
    return not is_prose(line) and not starts_block(line) and "\n" not in line and (line[0].isalnum() or line[0] in ":\"“'‘¿¡")


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
