"""Designations such as "E5", "F-35A" or "HL 1000", which differ from those of a kind by their number."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DESIGNATION = re.compile(r"\b(?P<letters>[A-Z]{1,5})(?:-?|(?<=[A-Z]{2})[^\S\n])(?P<number>\d+(?:\.\d+)*)(?![\d%])")


def asks_of_another(question: str, texts: Iterable[str]) -> bool:
    """Whether a question names only designations that texts do not, while these name others of each kind: error E5, where E3 and E7 are told of."""
    asked = _designations(question)
    told = {d for text in texts for d in _designations(text)} if asked else set()
    kinds = {letters for letters, _ in told}
    return bool(asked) and all(letters in kinds and (letters, number) not in told for letters, number in asked)


def with_another(question: str, designation: str) -> str | None:
    """A question about a designation, asked about another of its kind ("F7" for "F1"); None if what is given is none, or the question names none of its kind."""
    another = _DESIGNATION.fullmatch(designation)
    named = next((m for m in _DESIGNATION.finditer(question) if another and m["letters"] == another["letters"]), None)
    return f"{question[: named.start()]}{designation}{question[named.end() :]}" if named else None


def _designations(text: str) -> set[tuple[str, str]]:
    """Their letters and numbers."""
    return {(m["letters"], m["number"]) for m in _DESIGNATION.finditer(text)}
