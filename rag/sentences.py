"""Sentences of a text as exact spans. Boundaries inside a line come from ``sentencex``, which knows "U.S.", "Gen.", "3.5" and quotes."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]+")
_ENDING = re.compile(r"[.!?…:;][\"'”’)\]*_]*$")
_BLOCK_START = re.compile(r"\s*(?:[-*•#>|]|\d+[.)]\s)")
MIN_PROSE_WORDS = 4


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence, or a line that is not one, at ``text[start:end]``; surrounding white space is left out."""

    start: int
    end: int
    line: int
    """Number of the line that it stands on, blank lines counted, from 0."""
    is_prose: bool
    """Ends like a sentence and has a few words; headings, bylines, buttons and hashtags do not."""


def split_sentences(text: str) -> list[SentenceSpan]:
    """All sentences of ``text`` in order. A sentence crosses a line break only where the text is wrapped at a column."""
    import sentencex

    text_unwrapped = unwrap(text)
    found: list[SentenceSpan] = []
    line_number, position = 0, 0
    for line in _LINE.finditer(text_unwrapped):
        for boundary in sentencex.get_sentence_boundaries("en", line.group()):
            raw = line.group()[boundary["start_index"] : boundary["end_index"]]
            piece = raw.strip()
            if not piece:
                continue
            start = line.start() + boundary["start_index"] + len(raw) - len(raw.lstrip())
            line_number += text.count("\n", position, start)
            position = start
            found.append(SentenceSpan(start, start + len(piece), line_number, is_prose(piece)))
    return found


def sentence_texts(text: str) -> list[str]:
    """The words of all sentences of ``text`` in order."""
    return [text[s.start : s.end] for s in split_sentences(text)]


def is_prose(sentence: str) -> bool:
    """Whether a line reads as a sentence: ends like one and has at least four words."""
    return bool(_ENDING.search(sentence)) and len(sentence.split()) >= MIN_PROSE_WORDS


def unwrap(text: str) -> str:
    """``text`` with the line breaks inside wrapped paragraphs replaced by spaces; every character keeps its offset."""
    lines = text.split("\n")
    inner = [a for a, b in itertools.pairwise(lines) if a.strip() and b.strip() and not _BLOCK_START.match(b)]
    wrapped = len(inner) >= 5 and max(map(len, lines)) <= 120 and sum(len(a) >= 50 for a in inner) >= 0.7 * len(inner)
    parts: list[str] = []
    for a, b in itertools.pairwise(lines):
        runs_on = len(a) >= 40 and not _ENDING.search(a.rstrip()) and b.lstrip()[:1].islower()
        joins = bool(a.strip() and b.strip()) and not _BLOCK_START.match(b) and not a.startswith("#") and (wrapped or runs_on)
        parts.append(a + (" " if joins else "\n"))
    return "".join(parts) + lines[-1]
