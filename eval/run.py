"""Runs: asks a system every case, keeps each reply at once so that a stopped run goes on, and writes one folder.

A run's folder holds ``settings.json``, ``answers.jsonl`` (every case with its reply), ``scores.jsonl``, ``summary.json``, all the same to the
byte when a run is repeated, and ``times.json``, which is not.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from eval.cases import Case, case_to_json
from eval.reply import Reply, Seconds
from eval.scoring import METRICS, Scores, Summary, seconds_summary, summarise
from eval.systems import System
from rag.config import Config
from rag.errors import FootnoteError, InputError

_VERSIONS = ("footnote", "chromadb", "sentence-transformers", "torch", "bm25s", "openai", "xllamacpp", "sentencex", "ir-measures", "scipy")
_REPLY = TypeAdapter(Reply)
CONTEXT_CHARACTERS = 160
"""Of a document on either side of cited words, kept for the report."""


def settings(
    config: Config, system: str, judge: str, texts: Mapping[str, str], cases_name: str, cases_sha256: str, cases: Sequence[Case]
) -> dict[str, Any]:
    """Everything that a run was made with: settings (no keys), versions, machine, and hashes of code, documents and cases."""
    return {
        "system": system,
        "judge": judge,
        "config": config.model_dump(mode="json", exclude={"openai_api_key", "data_dir", "cache_dir"}),
        "cases": {"name": cases_name, "asked": len(cases), "splits": sorted({c.split for c in cases})},
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _VERSIONS},
        "machine": f"{platform.system()} {platform.machine()}",
        "corpus_sha256": _digest(f"{i} {text}" for i, text in sorted(texts.items())),
        "cases_sha256": cases_sha256,
        "asked_sha256": _digest(c.id for c in cases),
        "code_sha256": code_sha256(),
    }


def code_sha256() -> str:
    """Hash of the code and prompts that answers depend on."""
    from rag.resources import shipped

    files = [
        *Path(__file__).resolve().parent.parent.glob("rag/*.py"),
        *Path(__file__).resolve().parent.glob("*.py"),
        *shipped("prompts").glob("*"),
    ]
    return _digest(f"{f.name} {f.read_text(encoding='utf-8')}" for f in sorted(files))


def _digest(parts: Any) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


class RunFolder:
    """Where a run is written. Replies are kept in ``partial.jsonl`` until the run is complete."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        """Raises InputError if the path is a file or cannot be written."""
        self.path = path
        self._settings = json.dumps(settings, ensure_ascii=False, indent=1) + "\n"
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise InputError(f"{path}: a run cannot be written there ({e.strerror}); choose another folder with --out") from e

    @property
    def _partial(self) -> Path:
        return self.path / "partial.jsonl"

    def begin(self) -> dict[str, Reply]:
        """The replies of a run with these very settings that was stopped; anything else in the folder is forgotten."""
        kept: dict[str, Reply] = {}
        same = _read(self.path / "settings.json") == self._settings
        if same and self._partial.exists():
            for line in self._partial.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                    kept[row["id"]] = _REPLY.validate_python(row["reply"])
                except (ValueError, KeyError):
                    break  # The line that was being written when the run was stopped.
        for name in ("answers.jsonl", "scores.jsonl", "summary.json", "times.json", "report.html", "report.md"):
            (self.path / name).unlink(missing_ok=True)
        (self.path / "settings.json").write_text(self._settings, encoding="utf-8")
        self._partial.write_text("".join(_partial_line(i, r) for i, r in kept.items()), encoding="utf-8")
        return kept

    def keep(self, case_id: str, reply: Reply) -> None:
        """Keeps a reply, so that a stopped run need not ask again. One that failed is not kept."""
        if reply.error is None:
            with self._partial.open("a", encoding="utf-8") as f:
                f.write(_partial_line(case_id, reply))

    def finish(self, cases: Sequence[Case], replies: Mapping[str, Reply], scores: Mapping[str, Scores], texts: Mapping[str, str]) -> Run:
        """Writes the complete run."""
        summary = summarise(cases, replies, scores)
        _write_rows(self.path / "answers.jsonl", [_answer_row(c, replies[c.id], texts) for c in cases])
        _write_rows(self.path / "scores.jsonl", [{"id": c.id, "kind": c.kind, "scores": _rounded(scores[c.id])} for c in cases])
        _write(self.path / "summary.json", dataclasses.asdict(summary))
        times = {c.id: dataclasses.asdict(replies[c.id].seconds) for c in cases}
        _write(self.path / "times.json", {"summary": seconds_summary(list(replies.values())), "cases": times})
        self._partial.unlink(missing_ok=True)
        return load_run(self.path)


def _partial_line(case_id: str, reply: Reply) -> str:
    return json.dumps({"id": case_id, "reply": _REPLY.dump_python(reply, mode="json")}, ensure_ascii=False) + "\n"


def ask_all(system: System, cases: Sequence[Case], folder: RunFolder) -> Iterator[tuple[Case, Reply]]:
    """Asks the cases, ``system.jobs`` at a time, and yields each with its reply as it comes. A failure is a reply with an error."""
    if system.jobs == 1:
        replies: Iterator[tuple[Case, Reply]] = ((case, _ask(system, case)) for case in cases)
        yield from _kept(replies, folder)
        return
    with ThreadPoolExecutor(system.jobs) as pool:
        futures = {pool.submit(_ask, system, case): case for case in cases}
        try:
            yield from _kept(((futures[f], f.result()) for f in as_completed(futures)), folder)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _kept(replies: Iterator[tuple[Case, Reply]], folder: RunFolder) -> Iterator[tuple[Case, Reply]]:
    for case, reply in replies:
        folder.keep(case.id, reply)
        yield case, reply


def _ask(system: System, case: Case) -> Reply:
    try:
        return system.ask(case.question, case.history)
    except FootnoteError as e:
        return Reply("", abstained=False, error=str(e))


@dataclass(frozen=True)
class Run:
    """A complete run, read from its folder."""

    path: Path
    settings: Mapping[str, Any]
    summary: Summary
    scores: Mapping[str, Scores]
    answers: Sequence[Mapping[str, Any]]
    """Every case with its reply; empty for a recorded run, of which only scores are kept."""
    seconds: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The system with the engine behind it."""
        return f"{self.settings['system']}, {engine(self.settings)}"


