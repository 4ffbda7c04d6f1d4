"""Makes claims out of real sentences: edits that keep a sentence true to its passage, and edits that make it say something else.

After FactCC (Kryściński et al., 2020, "Evaluating the Factual Consistency of Abstractive Text Summarization"). Each edit takes
the sentence, the passage it stands in and a random generator, and gives the edited sentence, or None where it does not apply.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable

from rag.words import MONTH_NUMBERS

Edit = Callable[[str, str, random.Random], str | None]

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_WHOLE_NAME = re.compile(r"\b[A-Z][\w'’-]+(?:\s(?:of\s(?:the\s)?)?[A-Z][\w'’-]+)*")
_NAME = re.compile(rf"(?<![.!?]\s)(?<!^){_WHOLE_NAME.pattern}")
_AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|will|can|could|would|should|did|does|do)\b(?!\s+not\b|n't)", re.I)
_NOT = re.compile(r"\b(is|are|was|were|has|have|had|will|can|could|would|should|did|does|do)\s+not\b|\b(never)\s", re.I)
_BOTH_WAYS = re.compile(
    r"\b(?:with|and|or|met|meets?|married|marry|between|versus|vs|alongside|together|cousins?|siblings?|friends?|partners?)\b"
)
_DETAIL = re.compile(
    r"\s((?:in|at|on|by|with|for|from|during|after|before|since|near|alongside|through|despite|without|because of|due to|according to)"
    r"(?:\s[\w'’-]+){1,5})(?=[,.;]|$)"
)
_MOST_SHARED = 0.3
"""Share of a sentence's words that another may hold and still say something else."""
_DEGREES = [
    group.split("/")
    for group in """some/all/no/most/few several/all/no many/all/no/few often/always/never/rarely usually/always/never sometimes/always/never
    mostly/only/partly mainly/only/partly partly/entirely almost/exactly about/exactly/over approximately/exactly/over nearly/more_than only/also
    likely/unlikely/certain possible/impossible/certain probably/certainly sole/main once/twice/never one/none/two first/second/only
    each/one_of_the""".split()
]
_DEGREE = {group[0]: [word.replace("_", " ") for word in group[1:]] for group in _DEGREES}
_ADDED = ("only", "no longer", "rarely", "exclusively")
_SCALES = ("hundred", "thousand", "million", "billion", "trillion")
_UNITS = (
    "percent",
    "kilometers",
    "kilometres",
    "miles",
    "meters",
    "metres",
    "feet",
    "tons",
    "tonnes",
    "kg",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
)
_MONTHS = tuple(name.capitalize() for name in MONTH_NUMBERS)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NO_NAMES = {
    *_MONTHS,
    *_DAYS,
    *"The A An I We You He She It They There This That These Those In On At As But And Our His Her Its Their My Your".split(),
}
_OPPOSITES = [
    pair.split("/")
    for pair in """before/after more/less first/last largest/smallest highest/lowest increased/decreased increase/decrease rose/fell higher/lower
    won/lost win/lose accepted/rejected supported/opposed support/oppose began/ended started/stopped allowed/banned north/south east/west
    northern/southern eastern/western male/female father/mother son/daughter brother/sister husband/wife older/younger early/late
    increasing/decreasing many/few always/never most/least above/below inside/outside with/without all/some public/private
    positive/negative major/minor new/old long/short large/small great/poor agreed/refused succeeded/failed gained/lost joined/left
    bought/sold arrived/departed born/died living/dead major/minor upper/lower left/right good/bad success/failure victory/defeat
    confirmed/denied approved/rejected strengthen/weaken best/worst open/closed military/civilian major/minor""".split()
]
_OPPOSITE = {a: b for pair in _OPPOSITES for a, b in (pair, pair[::-1])}


