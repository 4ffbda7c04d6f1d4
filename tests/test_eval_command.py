"""The suite's command line on whole runs with the documents' own sentences: repeatable, comparable, held by gates."""

import json
import shutil

import pytest

from eval.__main__ import main
from eval.compare import compare
from eval.gates import hold, parse_gate
from eval.run import load_run, record
from rag.errors import InputError

pytestmark = pytest.mark.slow


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


def test_runs_over_other_documents_are_not_compared(ran, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(ran[0], other)
    made_with = json.loads((other / "settings.json").read_text()) | {"corpus_sha256": "0"}
    (other / "settings.json").write_text(json.dumps(made_with))
    with pytest.raises(InputError, match="different documents"):
        compare(load_run(ran[0]), load_run(other))
