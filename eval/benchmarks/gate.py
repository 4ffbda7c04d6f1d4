"""How well a language model's first token tells whether its evidence answers, and the fit of the probe that reads it.

For ``python -m eval bench gate --data FOLDER --llm local``, where FOLDER holds ``squad2/{docs,questions}.jsonl``. The evidence is a paragraph's
sentences: half of the questions to it have no answer in it, and were written to look as if they had.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from eval.benchmarks.rows import read_rows
from rag.drafting import gate_messages, numbered_probability
from rag.errors import InputError
from rag.llm import LanguageModel, Usage
from rag.logistic import logit
from rag.probe import Probe
from rag.sentences import sentence_texts
from rag.types import Evidence, Span

HELD_OUT = ("007", "013")
"""Articles of SQuAD 2.0, by the beginning of their paragraphs' ids, that neither the probe nor the bundled checker is fitted on."""
MOST_SENTENCES = 9
"""Of a paragraph: evidence is numbered with one digit."""
QUESTIONS = 5
"""At most so many of a paragraph with an answer, and so many without."""
FITTED_ON = 1500
"""Questions of the other articles. A quarter of them gave the same areas on other documents' questions."""
TOKENS = 400
"""How many tokens the probe weighs: those that are most often among the likeliest."""
PENALTY = 1000.0
"""Of the squared weights. A quarter of it to three times as much gave the same areas (to 0.01) on other documents' questions."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model's first token would be, to a question about a paragraph."""

    answerable: bool
    sentences: int
    logprobs: Mapping[str, float]

    @property
    def numbered(self) -> float:
        """The probability, in 0..1, that the numbers alone give."""
        found = numbered_probability(self.logprobs, self.sentences)
        return 0.5 if found is None else found


def ask(model: LanguageModel, data: Path, limit: int | None, *, held_out: bool) -> list[Reply]:
    """Asks about the paragraphs of the articles that are held out, or of the others; of each paragraph as many questions as ``QUESTIONS`` says.

    Args:
        limit: the first so many of the questions.

    Raises:
        InputError: the folder lacks SQuAD's files, or the model does not tell probabilities.
    """
    asked = list(_questions(data, held_out=held_out))[:limit]
    replies = []
    for row, evidence in tqdm(asked, desc="questions", disable=None):
        logprobs = model.first_token_logprobs(gate_messages(row["question"], evidence), Usage())
        if logprobs is None:
            raise InputError(f"--llm: {model.name} does not tell the probabilities of tokens; use --llm local")
        replies.append(Reply(row["answerable"], len(evidence), logprobs))
    return replies


def _questions(data: Path, *, held_out: bool) -> Iterator[tuple[dict[str, Any], list[Evidence]]]:
    """Paragraph by paragraph, so that the model reads each once."""
    files = data / "squad2" / "docs.jsonl", data / "squad2" / "questions.jsonl"
    if not all(f.is_file() for f in files):
        raise InputError(f"{data}: holds no squad2/docs.jsonl and squad2/questions.jsonl; give the folder that holds squad2/ with --data")
    paragraphs, questions = ([row for _, row in read_rows(f)] for f in files)
    rng = random.Random(5)
    rng.shuffle(paragraphs)
    for paragraph in paragraphs:
        texts = sentence_texts(paragraph["text"])
        if paragraph["doc_id"].startswith(HELD_OUT) != held_out or not 2 <= len(texts) <= MOST_SENTENCES:
            continue
        evidence = [Evidence(n, Span(paragraph["doc_id"], 0, 0), text, 0, paragraph["title"]) for n, text in enumerate(texts, 1)]
        own = [q for q in questions if q["doc_id"] == paragraph["doc_id"]]
        for wanted in (True, False):
            kind = [q for q in own if q["answerable"] is wanted]
            rng.shuffle(kind)
            for q in kind[:QUESTIONS]:
                yield q, evidence


def fit(replies: Sequence[Reply]) -> Probe:
    """A probe whose logits have the mean and the spread of those that the numbers alone give, so that what is made of them holds for both."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    counted = Counter(token for r in replies for token in r.logprobs)
    tokens = [token for token, _ in counted.most_common(TOKENS)]
    least = [min(r.logprobs.values()) for r in replies]
    x = np.array([[r.logprobs.get(t, low) for t in tokens] for r, low in zip(replies, least, strict=True)])
    scaler = StandardScaler().fit(x)
    fitted = LogisticRegression(C=1 / PENALTY, max_iter=1000).fit(scaler.transform(x), [r.answerable for r in replies])
    ours, numbered = fitted.decision_function(scaler.transform(x)), np.array([logit(r.numbered, 1e-3) for r in replies])
    spread = numbered.std() / ours.std()
    weights = spread * fitted.coef_[0] / scaler.scale_
    bias = numbered.mean() + spread * (fitted.intercept_[0] - ours.mean()) - weights @ scaler.mean_
    return Probe({t: round(float(w), 4) for t, w in zip(tokens, weights, strict=True)}, round(float(bias), 4))


def write(probe: Probe, model: str, file: Path) -> None:
    """Writes a probe as ``rag.probe.load_probe`` reads it, with the digest of the prompt that it belongs to."""
    content = {"model": model, "prompt_sha256": prompt_digest(), "bias": probe.bias, "weights": probe.weights}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def prompt_digest() -> str:
    """The sha256 of what is asked, without evidence."""
    return hashlib.sha256(json.dumps(gate_messages("", [])).encode()).hexdigest()
