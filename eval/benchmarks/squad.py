"""SQuAD 1.1 and 2.0 (Rajpurkar et al., 2016, 2018) as published: one JSON file. Also the split into ``docs.jsonl`` and ``questions.jsonl``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from eval.benchmarks.rows import read_json, read_rows
from eval.benchmarks.sets import QuestionSet
from eval.cases import Case
from rag.errors import InputError
from rag.types import Span


def load_squad(path: Path) -> QuestionSet:
    """The articles, each one document of its paragraphs, and their questions.

    Raises:
        InputError: the file is not SQuAD.
    """
    if path.is_dir():
        return _load_rows(path / "squad2" if (path / "squad2").is_dir() else path)
    documents: dict[str, str] = {}
    cases: list[Case] = []
    try:
        for article in read_json(path)["data"]:
            document_id = _file_name(article["title"])
            text = article["title"].replace("_", " ") + "\n"
            for paragraph in article["paragraphs"]:
                start = len(text) + 1
                text += f"\n{paragraph['context']}\n"
                for qa in paragraph["qas"]:
                    spans = {(start + a["answer_start"], start + a["answer_start"] + len(a["text"])) for a in qa["answers"]}
                    golds = [a["text"] for a in qa["answers"]]
                    evidence = tuple(Span(document_id, s, e) for s, e in sorted(spans)[:1])
                    cases.append(_case(qa["id"], qa["question"], not qa.get("is_impossible", False), golds, evidence))
            documents[document_id] = text
    except (KeyError, TypeError) as e:
        raise InputError(f"{path}: is not a SQuAD file ({type(e).__name__}: {e}); give train-v2.0.json, dev-v1.1.json or the like") from e
    return QuestionSet("squad", documents, tuple(cases))


def _load_rows(folder: Path) -> QuestionSet:
    articles: dict[str, str] = {}
    places: dict[str, tuple[str, int]] = {}
    paragraphs: dict[str, str] = {}
    for _, row in read_rows(folder / "docs.jsonl"):
        document_id = _file_name(row["title"])
        text = articles.get(document_id, row["title"].replace("_", " ") + "\n")
        places[row["doc_id"]] = (document_id, len(text) + 1)
        paragraphs[row["doc_id"]] = row["text"]
        articles[document_id] = text + f"\n{row['text']}\n"
    cases: list[Case] = []
    for number, row in read_rows(folder / "questions.jsonl"):
        try:
            document_id, start = places[row["doc_id"]]
            found = next(((i, a) for a in row["answers"] if (i := paragraphs[row["doc_id"]].find(a)) >= 0), None)
            evidence = (Span(document_id, start + found[0], start + found[0] + len(found[1])),) if found else ()
            cases.append(_case(row["id"], row["question"], row["answerable"], row["answers"], evidence))
        except (KeyError, TypeError) as e:
            raise InputError(f"{folder / 'questions.jsonl'}, line {number}: {type(e).__name__}: {e}") from e
    return QuestionSet("squad2", articles, tuple(cases))


def _case(case_id: str, question: str, answerable: bool, golds: list[Any], evidence: tuple[Span, ...]) -> Case:
    answers = (tuple(dict.fromkeys(golds)),) if answerable else ()
    kind = "answerable" if answerable else "unanswerable"
    return Case(case_id, "test", kind, question.strip(), answerable=answerable, answers=answers, evidence=evidence if answerable else ())


def _file_name(title: str) -> str:
    return re.sub(r"[^\w.-]+", "_", title) + ".txt"
