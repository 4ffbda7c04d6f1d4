"""Every metric against examples worked by hand, and against scikit-learn where it has the same metric."""

import math

import pytest

from eval.cases import Case
from eval.metrics import abstention, answers, citations, retrieval, rewriting, robustness
from eval.reply import CitedWords, Passage, Reply, ReplySentence
from rag.types import Span


def passage(start, end, document="a", tokens=100):
    return Passage(document, start, end, tokens)


def reply(text="Herons nest.", *, abstained=False, sentences=(), citations=(), **more):
    return Reply(text, abstained, tuple(sentences), tuple(citations), **more)


def case(**more):
    return Case(**({"id": "1", "split": "test", "kind": "k", "question": "q"} | more))


# --- retrieval ---

GOLD = (Span("a", 0, 10), Span("b", 100, 130))


def test_evidence_recall_is_the_share_of_gold_characters_found():
    assert retrieval.evidence_recall(GOLD, [passage(5, 50)]) == 5 / 40
    assert retrieval.evidence_recall(GOLD, [passage(0, 50), passage(90, 140, "b")]) == 1
    assert retrieval.evidence_recall(GOLD, [passage(0, 50, "c")]) == 0


def test_overlapping_passages_count_a_gold_character_once():
    assert retrieval.evidence_recall(GOLD, [passage(0, 5), passage(0, 8)]) == 8 / 40


def test_a_budget_takes_the_best_passages_that_fit_and_nothing_after_the_first_that_does_not():
    found = [passage(0, 10, tokens=100), passage(90, 140, "b", tokens=300), passage(100, 110, "b", tokens=10)]
    assert retrieval.evidence_recall(GOLD, found, 99) == 0
    assert retrieval.evidence_recall(GOLD, found, 110) == 10 / 40
    assert retrieval.evidence_recall(GOLD, found, 400) == 1


def test_ranked_metrics_by_hand():
    found = [passage(0, 5, "c"), passage(0, 5), passage(50, 60), passage(120, 125, "b")]  # Gold at ranks 2 and 4.
    assert retrieval.recall(GOLD, found, 5) == 1
    assert retrieval.recall(GOLD, found, 3) == 0.5
    assert retrieval.reciprocal_rank(GOLD, found, 5) == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert retrieval.ndcg(GOLD, found, 5) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)


@pytest.mark.parametrize("ranks", [(0,), (1, 3), (0, 1), (2, 4), ()])
def test_ndcg_is_scikit_learns(ranks):
    from sklearn.metrics import ndcg_score

    gold = tuple(Span("a", 100 * i, 100 * i + 10) for i in range(max(len(ranks), 1)))
    found = [passage(100 * ranks.index(i), 100 * ranks.index(i) + 5) if i in ranks else passage(0, 5, "c") for i in range(5)]
    relevance = [float(i in ranks) for i in range(5)] + [0.0 if ranks else 1.0]  # Unfound gold ranks last.
    expected = ndcg_score([relevance], [[5, 4, 3, 2, 1, 0]], k=5)
    assert retrieval.ndcg(gold, found, 5) == pytest.approx(expected)


def test_one_passage_may_hold_several_gold_spans_and_a_second_finding_adds_nothing():
    gold = (Span("a", 0, 5), Span("a", 10, 15))
    assert retrieval.ndcg(gold, [passage(0, 20), passage(0, 20)], 5) == 1
    assert retrieval.recall(gold, [passage(0, 20)], 1) == 1


def test_nothing_found_scores_nought_and_no_gold_or_no_passages_told_gives_no_score():
    for metric in (retrieval.evidence_recall, retrieval.recall, retrieval.reciprocal_rank, retrieval.ndcg):
        assert metric(GOLD, []) == 0
        assert metric((), [passage(0, 5)]) is None
        assert metric(GOLD, None) is None


# --- answers ---


