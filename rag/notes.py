"""Notes that a text points to by a mark: "3 euros a kilo*", and below "* Members pay half."; in Markdown "[^1]" and "[^1]: …"."""

from __future__ import annotations

import re

from rag.markup import NOTE_LABEL

_LONGEST_NOTE = 300
"""Characters."""
_FARTHEST_BELOW = 5000
"""Characters from a mark to its note; Markdown's may stand anywhere."""
_EMPHASIS = re.compile(r"(?<!\w)(?P<marks>\*{1,3})(?=[^\s*])[^*\n]*(?<=[^\s*])(?P=marks)")
_POINTER = re.compile(rf"\[(?P<label>{NOTE_LABEL})\](?!:)|(?<=[\w.,;:!?)%€$£|])(?P<mark>\\?\*{{1,3}}|[†‡§]|[¹²³⁴-⁹])(?=[\s.,;:!?)|]|$)")
_SOURCE = re.compile(r"https?://|www\.|\b(?:pp?\. ?\d|ibid\b|op\. cit|et al\b|see\b|cf\.)|[(, ](?:1[89]|20)\d\d[a-z]?[).,]", re.IGNORECASE)
"""In a note that names where something is from."""


def notes_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the notes start and end, their marks left out, to which marks in ``text[start:end]`` point, in the order of these; without notes that name sources."""
    words = _EMPHASIS.sub(lambda m: " " * len(m.group()), text[start:end])
    found: list[tuple[int, int]] = []
    for pointer in _POINTER.finditer(words):
        place = _note(text, end, pointer["label"], pointer["mark"])
        if place and place not in found and place[1] - place[0] <= _LONGEST_NOTE and not _SOURCE.search(text, *place):
            found.append(place)
    return found


def _note(text: str, end: int, label: str | None, mark: str | None) -> tuple[int, int] | None:
    if label:
        named = re.search(rf"^\[{re.escape(label)}\]:[ \t]*(?P<note>\S.*(?:\n(?!\[\^)[ \t]*\S.*)*)", text, re.MULTILINE)
        return named.span("note") if named else None
    bare = (mark or "").lstrip("\\")
    lines = re.compile(rf"^[ \t]*\\?{re.escape(bare)}(?![*\w]*{re.escape(bare)})[ \t]*(?P<note>\w.*)$", re.MULTILINE)
    below = list(lines.finditer(text, end, end + _FARTHEST_BELOW))
    is_list = bare == "*" and len(below) > 1 and text.count("\n", below[0].end(), below[1].start()) == 1
    return below[0].span("note") if below and not is_list else None
