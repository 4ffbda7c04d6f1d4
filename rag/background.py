"""What the news tell of years long past ("In 2017, the worst year on record, …"), and of all accidents since January: a question that names no time is not about it."""

from __future__ import annotations

import re

from rag.words import MONTHS, WEEKDAYS, YEAR, may_be_name, stem, words

OPENING_OF_NEWS = 600
"""Characters of an article in which the news name the weekday on which something happened."""
_OF_THE_PAST = re.compile(
    r"\b(?:ago|already|another|before|compar\w+|earlier|earliest|ever|first|former(?:ly)?|histor\w+|last|once|original(?:ly)?|other|past|previous(?:ly)?|record|since|used to"
    r"|when|worst|years?)\b|\d{4}",
    re.IGNORECASE,
)
"""What a question has that may be about the past."""
_MONTHS = frozenset(map(stem, MONTHS))
_IN_YEAR = re.compile(r"\W*(?:back )?in (?:\w+ )?(?P<year>\d{4})\b", re.IGNORECASE)

_THE_ONE = re.compile(r"\bthe (?P<what>[a-z]{4,}(?<!s))\b")
"""What a question is about that is one of several, "the avalanche"."""
_OVER_TIME = re.compile(
    r"\b(?:since|so far|(?:this|last|each|every|per|a) (?:year|season|winter|summer|month)|(?:in|over|during|for) (?:recent|the past|the last|the first)|annual(?:ly)?|on average)\b",
    re.IGNORECASE,
)
"""What counts all of them."""


def is_of_today(question: str) -> bool:
    """Whether a question asks for no time, and names none."""
    return not _OF_THE_PAST.search(question)


def is_background(question: str, sentence: str, opening: str, published: str | None) -> bool:
    """Whether a sentence of an article, which is news, tells of another year than that, and names nothing that the question does; or of all avalanches of a season
    and the like, where the question is about the one.

    Args:
        opening: what its article begins with.
        published: the article's ISO date, if it states one.
    """
    is_elsewhere = _tells_of_year(question, sentence, published) or _tells_of_all(question, sentence)
    return is_elsewhere and not WEEKDAYS.isdisjoint(w.surface.lower() for w in words(opening))


def names_another_time(question: str, sentence: str) -> bool:
    """Whether a sentence names months, or years, but none of those that a question does."""
    asked, here = _times(question), _times(sentence)
    return any(some and others and some.isdisjoint(others) for some, others in zip(asked, here, strict=True))


def _times(text: str) -> tuple[set[str], set[str]]:
    """The months and years that a text names."""
    some = words(text)
    return {w.stem for w in some if w.surface[0].isupper() and w.stem in _MONTHS}, {w.stem for w in some if YEAR.fullmatch(w.surface)}


def _tells_of_year(question: str, sentence: str, published: str | None) -> bool:
    """Whether a sentence tells of another year than its article, and names nothing that the question does."""
    told = _IN_YEAR.match(sentence)
    if not told or not YEAR.fullmatch(told["year"]) or (published or "").startswith(told["year"]):
        return False
    named = {w.stem for w in words(question)[1:] if may_be_name(w)}
    return named.isdisjoint(w.stem for w in words(sentence))


def _tells_of_all(question: str, sentence: str) -> bool:
    """Whether a sentence has but the plural of what a question is about, and counts over a time."""
    here = {w.surface.lower() for w in words(sentence)} if _OVER_TIME.search(sentence) else set()
    return any(m["what"] not in here and not here.isdisjoint((f"{m['what']}s", f"{m['what']}es")) for m in _THE_ONE.finditer(question))
