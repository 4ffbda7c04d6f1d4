"""Sections by their names: which one a heading names ("§ 4 Notice", "AMENDMENT XIV"), and which one a question asks about ("the Fourteenth Amendment")."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rag.words import NUMBER_WORDS, content_stems

_LABELS = "act amendment annex appendix article attachment book canto chapter claim clause exercise exhibit item lesson module paragraph part point rule scene schedule section step title unit version volume".split()
_SHORT = {
    "§": "section",
    "sec": "section",
    "art": "article",
    "ch": "chapter",
    "chap": "chapter",
    "vol": "volume",
    "release": "version",
    "v": "version",
}
_UNLABELLED = frozenset("chapter clause paragraph point section version".split())
"""What a heading may be that has only a number: "4. Notice"."""
_UNLABELLED_ITEMS = _UNLABELLED | frozenset("article claim exercise item rule step".split())
"""What an item of a list, or a paragraph, may be that has only a number."""
_IRREGULAR = {"first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine", "twelfth": "twelve"}
_ORDINALS = {**{w[:-1] + "ieth" if w.endswith("ty") else w + "th": w for w in NUMBER_WORDS}, **_IRREGULAR}
_TENS = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = {tens + ones: f"{10 * i + j}" for i, tens in enumerate(_TENS) for j, ones in enumerate(_ONES)}

_LABEL = rf"(?:(?:{'|'.join(sorted([*_LABELS, *_SHORT], reverse=True))})\b\.?\s*(?:v(?=\d))?|§\s*|v(?=\d+\.))"
_VERSION = r"\d{1,3}(?:\.\d{1,3}){2,}(?![\w.]*\d)"
_IN_WORDS = rf"(?:{'|'.join(sorted([*NUMBER_WORDS, *_ORDINALS], reverse=True))})"
_NUMBER = rf"(?:(?:\d{{1,3}}|[A-Z](?=\.\d))(?:\.\d{{1,3}})*|(?i:[ivxl]+|{_IN_WORDS}(?:-{_IN_WORDS})?)|[A-Z])(?![\w'’]|\.\d)"
_ORDINAL = rf"(?:\d{{1,3}}(?:st|nd|rd|th)|(?:(?:{'|'.join(NUMBER_WORDS)})-)?(?:{'|'.join(_ORDINALS)}))"
_PART = (
    rf"(?i:(?P<label>{_LABEL}))(?P<number>{_NUMBER})|(?P<version>{_VERSION})|(?i:(?P<ordinal>{_ORDINAL})\s+(?P<what>{'|'.join(_LABELS)})\b)"
)
_NAME = f"(?:{re.sub(r'[?]P<[a-z]+>', '?:', _PART)})"
_PARTS = re.compile(_PART)
_MENTION = re.compile(rf"\b(?:[Tt]he\s+)?{_NAME}(?:(?:,\s*|\s+)(?:(?:of|in)\s+)?(?:the\s+)?{_NAME})*|§\s*{_NUMBER}")
_OTHER_NUMBER = re.compile(rf"(?:the\s+)?(?:(?P<ordinal>{_ORDINAL})|(?P<number>{_NUMBER}))(?:\s+one)?", re.IGNORECASE)
_HEADING = re.compile(
    rf"[#=*\s]*(?:(?P<number>\d{{1,3}}(?=[.):]\s)|\[?(?:v?\d{{1,3}}|[A-Z])(?:\.\d{{1,3}})+\]?)|(?P<name>{_NAME}))(?=\s*$|\s*[.:)—–*=-]|\s+[\"“(A-Z])"
)
_WHICH = re.compile(rf"\b(?:what|which)\s+(?P<label>{'|'.join(_LABELS)})s?\b", re.IGNORECASE)
_WHOLE = frozenset(
    stem
    for word in "address concern contain content contents cover deal describe discuss explain explanation full happen happens change changed include main mean new overview point points provide read require state summarise summarize summary talk topic".split()
    for stem in content_stems(word)
)
"""Stems of the words of a question that asks for no more than what a section says."""


@dataclass(frozen=True, slots=True)
class Section:
    """One that a question asks about."""

    names: frozenset[tuple[str, str]]
    """Its label and number, and those of the ones that it stands in: ("section", "1") and ("article", "2")."""
    question: str
    """The same question about "the text" in its place, but for that of a version."""
    stems: frozenset[str]
    """Of what else the question names than what the section says."""

    def is_among(self, names: Collection[tuple[str, str]]) -> bool:
        """Whether headings have these names: a section may be headed by its number only."""
        return all(any(n == number and _may_be(own, label) for own, number in names) for label, n in self.names)

    @property
    def items(self) -> set[tuple[str, str]]:
        """The names of an item of a list, or of a paragraph, that it may be; none if it stands in another section."""
        names = set(self.names) if len(self.names) == 1 else set()
        return names | {("", n) for label, n in names if label in _UNLABELLED_ITEMS}

    def is_asked_whole(self, heading: str) -> bool:
        """Whether nothing is asked but what it says.

        Args:
            heading: its own, with the title and the name of its document.
        """
        return self.stems <= {*content_stems(heading)}


def asked_section(question: str) -> Section | None:
    """The section that a question asks about by its number; None if it names none, or several."""
    mentions = list(_MENTION.finditer(question))
    if len(mentions) != 1:
        return None
    [mention] = mentions
    names = frozenset(_names(mention.group()))
    about_text = f"{question[: mention.start()]}the text{question[mention.end() :]}"
    others = f"{question[: mention.start()]} {question[mention.end() :]}"
    is_version = any(label == "version" for label, _ in names)
    return Section(names, question if is_version else about_text, frozenset(content_stems(others)) - _WHOLE)


def ask_of_another(question: str, number: str) -> str | None:
    """A question about a section, asked about the one with another number ("And the fifth?", "And 5?"); None if it is about none, or that is no number."""
    asked, other = _PARTS.search(question), _OTHER_NUMBER.fullmatch(number)
    if not asked or not other or asked["version"]:
        return None
    label = asked["what"] or asked["label"].strip()
    article = "the " if asked["label"] else ""
    name = f"{article}{other['ordinal']} {label}" if other["ordinal"] else f"{label} {other['number']}"
    return f"{question[: asked.start()]}{name}{question[asked.end() :]}"


def asked_label(question: str) -> str | None:
    """What kind of section a question asks for ("Which chapter …?"); None if it asks for none."""
    asked = _WHICH.search(question)
    return asked["label"].lower() if asked else None


def is_labelled(heading: str, label: str) -> bool:
    """Whether a heading is of a section of some kind: one that has only a number may be."""
    return any(_may_be(own, label) for own, _ in heading_names(heading))


def _may_be(own: str, label: str) -> bool:
    """Whether a heading with a label of its own, or none, is of a section of some kind."""
    return own == label or (not own and label in _UNLABELLED)


def heading_names(headings: str) -> set[tuple[str, str]]:
    """The labels and numbers that headings, a line each, begin with; the label is empty where there is only a number."""
    found = [m for line in headings.split("\n") if (m := _HEADING.match(line))]
    return {name for m in found for name in (_names(m["name"]) if m["name"] else [("", m["number"].strip("[v]").lower())])}


def _names(mention: str) -> Iterator[tuple[str, str]]:
    for m in _PARTS.finditer(mention):
        label = re.sub(r"\W+v?$", "", (m["label"] or m["what"] or "version").lower()) or "§"
        yield _SHORT.get(label, label), _figures(m["number"] or m["ordinal"] or m["version"])


def _figures(number: str) -> str:
    """A number in figures: "iv", "Fourth", "four" and "4th" are "4"; a letter stays one."""
    low = number.lower()
    if low in _ROMAN:
        return _ROMAN[low]
    numbers = [NUMBER_WORDS.get(_ORDINALS.get(word, word)) for word in low.split("-")]
    if all(numbers):
        return str(sum(int(n) for n in numbers if n))
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", low)
