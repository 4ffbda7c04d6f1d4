"""What the news tell of years long past ("In 2017, the worst year on record, …"): a question that names no time is not about it."""

from __future__ import annotations

import re

from rag.words import WEEKDAYS, YEAR, may_be_name, words

OPENING_OF_NEWS = 600
"""Characters of an article in which the news name the weekday on which something happened."""
_OF_THE_PAST = re.compile(
    r"\b(?:ago|already|another|before|compar\w+|earlier|earliest|ever|first|former(?:ly)?|histor\w+|last|once|original(?:ly)?|other|past|previous(?:ly)?|record|since|used to"
    r"|when|worst|years?)\b|\d{4}",
    re.IGNORECASE,
)
"""What a question has that may be about the past."""
_IN_YEAR = re.compile(r"\W*(?:back )?in (?:\w+ )?(?P<year>\d{4})\b", re.IGNORECASE)


def is_of_today(question: str) -> bool:
    """Whether a question asks for no time, and names none."""
    return not _OF_THE_PAST.search(question)


def is_background(question: str, sentence: str, opening: str, published: str | None) -> bool:
    """Whether a sentence tells of another year than its article, which is news, and names nothing that the question does.

    Args:
        opening: what its article begins with.
        published: the article's ISO date, if it states one.
    """
    told = _IN_YEAR.match(sentence)
    if not told or not YEAR.fullmatch(told["year"]) or (published or "").startswith(told["year"]):
        return False
    named = {w.stem for w in words(question)[1:] if may_be_name(w)}
    is_news = not WEEKDAYS.isdisjoint(w.surface.lower() for w in words(opening))
    return is_news and named.isdisjoint(w.stem for w in words(sentence))
