"""Claims with evidence and people's labels: claim–evidence JSON lines, and RAGTruth.

Claim–evidence JSON lines: ``{"claim", "evidence": [sentence, …], "supported": bool, "set"?}`` a line.
RAGTruth (Niu et al., 2024), as published: a folder with ``response.jsonl`` and ``source_info.jsonl``. A sentence of a response is a claim; it is
not supported if a span that people marked as hallucinated reaches into it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.benchmarks.rows import read_rows
from rag.errors import InputError
from rag.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that people have held against evidence."""

    set: str
    text: str
    evidence: tuple[str, ...]
    supported: bool


def load_claims(path: Path, limit: int | None = None) -> list[Claim]:
    """The claims of a file, or of a folder that holds ``grounding/claims.jsonl``, ``claims.jsonl`` or RAGTruth's two files.

    Args:
        limit: at most so many of each set, the first ones.

    Raises:
        InputError: there are none, or a line is not one.
    """
    kept: list[Claim] = []
    counts: dict[str, int] = {}
    for claim in _load(path):
        counts[claim.set] = counts.get(claim.set, 0) + 1
        if limit is None or counts[claim.set] <= limit:
            kept.append(claim)
    if not kept:
        raise InputError(f"{path}: holds no claims")
    return kept


def _load(path: Path) -> Iterator[Claim]:
    if (path / "response.jsonl").is_file():
        yield from _ragtruth(path)
        return
    for file in (path, path / "grounding" / "claims.jsonl", path / "claims.jsonl"):
        if file.is_file():
            for number, row in read_rows(file):
                yield _claim(row, file, number)
            return
    raise InputError(f"{path}: holds neither claims.jsonl nor RAGTruth's response.jsonl; give a file or folder with claims")


def _claim(row: dict[str, Any], file: Path, number: int) -> Claim:
    try:
        evidence = row["evidence"]
        if not isinstance(evidence, list) or not isinstance(row["supported"], bool):
            raise TypeError('"evidence" must be a list and "supported" true or false')
        return Claim(row.get("set", file.stem), row["claim"], tuple(evidence), row["supported"])
    except (KeyError, TypeError) as e:
        raise InputError(f"{file}, line {number}: is not a claim ({e}); it needs claim, evidence and supported") from e


def _ragtruth(folder: Path) -> Iterator[Claim]:
    sources = {row["source_id"]: row for _, row in read_rows(folder / "source_info.jsonl")}
    for number, row in read_rows(folder / "response.jsonl"):
        try:
            source = sources[row["source_id"]]
            labels = [(label["start"], label["end"]) for label in row["labels"]]
            response = row["response"]
        except KeyError as e:
            raise InputError(f"{folder / 'response.jsonl'}, line {number}: {e} is missing; is this RAGTruth as published?") from e
        evidence = tuple(_source_texts(source["source_info"]))
        for s in split_sentences(response):
            marked = any(start < s.end and s.start < end for start, end in labels)
            yield Claim(f"ragtruth {source['task_type']}", response[s.start : s.end], evidence, not marked)


def _source_texts(info: Any) -> Iterator[str]:
    """A summary's source is its text, a question's the passages, a data record's its JSON."""
    if isinstance(info, str):
        yield info
    elif isinstance(info, dict) and "passages" in info:
        passages = info["passages"]
        yield from [passages] if isinstance(passages, str) else passages
    else:
        yield json.dumps(info, ensure_ascii=False)
