"""How well Footnote tells, before any language model, which sentence answers and whether any does: SQuAD 2.0 and CLAP NQ.

For ``python -m eval bench answerable --data FOLDER``, where FOLDER holds ``squad2/{docs,questions}.jsonl`` and ``clapnq/questions.jsonl``.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag import evidence
from rag.embedding import Embedder
from rag.errors import InputError
from rag.keywords import open_keyword_index
from rag.late_interaction import TokenVectors
from rag.retrieval import search
from rag.store import Store
from rag.sync import sync_folder

TOP_K = 8
MOST_QUESTIONS = 1500
"""Of each set, if no limit is given."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the features of its candidates and of their whole."""

    question: dict[str, Any]
    sentences: np.ndarray
    """Shape ``(candidates, len(SENTENCE_FEATURES))``, in the order of the shipped score."""
    gold: np.ndarray
    """Shape ``(candidates,)``: whether the sentence holds an answer."""
    whole: np.ndarray
    """Shape ``(len(ANSWERABLE_FEATURES),)``."""


def normalise(text: str) -> str:
    """Lower-case words with single spaces between."""
    return " ".join(re.findall(r"\w+", text.lower()))


def load_squad2(data: Path, folder: Path, limit: int) -> list[dict[str, Any]]:
    """Writes one file an article into ``folder``; returns a shuffled sample of the questions, ``gold`` being the answers' texts."""
    articles: dict[str, list[str]] = {}
    for line in (data / "squad2" / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        articles.setdefault(row["title"], []).append(row["text"])
    for title, paragraphs in articles.items():
        (folder / f"{title.replace('/', '_')}.txt").write_text(title.replace("_", " ") + "\n\n" + "\n\n".join(paragraphs), encoding="utf-8")
    questions = [json.loads(line) for line in (data / "squad2" / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    random.Random(0).shuffle(questions)
    return [q | {"gold": q["answers"]} for q in questions[:limit]]


def load_clapnq(data: Path, folder: Path, limit: int) -> list[dict[str, Any]]:
    """Writes one file a passage into ``folder``; returns the questions, ``gold`` being the sentences that answer."""
    questions = [json.loads(line) for line in (data / "clapnq" / "questions.jsonl").read_text(encoding="utf-8").splitlines()][:limit]
    for q in questions:
        (folder / f"{q['id']}.txt").write_text(f"{q['title']}\n\n{q['passage']}", encoding="utf-8")
        q["gold"] = [
            s for group in q["selected_sentences"] for s in (group if isinstance(group, list) else [group]) if len(normalise(s)) > 10
        ]
    return questions


def extract(questions: list[dict[str, Any]], folder: Path, embedder: Embedder) -> list[Row]:
    """Indexes the folder and computes what the shipped code sees for each question."""
    with tempfile.TemporaryDirectory() as data_dir:
        store = Store(Path(data_dir), create=True)
        sync_folder(folder, store, embedder, 100)
        origin = store.origin()
        assert origin is not None
        keywords = open_keyword_index(store.data_dir, origin.generation, store.chunks(), embedder.count_tokens_batch)
        vectors = embedder.encode([q["question"] for q in questions])
        known: dict[str, TokenVectors] = {}

        def encode(texts: Sequence[str]) -> list[TokenVectors]:
            new = [t for t in dict.fromkeys(texts) if t not in known]
            if new:
                known.update(zip(new, embedder.encode_tokens(new), strict=True))
            return [known[t] for t in texts]

        rows: list[Row] = []
        for q, vector in zip(questions, vectors, strict=True):
            hits = search(q["question"], vector, store, keywords, k=TOP_K)
            found = evidence.rank_candidates(q["question"], hits, encode, keywords.rarity)
            if not found:
                continue
            golds = [normalise(g) for g in q["gold"]]
            gold = [
                q["answerable"]
                and any(f" {g} " in f" {normalise(c.text)} " or (len(g) > 60 and normalise(c.text)[:60] in g) for g in golds if g)
                for c in found
            ]
            whole = evidence.answerable_features(q["question"], found, hits)
            rows.append(Row(q, np.array([c.features for c in found]), np.array(gold), np.array(whole)))
        store.close()
    return rows


def load_rows(data: Path, limit: int | None, embedder: Embedder) -> dict[str, list[Row]]:
    """What the shipped code sees for the questions of each set.

    Raises:
        InputError: the folder does not hold both sets.
    """
    for file in ("squad2/docs.jsonl", "squad2/questions.jsonl", "clapnq/questions.jsonl"):
        if not (data / file).is_file():
            raise InputError(f"{data}: holds no {file}; give the folder that holds squad2/ and clapnq/ with --data")
    sets: dict[str, list[Row]] = {}
    for name, load in (("squad2", load_squad2), ("clapnq", load_clapnq)):
        with tempfile.TemporaryDirectory() as folder:
            sets[name] = extract(load(data, Path(folder), limit or MOST_QUESTIONS), Path(folder), embedder)
    return sets


def probabilities(rows: Sequence[Row]) -> list[float]:
    """The shipped answerability of each question."""
    return [evidence.answerable_probability(r.whole.tolist()) for r in rows]


def print_fit(sets: dict[str, list[Row]]) -> None:
    """Prints the weights for ``rag/evidence.py``: sentences on SQuAD 2.0, without ``is_prose``; the whole on both sets, which count the same."""
    from sklearn.linear_model import LogisticRegression

    columns = [i for i, name in enumerate(evidence.SENTENCE_FEATURES) if name != "is_prose"]
    ranked = [r for r in sets["squad2"] if r.gold.any()]
    x, y = np.vstack([r.sentences[:, columns] for r in ranked]), np.concatenate([r.gold for r in ranked])
    sentence = LogisticRegression(class_weight="balanced").fit(x, y)
    print("sentence weights without is_prose:", sentence.coef_[0].round(2), "bias:", sentence.intercept_.round(2))
    everything = [(r, 1 / len(rows)) for rows in sets.values() for r in rows]
    weights = np.array([w for _, w in everything])
    labels = [r.question["answerable"] for r, _ in everything]
    whole = LogisticRegression().fit(np.array([r.whole for r, _ in everything]), labels, sample_weight=weights / weights.mean())
    print("answerable weights:", whole.coef_[0].round(2), "bias:", whole.intercept_.round(2))
    print("(the answerable weights depend on the sentence weights: put those in and fit again)")
