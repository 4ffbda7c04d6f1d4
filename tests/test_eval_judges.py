"""Judges, and how their agreement with people is measured and remembered."""

import json

import pytest

from eval.__main__ import main
from eval.benchmarks.claims import Claim, load_claims
from eval.calibration import agreement, calibrate, calibration_of
from eval.judges import LexicalJudge, open_judge
from rag.config import load_config
from rag.errors import ConfigError, InputError
from tests.conftest import ROOT, tiny_cross_encoder

CLAIMS = ROOT / "tests/data/claims.jsonl"
PIER = ("In 1990, herons were nesting on the old pier.",)


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("Herons were nesting on the pier in 1990.", True),
        ("Herons were nesting on the pier in 1991.", False),
        ("Otters ate forty fish by moonlight.", False),
        ("1990", True),
        ("", False),
    ],
)
def test_the_lexical_judge_looks_at_numbers_and_words(claim, supported):
    judge = LexicalJudge()
    assert (judge.scores([(claim, PIER)])[0] >= judge.threshold) is supported


def test_nothing_is_supported_by_nothing():
    assert LexicalJudge().scores([("Herons nest.", ()), ("Herons nest.", ("",))]) == [0, 0]


@pytest.fixture(scope="module")
def nli_folder(tmp_path_factory):
    """A tiny, untrained NLI cross-encoder with three labels."""
    return tiny_cross_encoder(tmp_path_factory.mktemp("nli"), ("contradiction", "entailment", "neutral"))


def test_a_cross_encoder_judges_by_its_entailment_probability(nli_folder):
    import torch

    judge = open_judge(f"cross-encoder {nli_folder}", load_config({}))
    pairs = [("herons nest", ("herons nest here",)), ("otters swim", ("herons nest", "here"))]
    model = judge._model._model
    inputs = model.tokenizer(["herons nest here", "herons nest here"], ["herons nest", "otters swim"], return_tensors="pt", padding=True)
    with torch.no_grad():
        expected = torch.softmax(model.model(**inputs).logits, dim=-1)[:, 1].tolist()
    assert judge.scores(pairs) == pytest.approx(expected, abs=1e-5)
    assert judge.scores([]) == []


def test_a_cross_encoder_without_entailment_is_refused(nli_folder, tmp_path):
    import shutil

    shutil.copytree(nli_folder, tmp_path / "m")
    config = json.loads((tmp_path / "m/config.json").read_text())
    config |= {"id2label": {"0": "a", "1": "b", "2": "c"}, "label2id": {"a": 0, "b": 1, "c": 2}}
    (tmp_path / "m/config.json").write_text(json.dumps(config))
    with pytest.raises(ConfigError, match="none of its labels"):
        open_judge(f"cross-encoder {tmp_path / 'm'}", load_config({})).scores([("herons", ("nest",))])


@pytest.mark.parametrize("name", ["oracle", "cross-encoder", "llm", "lexical really"])
def test_an_unknown_judge_is_an_error_that_lists_the_known_ones(name):
    with pytest.raises(InputError, match="use lexical"):
        open_judge(name, load_config({}))


def test_agreement_is_scikit_learns():
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    labels, scores = [True, True, False, False, True, False], [0.9, 0.4, 0.6, 0.1, 0.8, 0.2]
    found = agreement(labels, scores, 0.5)
    assert found["auc"].value == pytest.approx(roc_auc_score(labels, scores))
    assert found["balanced_accuracy"].value == pytest.approx(balanced_accuracy_score(labels, [s >= 0.5 for s in scores]))
    assert found["auc"].low <= found["auc"].value <= found["auc"].high


def test_agreement_with_one_label_only_is_not_defined():
    assert agreement([True, True], [0.1, 0.9], 0.5)["auc"].value is None


def test_calibration_gives_each_set_the_same_weight():
    claims = [Claim("small", "herons", ("herons",), True), Claim("small", "otters", ("herons",), False)]
    claims += [Claim("large", "herons", ("herons",), False), Claim("large", "otters", ("herons",), True)] * 10
    found = calibrate(LexicalJudge(), claims)
    assert found["sets"]["small"]["balanced_accuracy"]["value"] == 1
    assert found["sets"]["large"]["balanced_accuracy"]["value"] == 0
    assert found["balanced_accuracy"]["value"] == 0.5


def test_the_command_measures_a_judge_and_the_reports_know_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FOOTNOTE_CACHE_DIR", str(tmp_path))
    assert main(["judge", "--data", str(CLAIMS), "--judge", "lexical", "--json"]) == 0
    (printed,) = json.loads(capsys.readouterr().out)
    assert {"fm2", "wice"} == set(printed["sets"])
    assert 0.5 < printed["auc"]["value"] < 0.9  # Better than nothing, far from a person.
    assert calibration_of("lexical")["auc"].value == printed["auc"]["value"]
    assert calibration_of("never heard of") is None


def test_footnote_ships_the_lexical_judges_figures(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_CACHE_DIR", str(tmp_path))
    assert calibration_of("lexical")["balanced_accuracy"].count > 5000


def test_claims_are_read_from_the_folder_too_and_a_broken_one_names_its_line(tmp_path):
    assert len(load_claims(CLAIMS)) == 45
    assert len(load_claims(CLAIMS, limit=5)) == 10
    (tmp_path / "claims.jsonl").write_text('{"claim": "x", "evidence": ["y"], "supported": true}\n{"claim": "x"}\n')
    with pytest.raises(InputError, match="line 2"):
        load_claims(tmp_path)
    with pytest.raises(InputError, match="neither"):
        load_claims(tmp_path / "nothing")
