"""Which questions ask what there is, or what a document is about, and not for a fact in it ("Which documents do you have?", "Summarize the lease.")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.words import content_stems

REQUESTS = frozenset("summarize summarise gist".split())
"""Words that ask for an overview, which documents need not hold."""
_GENERIC = r"(?:(?:article|document|doc|file|text|report|page|paper|source)s?|story|stories)"
_COLLECTION = rf"(?:{_GENERIC}|news|collection|folder|corpus)"
_KIND = rf"(?:{_GENERIC}|speech|essay|letter|post|transcript|manual|guide|contract|policy|book|notes?|minutes)"
_OWN = r"(?:(?:all|of|the|these|this|those|that|your|my)\s+)*"
_PLEASE = r"(?:please\s+|(?:can|could)\s+you\s+)?"
_IS = r"what(?:\s+(?:is|are)|['’]s)\s+"
_COVER = r"(?:say|cover|contain|discuss|deal\s+with|talk\s+about|include)"
_TOPICS = r"(?:topics?|subjects?|themes?|titles?|headlines?)"
_SUMMARY = (
    r"(?:summari[sz]e|(?:(?:give|write)\s+(?:me\s+)?)?(?:an?\s+|the\s+)?(?:short\s+|brief\s+|quick\s+)?(?:summary|overview|gist)(?:\s+of)?)"
)
_HAVE = r"(?:(?:do|can|have)\s+you(?:\s+(?:have|got|read|see|know))?|(?:are|is)\s+(?:there|here|available|indexed|loaded|included|stored))"
_OF_ALL = re.compile(
    rf"""{_PLEASE}(?:
    (?:what|which|how\s+many)\s+{_COLLECTION}\s+{_HAVE}
    |(?:list|show|name|give)\s+(?:me\s+)?{_OWN}(?:{_COLLECTION}|{_TOPICS})(?:\s+(?:(?:that\s+)?you\s+have|of\s+{_OWN}{_COLLECTION}))?
    |{_IS}in\s+{_OWN}{_COLLECTION}
    |{_IS}{_OWN}{_COLLECTION}\s+(?:all\s+)?about
    |(?:what|(?:what|which)\s+{_TOPICS})\s+(?:do|does)\s+{_OWN}{_COLLECTION}\s+{_COVER}
    |(?:what|which)\s+{_TOPICS}\s+(?:are|is)\s+(?:covered|discussed|there|included|available)(?:\s+(?:in|by)\s+{_OWN}{_COLLECTION})?
    |{_IS}{_OWN}(?:main\s+|key\s+)?{_TOPICS}(?:\s+(?:of|in)\s+{_OWN}{_COLLECTION})?
    |what\s+can\s+(?:i|you)\s+(?:ask|tell|learn|find|read)(?:\s+(?:you|me|out))?(?:\s+about)?(?:\s+here)?
    |{_SUMMARY}(?:\s+{_OWN}(?:{_COLLECTION}|everything|it\s+all|all))?
    )[\s?.!]*""",
    re.IGNORECASE | re.VERBOSE,
)
_WHICH_ONE = r"\b(?:latest|newest|oldest|last|first|second|third|next|previous|other|same)\b"
_OF_ONE = re.compile(
    rf"""{_PLEASE}(?:
    {_SUMMARY}\s+(?P<summed>.+?)
    |{_IS}(?:the\s+)?(?:main\s+|key\s+)?(?:topic|subject|summary|gist|message|points?|idea)\s+of\s+(?P<meant>.+?)
    |{_IS}(?P<told>.+?)\s+about
    |(?:tell\s+me|what\s+do\s+you\s+know)\s+about\s+(?P<asked>.+?)
    |what\s+(?:do|does)\s+(?P<said>(?:.*\W)?(?:{_KIND}\b.*?|[\w/-]+\.\w+))\s+{_COVER}
    )[\s?.!]*""",
    re.IGNORECASE | re.VERBOSE,
)

_NAMED_BY = 2
"""Content words: "Tell me about X" asks of one what X is, but of several, which a title has too, what the document says."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What a question wants to know the contents of."""

    words: str = ""
    """That tell which document; empty for all."""
    stems: frozenset[str] = frozenset()
    """What its title or path holds of these."""
    names_kind: bool = False
    """Whether they say that it is a document ("the article on locks"): if no title holds the stems, the one that is found for the words is meant."""


def asked_overview(question: str) -> Overview | None:
    """What a question wants an overview of; None if it asks for something else."""
    question = re.sub(r",? please(?=\W*$)", "", " ".join(question.split()), flags=re.IGNORECASE)
    if _OF_ALL.fullmatch(question):
        return Overview()
    one = _OF_ONE.fullmatch(question)
    words = next(filter(None, one.groups())) if one else ""
    if re.search(_WHICH_ONE, words, re.IGNORECASE):
        return None
    stems = frozenset(content_stems(re.sub(rf"\b{_GENERIC}\b(?!\.)", " ", words, flags=re.IGNORECASE)))
    is_of_title = bool(one and one["asked"])
    if not stems or (is_of_title and len(stems) < _NAMED_BY):
        return None
    return Overview(words, stems, not is_of_title and bool(re.search(rf"\b{_KIND}\b", words, re.IGNORECASE)))
