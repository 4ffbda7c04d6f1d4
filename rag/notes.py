"""Notes that a text points to by a mark: "3 euros a kilo*", and below "* Members pay half."; in Markdown "[^1]" and "[^1]: …"; and those below a list, on all of it."""

from __future__ import annotations

import re

from rag.lists import first_below, list_around
from rag.markup import ITEM, NOTE_LABEL
from rag.tables import is_row

_LONGEST_NOTE = 300
"""Characters."""
_FARTHEST_BELOW = 5000
"""Characters from a mark to its note; Markdown's may stand anywhere."""
_OF_ALL = re.compile(r"\b(?:these|those|the above)\b|\ball (?:the )?\w+s\b", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<!\w)(?P<marks>\*{1,3})(?=[^\s*])[^*\n]*(?<=[^\s*])(?P=marks)")
_POINTER = re.compile(rf"\[(?P<label>{NOTE_LABEL})\](?!:)|(?<=[\w.,;:!?)%€$£|])(?P<mark>\\?\*{{1,3}}|[†‡§]|[¹²³⁴-⁹])(?=[\s.,;:!?)|]|$)")
_SOURCE = re.compile(r"https?://|www\.|\b(?:pp?\. ?\d|ibid\b|op\. cit|et al\b|see\b|cf\.)|[(, ](?:1[89]|20)\d\d[a-z]?[).,]", re.IGNORECASE)
"""In a note that names where something is from."""


def notes_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the notes start and end, their marks left out, to which marks in ``text[start:end]`` point, in the order of these; without notes that name sources.
    Behind them, of an item or a row, the sentence right below its list that is about all of it ("Members pay half of these prices.")."""
    words = _EMPHASIS.sub(lambda m: " " * len(m.group()), text[start:end])
    found: list[tuple[int, int]] = []
    for pointer in _POINTER.finditer(words):
        place = _note(text, end, pointer["label"], pointer["mark"])
        if place and place not in found and place[1] - place[0] <= _LONGEST_NOTE and not _SOURCE.search(text, *place):
            found.append(place)
    return found + _said_of_list(text, start, end)


def _said_of_list(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence right below the list, or the table, of an item or row that is about all of them; none without one."""
    if not (ITEM.match(text, start) or is_row(text[start:end])):
        return []
    _, items = list_around(text, start)
    if not items:
        return []
    last = items[-1].end
    below = [s for s in first_below(text, last)[:1] if not text[last : s.start].strip()]
    return [(s.start, s.end) for s in below if _OF_ALL.search(text, s.start, s.end)]


def _note(text: str, end: int, label: str | None, mark: str | None) -> tuple[int, int] | None:
    if label:
        named = re.search(rf"^\[{re.escape(label)}\]:[ \t]*(?P<note>\S.*(?:\n(?!\[\^)[ \t]*\S.*)*)", text, re.MULTILINE)
        return named.span("note") if named else None
    bare = (mark or "").lstrip("\\")
    lines = re.compile(rf"^[ \t]*\\?{re.escape(bare)}(?![*\w]*{re.escape(bare)})[ \t]*(?P<note>\w.*)$", re.MULTILINE)
    below = list(lines.finditer(text, end, end + _FARTHEST_BELOW))
    is_list = bare == "*" and len(below) > 1 and text.count("\n", below[0].end(), below[1].start()) == 1
    return below[0].span("note") if below and not is_list else None
