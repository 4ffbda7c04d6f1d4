import re
from dataclasses import replace

import pytest

from rag.drafting import draft_answer, gate, gate_messages, parse_draft
from rag.errors import FailureError
from rag.llm import Usage
from rag.prompting import fill_prompt
from rag.types import Evidence, Span
from tests.conftest import ROOT, ScriptedModel


def parsed(text, size=3, known=frozenset({1, 2, 3})):
    pieces = re.findall(f".{{1,{size}}}", text, re.DOTALL)
    return [(s.text, s.numbers) for s in parse_draft(pieces, set(known))]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_marks_belong_to_the_sentence_before_them_however_the_stream_is_cut(size):
    text = "Tides rise twice a day. [2]\nThe moon pulls the sea [1, 3].\nNobody knows why."
    assert parsed(text, size) == [("Tides rise twice a day.", (2,)), ("The moon pulls the sea.", (1, 3)), ("Nobody knows why.", ())]


def test_several_sentences_on_a_line_keep_their_own_marks():
    assert parsed("One came [1]. Two went [2].") == [("One came.", (1,)), ("Two went.", (2,))]


def test_a_sentence_keeps_the_full_stop_of_its_script():
    assert parsed("灯塔建于1904年。 [1]") == [("灯塔建于1904年。", (1,))]


def test_numbers_that_do_not_exist_are_left_out():
    assert parsed("Tides rise. [7][2]") == [("Tides rise.", (2,))]


def test_yes_and_no_are_left_out_for_they_cannot_be_checked():
    assert parsed("Yes, tides rise. [1]") == [("Tides rise.", (1,))]


@pytest.mark.parametrize(
    ("text", "given_up"),
    [
        ("Tides rise by the moon, . [1]", True),
        ("Tides rise by the moon, 。 [1]", True),
        ("Tides rise as of the date such . [1]", True),
        (f"Tides rise {'and fall ' * 32}an. [1]", True),
        ("Tides rise, and fall. [1]", False),
    ],
)
def test_a_sentence_that_ends_in_the_middle_was_given_up(text, given_up):
    assert [s.is_given_up for s in parse_draft([text], {1})] == [given_up]


@pytest.mark.parametrize("text", ["NOT STATED", "Not stated.", "", " \n\n", "[1]"])
def test_a_refusal_or_nothing_gives_no_sentence(text):
    assert parsed(text) == []


def test_a_prompt_needs_exactly_its_values():
    assert "Question: Why?" in fill_prompt("evidence", evidence="[1] $50 and ${x}", question="Why?")
    assert "$50 and ${x}" in fill_prompt("evidence", evidence="[1] $50 and ${x}", question="Why?")
    for values in ({"evidence": "x"}, {"evidence": "x", "question": "y", "other": "z"}):
        with pytest.raises(FailureError, match="evidence"):
            fill_prompt("evidence", **values)


def test_every_prompt_gives_its_reasons_and_does_not_send_them():
    for path in (ROOT / "prompts").iterdir():
        assert path.read_text().startswith("#:"), path
    assert "#:" not in fill_prompt("draft")


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_structured_replies_are_read_sentence_by_sentence_however_the_stream_is_cut(size):
    reply = '{"sentences": [{"text": "Tides rise {twice} a day.", "evidence": [2, 7]}, {"text": "The moon \\"pulls\\".", "evidence": []}]}'
    assert parsed(reply, size) == [("Tides rise {twice} a day.", (2,)), ('The moon "pulls".', ())]


@pytest.mark.parametrize("reply", ['{"sentences": []}', '{"sentences": 3}', '{"other": [1]}', "{nonsense", "{"])
def test_structured_replies_without_a_sentence_give_none(reply):
    assert parsed(reply) == []


def test_a_structured_sentence_counts_before_the_reply_has_ended():
    pieces = iter(['{"sentences": [{"text": "Tides rise.", "evidence": [1]}, {"text": "T', 'hey fall.", "evidence": [2]}]}'])
    draft = parse_draft(pieces, {1, 2})
    assert next(draft).text == "Tides rise."
    assert next(pieces).startswith("hey")


def test_the_number_of_a_sentence_in_round_brackets_is_no_word_of_the_answer():
    assert parsed("It is closed (2). [2]") == [("It is closed.", (2,))]
    assert parsed("It is closed (sentence 2). [2]") == [("It is closed.", (2,))]
    assert parsed("It is closed in sentences 1 and 2. [2]") == [("It is closed.", (2,))]
    assert parsed("It seats a few (40). [2]") == [("It seats a few (40).", (2,))]


def evidence(number, section, text, title="Handbook"):
    return Evidence(number, Span("a.md", 10 * number, 10 * number + len(text)), text, 0.5, title, "2024-05-06", section=section)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (
            "What does early care cost?",
            ['From "Handbook: Early care", 2024-05-06:', "[1] Three pounds.", 'From "Handbook: Lunch", 2024-05-06:', "[2] It costs 2.80."],
        ),
        ("How much is that?", ['From "Handbook", 2024-05-06:', "[1] Three pounds.", "[2] It costs 2.80."]),
        ("What does the handbook say?", ['From "Handbook", 2024-05-06:', "[1] Three pounds.", "[2] It costs 2.80."]),
    ],
)
def test_a_model_reads_sentences_below_their_headings_where_one_of_these_names_what_is_asked_for(question, shown):
    found = [evidence(1, "Early care", "Three pounds."), evidence(2, "Lunch", "It costs 2.80.")]
    prompt = gate_messages(question, found)[-1]["content"]
    assert "\n".join(shown) in prompt


def test_a_heading_that_all_of_them_stand_below_is_left_out():
    found = [evidence(1, "Early care", "Three pounds."), evidence(2, "Early care", "It opens at 7.")]
    assert ": Early care" not in gate_messages("What does early care cost?", found)[-1]["content"]


def test_a_question_in_a_text_is_read_with_the_number_of_the_sentence_that_answers_it():
    asked, opens, closes = (evidence(n, "", t) for n, t in ((1, "When is the pool open?"), (2, "From eight."), (3, "We close in August.")))
    found = [asked, replace(opens, context=asked.span), replace(closes, context=asked.span)]
    lines = gate_messages("When can I swim?", found)[-1]["content"].split("\n")
    assert lines[1:3] == ["[2] When is the pool open? From eight.", "[3] We close in August."]
    reading = gate(ScriptedModel("", chooses="From eight"), "When can I swim?", found, Usage())
    assert reading is not None
    assert reading.shares == {1: 0.0, 2: pytest.approx(1), 3: pytest.approx(0)}
    drafted = draft_answer(ScriptedModel("It opens at eight. [1][2]"), "When can I swim?", found, Usage(), 90)
    assert [s.numbers for s in drafted] == [(2,)]
    apart = [asked, opens, closes]
    assert "[1] When is the pool open?\n[2] From eight." in gate_messages("When can I swim?", apart)[-1]["content"]
