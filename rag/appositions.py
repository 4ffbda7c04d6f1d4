"""Who somebody is, or what something is called, as a text says it beside the name: "the welder Marek Toth", "Olga Prei, the minister", "his dog, Captain".

A question names the one and asks for the other, with words that do not stand in such a sentence; a small language model overlooks it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.words import Word, alike, month_or_weekday, words

_ASKED = re.compile(
    r"\s*(?:who(?:['’]s|\s+(?:is|was))|what(?:['’]s|\s+(?:is|was))(?:\s+the\s+name\s+of|(?=[^?]*\s(?:called|named)\s*\?)))"
    r"\s+(?P<who>[^,;:?!]+?)(?:\s+(?:called|named))?\s*\?*\s*",
    re.IGNORECASE,
)
_DETERMINERS = frozenset("the a an his her its their our my your".split())
_POSSESSIVES = frozenset("his her its their".split())
_ENDS = re.compile(r"[,.;:()\"“”?!]")
_AFTER_NAME = re.compile(
    r",\s(?:an?|the|who|whose|his|her|its|their|then|former(?:ly)?|\d{1,3}(?=,)|[a-z-]+\sof)\b|\s\((?=[A-Za-z])|\s(?:of|from|at)\s(?:the\s)?(?=[A-Z])"
    r"|\s(?:is|was|became|(?:has|had)\sbeen)\s(?:an?|the|one|his|her|its|their|[a-z-]+\sof)\b"
)
"""What goes on after a name to say who that is."""
_NAME = r"[A-Z][\w'’-]*(?:\s[A-Z][\w'’-]*){0,3}"
_NAMED = re.compile(
    rf"(?:(?:,\s(?:the|an?|his|her|its|their|former)\s[^,.;:]{{1,40}})?,(?=\s{_NAME}\s*(?:[,.;:()]|$)))?\s(?P<name>{_NAME})"
)
"""A name after what somebody is, with another apposition between or not."""
_NAME_FIRST = re.compile(rf"(?P<name>{_NAME})(?:,\s|\s\()(?P<what>[^,.;:()\"“”?!]{{1,60}}?)(?=\s*(?:[,.;:()]|$))")
_VERB = re.compile(
    r".*(?:ed|s|ing)|told|met|saw|beat|gave|sent|shot|took|left|hit|paid|led|fought|taught|sold|bought|brought|struck|caught"
)
"""What may stand right before a name and does not say who that is, in lower case."""
_CAPITAL_NEXT = re.compile(r"\s[A-Z]")
ANTECEDENT_WITHIN = 300
"""Characters before "his" in which whose that is may stand."""
_MOST_WORDS = 8
"""Between the first and the last word of what somebody is."""


def asked_who(question: str) -> str | None:
    """The name or the office that a question asks who that is ("the mayor of Estry", "Olga Prei"), or whose name it asks; None if it asks something else."""
    asked = _ASKED.fullmatch(question)
    if not asked:
        return None
    first = asked["who"].split()[0]
    is_one = first.lower() in _DETERMINERS or first[0].isupper()
    return asked["who"] if is_one and any(w.is_content for w in words(asked["who"])) else None


def tells_who(sentence: str, asked: str, before: str = "") -> bool:
    """Whether a sentence says beside a name who that is, where one of both is asked for, as ``asked_who`` gives it.

    Args:
        before: what stands before it, which may tell who "his" is.
    """
    named = [w for w in words(asked) if w.is_content]
    said = words(sentence)
    is_name = all(w.surface[0].isupper() for w in words(asked))
    return _is_described(sentence, said, named) if is_name else _has_name(sentence, said, named, before)


def _is_described(sentence: str, said: Sequence[Word], name: Sequence[Word]) -> bool:
    """Whether who it is stands beside a name."""
    for i in range(len(said) - len(name) + 1):
        if any(a.stem != b.stem for a, b in zip(said[i:], name, strict=False)):
            continue
        start, after = i, said[i + len(name) - 1].end
        if len(name) == 1 and i and _is_capital(said[i - 1]) and sentence[said[i - 1].end : said[i].start] == " ":
            start -= 1  # "Olga Prei" for "Prei".
        if _AFTER_NAME.match(sentence, after) or (start and _is_description(sentence, said, start, after)):
            return True
    return False


def _is_description(sentence: str, said: Sequence[Word], start: int, after: int) -> bool:
    """Whether what stands before a name, which starts at a word and ends at a character, says who that is."""
    word = said[start - 1]
    gap = sentence[word.end : said[start].start]
    if not word.is_content or month_or_weekday(word):
        return False
    if gap == " ":
        is_part = bool(_CAPITAL_NEXT.match(sentence, after))  # "The Frédéric Chopin Competition".
        return not is_part if _is_capital(word) else not _VERB.fullmatch(word.surface)
    if gap != ", " or not _ENDS.match(sentence, after):
        return False
    opening = word
    for a, b in zip(said[start - 2 :: -1] if start > 1 else [], said[start - 1 :: -1], strict=False):
        if _ENDS.search(sentence, a.end, b.start):
            break
        opening = a
    return opening.is_content or opening.surface.lower() in _DETERMINERS


def _has_name(sentence: str, said: Sequence[Word], office: Sequence[Word], before: str) -> bool:
    """Whether a name stands beside an office."""
    known = words(before)
    for last, word in enumerate(said):
        if not any(alike(word.stem, o.stem) for o in office):
            continue
        first = last
        while first and last - first < _MOST_WORDS and not _ENDS.search(sentence, said[first - 1].end, said[first].start):
            first -= 1
        following = _NAMED.match(sentence, word.end)
        if following and _holds(said[first : last + 1], office, known):
            name = words(following["name"])[0]
            if _is_capital(name) and not any(alike(name.stem, o.stem) for o in office):
                return True
    for found in _NAME_FIRST.finditer(sentence):
        what = words(found["what"])
        starts = what and (what[0].is_content or what[0].surface.lower() in _DETERMINERS)
        if starts and any(alike(what[-1].stem, o.stem) for o in office) and _holds(what, office, known):
            name = words(found["name"])[0]
            if _is_capital(name) and not any(alike(name.stem, o.stem) for o in office):
                return True
    return False


def _holds(said: Sequence[Word], office: Sequence[Word], before: Sequence[Word]) -> bool:
    """Whether some words hold all of an office, and no name of another between; "his" stands for a name that was said before."""
    held = [any(alike(w.stem, o.stem) for o in office) for w in said]
    if any(_is_capital(w) and not h for w, h in zip(said[held.index(True) :], held[held.index(True) :], strict=True)):
        return False
    missing = [o for o in office if not any(alike(w.stem, o.stem) for w in said)]
    by_pronoun = any(w.surface.lower() in _POSSESSIVES for w in said)
    return not missing or (
        by_pronoun and len(missing) < len(office) and all(o.surface[0].isupper() and any(o.stem == b.stem for b in before) for o in missing)
    )


def _is_capital(word: Word) -> bool:
    return word.is_content and word.surface[0].isupper() and not month_or_weekday(word)