@pytest.mark.parametrize(
    ("gold", "said", "same", "f1"),
    [
        ("The Eiffel Tower", "eiffel tower!", 1, 1),
        ("Rollo", "It was Rollo.", 0, 0.5),  # 1 of 3 said words is wanted, 1 of 1 wanted is said: 2·(1/3·1)/(4/3).
        ("in the 10th century", "10th century", 0, 0.8),
        ("France", "Spain", 0, 0),
        ("a b a b", "a a b", 0, 2 / 3),  # "a" is an article: b b against b.
    ],
)
def test_exact_match_and_token_f1_as_squad_defines_them(gold, said, same, f1):
    assert answers.exact_match([gold], said) == same
    assert answers.token_f1([gold], said) == pytest.approx(f1)


def test_the_best_of_several_gold_answers_counts_and_no_gold_answer_wants_no_text():
    assert answers.token_f1(["Spain", "France"], "France") == 1
    assert answers.exact_match([], "") == answers.token_f1([], "") == 1
    assert answers.exact_match([], "France") == answers.token_f1([], "France") == 0


def test_squad_metrics_apply_to_cases_with_one_group_of_answers_only():
    assert answers.case_f1(case(answers=(("Rollo",),)), reply("Rollo")) == 1
    assert answers.case_f1(case(answers=(("Rollo",),)), reply("Rollo", abstained=True)) == 0
    assert answers.case_f1(case(answers=(("a",), ("b",))), reply("a b")) is None
    assert answers.case_exact_match(case(answerable=False), reply()) is None


def test_right_means_every_group_said_or_silence_where_it_is_due():
    two = case(answers=(("Kadena",), ("six", "6")))
    assert answers.right(two, reply("Six jets left KADENA."))
    assert not answers.right(two, reply("Six jets left."))
    assert not answers.right(two, reply("16 jets left Kadena."))
    assert not answers.right(two, reply("Six jets left Kadena.", abstained=True))
    assert answers.right(case(answerable=False), reply("I do not know", abstained=True))
    assert not answers.right(case(answerable=False), reply("Otters."))
    correction = case(answerable=False, answers=(("no missiles",),))
    assert answers.right(correction, reply("No  missiles were fired."))
    assert correction.should_abstain is None


def test_typographic_quotation_marks_and_dashes_do_not_count():
    assert answers.right(case(answers=(("Choe's two-day",),)), reply("Choe’s two–day visit"))


def test_an_instruction_is_obeyed_if_its_words_are_said():
    planted = case(answerable=False, forbidden=("Osan",))
    assert answers.obeyed(planted, reply("From OSAN base.")) == 1
    assert answers.obeyed(planted, reply("From Kadena.")) == 0
    assert answers.obeyed(case(answerable=False), reply()) is None


# --- citations ---

TEXTS = {"a": "Herons nest here. Otters swim."}
HERONS, OTTERS = CitedWords(1, "a", 0, 17, "Herons nest here."), CitedWords(2, "a", 18, 30, "Otters swim.")


def holds_all_words(claim, evidence):
    """A judge that anybody can follow."""
    return set(claim.lower().strip(".").split()) <= {w.strip(".") for e in evidence for w in e.lower().split()}


def cited(*sentences, citations=(HERONS, OTTERS)):
    return reply(sentences=[ReplySentence(text, numbers) for text, numbers in sentences], citations=citations)


def test_verbatim_validity_is_the_share_of_true_quotes():
    wrong = CitedWords(3, "a", 0, 6, "Otters")
    assert citations.verbatim_validity(cited(citations=(HERONS, wrong)), TEXTS.__getitem__) == 0.5
    assert citations.verbatim_validity(cited(citations=(CitedWords(1, "x", 0, 1, "H"),)), TEXTS.__getitem__) == 0
    assert citations.verbatim_validity(cited(citations=()), TEXTS.__getitem__) is None


def test_citation_recall_is_the_share_of_sentences_that_their_citations_support_together():
    assert citations.citation_recall(cited(("Herons nest.", (1,)), ("Otters fly.", (2,))), holds_all_words) == 0.5
    assert citations.citation_recall(cited(("Herons swim.", (1, 2))), holds_all_words) == 1
    assert citations.citation_recall(cited(("Herons nest.", ())), holds_all_words) == 0


def test_citation_precision_counts_out_what_adds_nothing_and_everything_of_an_unsupported_sentence():
    assert citations.citation_precision(cited(("Herons nest.", (1, 2))), holds_all_words) == 0.5  # 2 adds nothing.
    assert citations.citation_precision(cited(("Herons swim.", (1, 2))), holds_all_words) == 1  # Neither does alone.
    assert citations.citation_precision(cited(("Otters fly.", (2,)), ("Herons nest.", (1,))), holds_all_words) == 0.5
    assert citations.citation_precision(cited(("Herons nest.", ())), holds_all_words) is None


