import re

from rag.types import Document, Sentence
from tests.conftest import ScriptedModel
from ui.render import FailedTurn, PendingTurn, source_html, transcript_html

HOSTILE = '<script>alert(1)</script> **bold** [link](http://x) ${value} {{value}} & "quotes" <img src=x onerror=alert(2)>'


def tags(html):
    return set(re.findall(r"<([a-z0-9]+)", html))


def test_document_text_is_shown_as_text():
    text = f"Before. {HOSTILE} After."
    html = source_html(Document("d.txt", HOSTILE, text, "0"), [(8, 8 + len(HOSTILE))], 0)
    assert tags(html) <= {"article", "header", "h2", "p", "div", "mark"}
    assert "&lt;script&gt;" in html
    assert "**bold**" in html


def test_questions_and_errors_are_shown_as_text():
    html = transcript_html([PendingTurn(HOSTILE), FailedTurn(HOSTILE, HOSTILE)], "")
    assert not tags(html) & {"script", "img", "a"}


def test_exactly_the_chosen_words_are_marked_and_can_be_scrolled_to():
    text = "Herons nest here. Otters swim here. Seals sleep here."
    html = source_html(Document("d.txt", "D", text, "0", published="2024-01-02"), [(0, 17), (18, 35)], 1)
    assert '<mark class="fn-chosen" id="fn-chosen">Otters swim here.</mark>' in html
    assert "<mark>Herons nest here.</mark>" in html
    assert "2024-01-02" in html
    assert re.sub(r"<[^>]+>", "", html.split('tabindex="0">')[1]) == text


def test_overlapping_marks_keep_the_text_whole():
    text = "Herons nest here and otters swim."
    html = source_html(Document("d.txt", "D", text, "0"), [(0, 20), (7, 33)], 1)
    assert re.sub(r"<[^>]+>", "", html.split('tabindex="0">')[1]) == text
    assert html.count('id="fn-chosen"') == 1


def test_of_a_long_document_the_surroundings_are_shown():
    text = "x" * 200_000 + "HERE" + "y" * 200_000
    html = source_html(Document("d.txt", "D", text, "0"), [(200_000, 200_004)], 0)
    assert ">HERE</mark>" in html
    assert len(html) < 60_000


def test_an_answer_shows_a_button_for_each_citation_and_the_passages(seeds):
    answer = seeds.ask("What did a drone hit in the Stavropol region?")
    html = transcript_html([answer])
    for c in answer.citations:
        assert f'data-turn="0" data-citation="{c.number}"' in html
    assert html.count("data-hit=") == len(answer.hits)


def test_an_item_of_a_list_stands_on_a_line_of_its_own():
    said = [Sentence(text, 0, 9, (1,), "verbatim", 1.0, is_item=is_item) for text, is_item in (("They sell:", False), ("tea", True))]
    html = transcript_html([PendingTurn("What?", (), tuple(said))])
    assert re.findall(r'class="([\w -]*fn-sentence[\w -]*)">(\S+ ?\S+?)<', html) == [
        ("fn-sentence", "They sell:"),
        ("fn-sentence fn-item", "tea"),
    ]


def test_an_abstention_shows_the_closest_passages_open(seeds):
    html = transcript_html([seeds.ask("What is the boiling point of lead?")])
    assert "The documents do not say." in html
    assert '<details class="fn-hits" open>' in html
    assert "data-citation" not in html


def test_a_follow_up_shows_how_it_was_understood(answered_by):
    answer = answered_by(ScriptedModel("x", yes=0.0)).ask("How was it signed?", ["What is the INF treaty?"])
    assert "Understood as: How was the INF treaty signed?" in transcript_html([answer])
