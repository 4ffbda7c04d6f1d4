"""Whole runs: a stopped run goes on, two runs are the same to the byte, gates hold."""

import time

import pytest

from eval.__main__ import main
from eval.cases import Case
from eval.judges import LexicalJudge
from eval.reply import Passage, Reply, ReplySentence
from eval.run import RunFolder, ask_all, load_run
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


@pytest.mark.slow
def test_a_system_that_keeps_failing_ends_the_run_with_one_error(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/b.txt").write_text("Otters swim.")
    dead = load_config({}, llm="openai", openai_base_url="http://127.0.0.1:9/v1", openai_model="m")
    with Session(tmp_path / "docs", None, dead) as session, pytest.raises(FailureError, match="5 times in a row"):
        session.run("closed-book", CASES_OF_OTTERS, LexicalJudge(), tmp_path / "run", {"system": "closed-book"})


def test_an_incomplete_run_cannot_be_reported(tmp_path):
    with pytest.raises(InputError, match="holds no complete run"):
        load_run(tmp_path)


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
