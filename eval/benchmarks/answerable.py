"""How well Footnote tells, before any language model, which sentence answers and whether any does.

For ``python -m eval bench answerable --data FOLDER``, where FOLDER holds ``squad2/{docs,questions}.jsonl``, ``clapnq/questions.jsonl`` and
``spans/{corpora/,questions.jsonl}`` (a chat, a speech, encyclopaedia articles: each text is a set). Questions of CLAP NQ and of the texts that have
an answer are asked twice, the second time without the passages that hold it: what is found then is close, and does not answer.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks.chunking_evaluation import load_chunking_evaluation
from eval.benchmarks.rows import read_rows
from eval.systems import write_texts
from rag import evidence
from rag.checker.scorer import BundledChecker
from rag.embedding import Embedder
from rag.errors import InputError
from rag.keywords import open_keyword_index
from rag.pipeline import EVIDENCE_SENTENCES
from rag.questions import core_question
from rag.retrieval import search
from rag.store import Store
from rag.sync import sync_folder
from rag.types import Hit, Span

TOP_K = 8
SPARE_HITS = 24
"""Passages beyond ``TOP_K`` that take the place of those that hold the answer."""
HARD_ALREADY = "squad2"
"""Half of this set's questions are close to the text and not answered by it: none are asked without the passages that answer."""
TRAINED_ON = "squad2"
"""The bundled checker was trained on most of this set's questions."""
MOST_QUESTIONS = 1500
"""Of each set, if no limit is given."""
LONG_GOLD = 60
"""Characters: of a gold text longer than this, a sentence is enough."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the features of its candidates and of their whole."""

    answerable: bool
    sentences: np.ndarray
    """Shape ``(candidates, len(SENTENCE_FEATURES))``, in the order of the shipped score."""
    gold: np.ndarray
    """Shape ``(candidates,)``: whether the sentence holds an answer."""
    whole: np.ndarray
    """Shape ``(len(ANSWERABLE_FEATURES),)``."""
    answers: float
    """The bundled checker's logit that the best sentences answer."""


def normalise(text: str) -> str:
    """Lower-case words with single spaces between."""
    return " ".join(re.findall(r"\w+", text.lower()))


def load_squad2(data: Path, limit: int) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """One document an article, and a shuffled sample of the questions, ``gold`` being the answers' texts."""
    articles: dict[str, list[str]] = {}
    for _, row in read_rows(data / "squad2" / "docs.jsonl"):
        articles.setdefault(row["title"], []).append(row["text"])
    documents = {f"{t.replace('/', '_')}.txt": t.replace("_", " ") + "\n\n" + "\n\n".join(p) for t, p in articles.items()}
    questions = [q for _, q in read_rows(data / "squad2" / "questions.jsonl")]
    random.Random(0).shuffle(questions)
    return documents, [q | {"gold": q["answers"]} for q in questions[:limit]]


def load_clapnq(data: Path, limit: int) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """One document a passage, and the questions, ``gold`` being the sentences that answer."""
    questions = [q for _, q in read_rows(data / "clapnq" / "questions.jsonl")][:limit]
    for q in questions:
        q["gold"] = [
            s for group in q["selected_sentences"] for s in (group if isinstance(group, list) else [group]) if len(normalise(s)) > 10
        ]
    return {f"{q['id']}.txt": f"{q['title']}\n\n{q['passage']}" for q in questions}, questions


def load_texts(data: Path, limit: int) -> dict[str, tuple[dict[str, str], list[dict[str, Any]]]]:
    """Each corpus as a set of one document, with its questions, ``gold`` being the words of their gold spans."""
    found = load_chunking_evaluation(data)
    sets: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {}
    for file, text in found.documents.items():
        questions = [
            {"question": c.question, "answerable": True, "gold": [text[s.start : s.end] for s in c.evidence]}
            for c in found.cases
            if c.evidence[0].document_id == file
        ]
        sets[Path(file).stem] = {file: text}, questions[:limit]
    return sets


