"""Questions about some documents, each with what tells whether words at a place answer it: as the sentence ranking and the adapter are fitted on."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from eval.benchmarks.chunking_evaluation import load_chunking_evaluation
from eval.benchmarks.rows import read_rows
from eval.benchmarks.squad import load_squad
from eval.cases import Case, load_cases
from eval.systems import read_texts, write_texts
from rag.types import Span
from rag.words import names

HELD_OUT = ("007", "013")
"""Articles of SQuAD 2.0, by the beginning of their paragraphs' ids, that nothing is fitted on."""
LONG_GOLD = 60
"""Characters: of a gold text longer than this, a sentence is enough."""

Answers = Callable[[Span, str], bool]
"""Whether a document's words at a place answer a question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about some documents."""

    question: str
    answers: Answers | None
    """None where nothing answers."""
    doubtful: Answers | None = None
    """What holds the words of the answer, but elsewhere: it may answer, too."""
    document: str | None = None
    """The only document that is asked; None for all."""


def load_own(cases: Path, documents: Path, split: str | None = None) -> list[Asked]:
    """The questions of a file of cases that are asked without a history, of one half of it or of all."""
    found = [c for c in load_cases(cases, read_texts(documents).__getitem__) if not c.history and not c.planted]
    return [_asked(c) for c in found if split in (None, c.split)]


def load_written(cases: Path, documents: Path) -> list[Asked]:
    """The same where each case was written about one document, whose name its id begins with.

    A question that names nothing ("How long is the guarantee?") is asked of that document alone: others may answer it as well.
    """
    texts = read_texts(documents)
    files = {Path(name).stem: name for name in texts}
    found = load_cases(cases, texts.__getitem__)
    return [replace(_asked(c), document=None if names(c.question) else files[c.id.rpartition("-")[0]]) for c in found]


def load_squad2(data: Path, *, held_out: bool) -> tuple[dict[str, str], list[Asked]]:
    """The articles of SQuAD 2.0 that are held out, or the others, one document each, and a shuffled list of their questions."""
    rows = {row["id"]: row for _, row in read_rows(data / "squad2" / "questions.jsonl")}
    questions = load_squad(data)
    cases = [c for c in questions.cases if rows[c.id]["doc_id"].startswith(HELD_OUT) == held_out]
    random.Random(3).shuffle(cases)
    articles = {span.document_id for c in cases for span in c.evidence}
    asked = [replace(_asked(c), doubtful=_holding(rows[c.id]["answers"])) if c.answerable else _asked(c) for c in cases]
    return {i: text for i, text in questions.documents.items() if i in articles}, asked


def load_clapnq(data: Path, limit: int) -> tuple[dict[str, str], list[Asked]]:
    """One document a passage of CLAP NQ, and the questions, which the sentences that people selected answer."""
    documents: dict[str, str] = {}
    asked: list[Asked] = []
    for _, row in list(read_rows(data / "clapnq" / "questions.jsonl"))[:limit]:
        documents[f"{row['id']}.txt"] = f"{row['title']}\n\n{row['passage']}"
        golds = [
            s for group in row["selected_sentences"] for s in (group if isinstance(group, list) else [group]) if len(normalise(s)) > 10
        ]
        asked.append(Asked(row["question"], _holding(golds) if row["answerable"] else None))
    return documents, asked


def load_texts(data: Path) -> dict[str, tuple[dict[str, str], list[Asked]]]:
    """Each corpus of the chunking evaluation as a set of one document, with its questions."""
    found = load_chunking_evaluation(data)
    asked: dict[str, list[Asked]] = {file: [] for file in found.documents}
    for case in found.cases:
        asked[case.evidence[0].document_id].append(Asked(case.question, _at(case.evidence)))
    return {Path(file).stem: ({file: found.documents[file]}, questions) for file, questions in asked.items()}


@contextmanager
def as_folder(texts: Mapping[str, str]) -> Iterator[Path]:
    """A folder that holds these documents for a while."""
    with tempfile.TemporaryDirectory() as temporary:
        write_texts(texts, Path(temporary))
        yield Path(temporary)


def normalise(text: str) -> str:
    """Lower-case words with single spaces between."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _asked(case: Case) -> Asked:
    return Asked(case.question, _at(case.evidence) if case.answerable else None)


def _at(spans: Sequence[Span]) -> Answers:
    return lambda place, _: any(place.document_id == s.document_id and place.start < s.end and s.start < place.end for s in spans)


def _holding(golds: Sequence[str]) -> Answers:
    """Whether a text holds one of the answers, or is part of a long one."""
    known = [g for g in map(normalise, golds) if g]

    def holds(_: Span, text: str) -> bool:
        words = normalise(text)
        return any(f" {g} " in f" {words} " or (len(g) > LONG_GOLD and words[:LONG_GOLD] in g) for g in known)

    return holds
