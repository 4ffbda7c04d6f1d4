"""What the adapter of the bundled language model is trained on: questions with the evidence that Footnote finds for them, and which of it answers."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.answerable import holds_one, load_clapnq, load_texts, normalise
from eval.benchmarks.rows import read_rows
from eval.benchmarks.squad import load_squad
from eval.cases import load_cases
from eval.systems import read_texts, write_texts
from rag.config import Config
from rag.embedding import Embedder
from rag.evidence import Gathered
from rag.pipeline import Corpus, index
from rag.resources import shipped
from rag.types import Evidence, Hit, Span

FOLDER = Path(__file__).parent
_EVAL = FOLDER.parent
SUITE = {
    "own": (_EVAL / "cases.jsonl", shipped("seeds")),
    "everyday": (_EVAL / "everyday" / "cases.jsonl", _EVAL / "everyday" / "documents"),
}
"""Cases that are not trained on, and their documents."""
HELD_OUT = ("007", "013")
"""Articles of SQuAD 2.0, by the beginning of their paragraphs' ids, that nothing is fitted on."""
MOST = {"clapnq": 220, "spans": 200, "squad": 450, "without": 280}
"""Examples of each set; of our own documents all, and so many once more without the sentences that answer."""

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


@dataclass(frozen=True, slots=True)
class Example:
    """A question as the language model is asked it, with the numbers of the evidence that answers."""

    question: str
    found: Gathered
    answering: frozenset[int]
    """Empty where none does."""
    doubtful: frozenset[int] = frozenset()
    """Numbers that may answer as well: neither right nor wrong."""

    @property
    def evidence(self) -> Sequence[Evidence]:
        """What the model reads."""
        return self.found.chosen


def ask(documents: Path, questions: Sequence[Asked], embedder: Embedder, *, without: bool = False) -> Iterator[Example]:
    """The evidence that Footnote finds for each question in a folder of documents.

    Args:
        without: leave out the passages that answer, so that what is found is close and does not.
    """
    with tempfile.TemporaryDirectory() as temporary:
        config = Config(data_dir=Path(temporary), llm="extractive")
        index(documents, config, embedder=embedder)
        with Corpus(config, embedder=embedder) as corpus:
            corpus.load()
            for asked in questions:
                hits = corpus.search(asked.question, k=(2 if without else 1) * config.top_k)
                if without and asked.answers:
                    hits = [h for h in hits if not _answering(h, asked.answers)][: config.top_k]
                found = corpus.gather(asked.question, hits, corpus.document)
                right = _numbers(found.chosen, None if without else asked.answers)
                doubtful = _numbers(found.chosen, None if without else asked.doubtful) - right
                if found.chosen and (right or not doubtful):
                    yield Example(asked.question, found, right, doubtful)


def training_examples(data: Path, embedder: Embedder) -> list[Example]:
    """Those that the adapter is trained on.

    Args:
        data: holds ``squad2/``, ``clapnq/`` and ``spans/`` as ``eval bench answerable`` reads them.

    Raises:
        InputError: the folder lacks one of the sets.
    """
    rng = random.Random(1)
    own = own_questions(FOLDER / "cases.jsonl", FOLDER / "documents")
    found = list(ask(FOLDER / "documents", own, embedder))
    found += _sample(ask(FOLDER / "documents", [q for q in own if q.answers], embedder, without=True), MOST["without"], rng)
    texts: dict[str, str]
    for name, sets in (("clapnq", [load_clapnq(data, 1000)]), ("spans", list(load_texts(data, 1000).values()))):
        examples: list[Example] = []
        for texts, rows in sets:
            asked = [Asked(q["question"], _holding(q["gold"]) if q["answerable"] else None) for q in rows]
            with _folder(texts) as folder:
                examples += ask(folder, asked, embedder)
                examples += ask(folder, [a for a in asked if a.answers], embedder, without=True)
        found += _sample(examples, MOST[name], rng)
    return found + _sample(squad_examples(data, embedder, held_out=False), MOST["squad"], rng)


def own_questions(cases: Path, documents: Path, split: str | None = None) -> list[Asked]:
    """The questions of a file of cases that are asked without a history, of one half of it or of all."""
    found = [c for c in load_cases(cases, read_texts(documents).__getitem__) if not c.history and not c.planted]
    return [Asked(c.question, _at(c.evidence) if c.answerable else None) for c in found if split in (None, c.split)]


def squad_examples(data: Path, embedder: Embedder, *, held_out: bool, limit: int | None = None) -> Iterator[Example]:
    """Questions of SQuAD 2.0 to the articles that are held out, or to the others, these being one index. ``limit``: so many of the questions."""
    rows = {row["id"]: row for _, row in read_rows(data / "squad2" / "questions.jsonl")}
    questions = load_squad(data)
    cases = [c for c in questions.cases if rows[c.id]["doc_id"].startswith(HELD_OUT) == held_out]
    random.Random(3).shuffle(cases)
    articles = {span.document_id for c in cases for span in c.evidence}
    cases = cases[:limit]
    asked = [
        Asked(c.question, _at(c.evidence), _holding(rows[c.id]["answers"])) if c.answerable else Asked(c.question, None) for c in cases
    ]
    with _folder({i: text for i, text in questions.documents.items() if i in articles}) as folder:
        yield from ask(folder, asked, embedder)


@contextmanager
def _folder(texts: Mapping[str, str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporary:
        write_texts(texts, Path(temporary))
        yield Path(temporary)


def _sample(examples: Iterable[Example], most: int, rng: random.Random) -> list[Example]:
    found = list(examples)
    return rng.sample(found, min(most, len(found)))


def _at(spans: Sequence[Span]) -> Answers:
    return lambda place, _: any(place.document_id == s.document_id and place.start < s.end and s.start < place.end for s in spans)


def _holding(golds: Sequence[str]) -> Answers:
    words = [g for g in map(normalise, golds) if g]
    return lambda _, text: holds_one(text, words)


def _answering(hit: Hit, answers: Answers) -> bool:
    chunk = hit.chunk
    return any(answers(Span(chunk.document_id, chunk.start + a, chunk.start + b), chunk.text[a:b]) for a, b in chunk.sentences)


def _numbers(evidence: Sequence[Evidence], answers: Answers | None) -> frozenset[int]:
    return frozenset(e.number for e in evidence if answers and answers(e.span, e.text))