def test_grounded_is_what_a_passage_holds_even_uncited():
    said = cited(("Herons nest.", ()), ("Otters fly.", (2,)))
    assert citations.groundedness(said, ["Herons nest here."], holds_all_words) == 0.5
    assert citations.groundedness(said, None, holds_all_words) is None


def test_a_system_that_does_not_cite_gets_no_citation_score():
    silent = Reply("Herons nest.", False, (ReplySentence("Herons nest.", ()),), None)
    assert citations.citation_recall(silent, holds_all_words) is citations.citation_precision(silent, holds_all_words) is None
    assert citations.gold_recall(silent, (Span("a", 0, 5),)) is None


def test_gold_precision_and_recall_of_citations():
    gold = (Span("a", 0, 6), Span("a", 50, 60))
    assert citations.gold_precision(cited(citations=(HERONS, OTTERS)), gold) == 0.5
    assert citations.gold_recall(cited(citations=(HERONS, OTTERS)), gold) == 0.5
    assert citations.gold_precision(cited(), ()) is None


# --- abstention ---

DUE, ABSTAINED = [True, True, True, False, False], [True, True, False, True, False]


def test_abstention_metrics_are_scikit_learns():
    from sklearn.metrics import f1_score, precision_score, recall_score

    assert abstention.precision(DUE, ABSTAINED) == pytest.approx(precision_score(DUE, ABSTAINED))
    assert abstention.recall(DUE, ABSTAINED) == pytest.approx(recall_score(DUE, ABSTAINED))
    assert abstention.f1(DUE, ABSTAINED) == pytest.approx(f1_score(DUE, ABSTAINED))


def test_without_a_due_or_given_abstention_there_is_no_score():
    assert abstention.precision([True], [False]) is None
    assert abstention.recall([False], [True]) is None
    assert abstention.f1([False], [False]) is None


def test_risk_coverage_by_hand():
    curve = abstention.risk_coverage([True, False, True], [0.9, 0.5, 0.8], total=4)
    assert curve.coverage == (0.25, 0.5, 0.75)
    assert curve.risk == (0, 0, 1 / 3)
    assert curve.area == pytest.approx(1 / 9)


def test_answers_of_the_same_confidence_come_in_together():
    assert abstention.risk_coverage([True, False], [0.5, 0.5], total=2).coverage == (1,)
    assert abstention.risk_coverage([], [], total=2) is None


@pytest.mark.parametrize(
    ("text", "abstains"),
    [
        ("I do not know.", True),
        ("The passages don't mention a hotel.", True),
        ("The price is not stated in the passages.", True),
        ("There is no information about that.", True),
        ("", True),
        ("Kadena Air Base [1].", False),
        ("He refused to answer. The text does not say why.", False),
        ("No missiles were fired.", False),
    ],
)
def test_a_reply_that_sounds_like_an_abstention_is_one(text, abstains):
    assert abstention.sounds_like_abstention(text) is abstains


# --- robustness and rewriting ---


def test_consistency_is_the_share_of_rewordings_that_are_right():
    cases = [case(id="a"), *(case(id=f"a{i}", rewording_of="a") for i in range(4)), case(id="b0", rewording_of="b")]
    groups = robustness.rewording_groups(cases)
    right = {"a0": 1.0, "a1": 1.0, "a2": 0.0, "a3": 1.0, "b0": 1.0}
    assert robustness.consistency(right, groups) == {"a": 0.75, "b": 1}
    assert robustness.all_right(right, groups) == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [
        ("What are lung cancer's symptoms?", "What are lung cancer's symptoms?", 1),
        ("the cat sat on the mat", "the cat on mat", 0.8),  # LCS 4: 2·4/(6+4).
        ("a b c d", "d c b a", 0.25),
        ("a b", "c d", 0),
    ],
)
def test_rouge_l_by_hand(gold, text, expected):
    assert rewriting.rouge_l(gold, text) == pytest.approx(expected)
