"""Words by which a text does not state as fact what it says: doubts, claims of others, beliefs, plans and proposals, conditions."""

from __future__ import annotations

import re

from rag.words import content_stems, words

_I = re.IGNORECASE
_DOUBT = (
    r"reportedly|allegedly|apparently|purportedly|supposedly|presumably|possibly|perhaps|maybe|probably|likely|alleged|rumou?red|unconfirmed"
    r"|(?:reports?|rumou?rs?|sources?) (?:indicate|suggest|say|claim)s?"
    r"|(?:is|are|was|were) (?:believed|thought|said|suspected|reported|expected|feared|predicted) to"
    r"|(?:alleg|assum|believ|claim|expect|fear|guess|hop|predict|speculat|suspect)(?:e|s|es|ed)? that"
    r"|according to (?:(?:some|several|unconfirmed|initial|early|first|local|media|press|news|state) ){0,2}(?:reports|rumou?rs)"
)
"""Not "may" and "could": they also permit, and are able."""
_PLAN = (
    r"(?:is|are|was|were) (?:(?:due|planned|scheduled|meant|intended|supposed|going) to|to (?:be|have) (?=\w+(?:ed|en|t|ld|id|de|ne|wn|rn|un)\b)(?!found\b|seen\b))"
    r"|(?:plan|intend|hop|want|offer|threaten|promis|aim)(?:e|s|es|ed|n?ing|ned)? to|would have"
    r"|(?:announced|promised|said)(?: (?:on \w+|yesterday|today))? (?:that )?(?:he|it|she|they|we) would"
)
_OPINION = r"I (?:think|guess|believe|suppose|assume)"
_PROPOSAL = (
    r"(?:argu|assert|contend|insist|maintain|propos|suggest|demand|mov|recommend)(?:e|s|es|ed)? that|propos(?:e|es|ed|ing) to|(?:propos|suggest)(?:es|s|ed)? \w+ing"
    rf"|(?:ask|wonder|enquir|inquir)(?:e|s|es|ed) (?:whether|if)|{_OPINION}"
)
_BELIEF = re.compile(
    r"\b(?:(?:some|many|most|few)(?: of (?:them|us|you))? (?:\w+ )?(?:think|thought|believed?|say|said|claim(?:ed)?|assumed?) that"
    r"|people (?:(?:often|still|sometimes|wrongly|mistakenly) )?(?:think|thought|believed?|say|write|claim(?:ed)?|assumed?)"
    r"|it (?:is|was|has been) (?:\w+ )?(?:claimed|said|believed|thought|assumed|rumou?red|alleged) that|(?:myth|rumou?r|legend|misconception) (?:is|was|has it) that"
    rf"|(?:is|are|was|were) supposed to|(?:ask|wonder|enquir|inquir)(?:s|es|ed) (?:whether|if)|{_OPINION}"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )(?<!been )(?<!get )used to (?!the\b|an?\b|it\b|th[ai]t?s?\b))",
    _I,
)
_RESERVED = re.compile(rf"\b(?:{_DOUBT}|{_PLAN}|{_PROPOSAL})\b", _I)
_HEDGE = re.compile(
    rf"\b(?:{_DOUBT}|{_PLAN}|{_PROPOSAL}|according to|unlikely|uncertain|unclear|(?-i:may)|might|can|could|will|would|should|if|unless|rumou?rs?|potential(?:ly)?"
    r"|(?:seem|appear|expect|think|report|claim|believe|suggest|estimate|suspect|allege|indicate|predict|assume|fear|guess|hope|speculate|argue|insist)(?:s|d|ed)?"
    r"|says?|said|thought)\b",
    _I,
)
"""Words by which a claim is no plain statement of fact."""
_CONDITION = re.compile(
    r"(?<!\beven )(?<!\bas )\b(?:if(?! (?:not|any|so|possible|necessary|needed|applicable)\b)|unless|provided that|as long as|on condition that)\b"
    r"(?:(?:\s+[^\s,;]+){2,}?(?=\s(?:I|he|she|it|they|we|you)\s(?:can|may|must|need|shall|should|will)\b)|[^,;]*)",
    _I,
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|when|whenever|provided|as long as|once|until|condition|depend(?:s|ing)?|only|should|(?-i:may)|might|could|would)\b", _I
)
_RESERVED_WORDS = 2
"""Content words after a reservation that it is about."""


def is_belief(text: str) -> bool:
    """Whether a sentence says what some believe or ask, or what once was so ("used to"): the next one tells whether it is."""
    return bool(_BELIEF.search(text))


def is_open(text: str) -> bool:
    """Whether a sentence tells of a plan, a proposal, a doubt or a claim of others: what became of it may be told after it."""
    return bool(_RESERVED.search(text))


def reservation(claim: str, sentence: str) -> str | None:
    """The words ("reportedly", "was to be", "If …") by which a sentence does not state as fact what a claim does; None where it states it, or the claim does not."""
    stems = {*content_stems(claim)}
    if not _HEDGE.search(claim):
        for found in _RESERVED.finditer(sentence):
            following = [w for w in words(sentence) if w.start >= found.end() and w.is_content][:_RESERVED_WORDS]
            if any(w.stem in stems for w in following):
                return found.group()
    if _CONDITION.search(claim) or not _CONDITIONAL.search(claim):  # "If you are alone, …" does not say "if your child is ill".
        for found in _CONDITION.finditer(sentence):
            condition = {*content_stems(found.group())}
            rest = {*content_stems(sentence[: found.start()] + sentence[found.end() :])}
            if stems & rest and not stems & (condition - rest):
                return found.group()
    return None
