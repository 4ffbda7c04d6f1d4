"""MTRAG (Katsis et al., 2025), generation tasks as published: JSON lines with ``input``, ``contexts`` and ``targets``. Its retrieval tasks are BEIR."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.rows import read_rows
from eval.benchmarks.sets import QuestionSet
from eval.cases import Case
from rag.errors import InputError
from rag.types import Turn

_ANSWERABLE = {"ANSWERABLE", "PARTIAL"}


def load_mtrag(file: Path) -> QuestionSet:
    """The last turn of each task with the turns before it; all tasks' passages together are the documents. Conversational turns are left out.

    Raises:
        InputError: a line is not in this format.
    """
    documents: dict[str, str] = {}
    cases: list[Case] = []
    for number, row in read_rows(file):
        try:
            for passage in row["contexts"]:
                name = f"{passage['document_id'].replace('/', '_')}.txt"
                documents[name] = f"{passage.get('title', '')}\n\n{passage['text']}".strip()
            label = (row.get("Answerability") or ["ANSWERABLE"])[0].upper()
            if label == "CONVERSATIONAL":
                continue
            history: list[Turn] = []
            for message in row["input"][:-1]:
                if message["speaker"] == "user":
                    history.append(Turn(message["text"]))
                elif history:
                    history[-1] = Turn(history[-1].question, message["text"])
            answers = (tuple(t["text"] for t in row["targets"]),) if label in _ANSWERABLE else ()
            question = row["input"][-1]["text"]
            cases.append(Case(row["task_id"], "test", label.lower(), question, tuple(history), label in _ANSWERABLE, answers))
        except (KeyError, TypeError, IndexError) as e:
            raise InputError(f"{file}, line {number}: is not an MTRAG generation task ({type(e).__name__}: {e})") from e
    return QuestionSet("mtrag", documents, tuple(cases))
