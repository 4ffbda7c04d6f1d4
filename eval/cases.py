"""Cases: questions with what a right answer says and where the documents say it. One JSON object a line.

Fields: ``id``, ``split`` (``dev`` or ``test``; tuning looks at ``dev`` only), ``kind``, ``question``, ``history`` (earlier questions), ``answerable``,
``answers`` (groups of regular expressions: of each group one must be found in the answer, white space and case ignored; for a question that
cannot be answered, the correction that is right too), ``evidence`` (``document_id``, ``start``, ``end``, ``quote``: the gold words).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import InputError

_FIELDS = {"id": str, "split": str, "kind": str, "question": str, "history": list, "answerable": bool, "answers": list, "evidence": list}


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Words of a document that answer a question."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Case:
    """One question of the suite."""

    id: str
    split: str
    kind: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    answers: tuple[tuple[re.Pattern[str], ...], ...]
    evidence: tuple[GoldSpan, ...]


def load_cases(path: Path, text_of: Callable[[str], str]) -> list[Case]:
    """The cases of a file, their gold spans verified.

    Args:
        text_of: the text of a document by its id; raises KeyError for an unknown one.

    Raises:
        InputError: names the line that is not a case, or whose gold words are not in the document.
    """
    cases: list[Case] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path}: the cases cannot be read ({e}); give a file of JSON lines with --cases") from e
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(_case(json.loads(line), text_of))
            except (ValueError, KeyError, TypeError, re.error) as e:
                raise InputError(f"{path}, line {number}: {e}; correct the case") from e
    if len({c.id for c in cases}) != len(cases):
        raise InputError(f"{path}: two cases have the same id; give each its own")
    if not cases:
        raise InputError(f"{path}: holds no cases")
    return cases


def _case(row: dict[str, Any], text_of: Callable[[str], str]) -> Case:
    for field, kind in _FIELDS.items():
        if not isinstance(row.get(field), kind):
            raise ValueError(f'"{field}" must be given as {kind.__name__}')
    for e in row["evidence"]:
        text = text_of(e["document_id"])
        if text[e["start"] : e["end"]] != e["quote"]:
            raise ValueError(f"{e['document_id']}[{e['start']}:{e['end']}] is not {e['quote']!r}")
    if row["answerable"] and not (row["answers"] and row["evidence"]):
        raise ValueError("an answerable case needs answers and evidence")
    return Case(
        row["id"],
        row["split"],
        row["kind"],
        row["question"],
        tuple(row["history"]),
        row["answerable"],
        tuple(tuple(re.compile(alternative, re.IGNORECASE) for alternative in group) for group in row["answers"]),
        tuple(GoldSpan(e["document_id"], e["start"], e["end"]) for e in row["evidence"]),
    )
