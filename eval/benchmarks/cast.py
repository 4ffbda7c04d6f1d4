"""TREC CAsT 2019 (Dalton et al., 2020) as published: topics in JSON beside resolved utterances in TSV. Also ``turns.jsonl``, a turn a line."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.rows import read_json, read_rows, read_text
from eval.benchmarks.sets import FollowUp
from rag.errors import InputError
from rag.types import Turn


def load_cast(path: Path) -> list[FollowUp]:
    """The turns after the first of each conversation, with people's rewrites.

    Args:
        path: ``turns.jsonl``; a folder that holds it, also as ``followup/turns.jsonl``; or a folder with one ``*topics*.json`` and one
            ``*resolved*.tsv``.

    Raises:
        InputError: there are none, or they are not in this format.
    """
    for file in (path, path / "turns.jsonl", path / "followup" / "turns.jsonl"):
        if file.is_file() and file.suffix == ".jsonl":
            try:
                return [FollowUp(r["id"], tuple(map(Turn, r["history"])), r["question"], r["rewrite"]) for _, r in read_rows(file)]
            except (KeyError, TypeError) as e:
                raise InputError(f"{file}: a turn lacks {e}; it needs id, history, question and rewrite") from e
    topics, resolved = sorted(path.glob("*topics*.json")), sorted(path.glob("*resolved*.tsv"))
    if not topics or not resolved:
        raise InputError(f"{path}: holds neither turns.jsonl nor CAsT's *topics*.json with *resolved*.tsv")
    rewrites = dict(line.split("\t", 1) for line in read_text(resolved[0]).splitlines() if "\t" in line)
    turns: list[FollowUp] = []
    try:
        for topic in read_json(topics[0]):
            asked: list[Turn] = []
            for turn in topic["turn"]:
                turn_id = f"{topic['number']}_{turn['number']}"
                if asked and turn_id in rewrites:
                    turns.append(FollowUp(turn_id, tuple(asked), turn["raw_utterance"], rewrites[turn_id].strip()))
                asked.append(Turn(turn["raw_utterance"]))
    except (KeyError, TypeError) as e:
        raise InputError(f"{topics[0]}: is not in CAsT's format ({type(e).__name__}: {e})") from e
    return turns
