"""Sentences of a text as exact spans. Boundaries inside a line come from ``sentencex``, which knows "U.S.", "Gen.", "3.5" and quotes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rag.markup import COLUMN_GAP, ITEM, LINE, MARKS, NUMBER, QUOTE_MARKS, REFERENCES, WORD, blank_taken_back, code_lines
from rag.messages import opens_message, says_who
from rag.words import MONTH, WEEKDAYS

_OPENING_MARKS = re.compile(rf"(?:{MARKS}|[\"”’»)\]]|[*_]{{1,3}})\s+(?=\S)")
"""Of references, or what closes a quotation or bold print ("**How long?** For a year."): they belong to the sentence before."""
_ENDING = re.compile(rf"[.!?…:;][\"'”’)\]*_]*(?:{REFERENCES.pattern})?$")
_QUESTION = re.compile(r"\?[)*_]*$|^[(*_]*[\"'“‘].*\?[\"'”’)*_]*$", re.DOTALL)  # He asked, "Why?" does not ask.
_BLOCK_START = re.compile(rf"\s*(?:[-*•#=>|\[]|{ITEM.pattern}|\d{{1,2}}[:.]\d\d\b|[A-Z][\w.'’-]*(?: [\w.'’-]+){{0,3}}:\s)")
_OPENING = re.compile(rf"(?:(?:#{{1,6}}|[-*•])[ \t]+)?{NUMBER}|[A-Z]{{2,}}(?:[ '’-](?:[A-Z]+|\d{{1,3}})){{0,2}}\.")
"""Of an item, or of what somebody says in a play: "2.", "MR POOLE."."""
_CONTINUES = re.compile(r"\s*[a-z`(]")
_UNFINISHED = re.compile(r"\b(?:an?|the|of|to|in|for|with|from|by|and|or)[ \t]*$")
_RUNS_ON_CHARACTERS = 40
_FEWEST_RUNNING_ON = 3
"""Words."""
_FULL_STOP = re.compile(r"[.!?…][\"'”’)*_]*$")
_ENTRY = re.compile(r"\s*[\w-]+(?: [\w-]+){0,2}:\s")
_WRAPPED_SHARE = 0.7
_PARTLY_WRAPPED_SHARE = 0.5
_WRAPPED_CHARACTERS = 50
_LONGEST_WRAPPED_LINE = 120
_FEWEST_WRAPPED_LINES = 5
_LONGEST_QUOTED = 500
"""Characters."""
_OPENS_QUOTATION = re.compile(r"\s+[\"“‘«„(]\s*")
_INSIDE_WORD = re.compile(r"(?<=\w)\"(?=\w)")
"""No quotation mark: Kuwait"s."""
_NO_ABBREVIATION = re.compile(
    r"\bMay(?=\.\s)|(?:\b(?:ark|art|fed|id|ill|me|miss|no|ok|ore)|(?:(?<=[\d/])|(?<=\d ))(?:[a-z]|hrs?|min|mm|sec))(?=\.\s+[A-Z])"
)
"""Words and units that ``sentencex`` takes for one: "He was ill. In spring …", "It is 30 m. The …"."""
_DAY = rf"(?:{'|'.join(sorted(d.capitalize() for d in WEEKDAYS))})\b(?!\s(?:is|was|will|has|had|would|may|can|could)\b)"
_ZONE = r"(?:[A-Z]{1,3}T|UTC)\b|(?:[A-Z]\w+\s+){1,3}[Tt]ime\b"
_ABBREVIATION = re.compile(
    r"\b(?:Ms|[Aa]pprox|[Ii]ncl|[Ee]xcl|[Rr]esp)\.(?=\s)|\b(?i:apt|ch|diam|eds?|eqs?|max|para|pts|qty|tel|vols?)\.(?=\s+[\da-z])"
    r"|\b(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\.(?=\s+[\da-z])"
    rf"|\b[ap]\.m\.(?=\s+(?:{_DAY}|{_ZONE}|{MONTH}\.?\s+\d))"
)
"""What it does not know for one: "Ms. Berg", "max. 5 drops", "at 7 p.m. Monday"."""
_GOES_ON = re.compile(r"\W*[a-z]")
_WITHOUT_PAIRS = dict.fromkeys(map(ord, "\"'“”„‘’«»()[]{}"), " ")
MIN_PROSE_WORDS = 4


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence, or a line that is not one, at ``text[start:end]``; surrounding white space is left out."""

    start: int
    end: int
    line: int
    """Number of the line that it stands on, blank lines counted, from 0."""
    is_prose: bool
    """Ends like a sentence and has a few words; headings, bylines, buttons, hashtags and code do not."""
    is_code: bool = False
    """A line of code."""


def split_sentences(text: str, code: Collection[int] | None = None) -> list[SentenceSpan]:
    """All sentences of ``text`` in order, without what is struck out. A sentence crosses a line break only where the text is wrapped at a column.

    Args:
        code: where lines of code start, if the text does not tell; else as ``code_lines`` has it.
    """
    found: list[SentenceSpan] = []
    line_number, position = 0, 0
    code = code_lines(text) if code is None else code
    for line in LINE.finditer(blank_taken_back(unwrap(text, code), code)):
        is_code = line.start() in code
        is_whole = is_code or line.group().lstrip().startswith(".. ")
        for place, stop in [(0, len(line.group()))] if is_whole else _boundaries(line.group()):
            raw = line.group()[place:stop]
            piece = raw.strip()
            if not piece:
                continue
            start = line.start() + place + len(raw) - len(raw.lstrip())
            if found and found[-1].end == start and (marks := _OPENING_MARKS.match(piece)):
                found[-1] = replace(found[-1], end=start + len(marks.group().rstrip()))
                start, piece = start + marks.end(), piece[marks.end() :]
            if found and found[-1].end > line.start():
                before = text[found[-1].start : found[-1].end]
                joins = not WORD.search(piece) or (not text[line.start() : found[-1].start].strip() and _OPENING.fullmatch(before))
                if joins:  # The end of bold print: "**Who?**"; what is numbered or said by somebody: "2. Press the button."
                    end = start + len(piece)
                    found[-1] = replace(found[-1], end=end, is_prose=found[-1].is_prose or is_prose(text[found[-1].start : end]))
                    continue
            line_number += text.count("\n", position, start)
            position = start
            found.append(SentenceSpan(start, start + len(piece), line_number, is_prose(piece) and not is_code, is_code))
    return found


def _boundaries(line: str) -> list[tuple[int, int]]:
    """Where the sentences of a line start and end. What is quoted or stands in brackets is not told apart, unless it is long: a mark that opens may have
    none that closes it, but one far away."""
    found: list[tuple[int, int]] = []
    is_unpaired = False  # From there on a mark that looks as if it opened may close.
    for start, end in _boundaries_of(line):
        pieces = [(start, end)]
        if end - start > _LONGEST_QUOTED:
            is_unpaired = True
            pieces = [(start + a, start + b) for a, b in _boundaries_of(line[start:end].translate(_WITHOUT_PAIRS))]
        for a, b in pieces:
            opens = bool(found) and bool(_OPENS_QUOTATION.fullmatch(line, max(0, found[-1][0] - 1), found[-1][1]))
            if opens or (found and is_unpaired and _GOES_ON.match(line, a)):  # "Is he mad?" whispers Berg.
                found[-1] = (found[-1][0], b)
            else:
                found.append((a, b))
    return found


def _boundaries_of(line: str) -> list[tuple[int, int]]:
    import sentencex

    line = _NO_ABBREVIATION.sub(lambda m: "%" * len(m.group()), _INSIDE_WORD.sub("'", line))
    line = _ABBREVIATION.sub(lambda m: f"{m.group()[:-1]},", line)
    return [(b["start_index"], b["end_index"]) for b in sentencex.get_sentence_boundaries("en", line)]


def sentence_texts(text: str) -> list[str]:
    """The words of all sentences of ``text`` in order."""
    return [text[s.start : s.end] for s in split_sentences(text)]


def moved(spans: Sequence[SentenceSpan], by: int) -> list[SentenceSpan]:
    """Sentences of a part of a text where they stand in the text; ``by``: characters before that part."""
    return [replace(s, start=s.start + by, end=s.end + by) for s in spans]


def sentence_before(text: str, start: int) -> SentenceSpan | None:
    """The sentence before the one that starts at a place, if its paragraph has one."""
    code = code_lines(text)
    line = unwrap(text, code).rfind("\n", 0, start) + 1
    before = split_sentences(text[line:start], {c - line for c in code})
    return moved(before[-1:], line)[0] if before and before[-1].is_prose else None


def is_prose(sentence: str) -> bool:
    """Whether a line reads as a sentence: ends like one, or is a message, and has at least four words."""
    return len(sentence.split()) >= MIN_PROSE_WORDS and (bool(_ENDING.search(sentence)) or opens_message(sentence))


def is_question(sentence: str) -> bool:
    """Whether a sentence of a text asks: it says nothing by itself."""
    return bool(_QUESTION.search(sentence))


def starts_block(line: str) -> bool:
    """Whether a line opens an item, a heading, a table row, or is of a time, a speaker or a key: it does not go on with the one before."""
    return bool(_BLOCK_START.match(line)) or opens_message(line) or says_who(line)


def unwrap(text: str, code: Collection[int]) -> str:
    """``text`` with the line breaks inside wrapped paragraphs, and the marks before the lines of a quoted mail, replaced by spaces; every character keeps its
    offset.

    Args:
        code: as ``code_lines`` gives them; these lines are left as they are.
    """
    lines = text.split("\n")
    marks = [m.group() if (m := QUOTE_MARKS.match(line)) else "" for line in lines]
    starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
    lines = [
        line if start in code else " " * len(mark) + line[len(mark) :] for line, mark, start in zip(lines, marks, starts, strict=False)
    ]
    pairs = [
        (
            a,
            b,
            starts[i] not in code
            and starts[i + 1] not in code
            and marks[i].strip() == marks[i + 1].strip()
            and bool(WORD.search(a) and WORD.search(b))
            and not (COLUMN_GAP.search(a) or COLUMN_GAP.search(b))
            and (not starts_block(b) or _runs_into(a, b)),
        )
        for i, (a, b) in enumerate(itertools.pairwise(lines))
    ]
    column, wrapped_share = _wrapping([(a, b) for a, b, is_inner in pairs if is_inner])
    is_wrapped, is_partly = wrapped_share >= _WRAPPED_SHARE, wrapped_share >= _PARTLY_WRAPPED_SHARE
    parts: list[str] = []
    for (a, b, is_inner), ends_as_sentence in zip(pairs, _paragraphs_end_as_sentences(lines), strict=False):
        runs_on = not _ENDING.search(a.rstrip()) and _goes_on(a, b, ends_as_sentence=ends_as_sentence)
        joins = is_inner and not a.startswith(("#", "=", " =")) and (is_wrapped or runs_on or (is_partly and _is_full(a, b, column)))
        parts.append(a + (" " if joins else "\n"))
    return "".join(parts) + lines[-1]


def _goes_on(line: str, following: str, *, ends_as_sentence: bool) -> bool:
    """Whether a line goes on with the next one, which begins in the middle of a sentence.

    Args:
        ends_as_sentence: whether the last line of their paragraph does.
    """
    if len(line) < _RUNS_ON_CHARACTERS and not (ends_as_sentence and len(line.split()) >= _FEWEST_RUNNING_ON):
        return False
    are_entries = bool(_ENTRY.match(line) and _ENTRY.match(following))
    return _runs_into(line, following) or (bool(_CONTINUES.match(following)) and not are_entries)


def _paragraphs_end_as_sentences(lines: Sequence[str]) -> list[bool]:
    """Of each line, whether the last line of its paragraph ends like a sentence."""
    found: list[bool] = []
    for line, below in zip(reversed(lines), ["", *reversed(lines[1:])], strict=True):
        found.append(found[-1] if below.strip() else bool(_FULL_STOP.search(line.rstrip())))
    return found[::-1]


def _runs_into(line: str, following: str) -> bool:
    """Whether a line of some length ends in the middle of a phrase, so that the next one goes on with it, whatever it looks like ("by / 7.25 pct to 15.8")."""
    return (
        len(line) >= _RUNS_ON_CHARACTERS
        and bool(_UNFINISHED.search(line))
        and following.lstrip()[:1].isalnum()
        and not ITEM.match(following)
    )


def _wrapping(inner: Sequence[tuple[str, str]]) -> tuple[int, float]:
    """The column at which a text is wrapped, and the share of its lines that end there; a share of 0 where it is not wrapped.

    Args:
        inner: each line with a next one in its paragraph, and that one.
    """
    if len(inner) < _FEWEST_WRAPPED_LINES:
        return 0, 0.0
    column = sorted(len(a) for a, _ in inner)[int(0.9 * (len(inner) - 1))]
    return column, sum(_is_full(a, b, column) for a, b in inner) / len(inner) if column <= _LONGEST_WRAPPED_LINE else 0.0


def _is_full(line: str, following: str, column: int) -> bool:
    """Whether a line is long, and ends where the next one's first word would not have fitted."""
    return len(line) >= _WRAPPED_CHARACTERS and len(line) + len(following.split()[0]) >= column
