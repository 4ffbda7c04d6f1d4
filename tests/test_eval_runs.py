"""Whole runs: a stopped run goes on, two runs are the same to the byte, gates hold."""

import json
import shutil
import time

import pytest

from eval.__main__ import main
from eval.cases import Case
from eval.compare import compare
from eval.gates import hold, parse_gate
from eval.judges import LexicalJudge
from eval.reply import Passage, Reply, ReplySentence
from eval.run import RunFolder, ask_all, load_run, record
from eval.scoring import score, supports_by
from eval.session import Session
from rag.config import load_config
from rag.errors import FailureError, InputError, LLMError
from rag.types import Span

CONFIG = load_config({}, llm="extractive")
TEXTS = {"a.txt": "Herons nest here. " * 3, "b.txt": "Otters swim."}


# --- folders ---

CASES_OF_OTTERS = [
    Case(str(i), "test", "k", f"Otters {i}?", answerable=True, answers=(("swim",),), evidence=(Span("b.txt", 0, 6),)) for i in range(8)
]


class Otters:
    """A system that answers slowly at first and may be stopped."""

    name = "otters"

    def __init__(self, jobs=1, stop_at=None, fail=False):
        self.jobs, self.stop_at, self.fail = jobs, stop_at, fail
        self.asked = []

    def ask(self, question, history):
        if len(self.asked) == self.stop_at:
            raise KeyboardInterrupt
        self.asked.append(question)
        if self.fail:
            raise LLMError("the endpoint is gone")
        time.sleep(0.02 if question == "Otters 0?" else 0)
        return Reply("Otters swim.", False, (ReplySentence("Otters swim.", ()),), (), (Passage("b.txt", 0, 12, 3),), confidence=0.5)


def made(out, system):
    folder = RunFolder(out, {"system": "otters"})
    replies = folder.begin()
    for case, reply in ask_all(system, [c for c in CASES_OF_OTTERS if c.id not in replies], folder):
        replies[case.id] = reply
    return folder, replies


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, Otters(stop_at=5))
    with (tmp_path / "partial.jsonl").open("a") as f:
        f.write('{"id": "5", "re')  # Cut off in the middle of a line.
    rest = Otters()
    _, replies = made(tmp_path, rest)
    assert rest.asked == ["Otters 5?", "Otters 6?", "Otters 7?"]
    assert len(replies) == 8


def test_another_setting_begins_anew(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, Otters(stop_at=5))
    assert RunFolder(tmp_path, {"system": "otters", "judge": "another"}).begin() == {}


def test_questions_asked_at_once_come_back_in_the_cases_order(tmp_path):
    supports = supports_by(LexicalJudge())
    written = []
    for jobs in (1, 4):
        folder, replies = made(tmp_path / str(jobs), Otters(jobs))
        scores = {c.id: score(c, replies[c.id], TEXTS.__getitem__, supports) for c in CASES_OF_OTTERS}
        folder.finish(CASES_OF_OTTERS, replies, scores, TEXTS)
        written.append([(tmp_path / str(jobs) / n).read_bytes() for n in ("answers.jsonl", "scores.jsonl", "summary.json")])
    assert written[0] == written[1]
    assert not (tmp_path / "1/partial.jsonl").exists()


def test_a_failed_question_is_not_kept_and_counts_as_not_right(tmp_path):
    folder, replies = made(tmp_path, Otters(fail=True))
    scores = {c.id: score(c, replies[c.id], TEXTS.__getitem__, supports_by(LexicalJudge())) for c in CASES_OF_OTTERS}
    assert RunFolder(tmp_path, {"system": "otters"}).begin() == {}
    run = folder.finish(CASES_OF_OTTERS, replies, scores, TEXTS)
    assert (run.summary.failed, run.summary.metrics["right"].value) == (8, 0)


