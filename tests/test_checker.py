"""The model half of the checker: what ships, what it reads, and what it was trained on."""

import gzip
import hashlib
import json
import random
import subprocess
import sys

import pytest

from rag.checker import edits
from rag.checker.pairs import Pair, claim_pairs, edited_claims, edited_pairs, read_claims, read_pairs, read_questions
from rag.checker.scorer import ANSWERS, MODEL, READ_WORDS, SUPPORTS, BundledChecker, excerpt, parts
from rag.config import load_config
from rag.entailment import EntailmentModel, LanguageModelEntailment, Together, open_checker, together
from rag.errors import ConfigError, WeightsError
from tests.conftest import ROOT, ScriptedModel

PASSAGE = "In May 1990 Berg defeated Lund by 12 votes, if the count is right. Lund had led the council of Harbour Town for nine years."


@pytest.fixture(scope="module")
def checker():
    return BundledChecker(load_config({}).cache_dir)


def test_what_ships_is_what_its_card_describes_and_small():
    card = (MODEL.parent / "README.md").read_text()
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() in card
    assert MODEL.stat().st_size < 30_000_000


def test_it_runs_without_torch_and_transformers():
    code = (
        "import sys; from rag.checker.scorer import BundledChecker; from rag.config import load_config\n"
        "BundledChecker(load_config({}).cache_dir)('Herons nest.', ['Herons nest here.'])\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "[]"


def test_what_the_words_say_is_likelier_than_what_they_do_not(checker):
    evidence = ["The council voted on Monday to close the bridge, and the mayor signed the order a day later."]
    said = checker("The mayor signed the order to close the bridge.", evidence)
    for other in ("The mayor refused to sign the order.", "The bridge was built by the mayor's brother.", "Otters ate forty fish."):
        assert checker(other, evidence) < said
    assert checker("The mayor signed.", []) < 0.1


def test_of_several_sentences_the_least_supported_counts(checker):
    evidence = ["The council voted on Monday to close the bridge, and the mayor signed the order a day later."]
    said, added = "The mayor signed the order.", "Otters ate forty fish."
    assert checker(f"{said} {added}", evidence) == pytest.approx(min(checker(said, evidence), checker(added, evidence)), abs=0.02)
    assert parts(f"{said} {added}") == [said, added]
    assert parts("Who signed? The mayor.") == ["Who signed? The mayor."]
    assert parts(f"Yes. {said}") == [said]
    assert parts("Yes.") == ["Yes."]


def test_it_tells_what_answers_a_question_from_what_does_not(checker):
    question = "Who signed the order to close the bridge?"
    texts = ["The mayor signed the order to close the bridge.", "The bridge has two lanes and a cycle path."]
    logits = checker.logits([(t, question) for t in (*texts, " ".join(texts))])
    assert logits.shape == (3, 2)
    said, beside, together = logits[:, ANSWERS].tolist()
    assert said > beside
    assert checker.answers(question, texts, texts) == pytest.approx((said + together) / 2, abs=0.01)


def test_what_is_longer_than_the_network_reads_is_cut_claim_or_source(checker):
    numbers = " ".join(f"{7919 * n}.{n}" for n in range(110))
    logits = checker.logits([("A pier.", f"The codes are {numbers}."), (f"The codes are {numbers}.", "A pier?"), (numbers, numbers)])
    assert (abs(logits) < 20).all()
    assert checker(f"The codes are {numbers}.", [f"The codes are {numbers}."]) > checker(f"The codes are {numbers}.", ["A pier."])


def test_batches_and_their_order_change_little(checker):
    pairs = [("Herons nest on the pier. " * n, "Herons nest.") for n in (1, 9, 2, 30, 1)]
    together, alone = checker.logits(pairs), [checker.logits([p])[0, SUPPORTS] for p in pairs]
    assert together[:, SUPPORTS].tolist() == pytest.approx(alone, abs=0.2)


def test_of_a_long_source_the_sentences_are_read_that_together_share_most_with_the_claim():
    sentences = [f"Sentence {i} is about the herons of the harbour and of the pier." for i in range(40)]
    sentences[3], sentences[20], sentences[37] = "Herons nest on the pier.", "The town is old.", "The herons left in 1990."
    read = excerpt(sentences, "Herons nest on the pier since 1990.")
    assert read.index(sentences[3]) < read.index(sentences[37])
    assert sentences[20] not in read
    assert "Sentence 0" in read
    assert len(read.split()) <= READ_WORDS


def test_what_a_claim_says_in_one_place_only_is_read_before_what_is_said_everywhere():
    sentences = ["The herons of the harbour nest on the pier of the town."] * 40 + ["Otters nest."]
    assert "Otters nest." in excerpt(sentences, "Otters and herons nest on the pier of the harbour.", 20)


def test_a_short_source_is_read_whole_and_of_a_long_sentence_the_part_that_shares_most():
    assert excerpt(["Herons nest.", "The town is old."], "Otters ate forty fish.") == "Herons nest. The town is old."
    assert excerpt([], "Herons nest.") == ""
    assert excerpt([f"{'word ' * 100}heron {'word ' * 100}"], "heron") == " ".join(["word"] * 20 + ["heron"] + ["word"] * 59)
    assert excerpt(["Herons nest.", "The town is old."] * 40, "Otters ate forty fish.") == "Herons nest."


def test_the_configured_checker_is_opened():
    assert isinstance(open_checker(load_config({})), BundledChecker)
    assert open_checker(load_config({"FOOTNOTE_CHECKER": "rules"})) is None
    assert isinstance(open_checker(load_config({"FOOTNOTE_CHECKER": "some/model"})), EntailmentModel)
    exported = open_checker(load_config({"FOOTNOTE_CHECKER": "nowhere/model.onnx"}))
    with pytest.raises(WeightsError, match=r"nowhere.model\.onnx: is missing"):
        exported.load()


def test_from_python_the_configured_checker_is_asked():
    import rag

    claim = "The president will chair the task force."
    evidence = ["The president will sign an order creating a task force to handle security."]
    assert rag.check(claim, evidence, checker="rules").supported
    verdict = rag.check(claim, evidence)
    assert not verdict.supported
    assert "probability" in verdict.reasons[0]


def test_a_missing_model_is_one_error_with_the_way_out(tmp_path):
    with pytest.raises(WeightsError, match="FOOTNOTE_CHECKER=rules"):
        BundledChecker(load_config({}).cache_dir, tmp_path / "model.onnx").load()


SENTENCE = PASSAGE.split(". ")[0] + "."


VERBS = (edits.change_to_opposite, edits.change_negation, edits.change_degree)


@pytest.mark.parametrize("edit", [e for e in edits.FALSE_EDITS if e is not edits.merge_facts], ids=lambda e: e.__name__)
def test_an_edit_changes_what_a_sentence_says(edit):
    sentence = {edits.add_detail: "Berg won."}.get(edit, "It was more than Berg had asked Lund for." if edit in VERBS else SENTENCE)
    changed = edit(sentence, PASSAGE, random.Random(0))
    assert changed
    assert changed != sentence


def test_roles_are_exchanged_and_numbers_are_not_left_as_they_were():
    assert edits.exchange_roles("Berg defeated Lund.", PASSAGE, random.Random(0)) == "Lund defeated Berg."
    assert edits.exchange_roles("Berg met Lund.", PASSAGE, random.Random(0)) is None
    assert edits.change_name("Anna Berg won.", PASSAGE, random.Random(0)) in {f"{n} won." for n in ("May", "Lund", "Harbour Town", "Berg")}
    assert edits.change_degree("It is mostly dry.", PASSAGE, random.Random(1)) in {"It is only dry.", "It is partly dry."}
    assert edits.add_detail("Berg won.", PASSAGE, random.Random(0)) == "Berg won for nine years."
    assert edits.drop_condition(SENTENCE, PASSAGE, random.Random(0)) == "In May 1990 Berg defeated Lund by 12 votes."
    assert edits.change_number("Otters swim.", PASSAGE, random.Random(0)) is None
    assert edits.resolve_pronoun("He led it.", "Lund was a mayor. He led it.", random.Random(0)) == "Lund led it."


def test_of_a_long_passage_is_trained_on_what_is_read_of_it():
    passage = " ".join(
        [*["The harbour of the old town is deep."] * 20, "Herons nest on the pier of the town since 1990.", *["The town is old."] * 20]
    )
    made = edited_pairs({"fever_docnli": [Pair("fever_docnli", passage, "Herons nest.", True)]}, 1, 0)
    assert made
    assert all(len(p.source.split()) <= READ_WORDS for p in made)


def test_beside_each_edited_claim_stands_the_claim_as_it_was():
    claim = "Berg defeated Lund in May."
    made = edited_claims({"fever_train_sr": [Pair("fever_train_sr", PASSAGE, claim, True)] * 40, "other": []}, 20, 0)
    assert len(made) == 20
    assert all(
        p.supported and not q.supported and p.source == q.source and p.claim == claim != q.claim
        for p, q in zip(made[::2], made[1::2], strict=True)
    )
    assert len({p.set for p in made}) >= 4
    assert edited_claims({"fever_train_sr": [Pair("fever_train_sr", PASSAGE, claim, False)]}, 20, 0) == []


def write_pairs(folder, rows):
    with gzip.open(folder / "small.jsonl.gz", "wt") as f:
        f.writelines(json.dumps(r) + "\n" for r in rows)


def test_pairs_are_read_and_bad_ones_named(tmp_path):
    with pytest.raises(ConfigError, match=r"\.jsonl\.gz"):
        read_pairs(tmp_path)
    write_pairs(tmp_path, [{"premise": "Herons nest. ", "hypothesis": "Birds nest.", "label": "entailment"}])
    assert read_pairs(tmp_path) == {"small": [Pair("small", "Herons nest.", "Birds nest.", True)]}
    write_pairs(tmp_path, [{"premise": "Herons nest."}])
    with pytest.raises(ConfigError, match=r"small\.jsonl\.gz"):
        read_pairs(tmp_path)


def test_questions_become_pairs_and_articles_can_be_left_out(tmp_path):
    docs = [{"doc_id": f"{a}_0", "text": "Berg built the pier in 1990. Lund paid for it in 1991."} for a in ("01", "02")]
    rows = [{"doc_id": "01_0", "question": "When did Berg build the pier?", "answers": ["1990"], "answerable": True}]
    rows += [{"doc_id": "02_0", "question": "Who sold the pier?", "answers": [], "answerable": False}]
    for name, lines in (("docs", docs), ("questions", rows)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in lines))
    trained, measured = read_questions(tmp_path, ["02"], seed=0)
    assert {p.claim for p in trained if p.is_question} == {rows[0]["question"]}
    assert [(p.claim, p.supported) for p in measured] == [(rows[1]["question"], False)]
    assert ("When did Berg build the pier? 1990", True) in {(p.claim, p.supported) for p in trained}
    assert any(not p.supported and p.claim.endswith("1991") for p in trained)


