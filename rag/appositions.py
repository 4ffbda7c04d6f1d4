"""What a text says beside a name: who somebody is, how something is called, when somebody lived, how old somebody is ("the welder Marek Toth, 58").

Also who did something, where it says so in the question's own words ("since Orbit bought Paladin").

A question names the one and asks for the other, with words that do not stand in such a sentence; a small language model overlooks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile

from rag.words import AUXILIARIES, Word, content_stems, holds_alike, may_be_name, month_or_weekday, words

_CAPITAL = "[A-ZÀ-ÖØ-ÞĀ-Ž]"
_WHO = re.compile(
    r"\s*(?:who(?:['’]s|\s+(?:is|was|are|were))|what(?:['’]s|\s+(?:is|was))(?:\s+the\s+name\s+of|(?=[^?]*\s(?:called|named)\s*\?)))"
    r"\s+(?P<who>[^,;:?!]+?)(?:\s+(?:called|named))?\s*\?*\s*",
    re.IGNORECASE,
)
_WHAT = re.compile(
    rf"\s*[Ww]hat(?:['’]s|\s+(?:is|was|are|were))\s+(?:the\s+)?(?P<name>{_CAPITAL}[^,;:?!\s]*(?:\s(?:{_CAPITAL}|\d)[^,;:?!\s]*)*)\s*\?*\s*"
)
_WHO_BEFORE = re.compile(
    r"\s*who\s+(?:was|were|is|are|became|led|ran|headed)\s+[^,;:?!]+?\s(?:before|(?P<after>after))(?:\s(?:him|her|them|that|(?P<name>[^,;:?!]+?)))?\s*\?*\s*",
    re.IGNORECASE,
)
_SAYS_BEFORE = re.compile(
    rf"\b(?:[Pp]redecessors?,?|[Pp]receded by|succe(?:eds?|eded|eding)|replac(?:es|ed|ing)|t(?:akes?|ook|aking) over from)\s(?:\w+\s){{0,3}}?{_CAPITAL}"
)
_SAYS_AFTER = re.compile(
    rf"\b(?:[Ss]uccessors?,?|(?:[Ss]ucceeded|[Rr]eplaced|[Ff]ollowed) by|(?:hands?|handed|handing) over to)\s(?:\w+\s){{0,3}}?{_CAPITAL}"
)
_BORN = re.compile(
    r"\s*(?:when|(?:in\s+)?(?:what|which)\s+year|on\s+(?:what|which)\s+(?:day|date))\s+(?:(?:was|is)\s+(?P<born>[^,;:?!]+?)\s+born|did\s+(?P<dead>[^,;:?!]+?)\s+die)\s*\?*\s*",
    re.IGNORECASE,
)
_LIFETIME = re.compile(
    r"[\s*_]*\((?:[^()]{0,80}?[;,]\s*)?(?:born\s|b\.\s?|\*\s?)?(?P<born>(?:\w+\.?,?\s){0,3}\d{3,4})(?:\s*[–—-]\s*(?P<dead>(?:\w+\.?,?\s){0,3}\d{3,4})?|(?=\)))[^()]{0,80}\)"
)
"""From when to when somebody lived: "(9 May 1803 – 21 October 1869)"."""
_HOW_OLD = re.compile(r"\s*how\s+old\s+(?:is|was)\s+(?P<who>[^,;:?!]+?)(?:\s(?:of|from)\s[^,;:?!]*)?\s*\?*\s*", re.IGNORECASE)
_AGE_BEHIND = re.compile(r"(?:,\s(?:aged\s)?|\s\((?:aged\s)?|\s(?:is|was)\s)\d{1,3}(?=[,.;)]|\syears\sold\b)")
_AGE_BEFORE = re.compile(r"\b(?:\d{1,3}|[a-z]+(?:-[a-z]+)?)-years?-old\s(?:[a-z]+\s)?$")
_AGE_AT_DEATH = re.compile(
    r"\b(?:dead|died|dies|dying)\b[^.;]*?\s(?:at|(?:at\s)?(?:the\sage\sof|aged))\s\d{1,3}\b(?!\s(?:a\.?m|p\.?m|o['’]clock))"
)
_WHAT_SAID = re.compile(r"\s*what\s+(?:did|does|has)\s+(?P<who>[^,;:?!]+?)\s+(?:say|said)\s*\?*\s*", re.IGNORECASE)
_SAID_BEFORE = re.compile(
    r"\b(?:said|says|added|explained|replied|warned|wrote)\s(?:(?:(?!\b(?:that|who))[^,.;:\"“”]){0,60},\s)?(?:(?!that\b|who)[\w'’-]+\s){0,3}$"
)
_SAYS_BEHIND = re.compile(r"(?:,[^,.;:\"“”]{1,60},)?\s(?:said|says|added|asked|explained|replied|told|warned|wrote)\b")
_WHO_DID = re.compile(
    r"\s*who\s+(?P<verb>[a-z]+)(?P<to>\s(?:after|at|for|on|over|to|with))?\s+(?:(?:the|an?)\s+)?(?P<thing>(?:[\w'’-]+\s){0,4}[\w'’-]+)\s*\?*\s*",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:accus|alleg|believ|claim|den(?:y|ie)|disput|false|fear|hop(?:e|ing)|if|never|not|rumou?r|suggest|suspect|unless|whether)\w*(?:\s\w+){0,3}\W+$",
    re.IGNORECASE,
)
"""What may stand before "Orbit bought Paladin" where that is not told as a fact."""
_VERB_ENDING = re.compile(r"(?:es|ed|s|e)$")
_DETERMINERS = frozenset("the a an his her its their our my your".split())
_BEFORE_NOUN = frozenset("and as by for from of or with".split())
_POSSESSIVES = frozenset("his her its their".split())
_ENDS = re.compile(r"[,.;:()\"“”?!]")
_AFTER_NAME = re.compile(
    r",\s(?:an?|the|who|whose|his|her|its|their|then|former(?:ly)?|\d{1,3}(?=,)|[a-z-]+\sof)\b|\s\((?=[A-Za-z])|\s(?:of|from|at)\s(?:the\s)?(?=[A-Z])"
    r"|\s(?:is|was|became|(?:has|had)\sbeen)\s(?:an?|the|one|his|her|its|their|[a-z-]+\sof)\b"
)
"""What goes on after a name to say who that is."""
_PART_OF_NAME = rf"{_CAPITAL}[\w'’-]*"
_NAME = rf"{_PART_OF_NAME}(?:\s{_PART_OF_NAME}){{0,3}}"
_HAS_DIED = re.compile(
    rf"(?P<name>{_PART_OF_NAME}(?:\s{_PART_OF_NAME}){{1,3}})(?:,[^.,\n]{{1,80}})?(?:,\swho)?,?\shas\sdied\b[^.\n]{{0,60}}?\s(?:aged|at(?:\sthe\sage\sof)?)\s\d{{2,3}}\b"
)
"""How an obituary opens: "Maud Wetherell, who has died aged 94"."""
_NAMED = re.compile(
    rf"(?:(?:,\s(?:the|an?|his|her|its|their|former)\s[^,.;:]{{1,40}})?,(?=\s{_NAME}\s*(?:[,.;:()]|$)))?\s(?P<name>{_NAME})"
)
"""A name after what somebody is, with another apposition between or not."""
_NAME_FIRST = re.compile(rf"(?P<name>{_NAME})(?:,\s|\s\()(?P<what>[^,.;:()\"“”?!]{{1,60}}?)(?=\s*(?:[,.;:()]|$))")
_DEFINED = re.compile(r"\((?:[a-z]+\s){0,3}[\"“‘'](?:[Tt]he\s)?(?P<what>[^\"“”()]{1,40})[\"”’']\)")
"""What a contract calls somebody from there on: "Olga Prei ("the Tenant")"."""
_DEFINED_WITHIN = 80
"""Characters before it in which the name stands."""
_VERB = re.compile(
    r".*(?:ed|s|ing)|told|met|saw|beat|gave|sent|shot|took|left|hit|paid|led|fought|taught|sold|bought|brought|struck|caught"
)
"""What may stand right before a name and does not say who that is, in lower case."""
_BEFORE_WHO = re.compile(r"\b(?:according to|added|announced|asked|by|explained|said|says|stated|told|warned|wrote)$", re.IGNORECASE)
_CAPITAL_NEXT = re.compile(rf"\s{_CAPITAL}")
_WHAT_HAPPENED = re.compile(r"\s*[Ww]hat\s+(?:has\s+)?happened\s+to\s+(?P<whom>(?:the\s)?[A-Z][^,;:?!]*?)\s*\?*\s*")
_OPENS = re.compile(r"\W*(?:(?!(?:If|That|When|While)\b)[^,.;:]{1,60},\s)?(?:[Tt]he\s)?")
"""What may stand before the subject of a sentence: "In February, the"."""
_HAPPENS = re.compile(
    r"(?:,[^,.;:]{1,120},)?\s(?:(?:also|later|then)\s)?(?:(?:has|have|had)\s)?(?:(?:was|were|been|is|are|being)\s)*(?:[a-z]+ly\s)?"
    r"(?:(?!(?:add|bas|call|consider|expect|liv|locat|lov|nam|own|state?|suppos|us|want|work)ed\b)[a-z]{2,}ed|beaten|blew|broken?|burnt|burst|caught|cut|f[ae]ll(?:en)?|flew|found|fled|hit|hurt|laid|left|lost|ran|sank|shot|sold|split"
    r"|stole|stolen|struck|sunk|taken|torn|went|won)\b"
)
"""An event that a subject is in: ", which …, hit a sandbank", "was towed"."""
_CONTACT = re.compile(
    r"\s*(?:what\s+is|what['’]s)\s+(?:the\s+)?(?:(?P<whose>[^,;:?!]+?)['’]s?\s+)?(?:(?P<phone>(?:tele)?phone(?:\s+number)?|mobile(?:\s+(?:phone\s+)?number)?)|e-?mail(?:\s+address)?)"
    r"(?:\s+(?:of|for)\s+(?P<of>[^,;:?!]+?))?\s*\?*\s*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.])(?!\d{4}(?:-\d\d-\d\d| ?[/-] ?\d{4})\b)(?:\+|\()?\d[\d ()/-]{5,}\d(?![\w.]\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
ANTECEDENT_WITHIN = 2000
"""Characters before a sentence in which a name may stand in full ("Norvane Terminals", for "Norvane's chairman")."""
_WHOSE_WITHIN = 300
"""The same before "his", for whose that is."""
OPENING_OF_LIFE = 400
"""Characters from the start of a document in which the years of the life that it tells may stand."""
_MOST_WORDS = 8
"""Between the first and the last word of what somebody is."""


def teller(question: str) -> Callable[[str, str], bool] | None:
    """What tells whether a sentence answers a question beside a name, given the sentence and what stands before it ("his" dog's name); None if the question
    asks for nothing that stands there.

    It does where it is asked who or what a name is ("Who is Olga Prei?"), who holds an office or how something is called ("Who is the mayor of Estry?"),
    when somebody was born or died, how old somebody is, what somebody said, what happened to somebody or something with a name, somebody's telephone number or e-mail address, or who does what a sentence says somebody does or is for that ("Who leads Solva?" –
    "Solva's leader, Olga Prei").
    """
    if (asked := _BORN.fullmatch(question)) and (named := _content(asked["born"] or asked["dead"])):
        end = "born" if asked["born"] else "dead"
        return lambda sentence, _before: _gives_lifetime(sentence, named, end)
    if asked := _WHAT.fullmatch(question):
        name = words(asked["name"])
        return lambda sentence, _before: _is_described(sentence, name)
    if (asked := _HOW_OLD.fullmatch(question)) and asked["who"][0].isupper():
        aged = _content(asked["who"])
        return lambda sentence, _before: _gives_age(sentence, aged)
    if (asked := _WHAT_SAID.fullmatch(question)) and asked["who"][0].isupper():
        speaker = _content(asked["who"])
        return lambda sentence, _before: any(
            _SAID_BEFORE.search(sentence, 0, start) or _SAYS_BEHIND.match(sentence, end) for start, end in _places(sentence, speaker)
        )
    if (asked := _CONTACT.fullmatch(question)) and (whose := content_stems(asked["whose"] or asked["of"] or "")):
        contact = _PHONE if asked["phone"] else _EMAIL
        return lambda sentence, _before: bool(contact.search(sentence)) and {*whose} <= {*content_stems(sentence)}
    if asked := _WHAT_HAPPENED.fullmatch(question):
        whom = _content(asked["whom"])
        return lambda sentence, _before: any(
            _OPENS.fullmatch(sentence, 0, start) and _HAPPENS.match(sentence, end) for start, end in _places(sentence, whom)
        )
    if (asked := _WHO_DID.fullmatch(question)) and asked["verb"].lower() not in AUXILIARIES:
        doer = _doer(f"{asked['verb']}{asked['to'] or ''}", asked["thing"])
        offices = [] if asked["to"] else [_content(f"{agent} {asked['thing']}") for agent in _agents(asked["verb"])]
        return lambda sentence, before: _names_doer(sentence, doer) or any(_has_name(sentence, office, before) for office in offices)
    if asked := _WHO_BEFORE.fullmatch(question):
        tells, known = (_SAYS_AFTER if asked["after"] else _SAYS_BEFORE), {*content_stems(asked["name"] or "")}
        return lambda sentence, before: bool(tells.search(sentence)) and known <= {*content_stems(f"{before[-_WHOSE_WITHIN:]} {sentence}")}
    asked = _WHO.fullmatch(question)
    if not asked or not (named := _content(asked["who"])):
        return None
    first, capitals = asked["who"].split()[0], {w.surface[0].isupper() for w in words(asked["who"])}
    if len(capitals) == 1 and first.lower() not in _DETERMINERS:  # All or, as some people type, none.
        return lambda sentence, _before: _is_described(sentence, named)
    if first.lower() in _DETERMINERS or first[0].isupper():
        return lambda sentence, before: _has_name(sentence, named, before)
    return None


def life_told(title: str, opening: str) -> frozenset[str]:
    """The stems of the name that an article has for its title, if what it opens with gives the years of that life, or of whom it says that they have died:
    "she" is mostly they; none where it does neither."""
    name = words(title)
    is_name = len(name) > 1 and all(map(may_be_name, name))
    if is_name and _gives_lifetime(opening, name, "born"):
        return frozenset(w.stem for w in name)
    dead = _HAS_DIED.search(opening)
    return frozenset(w.stem for w in words(dead["name"])) if dead else frozenset()


def _content(text: str) -> list[Word]:
    return [w for w in words(text) if w.is_content]


def _gives_lifetime(sentence: str, name: Sequence[Word], end: str) -> bool:
    """Whether the years of a life, the first or the last, stand behind a name, or behind what follows it ("FRS")."""
    said = words(sentence)
    for i, word in enumerate(said):
        lived = _LIFETIME.match(sentence, word.end)
        if lived and lived[end] and {w.stem for w in said[max(0, i - _MOST_WORDS) : i + 1]}.issuperset(w.stem for w in name):
            return True
    return False


def _gives_age(sentence: str, name: Sequence[Word]) -> bool:
    """Whether the age of somebody stands beside their name, or at which somebody died whose name opens the sentence."""
    return any(
        _AGE_BEHIND.match(sentence, end) or _AGE_BEFORE.search(sentence, 0, start) or (not start and _AGE_AT_DEATH.search(sentence, end))
        for start, end in _places(sentence, name)
    )


def _places(sentence: str, name: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """From where to where a name stands, or the last word of it with no other first name."""
    said = words(sentence)
    for i, word in enumerate(said):
        if name and word.stem == name[-1].stem and may_be_name(word):
            first = _name_before(sentence, said, i)
            if first is None or len(name) == 1 or first.stem == name[-2].stem:
                yield first.start if first else word.start, word.end


def _name_before(sentence: str, said: Sequence[Word], place: int) -> Word | None:
    """The word that may be a name and stands right before another, "Olga" of "Olga Prei"; None without one."""
    before = said[place - 1] if place else None
    return before if before and may_be_name(before) and sentence[before.end : said[place].start] == " " else None


def _doer(done: str, thing: str) -> re.Pattern[str]:
    """A name that did something, in the very words: "Orbit bought Paladin", "the search was led by Yves Morel", "the study, paid for by her ministry"."""
    done, thing = re.escape(done), re.escape(thing)
    return re.compile(
        rf"(?P<name>{_NAME})(?:,\s(?:who|which))?(?:\s[a-z]+ly)?\s(?i:{done}\s(?:the\s|an?\s)?{thing})\b"
        rf"|\b(?i:{thing})(?:,?\s(?:which\s)?(?:is|are|was|were|has\sbeen|have\sbeen))?,?\s(?:[a-z]+ly\s)?(?i:{done})\sby\s"
        rf"(?:(?P<whose>(?:his|her|its|their)\s\w+)|(?:the\s|an?\s)?(?:[a-z-]+\s){{0,3}}(?P<by>{_NAME}))"
    )


def _agents(verb: str) -> list[str]:
    """What somebody may be called who does what a verb says: "leader" of "leads", "founder" of "founded", "head" of "heads"."""
    base = _VERB_ENDING.sub("", verb.lower())
    return [base, f"{base}er", f"{base}or"]


def _names_doer(sentence: str, doer: re.Pattern[str]) -> bool:
    """Whether a sentence says so, and not only that somebody claims, denies or fears it."""
    for found in doer.finditer(sentence):
        named = next(iter(_content(found["name"] or found["by"] or found["whose"])), None)
        opening = named.start if named and found["name"] else 0  # "If" may stand before it, with the capital of a first word.
        if named and (found["whose"] or may_be_name(named)) and not _HEDGE.search(sentence, 0, found.start() + opening):
            return True
    return False


def _is_described(sentence: str, name: Sequence[Word]) -> bool:
    """Whether who it is stands beside a name."""
    said = words(sentence)
    for i in range(len(said) - len(name) + 1):
        if not may_be_name(said[i]) or any(a.stem != b.stem for a, b in zip(said[i:], name, strict=False)):
            continue
        start, after = i, said[i + len(name) - 1].end
        if len(name) == 1 and _name_before(sentence, said, i):
            start -= 1  # "Olga Prei" for "Prei".
        is_place = sentence.startswith(",", after) and start and _opens_clause(sentence, said, start - 1)  # "In Estry, the fair …"
        if (_AFTER_NAME.match(sentence, after) and not is_place) or (start and _is_description(sentence, said, start, after)):
            return True
    return False


def _opens_clause(sentence: str, said: Sequence[Word], place: int) -> bool:
    """Whether a word opens a sentence or what follows punctuation in it, and is but a function word, not before a noun."""
    word = said[place]
    is_first = place == 0 or bool(_ENDS.search(sentence, said[place - 1].end, word.start))
    return is_first and not word.is_content and word.surface.lower() not in _DETERMINERS


def _is_description(sentence: str, said: Sequence[Word], start: int, after: int) -> bool:
    """Whether what stands before a name, which starts at a word and ends at a character, says who that is."""
    word = said[start - 1]
    gap = sentence[word.end : said[start].start]
    if not word.is_content or month_or_weekday(word):
        return False
    if gap == " ":
        is_part = bool(_CAPITAL_NEXT.match(sentence, after))  # "The Frédéric Chopin Competition".
        return not is_part if may_be_name(word) else _is_noun(said, start - 1)
    if gap != ", " or not _ENDS.match(sentence, after):
        return False
    opening = word
    for a, b in zip(said[start - 2 :: -1] if start > 1 else [], said[start - 1 :: -1], strict=False):
        if _ENDS.search(sentence, a.end, b.start) or _BEFORE_WHO.search(sentence, 0, a.end):
            break
        opening = a
    return opening.is_content or opening.surface.lower() in _DETERMINERS


def _is_noun(said: Sequence[Word], place: int) -> bool:
    """Whether a word in lower case right before a name is no verb, as far as it and the word before it tell: "they visit Estry"."""
    if _VERB.fullmatch(said[place].surface):
        return False
    before = said[place - 1] if place else None
    if before is None:
        return True
    return not before.surface.endswith("s") if before.is_content else before.surface.lower() in _DETERMINERS | _BEFORE_NOUN


def _has_name(sentence: str, office: Sequence[Word], before: str) -> bool:
    """Whether a name stands beside an office."""
    said = words(sentence)
    for last, word in enumerate(said):
        if not _is_of(word, office):
            continue
        first = last
        while first and last - first < _MOST_WORDS and not _ENDS.search(sentence, said[first - 1].end, said[first].start):
            first -= 1
        following = _NAMED.match(sentence, word.end)
        names_others = any(may_be_name(w) and not _is_of(w, office) for w in said[:last])  # "Its" stands for one of these.
        earlier = sentence[: word.start] if names_others else before
        if following and _holds(said[first : last + 1], office, earlier) and _names_another(following["name"], office):
            return True
    for found in _NAME_FIRST.finditer(sentence):
        what = words(found["what"])
        starts = what and (what[0].is_content or what[0].surface.lower() in _DETERMINERS)
        if starts and _is_of(what[-1], office) and _holds(what, office, before) and _names_another(found["name"], office):
            return True
    for found in _DEFINED.finditer(sentence):
        what = words(found["what"])
        near = words(sentence[max(0, found.start() - _DEFINED_WITHIN) : found.start()])
        if len(what) == len(office) and all(_is_of(w, office) for w in what) and any(map(may_be_name, near)):
            return True
    return False


def _names_another(name: str, office: Sequence[Word]) -> bool:
    """Whether what may be a name is one, and no word of the office."""
    first, *others = words(name)
    return any(map(may_be_name, (first, *others))) and not _is_of(first, office)


def _is_of(word: Word, some: Sequence[Word]) -> bool:
    return holds_alike((w.stem for w in some), word.stem)


def _holds(said: Sequence[Word], office: Sequence[Word], before: str) -> bool:
    """Whether some words hold all of an office, and no name of another between; "his", or a part of it, stands for a name that was said before."""
    if any(may_be_name(w) and not _is_of(w, office) for w in dropwhile(lambda w: not _is_of(w, office), said)):
        return False
    missing = [o for o in office if not _is_of(o, said)]
    if not missing:
        return True
    if len(missing) == len(office) or not all(o.surface[0].isupper() for o in missing):
        return False
    if any(w.surface.lower() in _POSSESSIVES for w in said):
        return {o.stem for o in missing} <= {w.stem for w in words(before[-_WHOSE_WITHIN:])}
    in_full = [o.stem for o in office if o.surface[0].isupper()]
    stems = [w.stem for w in words(before)]
    return len(missing) < len(in_full) and any(stems[i : i + len(in_full)] == in_full for i in range(len(stems)))
