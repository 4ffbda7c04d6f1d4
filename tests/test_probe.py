import json
import math

import pytest
from sklearn.metrics import roc_auc_score

from eval.benchmarks.gate import Reply, fit, prompt_digest, write
from rag.drafting import gate
from rag.llm import Usage
from rag.probe import FILE, Probe, load_probe
from rag.types import Evidence, Span
from rag.weights import BUNDLED_MODELS
from tests.conftest import ScriptedModel

EVIDENCE = [Evidence(1, Span("pier.txt", 0, 10), "Herons nest on the pier.", 0.9)]


def test_a_token_that_is_not_among_the_likeliest_counts_like_the_least_likely_of_them():
    probe = Probe({"1": 1.0, "Sorry": -2.0}, 0.5)
    assert probe.probability({"1": -0.5, "0": -3.0}) == pytest.approx(1 / (1 + math.exp(-(-0.5 + 6.0 + 0.5))))


def test_the_bundled_model_has_a_probe_and_others_have_none():
    assert load_probe(BUNDLED_MODELS[0].name)
    assert load_probe("another") is None


def test_the_probe_was_fitted_with_the_prompt_that_ships():
    told = json.loads(FILE.read_text(encoding="utf-8"))["prompt_sha256"]
    assert told == prompt_digest(), "the gate's prompt has changed: fit the probe again (python -m eval bench gate --fit rag/probe.json)"


def test_a_model_with_a_probe_is_read_by_it_and_one_without_by_its_numbers():
    model = ScriptedModel("", yes=0.9)
    assert gate(model, "Where do herons nest?", EVIDENCE, Usage()) == pytest.approx(0.9)
    model.name = BUNDLED_MODELS[0].name
    logprobs = {"1": math.log(0.9), "0": math.log(0.1)}
    assert gate(model, "Where do herons nest?", EVIDENCE, Usage()) == pytest.approx(load_probe(model.name).probability(logprobs))


def test_a_fit_finds_the_token_that_tells_and_keeps_to_the_scale_of_the_numbers(tmp_path):
    replies = [
        Reply(
            answerable=bool(i % 2),
            sentences=1,
            logprobs={"0": -0.6 - i % 7 / 10, "1": -0.8 + i % 5 / 10, "Sorry": -6.0 if i % 2 else -4.0, "Well": -9.0},
        )
        for i in range(200)
    ]
    probe = fit(replies)
    assert max(probe.weights, key=lambda token: abs(probe.weights[token])) == "Sorry"
    found = [probe.probability(r.logprobs) for r in replies]
    assert roc_auc_score([r.answerable for r in replies], found) > 0.95
    logits = [math.log(p / (1 - p)) for p in found]
    numbered = [math.log(r.numbered / (1 - r.numbered)) for r in replies]
    assert sum(logits) / 200 == pytest.approx(sum(numbered) / 200, abs=0.01)
    write(probe, "m", tmp_path / "probe.json")
    assert json.loads((tmp_path / "probe.json").read_text())["weights"] == probe.weights