def test_claims_become_pairs_with_what_the_checker_reads_of_their_evidence(tmp_path, checker):
    source = ["The harbour is deep and wide."] * 40 + ["Herons nest on the pier."] + ["The town is old."] * 40
    rows = [
        {"set": "a", "claim": "Herons nest on the pier. The town is old.", "evidence": source, "supported": True},
        {"set": "a", "claim": "Herons nest on the pier. Otters ate forty fish.", "evidence": source, "supported": False},
        {"set": "b", "claim": "The town is new.", "evidence": ["The town is old."], "supported": False},
    ]
    (tmp_path / "claims.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    sets = read_claims(tmp_path / "claims.jsonl")
    made = claim_pairs(sets, checker)
    assert {(p.set, p.claim, p.supported) for p in made} == {
        ("a", "Herons nest on the pier.", True),
        ("a", "The town is old.", True),
        ("a", "Otters ate forty fish.", False),
        ("b", "The town is new.", False),
    }
    assert "Herons nest" in next(p.source for p in made if p.claim.startswith("Herons"))
    assert all(len(p.source.split()) <= READ_WORDS for p in made)


@pytest.mark.slow
def test_as_many_pairs_are_drawn_as_are_wanted():
    from rag.checker.train import _drawn

    def draw(seed):
        return [Pair("small", f"Source {seed}.", f"Claim {n}.", True) for n in range(3)]

    assert _drawn(draw, None, 5) == draw(5)
    assert _drawn(draw, 7, 5) == [*draw(5), *draw(6), draw(7)[0]]
    assert _drawn(draw, 2, 5) == draw(5)[:2]


@pytest.mark.slow
def test_training_can_go_on_from_what_ships(checker):
    import torch

    from rag.checker.export import read_weights
    from rag.checker.network import Network, PairTokenizer

    pairs = [(PASSAGE, claim) for claim in ("Berg defeated Lund.", "Lund defeated Berg.", "Otters ate forty fish.", "Who won? Berg")]
    network = Network()
    network.load_state_dict(read_weights(MODEL))
    with torch.no_grad():
        assert network(**PairTokenizer()(pairs)).numpy() == pytest.approx(checker.logits(pairs), abs=1.2)  # Activations of 8 bits.


@pytest.mark.slow
def test_of_several_rounds_the_mean_of_their_weights_ships(tmp_path):
    import torch

    from rag.checker.export import mean_weights

    for name, value in (("a.pt", 1.0), ("b.pt", 2.0)):
        torch.save({"head.bias": torch.full((2,), value, dtype=torch.bfloat16)}, tmp_path / name)
    mean = mean_weights([tmp_path / "a.pt", tmp_path / "b.pt"])
    assert mean["head.bias"].tolist() == [1.5, 1.5]
    assert mean["head.bias"].dtype == torch.float32


@pytest.mark.slow
def test_training_goes_on_where_it_stopped_and_from_other_weights(tmp_path, monkeypatch):
    import torch

    from rag.checker import train

    monkeypatch.setattr(train, "CHECK_EVERY", 2)
    monkeypatch.setattr(train, "TOKENS_A_BATCH", 60)
    rng = random.Random(0)
    pairs = [Pair("small", f"Herons nest on pier {i}.", f"Herons nest on pier {i + i % 2}.", i % 2 == 0) for i in range(40)]
    checks = {"small": pairs[:10]}
    batches = train.batches_of(pairs, rng)
    assert sorted(p.claim for b in batches for p in b) == sorted(p.claim for p in pairs)
    (tmp_path / "out").mkdir()
    train.Trainer(batches[:4], checks, tmp_path / "out", 1e-4, 0).run()
    train.Trainer(batches[:8], checks, tmp_path / "out", 1e-4, 0).run()
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [row["batch"] for row in log] == [2, 4, 6, 8]
    (tmp_path / "more").mkdir()
    train.Trainer(batches[:1], {}, tmp_path / "more", 0.0, 1, start=tmp_path / "out" / "model.pt").run()
    first, more = (torch.load(tmp_path / folder / "model.pt") for folder in ("out", "more"))
    assert all(torch.equal(first[name], more[name]) for name in first)


def test_a_language_model_is_asked_for_yes_or_no_and_taken_at_its_word_where_it_tells_no_probability():
    evidence = ("Herons nest on the old pier.",)
    assert LanguageModelEntailment(ScriptedModel("", yes=0.8))("Herons nest.", evidence) == 0.8
    assert LanguageModelEntailment(ScriptedModel("Yes, it does.", yes=None))("Herons nest.", evidence) == 1
    model = ScriptedModel("No.", yes=None)
    assert LanguageModelEntailment(model).probabilities([("Herons nest.", evidence)]) == [0]
    assert "Herons nest." in model.seen[0][0]["content"]
    assert evidence[0] in model.seen[0][0]["content"]


def test_two_models_together_agree_or_meet_in_the_middle():
    assert together(0.9, 0.9) > 0.9 > together(0.9, 0.3) > together(0.3, 0.3)
    assert 0 < together(0.0, 1.0) < 1
    both = Together(LanguageModelEntailment(ScriptedModel("", yes=0.9)), LanguageModelEntailment(ScriptedModel("", yes=0.2)))
    assert both("Herons nest.", ("Herons nest.",)) == together(0.9, 0.2)
