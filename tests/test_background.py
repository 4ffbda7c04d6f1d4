"""What the news tell of years long past."""

import pytest

from rag.background import is_background, is_of_today, names_another_time

NEWS = "A ferry ran onto rocks on Tuesday."
PAST = "In 2000, 81 people died on the Express Samina."


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("How many people died?", True),
        ("How many people died in 2000?", False),
        ("How many people died when it last sank?", False),
        ("Has anyone ever died there?", False),
    ],
)
def test_a_question_that_names_no_time_is_of_today(question, is_so):
    assert is_of_today(question) is is_so


@pytest.mark.parametrize(
    ("question", "sentence", "opening", "published", "is_so"),
    [
        ("How many people died?", PAST, NEWS, None, True),
        ("How many people died?", PAST, NEWS, "2026-02-06", True),
        ("How many people died?", PAST, NEWS, "2000-09-27", False),
        ("How many people died on the Express Samina?", PAST, NEWS, None, False),
        ("How many people died?", PAST, "The ferry was built in 1966.", None, False),
        ("How many people died?", "81 people died.", NEWS, None, False),
        ("How many people died?", "In 9000 houses people died.", NEWS, None, False),
        ("Who died in the avalanche?", "Nine people have died in avalanches since May.", NEWS, None, True),
        ("Who died in the avalanche?", "Nine people have died in avalanches since May.", "Old news.", None, False),
        ("Who died in the avalanche?", "Nine people died in avalanches.", NEWS, None, False),
        ("Who died in the avalanche?", "The avalanche has killed more than avalanches a year do.", NEWS, None, False),
        ("Who died in avalanches?", "Nine people have died in avalanches since May.", NEWS, None, False),
    ],
)
def test_what_the_news_tell_of_another_year_is_background(question, sentence, opening, published, is_so):
    assert is_background(question, sentence, opening, published) is is_so


@pytest.mark.parametrize(
    ("sentence", "is_so"),
    [
        ("The one in August lasted 14 days.", True),
        ("It was dormant until 2021.", True),
        ("The one in May 2024 lasted 24 days, that in August 14.", False),
        ("It lasted 14 days.", False),
        ("They may march on.", False),
    ],
)
def test_another_time_is_a_month_or_a_year_that_is_not_asked_about(sentence, is_so):
    assert names_another_time("How long did the eruption in May 2024 last?", sentence) is is_so
