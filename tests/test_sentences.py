import pytest

from rag.sentences import sentence_texts as sentences
from rag.sentences import split_sentences, unwrap
from tests.conftest import SEEDS


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. withdrew in 2019.",
        "U.S. President Donald Trump met Gen. Dan Caine at 3.5 p.m. on Friday.",
        "“Now we have reason to believe it,” he said.",
        "Prices rose 3.5% in Jan. 2020.",
    ],
)
def test_abbreviations_numbers_and_quotes_do_not_end_a_sentence(text):
    assert sentences(text) == [text]


def test_offsets_hold_beyond_ascii_and_blank_lines():
    assert sentences("  “Déjà vu — encore.” He left.\n\n\n日本 is here.\tEnd") == [
        "“Déjà vu — encore.”",
        "He left.",
        "日本 is here.",
        "End",
    ]


def test_a_paragraph_wrapped_at_a_column_is_read_as_one():
    text = "The committee met on Monday to discuss the harbour and the price of\nfish. It decided nothing.\n\n- a point\n- another point"
    assert sentences(text)[0] == "The committee met on Monday to discuss the harbour and the price of\nfish."
    assert sentences(text)[-2:] == ["- a point", "- another point"]
    assert len(unwrap(text)) == len(text)


def test_headings_bylines_and_buttons_are_not_prose():
    text = (SEEDS / "000_0c0ea84f6c18f619.txt").read_text()
    other = [text[s.start : s.end] for s in split_sentences(text) if not s.is_prose]
    assert {"Hashtags", "Comments", "Related Articles", "18 minutes ago"} <= set(other)
    assert not any(len(line) > 120 for line in other)