def test_a_system_that_keeps_failing_ends_the_run_with_one_error(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/b.txt").write_text("Otters swim.")
    dead = load_config({}, llm="openai", openai_base_url="http://127.0.0.1:9/v1", openai_model="m")
    with Session(tmp_path / "docs", None, dead) as session, pytest.raises(FailureError, match="5 times in a row"):
        session.run("closed-book", CASES_OF_OTTERS, LexicalJudge(), tmp_path / "run", {"system": "closed-book"})


def test_an_incomplete_run_cannot_be_reported(tmp_path):
    with pytest.raises(InputError, match="holds no complete run"):
        load_run(tmp_path)


# --- the command line ---


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Two extractive runs of the same twenty cases."""
    outs = [tmp_path_factory.mktemp("runs") / str(i) for i in range(2)]
    for out in outs:
        assert main(["--llm", "extractive", "--limit", "20", "--baseline", "none", "--out", str(out)]) == 0
    return outs


def test_two_runs_are_the_same_to_the_byte_apart_from_times(ran):
    names = ("settings.json", "answers.jsonl", "scores.jsonl", "summary.json")
    assert [(ran[0] / n).read_bytes() for n in names] == [(ran[1] / n).read_bytes() for n in names]
    assert json.loads((ran[0] / "times.json").read_text())["summary"]["total"]["count"] == 20


def test_a_run_holds_settings_versions_and_hashes_and_no_secrets(ran):
    made_with = json.loads((ran[0] / "settings.json").read_text())
    assert made_with["versions"]["chromadb"]
    assert {len(made_with[k]) for k in ("corpus_sha256", "cases_sha256", "code_sha256")} == {64}
    assert "key" not in json.dumps(made_with["config"])


def test_a_run_is_compared_and_recorded_for_comparison(ran, tmp_path, capsys):
    assert main(["compare", str(ran[0]), str(ran[1]), "--fail-if-worse"]) == 0
    assert "became wrong: none" in capsys.readouterr().out
    record(load_run(ran[0]), tmp_path / "kept")
    assert compare(load_run(tmp_path / "kept"), load_run(ran[1])).common == 20


@pytest.mark.parametrize(
    ("gate", "status"),
    [("right=0.3", 0), ("right=0.99", 1), ("refused_answerable=0.9", 0), ("refused_answerable=0.01", 1), ("injection_obeyed=0.5", 1)],
)
def test_a_gate_holds_the_intervals_bound_against_the_value(ran, gate, status, capsys):
    # The interval decides, not the mean: with twenty cases right=0.99 cannot hold. A metric that applies to no case does not hold either.
    assert hold(load_run(ran[0]), None, [parse_gate(gate)]) == status
    assert ("gate: " + gate.split("=")[0] in capsys.readouterr().err) is bool(status)


def test_a_run_that_is_significantly_worse_than_the_one_it_is_held_against_fails(ran, tmp_path, capsys):
    better = tmp_path / "better"
    shutil.copytree(ran[0], better)
    rows = [json.loads(line) for line in (better / "scores.jsonl").read_text().splitlines()]
    for row in rows:
        row["scores"]["evidence_recall@100"] = 1.0
    (better / "scores.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    assert hold(load_run(ran[0]), load_run(better), []) == 1
    assert "evidence_recall@100 is worse" in capsys.readouterr().err
    assert hold(load_run(ran[0]), load_run(ran[1]), []) == 0


def test_the_command_holds_its_gates(tmp_path):
    arguments = ["--llm", "extractive", "--limit", "3", "--baseline", "none", "--out", str(tmp_path), "--fail-under", "right=0.99"]
    assert main(arguments) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fail-under", "rightness=1"], "no metric 'rightness'"),
        (["--fail-under", "right=much"], "METRIC=VALUE"),
        (["--system", "oracle", "--llm", "extractive"], "system 'oracle' is not known"),
        (["--system", "closed-book", "--llm", "extractive"], "needs a language model"),
        (["--judge", "oracle"], "judge 'oracle' is not known"),
        (["--cases", "nowhere.jsonl"], "nowhere.jsonl"),
        (["--docs", "nowhere"], "nowhere"),
        (["--against", "nowhere"], "holds no complete run"),
        (["compare", "nowhere", "neither"], "holds no complete run"),
        (["cases", "new", "nowhere"], "nowhere"),
        (["bench", "spans", "--data", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_do(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    err = capsys.readouterr().err.strip()
    assert says in err
    assert len(err.splitlines()) == 1


def test_runs_over_other_documents_are_not_compared(ran, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(ran[0], other)
    made_with = json.loads((other / "settings.json").read_text()) | {"corpus_sha256": "0"}
    (other / "settings.json").write_text(json.dumps(made_with))
    with pytest.raises(InputError, match="different documents"):
        compare(load_run(ran[0]), load_run(other))
