"""Where a text says outright that there is none of what is asked for ("Nobody was hurt."), which a language model takes for no answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.questions import asks_whether
from rag.words import content_stems, holds_alike, may_be_name, stem, words

_ASKS = re.compile(r"\b(?:who|how (?:many|much)(?: (?P<counted>\w+))?)\b", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"[,;:()]\s|\s[–—-]\s")
_NOBODY = re.compile(r"\b(?:nobody|no[ -]one|nothing|none)\b", re.IGNORECASE)
_NONE = re.compile(rf"{_NOBODY.pattern}|\bno\b(?! (?:longer|more|less|fewer|later|sooner|doubt)\b)", re.IGNORECASE)
_PEOPLE = frozenset(("people", "persons"))
_MOST_OTHER = 1
"""Content words of a clause that the question lacks ("Police made no arrests"), numbers left out."""


def denier(question: str) -> Callable[[str, str], bool] | None:
    """What tells whether a sentence says that there is nobody or nothing of what is asked for, given it and what stands around it: title, headings and the
    sentence before. None if neither who nor how many or how much is asked.

    A clause of it must have the question's words, but for what is around it, and next to no others.
    """
    found = _ASKS.search(question)
    if not found or asks_whether(question):
        return None
    counted, asked = found["counted"] or "", content_stems(question)

    def denies_any(clause: str, around: str) -> bool:
        if not _NONE.search(clause):
            return False
        here = [w for w in words(_NOBODY.sub(" ", clause)) if w.is_content]
        others = [w for w in here if not holds_alike(asked, w.stem) and not w.surface[0].isdigit()]
        names_another = any(may_be_name(w) and w is not here[0] for w in others)
        is_counted = counted.lower() in _PEOPLE or bool(_NOBODY.search(clause))
        said = {*content_stems(around), *(w.stem for w in here), *([stem(counted)] if is_counted and counted else [])}
        is_about_it = len(others) <= _MOST_OTHER and len(others) < len(here)
        return is_about_it and not names_another and all(holds_alike(said, s) for s in asked)

    return lambda sentence, around: any(denies_any(c, around) for c in _CLAUSE_ENDS.split(sentence))
