"""What a question asks the meaning of ("What is a migration?"), and which sentence says what something is ("Migrations are …").

The words of such a question stand in every sentence about the thing: only how a sentence begins tells which one says what it is.
"""

from __future__ import annotations

import re

from rag.markup import without_markup
from rag.questions import core_question
from rag.words import words

_TERM = r"(?:(?:an?|the)\s+)?(?P<term>[^\s,;:?!][^,;:?!]*?)"
_ASKED = (
    re.compile(rf"(?:what|who)(?:['’]s|\s+(?:is|are|was|were))(?:\s+meant\s+by)?\s+{_TERM}\s*\?*", re.IGNORECASE),
    re.compile(rf"what\s+(?:do|does|did)\s+{_TERM}\s+(?:mean|do|stand\s+for|refer\s+to)\s*\?*", re.IGNORECASE),
    re.compile(rf"(?:define|(?:the\s+)?(?:meaning|definition)\s+of)\s+{_TERM}\s*[?.]*", re.IGNORECASE),
)
_DEFINED = re.compile(
    rf"{_TERM}(?:\s*\([^()]*\))?(?:,[^,]{{1,60}},)?(?:\s+(?:(?:is|are|was|were)(?!\s+(?:(?:\w+ly|also|always|often|now|then)\s+)*(?:not|\w+(?:ed|ing))\b)|means|mean|refers?\s+to|stands?\s+for|denotes?|describes?)\b|:\s|\s[·–—-]\s)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(_TERM, re.IGNORECASE)
_MOST_WORDS = 5
_WITHIN = frozenset("of the and".split())


def asked_term(question: str) -> frozenset[str]:
    """The stems of what a question asks the meaning of; empty if it asks something else."""
    core = core_question(question.strip())
    found = next((m for pattern in _ASKED if (m := pattern.fullmatch(core))), None)
    return _stems(found["term"]) if found else frozenset()


def defined_term(sentence: str) -> frozenset[str]:
    """The stems of what a sentence, or an item of a list, says what it is; empty if it begins otherwise."""
    found = _DEFINED.match(without_markup(sentence))
    return _stems(found["term"]) if found else frozenset()


def named_term(heading: str) -> frozenset[str]:
    """The stems of what a heading, or the head of an entry (":kluge: n."), names; empty where that is no term."""
    name = without_markup(heading).strip(" :")
    found = _DEFINED.match(name) or _NAME.fullmatch(name)
    return _stems(found["term"]) if found else frozenset()


def _stems(term: str) -> frozenset[str]:
    """Of the content words of a term; empty where it is too long for one, or other words stand in it than in "the state of the art"."""
    named = words(term)
    others = {w.surface.lower() for w in named if not w.is_content}
    is_term = named and len(named) <= _MOST_WORDS and named[0].is_content and named[-1].is_content and others <= _WITHIN
    return frozenset(w.stem for w in named if w.is_content) if is_term else frozenset()
