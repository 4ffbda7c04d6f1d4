"""Messages of chats, mails, forums and logs: a line, or one above it, tells who says something and when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from rag.markup import MARKED_HEADING, lines_before
from rag.types import Span
from rag.words import MONTH, WEEKDAYS, YEAR

_CLOCK = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[.,]\d{1,6})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_DAY = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)?)"
_STAMP = rf"(?:{_DAY}(?:,?\s|T){_CLOCK}(?:Z|\s?[+-]\d\d:?\d\d)?|{_CLOCK})"
"""When a message was sent: "12/03/2024, 18:22", "2024-05-17 09:47:02", "10:02 AM"."""
_SENDER = r"(?:<[^<>\n]{1,40}>|[^\W\d_][^:<>\n.!?]{0,39}:)"
OPENING = re.compile(
    rf"[> \t]*+(?:[\[(]{_STAMP}[\])]|{_STAMP})(?:\s?[-–—|])?\s+{_SENDER}(?=\s)|[> \t]*+<[\w-]{{2,20}}>(?= )|[> \t]*+{_DAY}(?:,?\s|T){_CLOCK}\S{{0,6}}(?=\s)"
)
"""What a message begins with that goes on in the same line: "12/03/2024, 18:25 - Raj:", "[10:02] <ada>"; or an entry of a log, "2024-05-17 09:47:02"."""
SAYING = frozenset("wrote writes posted replied commented answered".split())
_WROTE = re.compile(rf"[> \t]*+(?=[^\n]{{0,130}}\d)[^\n]{{0,80}}\b(?:{'|'.join(sorted(SAYING))})\b[^\n:]{{0,40}}:[ \t]*")
_WEEKDAY = rf"(?:{'|'.join(sorted({*WEEKDAYS, *(d[:3] for d in WEEKDAYS)}, reverse=True))})\.?"
_DATE_LINE = rf"[#*_ \t]*(?i:(?:{_WEEKDAY},?\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s{MONTH}\.?(?:,?\s\d{{4}})?|{MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?|{_DAY})|{_WEEKDAY})[:.*_ \t]*"
_WORD = r"[A-Z][\w.'’-]*"
"""Of a name."""
_ABOVE = re.compile(
    rf"{_WROTE.pattern}|{_DATE_LINE}|[> \t]*+(?:{_WORD}(?: {_WORD}){{0,2}}(?:\s?[-–—|,]\s|\s{{2,4}}|\s(?=[\[(]))[\[(]?{_STAMP}[\])]?|From:\s+(?:[^\n]*@[^\n]*|{_WORD}(?: {_WORD}){{1,2}}))[ \t]*"
)
"""A line above a message: "On Thu, 6 Jun 2024 at 11:40, Helen Wu wrote:", "Ada Stone  10:02 AM", "From: Ada Stone <ada@…>", or of
a diary: "Sunday 10 October"."""
_DATED = re.compile(rf"^{_DATE_LINE}$", re.MULTILINE)
_LONGEST_TEXT = 100_000
"""Characters that are looked through for other dates."""
_LONGEST_MESSAGE = 1500
"""Characters that are looked through for the line that opens it."""


def opens_message(line: str) -> bool:
    """Whether a line opens with who says it, and when: it is no heading, and reads as a sentence, whether or not it ends like one."""
    return bool(OPENING.match(line))


def without_header(line: str) -> str:
    """A message without what tells who says it, and when."""
    header = OPENING.match(line)
    return line[header.end() :].lstrip() if header else line


def says_who(line: str) -> bool:
    """Whether a line does nothing but say who wrote what follows."""
    return bool(_WROTE.fullmatch(line))


def message_header(sentence: Span, text_at: Callable[[Span], str], published: str | None = None) -> Span | None:
    """What tells who wrote a sentence that does not open its message, and when; None if nothing does.

    Args:
        published: the ISO date that the text states for itself; where no other line is a date, that is no day of a diary.
    """
    if opens_message(text_at(sentence)):
        return None
    is_same_paragraph = True
    for n, (start, line) in enumerate(lines_before(sentence, text_at, _LONGEST_MESSAGE)):
        if header := (OPENING.match(line) if is_same_paragraph else None) or _ABOVE.fullmatch(line):
            words = header.group()
            if (
                published
                and published[:4] in words
                and _DATED.fullmatch(line)
                and _has_one_date(text_at(replace(sentence, start=0, end=_LONGEST_TEXT)))
            ):
                return None
            return replace(sentence, start=start + len(words) - len(words.lstrip("> \t")), end=start + len(words.rstrip()))
        if MARKED_HEADING.match(line):
            return None
        is_same_paragraph = is_same_paragraph and (n == 0 or bool(line.strip("> \t")))
    return None


def _has_one_date(text: str) -> bool:
    """Whether but one line of a text is a date with its year."""
    return len(list(islice((m for m in _DATED.finditer(text) if YEAR.search(m.group())), 2))) == 1
