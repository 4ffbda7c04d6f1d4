"""What a question asks for besides its topic: a time ("in 2017", "latest"), and one document or several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rag.words import MONTHS

_NEWEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?|last|recent(?:ly)?|current(?:ly)?|now|so far)\b", re.IGNORECASE)
_MONTH_NUMBER = {
    m: n for n, m in enumerate("january february march april may june july august september october november december".split(), 1)
}
_WHEN = re.compile(
    rf"\b(?P<how>in|during|of|since|after|before|until|by|on|from)\s+(?:the\s+)?(?:(?P<day>\d{{1,2}})\s+)?(?:(?P<month>{'|'.join(sorted(MONTHS))})\s+)?(?:(?P<day2>\d{{1,2}}),?\s+)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:compare[ds]?|comparison|differences?|differ|versus|vs|both|each|every|all|across|various|list|more than one|several|reports|articles|documents|sources)\b"
    r"|\b(?:which|what)\s+(?:[a-z-]+\s+){0,2}?[a-z-]+(?<!s)s\b(?=\s+(?:are|were|have|do|did|appear|take|took|will|can)\b)|\bwho\s+(?:are|were|all)\b",
    re.IGNORECASE,
)
MATCHING = 1.3
"""Factor on the score of passages whose document has a date that the question asks for."""
NEWEST = 0.3
"""The newest dated document's score is raised by this share, the oldest's not at all."""


@dataclass(frozen=True, slots=True)
class Timeframe:
    """Dates that a question asks for."""

    after: str | None
    """First ISO date, or None."""
    before: str | None
    """Last ISO date, or None."""
    newest: bool
    """The newer the better."""
    oldest_published: str | None = None
    newest_published: str | None = None
    """Of the documents, for ``newest``."""

    def weight(self, published: str | None) -> float:
        """Factor on the score of a passage from a document of this ISO date; 1 where the document states none."""
        if published is None:
            return 1.0
        factor = 1.0
        if (self.after or self.before) and (self.after or "") <= published <= (self.before or "9999"):
            factor = MATCHING
        if self.newest and self.oldest_published and self.newest_published and self.newest_published > self.oldest_published:
            span = date.fromisoformat(self.newest_published).toordinal() - date.fromisoformat(self.oldest_published).toordinal()
            factor *= (
                1 + NEWEST * (date.fromisoformat(published).toordinal() - date.fromisoformat(self.oldest_published).toordinal()) / span
            )
        return factor


def asks_widely(question: str) -> bool:
    """Whether a question asks for a list or a comparison, which one document seldom holds whole."""
    return bool(_SEVERAL.search(question))


def timeframe_of(question: str, published: set[str]) -> Timeframe | None:
    """The dates that a question asks for; None if it asks for none or no document states one.

    Args:
        published: ISO dates of the documents.
    """
    if not published:
        return None
    after = before = None
    if match := _WHEN.search(question):
        first, last = _range(match)
        match match["how"].lower():
            case "since" | "after" | "from":
                after = first
            case "before" | "until" | "by":
                before = first
            case _:
                after, before = first, last
    newest = bool(_NEWEST.search(question))
    return Timeframe(after, before, newest, min(published), max(published)) if after or before or newest else None


def _range(match: re.Match[str]) -> tuple[str, str]:
    """First and last ISO date of a day, month or year."""
    year, day = match["year"], match["day"] or match["day2"]
    if not match["month"]:
        return f"{year}-01-01", f"{year}-12-31"
    month = _MONTH_NUMBER[match["month"].lower()]
    return (f"{year}-{month:02}-{int(day):02}",) * 2 if day else (f"{year}-{month:02}-01", f"{year}-{month:02}-31")
