"""How well a language model tells, before it writes, whether its evidence answers and which sentence does.

For ``python -m eval bench gate --data FOLDER --llm local``, where FOLDER holds ``squad2/{docs,questions}.jsonl``: the articles of SQuAD 2.0 that
nothing is fitted on, and the test halves of our own cases, each with all the evidence that Footnote finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from eval.adapter.examples import Example, squad_examples, suite_examples
from rag.drafting import Reading, gate
from rag.embedding import Embedder
from rag.errors import InputError
from rag.evidence import preferred
from rag.llm import LanguageModel, Usage


@dataclass(frozen=True, slots=True)
class Read:
    """An example with what the model finds in it."""

    example: Example
    reading: Reading

    @property
    def picks_right(self) -> float | None:
        """1 if the sentence that Footnote would say answers, else 0; None where none does."""
        best = preferred(self.example.question, self.example.found.candidates, self.example.evidence, self.reading.shares)[0].span
        right = self.example.answering | self.example.in_doubt
        return float(any(e.span == best and e.number in right for e in self.example.evidence)) if self.example.answering else None


def load(data: Path, limit: int | None, embedder: Embedder) -> dict[str, list[Example]]:
    """The questions of each set.

    Args:
        limit: so many of each set, drawn at random.

    Raises:
        InputError: the folder lacks SQuAD's files.
    """
    files = data / "squad2" / "docs.jsonl", data / "squad2" / "questions.jsonl"
    if not all(f.is_file() for f in files):
        raise InputError(f"{data}: holds no squad2/docs.jsonl and squad2/questions.jsonl; give the folder that holds squad2/ with --data")
    return {"squad2": list(squad_examples(data, embedder, held_out=True, limit=limit)), **suite_examples("test", embedder, limit)}


def read(model: LanguageModel, examples: Sequence[Example]) -> list[Read]:
    """Asks the model.

    Raises:
        InputError: it does not tell probabilities.
    """
    found = []
    for example in tqdm(examples, desc="questions", disable=None):
        reading = gate(model, example.question, example.evidence, Usage())
        if reading is None:
            raise InputError(f"--llm: {model.name} does not tell the probabilities of tokens; use --llm local")
        found.append(Read(example, reading))
    return found
