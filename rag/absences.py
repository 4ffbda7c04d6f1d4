"""Where a text says outright that there is none of what is asked for ("Nobody was hurt.", "The party was cancelled."), which a language model takes for no
answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.questions import asks_whether
from rag.words import YEAR, content_stems, holds_alike, may_be_name, stem, words

_ASKS = re.compile(r"\b(?:who|how (?:many|much)(?: (?P<counted>\w+))?)\b", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"[,;:()]\s|\s[–—-]\s")
_NOBODY = re.compile(r"\b(?:nobody|no[ -]one|nothing|none)\b", re.IGNORECASE)
_NONE = re.compile(rf"{_NOBODY.pattern}|\bno\b(?! (?:longer|more|less|fewer|later|sooner|doubt)\b)", re.IGNORECASE)
_PEOPLE = frozenset(("people", "persons"))
_ASKS_WHEN = re.compile(r"^\W*(?:when|where|(?:at )?what time)\b(?! did\b)", re.IGNORECASE)
_ASKS_WHO_IS = re.compile(r"^\W*who(?:['’]s| is| are)\b", re.IGNORECASE)
_NOT_HELD = re.compile(r"\b(?:cancell?ed|called off|not (?:be held|happen|take place))\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"\b(?:will not|won['’]t|(?:is|are)(?: not|n['’]t) (?:due|expected|likely|to))\b.*?\b(?:before|until|till)\s", re.IGNORECASE | re.DOTALL
)
_NOT_FILLED = re.compile(r"\b(?:vacant|unfilled|not (?:been )?(?:filled|taken up))\b", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"\b(?:(?:is|was|are|were|remains?|remained) (?:still |yet |as yet )?(?:(?:not|n[’']t) (?:yet |been )*(?:clear|determined|established|found|given|known)|unclear|unknown|under investigation)"
    r"|ha(?:s|ve|d) (?:not|n[’']t) (?:yet )?been (?:determined|established|found|given))\b[^.;]*",
    re.IGNORECASE,
)
_HELD = frozenset(map(stem, ("begin", "happen", "held", "hold", "open", "place", "start", "take", "time")))
"""Words of a question that what is not held need not repeat."""
_NEAR = 3
"""Content words that may stand between what is not held, or not filled, and what tells that."""
_MOST_OTHER = 1
"""Content words of a clause that the question lacks ("Police made no arrests"), numbers left out."""


def denier(question: str) -> Callable[[str, str], bool] | None:
    """What tells whether a sentence says that there is nobody or nothing of what is asked for, given it and what stands around it: title, headings and the
    sentence before. None if neither who, how many or how much, when nor where is asked.

    A clause of it must have the question's words, but for what is around it, and next to no others; or they stand right before what says that something is
    not held, or an office not filled; or it has them all and says before when something will not be so.
    """
    if asks_whether(question):
        return None
    found, asked = _ASKS.search(question), content_stems(question)
    asks_when = bool(_ASKS_WHEN.match(question))
    missing = _NOT_HELD if asks_when else _NOT_FILLED if _ASKS_WHO_IS.match(question) else None
    if not (found or missing):
        return None

    def denies(sentence: str, around: str) -> bool:
        clauses = _CLAUSE_ENDS.split(sentence)
        is_none = found and any(_says_none(clause, around, asked, found["counted"] or "") for clause in clauses)
        is_not_before = asks_when and bool(asked) and any(_NOT_BEFORE.search(c) and {*asked} <= {*content_stems(c)} for c in clauses)
        return is_none or is_not_before or bool(missing and _falls_away(sentence, asked, missing))

    return denies


def _says_none(clause: str, around: str, asked: Sequence[str], counted: str) -> bool:
    """Whether a clause says that there is none of what is asked for. ``counted``: what a question asks how many of."""
    if not _NONE.search(clause):
        return False
    here = [w for w in words(_NOBODY.sub(" ", clause)) if w.is_content and not w.surface[0].isdigit()]
    others = [w for w in here if not holds_alike(asked, w.stem)]
    names_another = any(may_be_name(w) and w is not here[0] for w in others)
    is_counted = counted.lower() in _PEOPLE or bool(_NOBODY.search(clause))
    said = {*content_stems(around), *(w.stem for w in here), *([stem(counted)] if is_counted and counted else [])}
    is_about_it = len(others) <= _MOST_OTHER and len(others) < len(here)
    return is_about_it and not names_another and all(holds_alike(said, s) for s in asked)


def _falls_away(sentence: str, asked: Sequence[str], missing: re.Pattern[str]) -> bool:
    """Whether the words of a question stand right before what tells that something is not held, or not filled; but for what was so in another year."""
    found = list(missing.finditer(sentence))
    sought = [s for s in asked if s not in _HELD]
    if not (found and sought) or any(YEAR.fullmatch(w.surface) and w.stem not in asked for w in words(sentence)):
        return False
    before = (content_stems(sentence[: m.start()])[-len(sought) - _NEAR :] for m in found)
    return any(all(holds_alike(near, s) for s in sought) for near in before)


def says_unknown(question: str, sentence: str) -> bool:
    """Whether a sentence says of what is asked for, and of nothing else, that it is not known ("The cause is not known." of "What caused the fire?")."""
    found = _UNKNOWN.search(sentence)
    what = {*content_stems(sentence[: found.start()])} if found else set()
    return bool(what) and not asks_whether(question) and what <= {*content_stems(question)}
