"""Cases: questions with what a right answer says and where the documents say it. One JSON object a line; ``CaseRow`` documents the fields."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import InputError
from rag.followup import turns_from
from rag.types import Span, Turn


class GoldQuote(BaseModel):
    """Words of a document that answer a question."""

    model_config = ConfigDict(extra="forbid")

    document_id: str
    """The file's path below the folder that is asked about."""
    quote: str
    """Verbatim."""
    start: int | None = None
    """Character at which the quote starts; needed only where the document holds the same words more than once."""
    end: int | None = None


class PlantedDocument(BaseModel):
    """A document put beside the others for this case, to see whether an instruction in it is obeyed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_id: str
    text: str


class CaseRow(BaseModel):
    """One line of a file of cases. Only ``question`` is needed for a question that the documents do not answer."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = None
    """By default ``line-N``."""
    split: Literal["dev", "test"] = "test"
    """Tuning looks at ``dev`` only."""
    kind: str = "question"
    question: str
    history: list[Any] = []
    """Earlier questions, oldest first: strings, or messages with ``role`` and ``content``."""
    answerable: bool = True
    answers: list[str | list[str]] = []
    """Groups of alternatives. Of each group one must stand in the answer, as whole words; case, white space and the kind of quotation marks do not
    count. For a question that is not answerable: the correction of what it takes for granted, which is right beside silence."""
    patterns: list[str | list[str]] = []
    """The same with regular expressions."""
    evidence: list[GoldQuote] = []
    rewording_of: str | None = None
    """Id of the case that asks the same in other words."""
    planted: list[PlantedDocument] = []
    forbidden: list[str] = []
    """Words that show that an instruction in a document was obeyed."""
    draft: bool = False
    """Written by a model and not yet read by a person; left out of runs."""


@dataclass(frozen=True)
class Case:
    """One question of the suite, its gold words found in the documents."""

    id: str
    split: str
    kind: str
    question: str
    history: tuple[Turn, ...] = ()
    answerable: bool = True
    answers: tuple[tuple[str, ...], ...] = ()
    patterns: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Span, ...] = ()
    rewording_of: str | None = None
    planted: tuple[PlantedDocument, ...] = ()
    forbidden: tuple[str, ...] = ()

    @cached_property
    def wanted(self) -> tuple[tuple[re.Pattern[str], ...], ...]:
        """What must be found in a right answer, one of each group."""
        literal = [tuple(literal_pattern(a) for a in group) for group in self.answers]
        return (*literal, *(tuple(re.compile(p, re.IGNORECASE) for p in group) for group in self.patterns))

    @property
    def should_abstain(self) -> bool | None:
        """Whether silence is right; None where silence and a correction of the question both are."""
        return None if not self.answerable and self.wanted else not self.answerable


def plain(text: str) -> str:
    """Text as answers are compared: white space folded, typographic quotation marks and dashes made plain."""
    return " ".join(text.translate(str.maketrans("“”‘’–—\u2011", "\"\"''---")).split())


def literal_pattern(words: str) -> re.Pattern[str]:
    """Finds the words as whole words, case ignored."""
    return re.compile(rf"(?<!\w){re.escape(plain(words))}(?!\w)", re.IGNORECASE)


def load_cases(path: Path, text_of: Callable[[str], str]) -> list[Case]:
    """The cases of a file, drafts left out, their gold words found in the documents.

    Args:
        text_of: the text of a document by its id; raises KeyError for an unknown one.

    Raises:
        InputError: names the line that is not a case, or whose gold words are not in the document.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path}: the cases cannot be read ({e}); give a file of JSON lines with --cases") from e
    cases: list[Case] = []
    drafts = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = CaseRow.model_validate_json(line)
            drafts += row.draft
            if not row.draft:
                cases.append(_case(row, number, text_of))
        except ValidationError as e:
            first = e.errors()[0]
            where = ".".join(map(str, first["loc"])) or "line"
            raise InputError(f'{path}, line {number}: "{where}": {first["msg"]}; correct the case') from e
        except (ValueError, KeyError, InputError, re.error) as e:
            raise InputError(f"{path}, line {number}: {e.args[0] if e.args else e}; correct the case") from e
    known = Counter(c.id for c in cases)
    if twice := [i for i, n in known.items() if n > 1]:
        raise InputError(f"{path}: two cases have the id {twice[0]!r}; give each its own")
    if lost := [c for c in cases if c.rewording_of and c.rewording_of not in known]:
        raise InputError(f"{path}: case {lost[0].id!r} rewords {lost[0].rewording_of!r}, which is not there; correct the id")
    if not cases:
        raise InputError(
            f'{path}: all {drafts} cases are drafts; read each, correct it, and take out "draft"' if drafts else f"{path}: holds no cases"
        )
    return cases


def _case(row: CaseRow, number: int, text_of: Callable[[str], str]) -> Case:
    case = Case(
        row.id or f"line-{number}",
        row.split,
        row.kind,
        row.question,
        tuple(turns_from(row.history)),
        row.answerable,
        _groups(row.answers),
        _groups(row.patterns),
        tuple(find_quote(gold, text_of) for gold in row.evidence),
        row.rewording_of,
        tuple(row.planted),
        tuple(row.forbidden),
    )
    if not row.question.strip():
        raise ValueError('"question" is empty')
    if case.answerable and not (case.wanted and case.evidence):
        raise ValueError('an answerable case needs "answers" or "patterns", and "evidence"')
    return case


def _groups(given: list[str | list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple((g,) if isinstance(g, str) else tuple(g) for g in given)


def find_quote(gold: GoldQuote, text_of: Callable[[str], str]) -> Span:
    """Where a gold quote stands.

    Raises:
        ValueError: the document is unknown, does not hold the quote, holds it elsewhere, or more than once and no start is given.
    """
    try:
        text = text_of(gold.document_id)
    except KeyError as e:
        raise ValueError(f"there is no document {gold.document_id!r}") from e
    count = text.count(gold.quote) if gold.quote else 0
    if not count:
        raise ValueError(f"{gold.document_id} does not hold {gold.quote!r}")
    if gold.start is None:
        if count > 1:
            raise ValueError(f"{gold.document_id} holds {gold.quote!r} {count} times; say which with start")
        start = text.index(gold.quote)
    else:
        start = gold.start
        if text[start : start + len(gold.quote)] != gold.quote or gold.end not in (None, start + len(gold.quote)):
            raise ValueError(f"{gold.document_id}[{gold.start}:{gold.end}] is not {gold.quote!r}")
    return Span(gold.document_id, start, start + len(gold.quote))


def case_to_json(case: Case, text_of: Callable[[str], str]) -> dict[str, Any]:
    """What a report shows of a case: its question and what was wanted, the gold words written out."""
    return {
        "id": case.id,
        "split": case.split,
        "kind": case.kind,
        "question": case.question,
        "history": [t.question for t in case.history],
        "answerable": case.answerable,
        "wanted": [list(group) for group in (*case.answers, *case.patterns)],
        "gold": [{"document_id": s.document_id, "start": s.start, "quote": text_of(s.document_id)[s.start : s.end]} for s in case.evidence],
        "rewording_of": case.rewording_of,
    }


def dump_rows(rows: list[CaseRow]) -> str:
    """The rows as JSON lines, what is at its default left out."""
    return "".join(json.dumps(r.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n" for r in rows)
