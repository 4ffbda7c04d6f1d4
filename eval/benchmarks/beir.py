"""BEIR (Thakur et al., 2021) as published: a folder with ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/SPLIT.tsv``. MTRAG's retrieval tasks too."""

from __future__ import annotations

import csv
from pathlib import Path

from eval.benchmarks.rows import read_rows, read_text
from eval.benchmarks.sets import RankingSet
from rag.errors import InputError


def load_beir(folder: Path, split: str = "test") -> RankingSet:
    """The documents (title and text), the questions that are judged, and the judgements of a split.

    Raises:
        InputError: a file is missing or not in this format.
    """
    file = folder / "qrels" / f"{split}.tsv"
    judgements: dict[str, dict[str, int]] = {}
    for number, row in enumerate(csv.reader(read_text(file).splitlines(), delimiter="\t"), 1):
        if number == 1 and row[-1:] == ["score"]:
            continue
        try:
            question_id, document_id, grade = row
            judgements.setdefault(question_id, {})[document_id] = int(grade)
        except ValueError as e:
            raise InputError(f"{file}, line {number}: is not query-id, corpus-id, score with tabs between") from e
    try:
        documents = {r["_id"]: f"{r.get('title', '')}\n\n{r['text']}".strip() for _, r in read_rows(folder / "corpus.jsonl")}
        questions = {r["_id"]: r["text"] for _, r in read_rows(folder / "queries.jsonl") if r["_id"] in judgements}
    except (KeyError, TypeError) as e:
        raise InputError(f"{folder}: a line lacks {e}; is this a BEIR folder as published?") from e
    if not questions:
        raise InputError(f"{folder}: none of its questions is judged in qrels/{split}.tsv")
    return RankingSet(folder.name, documents, questions, judgements)
