"""A follow-up that is nothing but what it asks for ("Why not?", "Until when?", "How many?"): the last question, asked for that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.words import ARTICLES, AUXILIARIES, COPULAS

_I = re.IGNORECASE
_VERB = "|".join(sorted(AUXILIARIES))
_BARE = re.compile(
    r"(?:(?P<why_not>why\s(?:is|are|was|were|did|does|do)?\s?n(?:ot|['’]t))|(?P<why>why(?:\s(?:is|was)\s(?:that|this|it)(?:\sso)?)?|how come)|(?P<who>who)|(?P<many>how many(?:\speople)?)"
    r"|(?P<other>(?:(?:since|until|till|from|by)\s)?when|where|how(?:\s(?:far|fast|high|long|much|often|soon))?|(?:about|against|at|by|for|from|in|of|on|to|with)\swh(?:at|om)))\W*",
    _I,
)
_WHETHER = re.compile(rf"(?P<verb>{_VERB})\s(?P<rest>[^?]+?)\s*\?*", _I)
_WHAT = re.compile(
    rf"(?:(?P<what>whom?|what|which|how (?:many|much))(?:\s(?P<noun>(?!(?:{_VERB})\s)[\w-]+(?:\s[\w-]+)?))?|(?P<where>where)|when|why|how(?:\s\w+)?)"
    rf"\s(?P<verb>{_VERB})\s(?P<rest>[^?]+?)\s*\?*",
    _I,
)
"""What is asked of a subject, which stands behind its auxiliary verb, or is asked for itself: "What did Bo ban?", "Which ships were seized?"."""
_WHO_DID = re.compile(rf"who\s(?P<did>(?!(?:{_VERB})\s)[a-z]+\s[^?]+?)\s*\?*", _I)
_WHO_IS = re.compile(rf"[Ww]ho\s(?P<verb>{'|'.join(sorted(COPULAS))})\s(?P<rest>(?:the\s)?[a-z][^?]*?)\s*\?*")
_HAPPENED = re.compile(r"^What happened\b", _I)
_ANYONE = re.compile(r"(?:any|some)(?:one|body)\s", _I)
_NOUN = r"(?P<noun>[a-z-]+[^\Ws]s|people|men|women|children)"
"""That is plural, as far as its spelling tells."""
_SOME = re.compile(rf"(?:(?:any|some|the)\s)?{_NOUN}\s", _I)
_SUBJECT_AND_SOME = re.compile(rf"(?P<subject>(?:the\s)?[\w-]+)\s(?P<verb>[a-z]+)\s(?:(?:any|some)\s)?{_NOUN}(?P<rest>(?:\s[^?]*)?)")
"""Behind the verb of a question whether somebody does something with several: "I keep hens on a plot"."""
_DO = frozenset("do does did".split())
_SUBJECT_OPENING = ARTICLES | frozenset(
    "i you he she it we they there this that these those my your his her its our their all any each every no some".split()
)
_NOT = {"can": "can't", "will": "won't", "may": "may not", "might": "might not"}


def is_bare(question: str) -> bool:
    """Whether a question is nothing but what it asks for: all else is that of the one before."""
    return bool(_BARE.fullmatch(question))


def asked_again(bare: str, before: str, people: Sequence[str] = ()) -> str | None:
    """The question before, which stands alone, asked for what one asks that is nothing but that; None where that is more, or the former has no subject of its own.

    Args:
        people: whom the answer to the question before named, if that asks who did something.
    """
    wanted = _BARE.fullmatch(bare)
    if wanted is None:
        return None
    interrogative = "Why" if wanted["why"] else (wanted["other"] or "").capitalize()
    if interrogative:
        named = " and ".join(people)
        if who_did := _WHO_DID.fullmatch(before):
            return f"{interrogative} was it that {named or 'somebody'} {who_did['did']}?"
        if named and (who_is := _WHO_IS.fullmatch(before)):
            return f"{interrogative} {who_is['verb']} {named} {who_is['rest']}?"
    before = _HAPPENED.sub("What did it happen", before)
    whether = _WHETHER.fullmatch(before)
    asked = whether or _WHAT.fullmatch(before)
    rest = (whether["rest"] if whether else _told_of(asked)) if asked else None
    if not (asked and rest):
        return None
    verb = asked["verb"].lower()
    if wanted["why_not"]:
        denied = _NOT.get(verb) or f"{verb}n't"
        return f"Why {denied} {rest}?"
    if wanted["who"]:
        anyone = _ANYONE.match(rest) if whether else None
        return f"Who {verb} {rest[anyone.end() :]}?" if anyone else None
    if wanted["many"]:
        if whether and verb not in COPULAS and (done := _SUBJECT_AND_SOME.fullmatch(rest)):
            return f"How many {done['noun']} {verb} {done['subject']} {done['verb']}{done['rest']}?"
        some = _SOME.match(rest) if whether else None
        return f"How many {some['noun']} {verb} {rest[some.end() :]}?" if some else None
    return f"{interrogative} {verb} {rest}?"


def _told_of(asked: re.Match[str]) -> str | None:
    """What stands behind the verb of a question, with what is asked for in its place: "Bo ban it", "the ships seized"; None where that has no name."""
    what, noun, verb, rest = (asked["what"] or "").lower(), asked["noun"], asked["verb"].lower(), asked["rest"]
    if noun and rest.lower().startswith("there "):
        return f"there {noun}{rest[5:]}"
    if not what:
        return f"{rest} there" if asked["where"] and verb in COPULAS else rest
    thing = f"the {noun}" if noun else "it" if what == "what" else None
    if not (verb in _DO or rest[0].isupper() or rest.split()[0].lower() in _SUBJECT_OPENING):
        return f"{thing} {rest}" if thing else None  # It is the subject that is asked for.
    if verb in COPULAS:
        return rest if noun else None  # "Who is the mayor?"
    is_named = what.startswith("who") or not {"it", "that"}.isdisjoint(rest.lower().split())
    return rest if is_named else f"{rest} {thing or 'it'}"
