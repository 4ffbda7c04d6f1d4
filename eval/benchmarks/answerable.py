"""How well Footnote tells, before any language model, which sentence answers and whether any does.

For ``python -m eval bench answerable --data FOLDER``, where FOLDER holds ``squad2/{docs,questions}.jsonl``, ``clapnq/questions.jsonl`` and
``spans/{corpora/,questions.jsonl}`` (a chat, a speech, encyclopaedia articles: each text is a set); beside these the questions written for the adapter
(``eval/adapter``) and the development halves of our own cases. Questions that have an answer are asked twice, but for SQuAD's and our own cases, the
second time without the passages that hold it: what is found then is close, and does not answer.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from eval.adapter.examples import OWN, SUITE, Example, ask, squad_examples, suite_examples
from eval.benchmarks.asked import Asked, as_folder, load_clapnq, load_texts, load_written
from rag.embedding import Embedder
from rag.errors import InputError
from rag.logistic import logit

MOST_QUESTIONS = 600
"""Of each set, if no limit is given."""
HELD_OUT, WRITTEN = "held-out squad2", "written"
TRAINED_ON = "squad2"
"""The bundled checker was trained on most of this set's questions."""
NOT_FITTED = (HELD_OUT, *SUITE)
"""Sets that no sentence weights are fitted on."""
LIKELY_FITTED = ("clapnq", *SUITE)
"""Sets that tell when to answer: the checker was not trained on them, and what is found without the passages that answer seldom answers either."""


def load(data: Path, limit: int | None, embedder: Embedder) -> dict[str, list[Example]]:
    """What the shipped code finds for the questions of each set.

    Raises:
        InputError: the folder lacks one of the sets.
    """
    for file in ("squad2/docs.jsonl", "squad2/questions.jsonl", "clapnq/questions.jsonl", "spans/questions.jsonl"):
        if not (data / file).is_file():
            raise InputError(f"{data}: holds no {file}; give the folder that holds squad2/, clapnq/ and spans/ with --data")
    most = limit or MOST_QUESTIONS
    found = {name: list(squad_examples(data, embedder, held_out=name == HELD_OUT, limit=most)) for name in (TRAINED_ON, HELD_OUT)}
    for name, (texts, asked) in {"clapnq": load_clapnq(data, most), **load_texts(data)}.items():
        with as_folder(texts) as folder:
            found[name] = _twice(folder, asked[:most], embedder)
    written = load_written(*OWN)
    random.Random(0).shuffle(written)
    found[WRITTEN] = _twice(OWN[1], written[:most], embedder)
    found |= suite_examples("dev", embedder, most)
    return {name: examples for name, examples in found.items() if examples}


def _twice(documents: Path, asked: Sequence[Asked], embedder: Embedder) -> list[Example]:
    """As they are, and those that have an answer once more without the passages that hold it."""
    return [*ask(documents, asked, embedder), *ask(documents, [a for a in asked if a.answers], embedder, without=True)]


def ranked_gold(example: Example) -> np.ndarray:
    """Whether each candidate holds an answer, shape ``(candidates,)``, the likeliest first."""
    return np.array([bool(example.answers and example.answers(c.span, c.text)) for c in example.found.candidates])


def is_answerable(example: Example) -> bool:
    """Whether it was asked where something answers, found or not."""
    return example.answers is not None


def print_fit(sets: Mapping[str, Sequence[Example]]) -> None:
    """Prints the weights for ``rag/evidence.py`` to standard error.

    Those of sentences, where sets count the same, all texts together as one, and those that tell when to answer.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = {name: examples for name, examples in sets.items() if name not in NOT_FITTED}
    texts = [name for name in fitted if name not in (TRAINED_ON, "clapnq", WRITTEN)]
    share = {name: 1 / (len(texts) if name in texts else 1) / len(examples) for name, examples in fitted.items()}

    ranked = [(np.array([c.features for c in e.found.candidates]), ranked_gold(e), share[name]) for name in fitted for e in fitted[name]]
    weights, bias = _fit_sentences([r for r in ranked if r[1].any()])
    print("sentence weights:", weights.round(2).tolist(), "bias:", round(bias, 2), file=sys.stderr)

    told = [e for name in LIKELY_FITTED for e in sets[name]]
    labels = [is_answerable(e) for e in told]
    shares = [1 / sum(is_answerable(e) == is_answerable(x) for x in sets[name]) for name in LIKELY_FITTED for e in sets[name]]
    features = [(logit(e.found.candidates[0].score), e.found.answers) for e in told]
    likely = LogisticRegression(C=10).fit(features, labels, sample_weight=np.array(shares) / np.mean(shares))
    print("likely weights:", likely.coef_[0].round(2).tolist(), "bias:", likely.intercept_.round(2), file=sys.stderr)
    print("(the latter depend on the sentence weights: put those in and fit again)", file=sys.stderr)


def _fit_sentences(rows: Sequence[tuple[np.ndarray, np.ndarray, float]]) -> tuple[np.ndarray, float]:
    """Weights by which what answers stands out among a question's sentences (softmax over them), and the bias that makes probabilities of the sums.

    Args:
        rows: of each question its sentences' features, which of them answer, and its weight.
    """
    import torch
    from sklearn.linear_model import LogisticRegression

    features, gold = np.vstack([x for x, _, _ in rows]), np.concatenate([g for _, g, _ in rows])
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    inputs = [torch.tensor((x - mean) / deviation, dtype=torch.float32) for x, _, _ in rows]
    answers = [torch.tensor(g) for _, g, _ in rows]
    shares = torch.tensor([w for *_, w in rows]) / sum(w for *_, w in rows)
    weights = torch.zeros(features.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        sums = [x @ weights for x in inputs]
        missed = torch.stack([s.logsumexp(0) - s[g].logsumexp(0) for s, g in zip(sums, answers, strict=True)])
        total = shares @ missed + 0.01 * weights.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = weights.detach().numpy() / deviation
    each = np.repeat([w for *_, w in rows], [len(g) for _, g, _ in rows])
    scale = LogisticRegression(C=1e4).fit((features @ found)[:, None], gold, sample_weight=each / each.mean())
    return found * scale.coef_[0, 0], float(scale.intercept_[0])