def extract(
    documents: Mapping[str, str], questions: list[dict[str, Any]], embedder: Embedder, checker: BundledChecker, *, also_without: bool
) -> list[Row]:
    """Indexes the documents and computes what the shipped code sees for each question; ``also_without`` the passages that hold the answer too."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, data_dir = Path(temporary, "documents"), Path(temporary, "index")
        write_texts(documents, folder)
        store = Store(data_dir, create=True)
        sync_folder(folder, store, embedder, 100)
        origin = store.origin()
        assert origin is not None
        keywords = open_keyword_index(store.data_dir, origin.generation, store.chunks(), embedder.count_tokens_batch)
        asked = [core_question(q["question"]) for q in questions]

        def text_at(span: Span) -> str:
            return documents[span.document_id][span.start : span.end]

        def row(question: str, hits: Sequence[Hit], golds: Sequence[str], answerable: bool) -> Row | None:
            found = evidence.rank_candidates(question, hits, embedder.encode_tokens, keywords.rarity)
            if not found:
                return None
            whole = evidence.answerable_features(question, found, hits)
            gold = [answerable and holds_one(c.text, golds) for c in found]
            best = found[:EVIDENCE_SENTENCES]
            answers = checker.answers(question, [evidence.in_context(c, text_at) for c in best], [c.text for c in best])
            return Row(answerable, np.array([c.features for c in found]), np.array(gold), np.array(whole), answers)

        rows: list[Row | None] = []
        for q, question, vector in zip(questions, asked, embedder.encode(asked), strict=True):
            hits = search(question, vector, store, keywords, k=TOP_K)
            golds = [g for g in map(normalise, q["gold"]) if g]
            rows.append(row(question, hits, golds, q["answerable"]))
            if also_without and q["answerable"]:
                more = search(question, vector, store, keywords, k=TOP_K + SPARE_HITS)
                without = [h for h in more if not any(holds_one(h.chunk.text[a:b], golds) for a, b in h.chunk.sentences)]
                rows.append(row(question, without[:TOP_K], golds, answerable=False))
        store.close()
    return [r for r in rows if r]


def holds_one(text: str, golds: Sequence[str]) -> bool:
    """Whether a text holds one of the normalised answers, or is part of a long one."""
    words = normalise(text)
    return any(f" {g} " in f" {words} " or (len(g) > LONG_GOLD and words[:LONG_GOLD] in g) for g in golds)


def load_rows(data: Path, limit: int | None, embedder: Embedder, checker: BundledChecker) -> dict[str, list[Row]]:
    """What the shipped code sees for the questions of each set.

    Raises:
        InputError: the folder lacks one of the sets.
    """
    for file in ("squad2/docs.jsonl", "squad2/questions.jsonl", "clapnq/questions.jsonl", "spans/questions.jsonl"):
        if not (data / file).is_file():
            raise InputError(f"{data}: holds no {file}; give the folder that holds squad2/, clapnq/ and spans/ with --data")
    most = limit or MOST_QUESTIONS
    sets = {"squad2": load_squad2(data, most), "clapnq": load_clapnq(data, most), **load_texts(data, most)}
    return {
        name: extract(documents, questions, embedder, checker, also_without=name != HARD_ALREADY)
        for name, (documents, questions) in sets.items()
    }


def probabilities(rows: Sequence[Row]) -> list[float]:
    """The shipped answerability of each question, before a language model is asked."""
    return [evidence.refine(evidence.answerable_probability(r.whole.tolist()), r.answers) for r in rows]


def print_fit(sets: dict[str, list[Row]]) -> None:
    """Prints the weights for ``rag/evidence.py``.

    The sentences' on SQuAD 2.0, without ``is_prose``; the whole's on all sets, which count the same; the checker's on those it was not trained on.
    """
    from sklearn.linear_model import LogisticRegression

    columns = [i for i, name in enumerate(evidence.SENTENCE_FEATURES) if name != "is_prose"]
    ranked = [r for r in sets["squad2"] if r.gold.any()]
    x, y = np.vstack([r.sentences[:, columns] for r in ranked]), np.concatenate([r.gold for r in ranked])
    sentence = LogisticRegression(class_weight="balanced").fit(x, y)
    print("sentence weights without is_prose:", sentence.coef_[0].round(2), "bias:", sentence.intercept_.round(2))

    def fit(features: dict[str, np.ndarray]) -> LogisticRegression:
        labels = np.concatenate([[r.answerable for r in sets[name]] for name in features])
        weights = np.concatenate([np.full(len(x), 1 / len(x)) for x in features.values()])
        return LogisticRegression().fit(np.vstack(list(features.values())), labels, sample_weight=weights / weights.mean())

    wholes = {name: np.array([r.whole for r in rows]) for name, rows in sets.items()}
    whole = fit(wholes)
    print("answerable weights:", whole.coef_[0].round(2), "bias:", whole.intercept_.round(2))
    refined = fit(
        {
            name: np.column_stack([whole.decision_function(wholes[name]), [r.answers for r in rows]])
            for name, rows in sets.items()
            if name != TRAINED_ON
        }
    )
    print("checker weights:", refined.coef_[0].round(2), "bias:", refined.intercept_.round(2))
    print("(the answerable weights depend on the sentence weights: put those in and fit again)")
