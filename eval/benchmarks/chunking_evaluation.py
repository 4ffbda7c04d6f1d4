"""Chroma's chunking evaluation (Smith and Troynikov, 2024): ``questions_df.csv`` beside a folder ``corpora`` of Markdown files, as published.

Also the same with ``questions.jsonl`` (``id, corpus, question, evidence[{start, end}]``) in the place of the table.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from eval.benchmarks.rows import read_rows, read_text
from eval.benchmarks.sets import QuestionSet
from eval.cases import Case
from rag.errors import InputError
from rag.types import Span


def load_chunking_evaluation(folder: Path) -> QuestionSet:
    """The texts and the questions with their gold spans.

    Raises:
        InputError: a file is missing or not in this format.
    """
    folder = folder / "spans" if (folder / "spans").is_dir() else folder
    files = sorted((folder / "corpora").glob("*.md"))
    if not files:
        raise InputError(f"{folder}: has no corpora/*.md; give the folder that holds questions and corpora")
    documents = {f.name: read_text(f) for f in files}
    table = folder / "questions_df.csv"
    try:
        if table.is_file():
            rows = list(csv.DictReader(read_text(table).splitlines(keepends=True)))
            cases = [
                _case(
                    f"{r['corpus_id']}-{i}",
                    r["corpus_id"],
                    r["question"],
                    [(x["start_index"], x["end_index"]) for x in json.loads(r["references"])],
                )
                for i, r in enumerate(rows)
            ]
        else:
            found = (r for _, r in read_rows(folder / "questions.jsonl"))
            cases = [_case(r["id"], r["corpus"], r["question"], [(x["start"], x["end"]) for x in r["evidence"]]) for r in found]
    except (KeyError, TypeError, ValueError) as e:
        raise InputError(f"{folder}: a question is not in the format of the chunking evaluation ({type(e).__name__}: {e})") from e
    return QuestionSet("chunking evaluation", documents, tuple(c for c in cases if c.evidence[0].document_id in documents))


def _case(case_id: str, corpus: str, question: str, spans: list[tuple[int, int]]) -> Case:
    document_id = corpus if corpus.endswith(".md") else f"{corpus}.md"
    return Case(case_id, "test", corpus, question, evidence=tuple(Span(document_id, start, end) for start, end in spans))
