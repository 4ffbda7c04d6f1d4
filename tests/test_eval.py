import json
import re

import pytest

from eval.__main__ import CASES, main
from eval.cases import Case, GoldSpan, load_cases
from eval.metrics import citation_on_gold, citation_verbatim, gold_recall, is_right, sentence_supported
from eval.run import mean, proportion
from rag.errors import InputError
from rag.types import Answer, Citation, Timings
from tests.conftest import SEEDS

CITATION = Citation(1, "d.txt", "D", None, 0, 6, "Herons")


def seed_text(document_id):
    return (SEEDS / document_id).read_text()


def answer(text="Herons nest.", *, abstained=False, citations=(CITATION,)):
    return Answer("q", "q", text, (), () if abstained else citations, (), abstained, None, "m", Timings(0, 0, 0))


GOLD = (GoldSpan("d.txt", 0, 10),)


def case(*, answerable=True, answers=("herons",), evidence=GOLD):
    return Case("1", "dev", "k", "q", (), answerable, tuple((re.compile(a, re.IGNORECASE),) for a in answers), evidence)


def test_our_cases_are_many_of_all_kinds_and_their_gold_words_are_in_the_files():
    cases = load_cases(CASES, seed_text)
    assert len(cases) >= 60
    assert sum(not c.answerable for c in cases) >= len(cases) / 3
    assert {"one fact", "several facts", "across files", "reworded", "follow-up", "false premise"} <= {c.kind for c in cases}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"evidence": [{"document_id": "000_0c0ea84f6c18f619.txt", "start": 0, "end": 5, "quote": "wrong"}]}, "is not 'wrong'"),
        ({"answers": "text"}, "answers"),
        ({"answers": [["("]]}, "line 1"),
    ],
)
def test_a_broken_case_is_an_error_that_names_the_line(tmp_path, change, says):
    row = json.loads(CASES.read_text().splitlines()[0]) | change
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(row))
    with pytest.raises(InputError, match="line 1") as error:
        load_cases(path, seed_text)
    assert says in str(error.value)


def test_right_means_what_the_case_wants_said_or_silence_where_it_is_due():
    assert is_right(case(), answer("Grey  HERONS nest."))
    assert not is_right(case(), answer("Otters nest."))
    assert not is_right(case(), answer("Herons.", abstained=True))
    assert is_right(case(answerable=False, answers=()), answer("The documents do not say.", abstained=True))
    assert not is_right(case(answerable=False, answers=()), answer("Otters."))
    assert is_right(case(answerable=False), answer("In fact herons nest there."))


def test_gold_recall_is_the_share_of_gold_characters_and_none_without_gold():
    assert gold_recall(case(), [("d.txt", 5, 100)]) == 0.5
    assert gold_recall(case(), [("other.txt", 0, 100)]) == 0
    assert gold_recall(case(answerable=False), []) is None


def test_citations_are_held_against_the_text_and_the_gold():
    assert citation_verbatim("Herons nest.", CITATION) == 1
    assert citation_verbatim("Otters swim.", CITATION) == 0
    assert citation_on_gold(case(), answer()) == 1
    assert citation_on_gold(case(evidence=(GoldSpan("d.txt", 6, 9),)), answer()) == 0
    assert citation_on_gold(case(), answer(abstained=True)) is None


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("Herons were nesting on the pier in 1990.", 1),
        ("Herons were nesting on the pier in 1991.", 0),
        ("Otters ate forty fish by moonlight.", 0),
    ],
)
def test_the_suites_own_judge_looks_at_numbers_and_words(sentence, supported):
    assert sentence_supported(sentence, ["In 1990, herons were nesting on the old pier."]) == supported


def test_intervals_hold_their_value_and_nothing_tried_gives_none():
    p = proportion([True] * 8 + [False] * 2)
    assert p.low < p.value == 0.8 < p.high
    assert proportion([]).value is None
    m = mean([0.0, 1.0, 0.5, None])
    assert m.low <= m.value == 0.5 <= m.high
    assert m.count == 3
    assert mean([0.0, 1.0, 0.5]) == m


def test_the_suite_runs_and_reports_settings_versions_and_every_case(tmp_path, capsys):
    report = tmp_path / "runs/report.json"
    assert main(["--llm", "extractive", "--limit", "12", "--report", str(report)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"citations verbatim +100\.0 %", out)
    written = json.loads(report.read_text())
    assert len(written["cases"]) == 12
    assert written["summary"]["right"]["value"] > 0.5
    assert written["settings"]["versions"]["chromadb"]
    assert len(written["settings"]["corpus_sha256"]) == 64
    assert "key" not in json.dumps(written["settings"]["config"])