def engine(settings: Mapping[str, Any]) -> str:
    """The engine that wrote a run's answers."""
    config = settings["config"]
    named = {"local": config["local_model"], "openai": config["openai_model"] or "openai", "extractive": "extractive"}
    return str(named[config["llm"]])


def load_run(path: Path) -> Run:
    """A complete run.

    Raises:
        InputError: there is none in that folder.
    """
    try:
        rows = [json.loads(line) for line in (path / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
        answers = path / "answers.jsonl"
        times = path / "times.json"
        return Run(
            path,
            json.loads((path / "settings.json").read_text(encoding="utf-8")),
            TypeAdapter(Summary).validate_json((path / "summary.json").read_bytes()),
            {r["id"]: r["scores"] for r in rows},
            [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()] if answers.exists() else [],
            json.loads(times.read_text(encoding="utf-8")) if times.exists() else {"summary": {}, "cases": {}},
        )
    except (OSError, ValueError, KeyError) as e:
        raise InputError(f"{path}: holds no complete run ({type(e).__name__}); make one with: footnote eval --out {path}") from e


def record(run: Run, target: Path) -> None:
    """Keeps what a comparison needs of a run, to be committed: settings, scores, summary and summed-up times, not the answers."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("settings.json", "scores.jsonl", "summary.json"):
        (target / name).write_bytes((run.path / name).read_bytes())
    _write(target / "times.json", {"summary": run.seconds["summary"], "cases": {}})


def _answer_row(case: Case, reply: Reply, texts: Mapping[str, str]) -> dict[str, Any]:
    row = _REPLY.dump_python(dataclasses.replace(reply, seconds=Seconds()), mode="json")
    del row["seconds"]
    for citation in row["citations"] or ():
        text = texts.get(citation["document_id"], "")
        citation["before"] = text[max(0, citation["start"] - CONTEXT_CHARACTERS) : citation["start"]]
        citation["after"] = text[citation["end"] : citation["end"] + CONTEXT_CHARACTERS]
    return {"case": case_to_json(case, texts.__getitem__), "reply": row}


def _rounded(scores: Scores) -> Scores:
    return {name: None if (v := scores.get(name)) is None else round(v, 6) for name in METRICS if name in scores}


def _write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
