"""Where a text takes back, decides or corrects what it has said before: that a report was false, what became of a plan."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import takewhile

from rag.markup import ITEM
from rag.modality import is_belief, is_open
from rag.sections import asked_section, heading_names
from rag.sentences import SentenceSpan, is_question, moved, split_sentences
from rag.words import content_stems, leans_on_context

_WITHIN = 600
"""Characters after a sentence that are looked through."""
_DECIDED_WITHIN = 2
"""Sentences after one that leaves something open, of its paragraph."""
_SHORT_WORDS = 6
"""Of a sentence that takes something back, but does not say what holds instead ("That is wrong.")."""
_FEW_WORDS = 10
"""Words of one that says that something is not so."""
_I = re.IGNORECASE
_TAKES_BACK = re.compile(
    r"\b(?:(?:that|this|it|(?:the|this|that|both|all)(?: of these| these)? (?:report|claim|stor|rumou?r|statement|figure|number|date|news|account|announcement|allegation|accusation"
    r"|assertion|assumption|theor|belief|view|charge|answer|information)(?:y|ies|s)?)(?:['’]s| is| was| are| were| has been| have been| proved(?: to be)?| turned out(?: to be)?)"
    r"(?: \w+){0,2}? (?:(?:wrong|false|untrue|incorrect|inaccurate|mistaken|unfounded|baseless|disproved|refuted|retracted|withdrawn|nonsense)(?! to\b)"
    r"|an? (?:mistake|myth|hoax|lie|misunderstanding|typo|error)|not (?:true|right|correct|so|the case))"
    r"|turned out (?:to be|that|otherwise)|you(?: are|['’]re) (?:wrong|mistaken)"
    r"|(?:(?:contest|contradict|disput|refut|reject)(?:e|s|es|ed)?|den(?:y|ies|ied)) (?:it|th[ai]t|this|these|the (?:accusation|allegation|charge|claim|report|statement)s?))\b",
    _I,
)
_DECIDES = re.compile(
    r"^\W*(?:but|however|yet|instead|in fact|in reality|actually)\b|\b(?:agreed|decided|decision|voted|defeated|carried|adopted|approved|accepted|granted|refused|rejected"
    r"|dismissed|dropped|abandoned|cancell?ed|called off|shelved|withdrawn|postponed|put off|delayed|denie[sd]|forb[ai]ds?|forbidden|instead|failed|never|confirmed|settled"
    r"|in the end|eventually|finds?|found|show(?:s|ed)|turned out|explained)\b",
    _I,
)
_DENIES_IT = re.compile(
    r"^\W*(?:but |and |however,? )?(?:\w+ ){1,3}?(?:(?:do|does|did|is|was|are|were|has|have|had|ca|could|wo|would|should)n['’]t|not|never|no longer|cannot)\b"
    r"(?: \w+){0,2}? (?:it|that|this|them|so)(?=\s*(?:[.,;!?]|$|and\b))",
    _I,
)
"""A short sentence that says of what stands before that it is not so: "We don't have it, and we won't."."""
_ESTIMATE = re.compile(r"\b(?:calculat|estimat|reckon)\w*|\b(?:put|puts|valued?|values) (?:\w+ ){1,5}at\b|\bfigures?\b", _I)
_FIGURE = re.compile(r"\d")
_FORMER = re.compile(r"^\W*until (?:\w+ ){0,2}\d{4}\b|\b(?:formerly|previously|originally|initially|in the past)\b", _I)
_NOW = re.compile(r"\b(?:since|now|today|nowadays|currently|no longer|any ?more|later|then|replaced)\b", _I)
_BUT = re.compile(r"\bbut\b", _I)
_CORRECTS = re.compile(
    r"^\W*(?:(?:correction|erratum|errata|update|edit)(?: \([^)]*\))?:|(?:(?:one|a) )?(?:\w+ )?correction\b|corrected\b)", _I
)
_CHANGES = re.compile(r"\b(?:cancell?ed|called off|no longer|postponed|withdrawn|superseded|obsolete)\b|, not (?!only\b|just\b)", _I)
_AMENDS = re.compile(
    r"\b(?:is|are|was|were|be|been|hereby)(?: \w+ly)? (?:amended|changed|deleted|modified|removed|repealed|replaced|revised|struck|superseded|suspended)\b"
    r"|\b(?:amends|changes|deletes|modifies|repeals|replaces|revises|supersedes|suspends)\b",
    _I,
)
_NEAR = 3
"""Content words around what tells of a change."""
_SHARED = 2
"""Content words that a correction must have in common with what it corrects."""


def said_of_it_next(text: str, start: int, end: int) -> list[SentenceSpan]:
    """The sentences after one, up to that which takes it back or, where it leaves something open, decides that; none where the text does not."""
    sentence = text[start:end]
    found = [s for s in moved(split_sentences(text[end : end + _WITHIN]), end) if s.is_prose]
    found = list(takewhile(lambda s: not is_question(text[s.start : s.end]), found))
    here = [s for s in found if "\n" not in text[end : s.start]]
    for s in (*found[:1], *found[len(here) : len(here) + 1]):
        words = text[s.start : s.end]
        if _TAKES_BACK.search(words):
            n = found.index(s) + 1
            goes_on = len(words.split()) <= _SHORT_WORDS and n < len(found) and "\n" not in text[s.end : found[n].start]
            return [s, found[n]] if goes_on else [s]
    if _DECIDES.search(sentence) or _BUT.search(sentence):
        return []
    following = text[here[0].start : here[0].end] if here else ""
    denies_it = len(following.split()) <= _FEW_WORDS and _DENIES_IT.search(following)
    if denies_it or all(_ESTIMATE.search(words) and _FIGURE.search(words) for words in (sentence, following)):
        return here[:1]
    if is_belief(sentence):
        return (here or [s for s in found[:1] if not ITEM.match(text, s.start)])[:1]
    if _FORMER.search(sentence) and not _NOW.search(sentence):
        return [s for s in here[:1] if _NOW.search(text[s.start : s.end])]
    if is_open(sentence):
        for n, s in enumerate(here[:_DECIDED_WITHIN], 1):
            words = text[s.start : s.end]
            goes_on = n == 1 or leans_on_context(words) or bool({*content_stems(words)} & {*content_stems(sentence)})
            if goes_on and _DECIDES.search(words):
                return here[:n]
    return []


def corrects(later: str, said: str, question: str) -> bool:
    """Whether a sentence that stands further on says that something has changed, or was not so, and is about what a sentence adds to a question."""
    is_marked, changes = _CORRECTS.match(later), list(_CHANGES.finditer(later))
    if not (is_marked or changes):
        return False
    here = {*content_stems(said)}
    added = here - {*content_stems(question)}
    shared = {*content_stems(_CHANGES.sub(" ", later))} & here
    if is_marked:
        return len(shared) >= _SHARED and bool(shared & added)
    return 2 * len(shared & added) >= max(2 * _SHARED, len(added)) and any(_is_near(m, added) for m in changes)


def amends(later: str, headings: str) -> bool:
    """Whether a sentence says that a section has been changed which headings, a line each, name by its number."""
    section = asked_section(later) if _AMENDS.search(later) else None
    return section is not None and section.is_among(heading_names(headings))


def _is_near(found: re.Match[str], stems: Collection[str]) -> bool:
    around = [*content_stems(found.string[: found.start()])[-_NEAR:], *content_stems(found.string[found.end() :])[:_NEAR]]
    return any(s in stems for s in around)
