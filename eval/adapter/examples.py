"""What the adapter of the bundled language model is trained on: questions with the evidence that Footnote finds for them, and which of it answers."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.benchmarks.asked import Answers, Asked, as_folder, load_clapnq, load_own, load_squad2, load_texts, load_written
from rag.config import Config
from rag.embedding import Embedder
from rag.evidence import Gathered
from rag.pipeline import Corpus, index
from rag.resources import shipped
from rag.types import Evidence, Filters, Hit, Span

FOLDER = Path(__file__).parent
_EVAL = FOLDER.parent
OWN = (FOLDER / "cases.jsonl", FOLDER / "documents")
"""Cases that are trained on, and their documents."""
SUITE = {
    "own": (_EVAL / "cases.jsonl", shipped("seeds")),
    "everyday": (_EVAL / "everyday" / "cases.jsonl", _EVAL / "everyday" / "documents"),
}
"""Cases that are not trained on, and their documents."""
MOST = {"clapnq": 220, "spans": 200, "squad": 800, "without": 280}
"""Examples of each set; of our own documents all, and so many once more without the sentences that answer."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question as the language model is asked it, with the numbers of the evidence that answers."""

    question: str
    hits: Sequence[Hit]
    found: Gathered
    evidence: Sequence[Evidence]
    """What of it the model reads."""
    answers: Answers | None
    """None where nothing of it is to answer."""
    doubtful: Answers | None = None
    """What may answer as well."""

    @property
    def answering(self) -> frozenset[int]:
        """Numbers of the evidence that answers; empty where none does."""
        return self._numbers(self.answers)

    @property
    def in_doubt(self) -> frozenset[int]:
        """Numbers that may answer as well: neither right nor wrong."""
        return self._numbers(self.doubtful) - self.answering

    def _numbers(self, answers: Answers | None) -> frozenset[int]:
        return frozenset(e.number for e in self.evidence if answers and answers(e.span, e.text))


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
                filters = Filters(paths=(asked.document,)) if asked.document else None
                hits = corpus.search(asked.question, k=(2 if without else 1) * config.top_k, filters=filters)
                if without and asked.answers:
                    hits = [h for h in hits if not _answering(h, asked.answers)][: config.top_k]
                found = corpus.gather(asked.question, hits, corpus.document)
                labels = (None, None) if without else (asked.answers, asked.doubtful)
                if found.chosen:
                    yield Example(asked.question, hits, found, found.chosen, *labels)


def training_examples(data: Path, embedder: Embedder) -> list[Example]:
    """Those that the adapter is trained on: of about half of them it reads the likeliest sentences, of the others all.

    Args:
        data: holds ``squad2/``, ``clapnq/`` and ``spans/`` as ``eval bench answerable`` reads them.

    Raises:
        InputError: the folder lacks one of the sets.
    """
    rng = random.Random(1)
    own = load_written(*OWN)
    found = list(ask(OWN[1], own, embedder))
    found += ask(OWN[1], rng.sample([q for q in own if q.answers], MOST["without"]), embedder, without=True)
    for name, sets in (("clapnq", [load_clapnq(data, 1000)]), ("spans", list(load_texts(data).values()))):
        known = [(n, q, without) for n, (_, asked) in enumerate(sets) for q in asked for without in sorted({False, bool(q.answers)})]
        drawn = rng.sample(known, min(MOST[name], len(known)))
        for n, (texts, _) in enumerate(sets):
            with as_folder(texts) as folder:
                for without in (False, True):
                    found += ask(folder, [q for place, q, w in drawn if (place, w) == (n, without)], embedder, without=without)
    found += squad_examples(data, embedder, held_out=False, limit=MOST["squad"])
    return list(_clear(replace(e, evidence=rng.choice((e.found.likeliest, e.found.likeliest_first))) for e in found))


def squad_examples(data: Path, embedder: Embedder, *, held_out: bool, limit: int | None = None) -> Iterator[Example]:
    """Questions of SQuAD 2.0 to the articles that are held out, or to the others, these being one index. ``limit``: so many of the questions."""
    texts, asked = load_squad2(data, held_out=held_out)
    if not texts:
        return
    with as_folder(texts) as folder:
        yield from _clear(ask(folder, asked[:limit], embedder))


def suite_examples(split: str, embedder: Embedder, limit: int | None = None) -> dict[str, list[Example]]:
    """Those of one half of the cases that are not trained on, by the name of the suite. ``limit``: so many of each, drawn at random."""
    found = {}
    for name, (cases, documents) in SUITE.items():
        asked = load_own(cases, documents, split)
        random.Random(0).shuffle(asked)
        found[name] = list(ask(documents, asked[:limit], embedder))
    return found


def _clear(examples: Iterable[Example]) -> Iterator[Example]:
    """Those of which it is known whether the evidence answers."""
    return (e for e in examples if e.answering or not e.in_doubt)


def _answering(hit: Hit, answers: Answers) -> bool:
    chunk = hit.chunk
    return any(answers(Span(chunk.document_id, chunk.start + a, chunk.start + b), chunk.text[a:b]) for a, b in chunk.sentences)
