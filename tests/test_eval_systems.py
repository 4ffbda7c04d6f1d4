"""Systems under evaluation other than Footnote."""

import json

import pytest

from eval.__main__ import main
from eval.run import load_run
from eval.systems import Chatbot, ClosedBook, open_model, read_texts
from eval.usual_recipe import CosineIndex, UsualRecipe, cited_sentences
from rag.config import load_config
from rag.types import Turn
from tests.conftest import SEEDS, ScriptedModel


@pytest.fixture(scope="module")
def texts():
    return read_texts(SEEDS)


@pytest.mark.slow
def test_the_usual_recipe_finds_whole_chunks_at_their_exact_places(texts, embedder):
    index = CosineIndex(texts, embedder)
    found = index.search("From which air base were the F-35A jets deployed?")
    assert len(found) == 4
    assert any("Kadena" in texts[p.document_id][p.start : p.end] for p in found)
    assert all(0 < p.tokens <= 200 for p in index.passages)


def test_the_usual_recipe_cites_the_passages_that_its_model_names(texts, embedder):
    model = ScriptedModel("They came from Kadena Air Base [1]. It is in Japan [9].")
    reply = UsualRecipe(texts, embedder, model, 1).ask("From which air base were the F-35A jets deployed?", [Turn("Hello?", "Hi.")])
    assert [s.citations for s in reply.sentences] == [(1,), ()]
    (cited,) = reply.citations
    assert texts[cited.document_id][cited.start : cited.end] == cited.quote
    assert [m["role"] for m in model.seen[0]] == ["user", "assistant", "user"]
    assert cited.quote in model.seen[0][-1]["content"]


def test_the_usual_recipe_abstains_when_its_model_says_so(texts, embedder):
    reply = UsualRecipe(texts, embedder, ScriptedModel("I do not know."), 1).ask("How old is Choe?", [])
    assert reply.abstained
    assert reply.sentences == reply.citations == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[2]. Herons nest here.", [("Herons nest here.", (2,))]),
        ("[1] [2] Herons nest. Otters swim [3].", [("Herons nest.", (3,)), ("Otters swim.", (3,))]),
        ("[1]: Herons nest.\nOtters swim.", [("Herons nest.", (1,)), ("Otters swim.", ())]),
        ("[4].", []),
        ("Herons nest. [1, 7]", [("Herons nest.", (1,))]),
    ],
)
def test_marks_of_a_baseline_are_read_with_good_will(text, expected):
    assert [(s.text, s.citations) for s in cited_sentences(text, 4)] == expected


def test_the_closed_book_control_and_a_chatbot_show_no_passages_and_cite_nothing():
    for system in (ClosedBook(ScriptedModel("It was Kadena."), 1), Chatbot("http://bot", ScriptedModel("It was Kadena."), 1)):
        reply = system.ask("Which base?", [])
        assert (reply.citations, reply.hits, reply.abstained) == (None, None, False)
        assert reply.seconds.total is not None


def test_a_chatbot_gets_the_conversation_as_it_stands():
    model = ScriptedModel("It was Kadena.")
    Chatbot("http://bot", model, 1).ask("Which base?", [Turn("Which jets?", "F-35A."), Turn("Really?")])
    assert [m["content"] for m in model.seen[0]] == ["Which jets?", "F-35A.", "Really?", "Which base?"]


def test_the_extractive_engine_has_no_model():
    assert open_model(load_config({}, llm="extractive"), fresh=False) is None


def test_a_chatbot_behind_an_address_is_evaluated_several_questions_at_once(endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "k3y")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/birds.txt").write_text("Herons nest on the pier.")
    rows = [
        {"question": f"Where do herons nest? {i}", "answers": ["the pier"], "evidence": [{"document_id": "birds.txt", "quote": "the pier"}]}
        for i in range(9)
    ]
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    files = ["--cases", str(tmp_path / "cases.jsonl"), "--docs", str(tmp_path / "docs"), "--out", str(tmp_path / "run")]
    assert main(["--system", endpoint.url, *files]) == 0
    run = load_run(tmp_path / "run")
    assert run.summary.metrics["right"].value == 1
    assert run.summary.metrics["citation_recall"].value is None  # It cites nothing that could be judged.
    assert sorted(r["messages"][0]["content"] for r, _ in endpoint.requests if "messages" in r) == sorted(r["question"] for r in rows)
    assert "k3y" not in (tmp_path / "run/settings.json").read_text()
