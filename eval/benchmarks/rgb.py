"""RGB (Chen et al., 2024) as published: ``en_refine.json`` and its kin, a JSON object a line with ``query``, ``answer``, ``positive``, ``negative``."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.rows import read_rows
from eval.benchmarks.sets import QuestionSet
from eval.cases import Case
from rag.errors import InputError


def load_rgb(file: Path, *, rejection: bool = False) -> QuestionSet:
    """The questions; all their passages together are the documents.

    Args:
        rejection: leave the passages out that hold answers (RGB's negative rejection): then no question is answerable.

    Raises:
        InputError: a line is not in this format.
    """
    documents: dict[str, str] = {}
    cases: list[Case] = []
    for number, row in read_rows(file):
        try:
            kept = row["negative"] if rejection else [*_flat(row["positive"]), *row["negative"]]
            for i, passage in enumerate(kept):
                documents[f"{row['id']}_{i}.txt"] = passage
            groups = tuple((a,) if isinstance(a, str) else tuple(a) for a in _listed(row["answer"]))
            cases.append(
                Case(
                    str(row["id"]),
                    "test",
                    "rejection" if rejection else "answerable",
                    row["query"],
                    (),
                    not rejection,
                    () if rejection else groups,
                )
            )
        except (KeyError, TypeError) as e:
            raise InputError(f"{file}, line {number}: is not a row of RGB ({type(e).__name__}: {e})") from e
    return QuestionSet("rgb", documents, tuple(cases))


def _listed(answer: str | list[str | list[str]]) -> list[str | list[str]]:
    return [answer] if isinstance(answer, str) else answer


def _flat(passages: list[str | list[str]]) -> list[str]:
    """Questions that need several facts have a list of passages for each fact."""
    return [p for item in passages for p in ([item] if isinstance(item, str) else item)]
