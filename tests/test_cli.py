"""The command line as others drive it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.cli import main, turns_from
from rag.errors import InputError
from rag.types import Turn
from tests.conftest import SEEDS

FOOTNOTE = [sys.executable, "-m", "rag.cli"]


@pytest.fixture
def data(seeds_config):
    return ["--data", str(seeds_config.data_dir)]


@pytest.fixture
def run(capsys):
    """Runs a command in this process: exit code, lines of standard output as JSON, standard error."""

    def run_command(*argv):
        try:
            code = main([str(a) for a in argv])
        except SystemExit as e:
            code = e.code
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run_command


def jsonl(path, *rows):
    path.write_bytes(b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows))
    return path


def test_ask_prints_one_answer_as_json(run, data):
    code, (answer,), err = run("ask", "What did a drone hit in the Stavropol region?", "--json", "--llm", "extractive", *data)
    assert (code, err) == (0, "")
    assert list(answer) == "question standalone_question text sentences citations hits abstained reason model timings usage".split()
    assert "oil depot" in answer["text"]
    assert answer["timings"]["retrieve_s"] > 0
    text = (SEEDS / answer["citations"][0]["document_id"]).read_text()
    assert text[answer["citations"][0]["start"] : answer["citations"][0]["end"]] == answer["citations"][0]["quote"]


def test_ask_prints_sentences_and_footnotes_for_people(capsys, data):
    assert main(["ask", "What did a drone hit in the Stavropol region?", "--llm", "extractive", *data]) == 0
    out = capsys.readouterr().out
    assert "oil depot" in out
    assert "\n[1] " in out
    assert main(["ask", "What is the boiling point of lead?", "--llm", "extractive", *data]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The documents do not say.\n")
    assert "Closest passages:" in out


def test_a_batch_answers_in_order_and_a_broken_row_gets_an_error_object(run, data, tmp_path):
    batch = jsonl(
        tmp_path / "q.jsonl",
        {"id": 7, "question": "What did a drone hit in the Stavropol region?", "other": "ignored"},
        b"this is not JSON",
        {"id": "b", "question": "And in the Bryansk region?", "history": ["What did a drone hit in the Stavropol region?"]},
        {"id": "c", "question": ""},
        b"\xff\xfe",
        [1],
        {"id": "d"},
        b"",
        {
            "id": "e",
            "question": "What is the boiling point of lead?",
            "history": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}],
        },
    )
    code, rows, err = run("ask", "--batch", batch, "--json", "--llm", "extractive", *data)
    assert code == 0
    assert [r.get("id") for r in rows] == [7, None, "b", "c", None, None, "d", "e"]
    assert ["error" in r for r in rows] == [False, True, False, True, True, True, True, False]
    assert "residential building" in rows[2]["text"]
    assert rows[7]["abstained"]
    assert "line 2" in rows[1]["error"]
    assert len(err.splitlines()) == 5


@pytest.mark.parametrize("size", [["--k", "3"], ["--tokens", "200"]])
def test_search_gives_hits_singly_and_in_batches(run, data, tmp_path, size):
    _, (single,), _ = run("search", "missile defense exercise", *size, "--json", *data)
    batch = jsonl(tmp_path / "s.jsonl", {"id": "x", "question": "missile defense exercise"}, {"id": "y", "question": "oil depot"})
    _, rows, _ = run("search", "--batch", batch, *size, "--json", *data)
    assert rows[0] == {"id": "x"} | single
    assert rows[1]["id"] == "y"
    assert all((SEEDS / h["document_id"]).read_text()[h["start"] : h["end"]] == h["text"] for h in single["hits"])
    assert size[0] != "--k" or len(single["hits"]) == 3


def test_filters_narrow_what_is_searched_and_a_wrong_one_exits_with_2(run, data):
    narrow = ["--in", "004*", "--type", ".txt"]
    _, (found,), _ = run("search", "missile defense exercise", *narrow, "--json", *data)
    assert {h["document_id"][:3] for h in found["hits"]} == {"004"}
    _, (answer,), _ = run("ask", "What did a drone hit in the Stavropol region?", "--in", "003*", "--json", "--llm", "extractive", *data)
    assert answer["abstained"]
    code, _, err = run("search", "missile", "--in", "nowhere/", *data)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "nowhere/" in err
    assert run("ask", "Who met whom?", "--after", "Friday", "--llm", "extractive", *data)[0] == 2


def test_check_and_rewrite_need_no_index(run, tmp_path):
    claims = jsonl(
        tmp_path / "c.jsonl",
        {"claim": "The vote was held on Monday.", "evidence": ["The council held its vote on Monday."]},
        {"claim": "The vote was held in 1871.", "evidence": ["The council voted on Monday."]},
        {"claim": "No evidence", "evidence": "a string"},
    )
    _, rows, _ = run("check", "--batch", claims, "--json")
    assert [r.get("supported") for r in rows] == [True, False, None]
    assert "evidence" in rows[2]["error"]
    turns = jsonl(tmp_path / "w.jsonl", {"id": "1", "history": ["What is throat cancer?"], "question": "Is it treatable?"})
    assert run("rewrite", "--batch", turns, "--json")[1] == [{"id": "1", "question": "Is throat cancer treatable?"}]


def test_a_language_model_judges_claims_too_where_one_is_named(run, tmp_path, endpoint, monkeypatch):
    claims = jsonl(tmp_path / "c.jsonl", {"claim": "Herons nest on the pier.", "evidence": ["Herons nest on the old pier."]})
    (alone,) = run("check", "--batch", claims, "--json")[1]
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    assert run("check", "--batch", claims, "--json")[1] == [alone]
    assert endpoint.requests == []
    (both,) = run("check", "--batch", claims, "--json", "--llm", "openai")[1]  # It does not say yes.
    assert "Herons nest on the pier." in endpoint.requests[-1][0]["messages"][-1]["content"]
    assert (alone["supported"], both["supported"]) == (True, False)
    assert both["score"] < alone["score"]


def test_history_may_be_questions_or_messages():
    messages = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "She."}, {"role": "user", "content": "When?"}]
    assert turns_from(messages) == [Turn("Who?", "She."), Turn("When?")]
    assert turns_from(["Who?"]) == [Turn("Who?")]
    for wrong in ("Who?", [1], [{"role": "user"}]):
        with pytest.raises(InputError, match="history"):
            turns_from(wrong)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["index", "no/such/folder"], "no such folder"),
        (["ask", ""], "question is empty"),
        (["ask", "x" * 100_000], "100,000 characters"),
        (["ask"], "--batch"),
        (["ask", "Who?", "--batch", "missing.jsonl"], "--batch"),
        (["ask", "--batch", "missing.jsonl"], "no such file"),
        (["ask", "Who?", "--data", "no/such/data"], "footnote index"),
        (["ask", "Who?", "--llm", "magic"], "invalid choice"),
        (["search", "Who?", "--k", "0"], "whole number"),
        (["check", "--batch", "missing.jsonl"], "missing.jsonl"),
        (["check", "--batch", "missing.jsonl", "--llm", "extractive"], "--llm local or openai"),
        (["eval", "--cases", "missing.jsonl", "--llm", "extractive"], "missing.jsonl"),
        (["nonsense"], "invalid choice"),
    ],
)
def test_wrong_input_exits_with_2_and_says_what_to_do(run, argv, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*argv)
    assert code == 2
    assert out == []
    assert says in err
    assert "Traceback" not in err


def test_an_unknown_setting_exits_with_2(run, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_TYPO", "1")
    code, _, err = run("ask", "Who?")
    assert code == 2
    assert "FOOTNOTE_TYPO" in err


def test_a_folder_with_one_bad_file_indexes_the_rest_names_it_and_exits_with_2(run, tmp_path):
    folder = shutil.copytree(SEEDS, tmp_path / "docs")
    (folder / "bad.txt").write_bytes(b"\x00\x01")
    (folder / "scan.pdf").write_bytes(b"%PDF")
    code, _, err = run("index", folder, "--data", tmp_path / "data")
    assert code == 2
    assert err.count("bad.txt") == 1
    assert ".pdf" in err
    assert run("ask", "What did a drone hit in the Stavropol region?", "--json", "--llm", "extractive", "--data", tmp_path / "data")[0] == 0


@pytest.mark.slow
def test_an_endpoint_that_fails_is_told_in_one_line_and_the_documents_answer(run, data, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    code, (answer,), err = run("ask", "What did a drone hit in the Stavropol region?", "--json", *data)
    assert code == 0
    assert answer["model"] == "extractive"
    assert "oil depot" in answer["text"]
    assert len(err.splitlines()) == 1
    assert "127.0.0.1:9" in err


@pytest.mark.slow
def test_without_an_index_the_shipped_articles_are_indexed_first(tmp_path):
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path), "FOOTNOTE_LLM": "extractive"}
    result = subprocess.run(
        [*FOOTNOTE, "ask", "What did a drone hit in the Stavropol region?", "--json"], capture_output=True, text=True, env=env, check=True
    )
    assert "oil depot" in json.loads(result.stdout)["text"]
    assert "nothing has been indexed yet" in result.stderr


@pytest.mark.slow
def test_ctrl_c_stops_indexing_with_one_line_and_the_next_run_completes_it(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for i in range(400):
        (folder / f"{i}.txt").write_text("\n".join(p.read_text() for p in SEEDS.iterdir()))
    # As it is installed: with -m, CPython ends by the signal itself if that came while code was run from a string, as where a dataclass is made.
    command = [str(Path(sys.executable).with_name("footnote")), "index", str(folder), "--data", str(tmp_path / "data")]
    # A shell that runs this in the background ignores Ctrl-C for all of its children.
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    while not (tmp_path / "data/chroma.sqlite3").exists():
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(8)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.strip().splitlines()[-1] == "footnote: stopped; nothing already stored was lost"
    assert "Traceback" not in err
    for path in list(folder.iterdir())[5:]:
        path.unlink()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_help_lists_the_commands_without_loading_a_model():
    result = subprocess.run([*FOOTNOTE, "--help"], capture_output=True, text=True, check=True)
    assert all(command in result.stdout for command in ("index", "ask", "search", "check", "rewrite", "chat", "eval"))
