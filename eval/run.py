"""Asks every case and scores the answers."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from eval import metrics
from eval.cases import Case
from rag.pipeline import Corpus
from rag.types import Answer, answer_to_json

_VERSIONS = ("footnote", "chromadb", "sentence-transformers", "torch", "bm25s", "openai", "gradio", "xllamacpp", "sentencex")
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Result:
    """A case, its answer and its scores."""

    case: Case
    answer: Answer
    scores: dict[str, float | None]
    citations_verbatim: tuple[float, ...]
    sentences_supported: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of ``count`` trials with its 95 % interval; the value is None where nothing was tried."""

    value: float | None
    low: float | None
    high: float | None
    count: int


def ask_cases(corpus: Corpus, cases: Iterable[Case], text_of: Callable[[str], str]) -> Iterable[Result]:
    """Asks the cases one after the other, each independent of the others."""
    for case in cases:
        answer = corpus.ask(case.question, case.history)
        hits = [(h.chunk.document_id, h.chunk.start, h.chunk.end) for h in answer.hits]
        quotes = {c.number: c.quote for c in answer.citations}
        yield Result(
            case,
            answer,
            {
                "right": metrics.is_right(case, answer),
                "gold_in_hits": metrics.gold_recall(case, hits),
                "citations_on_gold": metrics.citation_on_gold(case, answer),
            },
            tuple(metrics.citation_verbatim(text_of(c.document_id), c) for c in answer.citations),
            tuple(metrics.sentence_supported(s.text, [quotes[n] for n in s.citations]) for s in answer.sentences),
        )


def summarise(results: Sequence[Result]) -> dict[str, Any]:
    """All metrics over a run: proportions with Wilson intervals, means with bootstrap intervals, and seconds."""
    refused = [r for r in results if r.answer.abstained]
    unanswerable = [r for r in results if not r.case.answerable]
    kinds = dict.fromkeys(r.case.kind for r in results)
    return {
        "right": proportion([bool(r.scores["right"]) for r in results]),
        "right_answerable": proportion([bool(r.scores["right"]) for r in results if r.case.answerable]),
        "right_by_kind": {k: proportion([bool(r.scores["right"]) for r in results if r.case.kind == k]) for k in kinds},
        "abstention_recall": proportion([r.answer.abstained for r in unanswerable]),
        "abstention_precision": proportion([not r.case.answerable for r in refused]),
        "gold_in_hits": mean([r.scores["gold_in_hits"] for r in results]),
        "citations_on_gold": mean([r.scores["citations_on_gold"] for r in results]),
        "citations_verbatim": proportion([bool(v) for r in results for v in r.citations_verbatim]),
        "sentences_supported": proportion([bool(v) for r in results for v in r.sentences_supported]),
        "seconds": {
            "retrieve": seconds([r.answer.timings.retrieve_s for r in results]),
            "first_sentence": seconds([t for r in results if (t := r.answer.timings.first_sentence_s) is not None]),
            "total": seconds([r.answer.timings.total_s for r in results]),
        },
        "tokens": {k: sum(r.answer.usage.get(k, 0) for r in results) for k in ("prompt_tokens", "completion_tokens")},
    }


def proportion(trials: Sequence[bool]) -> Proportion:
    """The share of successes with its Wilson score interval (Wilson, 1927)."""
    from scipy.stats import binomtest

    if not trials:
        return Proportion(None, None, None, 0)
    interval = binomtest(sum(trials), len(trials)).proportion_ci(CONFIDENCE, method="wilson")
    return Proportion(sum(trials) / len(trials), float(interval.low), float(interval.high), len(trials))


def mean(values: Sequence[float | None]) -> Proportion:
    """The mean of the values that are not None with its bootstrap percentile interval (seed fixed)."""
    import numpy as np
    from scipy.stats import bootstrap

    given = [v for v in values if v is not None]
    if len(given) < 2:
        return Proportion(given[0] if given else None, None, None, len(given))
    if len(set(given)) == 1:
        return Proportion(given[0], given[0], given[0], len(given))
    interval = bootstrap(
        (given,), np.mean, confidence_level=CONFIDENCE, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    return Proportion(float(np.mean(given)), float(interval.low), float(interval.high), len(given))


def seconds(values: Sequence[float]) -> dict[str, float] | None:
    """Median and 90th percentile."""
    if not values:
        return None
    return {"median": round(median(values), 3), "p90": round(quantiles(values, n=10)[-1], 3) if len(values) > 1 else round(values[0], 3)}


def settings(corpus: Corpus, cases_file: Path) -> dict[str, Any]:
    """Everything that a run was made with: settings (no keys), versions, machine, and hashes of the corpus and the cases."""
    digest = hashlib.sha256()
    for document_id in corpus.document_ids():
        digest.update(f"{document_id} {corpus.document(document_id).sha256}\n".encode())
    return {
        "config": corpus.config.model_dump(mode="json", exclude={"openai_api_key", "data_dir", "cache_dir"}),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _VERSIONS},
        "machine": f"{platform.system()} {platform.machine()}",
        "corpus_sha256": digest.hexdigest(),
        "cases_sha256": hashlib.sha256(cases_file.read_bytes()).hexdigest(),
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def result_to_json(result: Result) -> dict[str, Any]:
    """One case of the report."""
    return {
        "id": result.case.id,
        "kind": result.case.kind,
        "answerable": result.case.answerable,
        "scores": result.scores,
        "answer": answer_to_json(result.answer),
    }
