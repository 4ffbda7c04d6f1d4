import json
from collections import Counter
from pathlib import Path

import pytest

from eval.__main__ import CASES, main
from eval.case_drafts import _parse
from eval.cases import CaseRow, dump_rows, load_cases
from rag.errors import InputError
from tests.conftest import SEEDS

EVERYDAY = CASES.parent / "everyday"
TEXTS = {"a.txt": "Herons nest here. Herons fish.", "b.txt": "Otters swim."}
ROW = {"question": "Where do herons nest?", "answers": ["here"], "evidence": [{"document_id": "a.txt", "quote": "nest here"}]}


def load(tmp_path, *rows):
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return load_cases(path, TEXTS.__getitem__)


def seed_text(document_id):
    return (SEEDS / document_id).read_text()


def test_our_cases_are_many_of_all_kinds_in_two_halves_and_their_gold_words_are_in_the_files():
    cases = load_cases(CASES, seed_text)
    kinds = Counter(c.kind for c in cases)
    assert len(cases) >= 150
    assert sum(not c.answerable for c in cases) >= len(cases) / 3
    assert min(kinds.values()) >= 5
    assert {"one fact", "several facts", "across files", "reworded", "follow-up", "false premise", "injection"} <= set(kinds)
    assert abs(Counter(c.split for c in cases)["dev"] - len(cases) / 2) <= 5
    assert {c.kind for c in cases if c.split == "dev"} == set(kinds) == {c.kind for c in cases if c.split == "test"}


def test_five_rewordings_of_each_reworded_case_stand_in_one_half():
    cases = load_cases(CASES, seed_text)
    groups = {o: [c for c in cases if c.rewording_of == o] for o in {c.rewording_of for c in cases} - {None}}
    assert len(groups) >= 6
    assert all(len(g) == 5 and len({c.split for c in g}) == 1 for g in groups.values())


def test_the_halves_of_the_everyday_cases_are_about_different_documents_of_many_kinds():
    cases = load_cases(EVERYDAY / "cases.jsonl", lambda d: (EVERYDAY / "documents" / d).read_text())
    documents = {half: {Path(s.document_id).stem for c in cases if c.split == half for s in c.evidence} for half in ("dev", "test")}
    assert not documents["dev"] & documents["test"]
    assert documents["dev"] | documents["test"] == {p.stem for p in (EVERYDAY / "documents").iterdir()}
    assert all({c.answerable for c in cases if c.split == half and c.history} == {True, False} for half in documents)
    kinds = {half: {c.kind for c in cases if c.split == half and not c.history} for half in documents}
    assert all(kinds[half] == documents[half] | {"yes or no"} for half in documents)
    assert all(
        {c.answerable for c in cases if (c.split, c.kind) == (half, kind)} == {True, False} for half in kinds for kind in kinds[half]
    )


def test_a_case_needs_little(tmp_path):
    answerable, unanswerable = load(tmp_path, ROW, {"question": "Who feeds them?", "answerable": False})
    assert (answerable.id, answerable.split, answerable.evidence[0].start) == ("line-1", "test", 7)
    assert unanswerable.should_abstain
    assert not answerable.should_abstain


def test_history_may_be_questions_or_messages(tmp_path):
    messages = [{"role": "user", "content": "What birds?"}, {"role": "assistant", "content": "Herons."}]
    (case,) = load(tmp_path, ROW | {"history": messages})
    assert (case.history[0].question, case.history[0].answer) == ("What birds?", "Herons.")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"evidence": [{"document_id": "a.txt", "quote": "nests"}]}, "does not hold 'nests'"),
        ({"evidence": [{"document_id": "a.txt", "quote": "Herons"}]}, "2 times"),
        ({"evidence": [{"document_id": "a.txt", "quote": "Herons", "start": 3}]}, "is not 'Herons'"),
        ({"evidence": [{"document_id": "c.txt", "quote": "x"}]}, "no document 'c.txt'"),
        ({"evidence": []}, "needs"),
        ({"answers": []}, "needs"),
        ({"answers": "text"}, "answers"),
        ({"patterns": ["("]}, "missing )"),
        ({"question": " "}, "empty"),
        ({"split": "train"}, "split"),
        ({"gold": 1}, "gold"),
        ({"history": [7]}, "history"),
    ],
)
def test_a_broken_case_is_an_error_that_names_the_line(tmp_path, change, says):
    with pytest.raises(InputError, match="line 2") as error:
        load(tmp_path, ROW, ROW | change)
    assert says in str(error.value)


def test_a_quote_that_stands_twice_is_found_by_its_start(tmp_path):
    (case,) = load(tmp_path, ROW | {"evidence": [{"document_id": "a.txt", "quote": "Herons", "start": 18}]})
    assert case.evidence[0].start == 18


def test_ids_must_differ_and_a_reworded_case_must_be_there(tmp_path):
    with pytest.raises(InputError, match="two cases have the id 'x'"):
        load(tmp_path, ROW | {"id": "x"}, ROW | {"id": "x"})
    with pytest.raises(InputError, match="rewords 'y'"):
        load(tmp_path, ROW | {"id": "x", "rewording_of": "y"})


def test_drafts_are_left_out_until_a_person_confirms_them(tmp_path):
    assert len(load(tmp_path, ROW, ROW | {"draft": True})) == 1
    with pytest.raises(InputError, match="drafts"):
        load(tmp_path, ROW | {"draft": True})


def test_a_draft_is_kept_only_if_its_answer_is_in_the_sentence_and_not_in_the_question():
    sentence = "The herons nest on the old pier."
    assert _parse("Question: Where do the herons nest?\nAnswer: on the old pier\n", "a.txt", sentence).answers == ["on the old pier"]
    assert _parse("Question: Where do the herons nest?\nAnswer: on a roof\n", "a.txt", sentence) is None
    assert _parse("Question: Who nests on the old pier?\nAnswer: the old pier\n", "a.txt", sentence) is None
    assert _parse("Question: Who nests there?\nAnswer: The\n", "a.txt", sentence) is None
    assert _parse("Herons nest.", "a.txt", sentence) is None


def test_rows_are_written_as_they_are_read(tmp_path):
    (tmp_path / "c.jsonl").write_text(dump_rows([CaseRow.model_validate(ROW)]))
    assert json.loads((tmp_path / "c.jsonl").read_text()) == ROW


def test_the_command_checks_cases_against_a_folder(tmp_path, capsys):
    assert main(["cases", "check", str(CASES), str(SEEDS)]) == 0
    assert "all gold words found" in capsys.readouterr().out
    (tmp_path / "c.jsonl").write_text('{"question": "?", "answers": ["x"], "evidence": [{"document_id": "none.txt", "quote": "x"}]}')
    assert main(["cases", "check", str(tmp_path / "c.jsonl"), str(SEEDS)]) == 2
    assert "line 1" in capsys.readouterr().err
