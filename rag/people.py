"""The people whom an article calls "he" or "she", as far as its words show it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.sentences import sentence_texts
from rag.words import FUNCTION_WORDS, MONTHS, WEEKDAYS

NICKNAME = r"(?:[\"“‘][A-Z]\w+[\"”’]\s)?"
"""In a name: Oluwaseun "Seun" Adeyemi."""
NICKNAMES = re.compile(r"[\"“‘]\w+[\"”’]\s")
_PART = r"[A-Z][\w’'-]*[^\W\d_]"
_NAME = re.compile(
    rf"(?<![\w’'-])(?P<the>[Tt]he\s)?(?P<name>{_PART}(?:[^\S\n](?:[A-Z]\.|de|da|di|van|von|bin|al|{_PART}))*[^\S\n]{NICKNAME}(?P<last>{_PART}))"
)
"""Words with a capital, the last of which may be a surname."""
_TITLES = {"Mr": "he", "Sir": "he", "Lord": "he", "Mrs": "she", "Ms": "she", "Miss": "she", "Dame": "she", "Lady": "she"}
_OFFICES = frozenset(
    "Captain Chairman Chief Chancellor Coach Colonel Councillor Deputy Doctor Dr Emperor Foreign General Gen Gov Governor Judge Justice Kaiser King Lieutenant Major Minister "
    "President Prime Prince Princess Prof Professor Queen Rep Representative Saint Sen Senator Secretary Superintendent Vice".split()
)
"""What may stand before a name."""
_TITLE = re.compile(rf"\b(?P<title>{'|'.join(_TITLES)})\.?\s$")
_NO_PERSON = re.compile(r"\b(?:[Tt]he|[Ii]n|[Nn]ear|[Aa]round|[Aa]cross)\s$")
"""What stands before a place or a body."""
_OF_BODY = re.compile(r"\b[A-Z]\w+\s(?:of|for|and)\s$")
"""What the rest of a name that is not a person's stands behind."""
_LONGEST_BEFORE = 8
_GENITIVE = re.compile(r"['’]s?$")
_OPENING = re.compile(r"(?P<pronoun>He|She)\b")
_SAYS = re.compile(r"(?<![\w’'-])(?:said|says|told|tells)\b(?:(?!\b[Tt]he(?:y|se|ir)\b)[^\"“”;])*?(?<![\w’'-])(?P<pronoun>he|she)\b")
"""What somebody says, told by others: "said that he"."""
_IN_APPOSITION = re.compile(r",\s(?:aged\s)?(?:\d|[a-z])")
"""What stands behind a person's name that is said more of: "Renata Voss, chief economist of the bank", "Ines Oyelaran, 41,"."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom an article names in several words."""

    name: str
    start: int
    """Where in the article they are first named so."""
    pronoun: str
    """"he" or "she"."""
    told: str
    """The sentence that names them so."""

    @property
    def surname(self) -> str:
        """The last part of the name."""
        return self.name.split()[-1]


def people_in(text: str) -> list[Person]:
    """The people in an article, in the order in which it names them, whose surname stands behind a title somewhere ("Ms Dahl"), who alone are told of by the sentence
    before one that begins with "He" or "She", or who say what "he" or "she" thinks. None of those who share a surname."""
    named: dict[str, tuple[str, int]] = {}  # By surname: the first name in several words, and where it stands.
    unclear = {w.capitalize() for w in MONTHS | WEEKDAYS}
    inside: set[int] = set()  # Where the last parts of these names stand.
    appositions: set[str] = set()
    for match in _NAME.finditer(text):
        parts = _without_titles(NICKNAMES.sub("", match["name"]))
        if len(parts) < 2:
            continue
        surname = parts[-1]
        inside.add(match.start("last"))
        known, _ = named.setdefault(surname, (" ".join(parts), match.start("name")))
        if match["the"] or parts[0] not in known.split():
            unclear.add(surname)
        if _IN_APPOSITION.match(text, match.end()):
            appositions.add(surname)
    votes: dict[str, Counter[str]] = {}
    for surname in named:
        places = [m.start() for m in re.finditer(rf"(?<![\w’'-]){re.escape(surname)}(?![\w-])", text)]
        before = [text[max(0, start - _LONGEST_BEFORE) : start] for start in places if start not in inside]
        is_placed = any(map(_NO_PERSON.search, before)) or _NO_PERSON.search(text[: named[surname][1]][-_LONGEST_BEFORE:])
        if not is_placed and (before or surname in appositions):
            votes[surname] = Counter(_TITLES[title["title"]] for title in map(_TITLE.search, before) if title)
    sentences = sentence_texts(text)
    for sentence, following in itertools.pairwise([*sentences, ""]):
        told_of = [m for surname in votes for m in re.finditer(rf"\b{re.escape(surname)}\b", sentence)]
        if len({m.group() for m in told_of}) == 1 and (opening := _OPENING.match(following)):
            votes[told_of[0].group()][opening["pronoun"].lower()] += 1
        for said in _SAYS.finditer(sentence):
            if speakers := [m for m in told_of if m.end() <= said.start()]:
                votes[max(speakers, key=re.Match.start).group()][said["pronoun"]] += 1
    known_as = {surname: next(iter(found)) for surname, found in votes.items() if len(found) == 1 and surname not in unclear}
    found = [(*named[surname], known_as[surname]) for surname in named if surname in known_as]
    return [Person(name, start, pronoun, next((s for s in sentences if name in s), name)) for name, start, pronoun in found]


def with_short_names(question: str, texts: Sequence[str]) -> str:
    """A question with the surnames of people whom some texts tell of, where they use these alone and of nobody else: "Adeyemi" for "Oluwaseun Adeyemi"."""
    for match in reversed(list(_NAME.finditer(question))):
        parts = _without_titles(match["name"])
        whole = " ".join(parts)
        is_body = match["the"] or _OF_BODY.search(question[: match.start()])
        if len(parts) > 1 and not is_body and any(whole in NICKNAMES.sub("", text) for text in texts) and _is_used_alone(parts, texts):
            start = match.start("name") + match["name"].rindex(whole)
            question = f"{question[:start]}{parts[-1]}{question[start + len(whole) :]}"
    return question


def _is_used_alone(name: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether texts use the last part of somebody's name by itself, and neither of a place or a body nor in another name."""
    surname = re.escape(name[-1])
    with_others = re.compile(rf"(?<![\w’'-])(?:{_PART}[^\S\n]{NICKNAME})*?(?P<surname>{surname})(?![\w-])(?:[^\S\n]{NICKNAME}{_PART})*")
    is_alone = False
    for text in texts:
        for run in with_others.finditer(text):
            parts = _without_titles(NICKNAMES.sub("", run.group()))
            start = run.start("surname")
            if not set(parts) <= set(name) or _NO_PERSON.search(text[max(0, start - _LONGEST_BEFORE) : start]):
                return False
            is_alone = is_alone or len(parts) == 1
    return is_alone


def _without_titles(name: str) -> list[str]:
    """The words of a name without what stands before it, and whose it is: "Choe Son Hui" of "North Korea's Foreign Minister Choe Son Hui's"."""
    parts = _GENITIVE.sub("", name).split()
    titles = [i for i, w in enumerate(parts) if w in _TITLES or w in _OFFICES or w.lower() in FUNCTION_WORDS or _GENITIVE.search(w)]
    return parts[titles[-1] + 1 :] if titles and titles[-1] + 1 < len(parts) else parts