def _replace(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def change_number(sentence: str, passage: str, rng: random.Random) -> str | None:
    """Another number of the passage, or one a little or a lot off, in place of a number."""
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    old = match.group()
    digits = re.sub(r"\D", "", old)
    others = [n for n in set(_NUMBER.findall(passage)) - {old} if len(re.sub(r"\D", "", n)) == len(digits)]
    if others and rng.random() < 0.6:
        return _replace(sentence, match, rng.choice(sorted(others)))
    value = int(digits)
    new = value + rng.choice((-1, 1)) * rng.randint(1, 9 if len(digits) == 4 else max(2, value // 2 + 1))
    if new < 0 or new == value:
        new = value + 1
    if "." in old:
        return _replace(sentence, match, f"{new / 10 ** len(old.split('.')[-1]):.{len(old.split('.')[-1])}f}")
    return _replace(sentence, match, f"{new:,}" if "," in old else str(new))


def change_unit(sentence: str, passage: str, rng: random.Random) -> str | None:
    """Another scale, unit, month or weekday."""
    for family in rng.sample((_SCALES, _UNITS, _MONTHS, _DAYS), 4):
        found = list(re.finditer(rf"\b({'|'.join(family)})\b", sentence))
        if found:
            match = rng.choice(found)
            return _replace(sentence, match, rng.choice([w for w in family if w != match.group()]))
    return None


def change_name(sentence: str, passage: str, rng: random.Random) -> str | None:
    """Another name of the passage in place of a name."""
    found = [m for m in _WHOLE_NAME.finditer(sentence) if m.start() or " " in m.group()]
    others = sorted({n for n in _NAME.findall(passage) if n not in sentence})
    if not found or not others:
        return None
    match = rng.choice(found)
    alike = [n for n in others if len(n.split()) == len(match.group().split())] or others
    return _replace(sentence, match, rng.choice(alike))


def exchange_roles(sentence: str, passage: str, rng: random.Random) -> str | None:
    """Two names of the sentence in each other's place, around a verb rather than an "and", and not one that holds both ways ("met")."""
    found = [m for m in _WHOLE_NAME.finditer(sentence) if m.group() not in _NO_NAMES]
    pairs = [
        (a, b)
        for a, b in itertools.pairwise(found)
        if a.group() != b.group()
        and not re.fullmatch(r"\s*(,|and|or|/|-|\(|of|in|'s)?\s*(and|or)?\s*", sentence[a.end() : b.start()])
        and re.search(r"\b[a-z]{3,}\b", sentence[a.end() : b.start()])
        and not _BOTH_WAYS.search(sentence[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return sentence[: a.start()] + b.group() + sentence[a.end() : b.start()] + a.group() + sentence[b.end() :]


def change_negation(sentence: str, passage: str, rng: random.Random) -> str | None:
    """A "not" more or a "not" fewer."""
    if match := _NOT.search(sentence):
        return _replace(sentence, match, f"{match.group(1)}" if match.group(1) else "")
    found = list(_AUXILIARY.finditer(sentence))
    if not found:
        return None
    match = found[0] if rng.random() < 0.7 else rng.choice(found)
    return _replace(sentence, match, f"{match.group()} {'never' if rng.random() < 0.2 else 'not'}")


def change_to_opposite(sentence: str, passage: str, rng: random.Random) -> str | None:
    """A word for its opposite."""
    found = [m for m in re.finditer(r"\b[a-z]+\b", sentence) if m.group() in _OPPOSITE]
    if not found:
        return None
    match = rng.choice(found)
    return _replace(sentence, match, _OPPOSITE[match.group()])


def drop_condition(sentence: str, passage: str, rng: random.Random) -> str | None:
    """What holds only if something else does, said without the condition."""
    if match := re.match(r"(?:If|Unless|Should) [^,]+, (?:then )?(\w)(.+)$", sentence):
        return match.group(1).upper() + match.group(2)
    if match := re.search(r",? (?:if|unless|provided that|as long as) [^,.;]+(?=[.;]|$)", sentence):
        return _replace(sentence, match, "")
    if match := re.search(r"\b(may|might|could) (?:have )?(?=\w)", sentence):
        return _replace(sentence, match, "will " if match.group(1) != "could" else "can ")
    return None


def merge_facts(sentence: str, passage: str, rng: random.Random) -> str | None:
    """The subject of the sentence with what another sentence of the passage says of its own."""
    verb = r"^((?:[A-Z][\w'’-]+\s){1,4})(?:\([^)]*\)\s)?(is|was|has|had|were|are)\s(.+)$"
    mine = re.match(verb, sentence)
    if not mine:
        return None
    others = [
        m
        for s in re.split(r"(?<=[.!?])\s+", passage)
        if s != sentence and (m := re.match(verb, s)) and not set(m.group(1).split()) & {*mine.group(1).split(), *_NO_NAMES}
    ]
    if not others:
        return None
    other = rng.choice(others)
    return f"{mine.group(1)}{other.group(2)} {other.group(3)}"


def change_degree(sentence: str, passage: str, rng: random.Random) -> str | None:
    """More or less, oftener or surer than was said: "all" for "some", or an adverb added to the verb."""
    found = [m for m in re.finditer(r"\b[a-z]+\b", sentence) if m.group() in _DEGREE]
    if found and rng.random() < 0.7:
        match = rng.choice(found)
        return _replace(sentence, match, rng.choice(_DEGREE[match.group()]))
    verb = _AUXILIARY.search(sentence)
    words = [w for w in _ADDED if w not in sentence and w not in passage]
    return _replace(sentence, verb, f"{verb.group()} {rng.choice(words)}") if verb and words else None


def add_detail(sentence: str, passage: str, rng: random.Random) -> str | None:
    """With a place, time, means or reason that another sentence of the passage gives for something else."""
    mine = set(re.findall(r"\w+", sentence.lower()))
    others = [s for s in re.split(r"(?<=[.!?])\s+", passage) if len(mine & set(re.findall(r"\w+", s.lower()))) <= _MOST_SHARED * len(mine)]
    details = sorted({d for s in others for d in _DETAIL.findall(s) if d.lower() not in sentence.lower()})
    if not details or not sentence.endswith("."):
        return None
    return f"{sentence[:-1]} {rng.choice(details)}."


def trim(sentence: str, passage: str, rng: random.Random) -> str | None:
    """Without a parenthesis, a relative clause or an opening phrase: still true."""
    shorter = re.sub(r"\s*\([^()]*\)", "", sentence)
    if rng.random() < 0.6:
        shorter = re.sub(r", (?:which|who|whose|where) [^,]+(?=[,.])", "", shorter)
    if rng.random() < 0.5:
        shorter = re.sub(r"^(?:In|On|At|After|During|By) [^,]{3,40}, (\w)", lambda m: m.group(1).upper(), shorter)
    if rng.random() < 0.3:
        shorter = re.sub(r", (?:and|but|while|although|when) [^,]+(?=\.$)", "", shorter)
    return shorter if shorter != sentence and len(shorter.split()) >= 5 else None


def resolve_pronoun(sentence: str, passage: str, rng: random.Random) -> str | None:
    """A sentence that opens with "he", "she" or "it", with the name that the passage opens with: still true."""
    opens = re.match(r"(He|She|It)\s(?=[a-z])", sentence)
    subject = re.match(r"((?:[A-Z][\w'’-]+\s){1,4})(?:\([^)]*\)\s)?(?:is|was)\s", passage)
    if not opens or not subject or subject.group(1).split()[0] in {"The", "It", "He", "She", "This", "There", "In"}:
        return None
    return subject.group(1) + sentence[opens.end() :]


TRUE_EDITS: tuple[Edit, ...] = (trim, resolve_pronoun)
FALSE_EDITS: tuple[Edit, ...] = (
    change_number, change_unit, change_name, change_name, exchange_roles, exchange_roles, change_negation, change_to_opposite, change_degree, add_detail,
    drop_condition, merge_facts,
)  # fmt: skip
