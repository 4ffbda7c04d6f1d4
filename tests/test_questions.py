import pytest

from rag.questions import asks_widely, timeframe_of

DATES = {"2016-05-01", "2017-06-30", "2018-01-01"}


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        ("What happened in 2017?", "2017-01-01", "2017-12-31"),
        ("What was said in June 2017?", "2017-06-01", "2017-06-31"),
        ("What was said on 3 June 2017?", "2017-06-03", "2017-06-03"),
        ("What was said on June 3, 2017?", "2017-06-03", "2017-06-03"),
        ("What has changed since 2017?", "2017-01-01", None),
        ("What held before 2017?", None, "2017-01-01"),
    ],
)
def test_dates_in_a_question_are_understood(question, after, before):
    timeframe = timeframe_of(question, DATES)
    assert (timeframe.after, timeframe.before, timeframe.newest) == (after, before, False)


def test_newer_documents_weigh_more_when_the_latest_is_asked_for_and_undated_ones_as_before():
    timeframe = timeframe_of("What is the latest figure?", DATES)
    assert timeframe.weight("2018-01-01") > timeframe.weight("2017-06-30") > timeframe.weight("2016-05-01") == timeframe.weight(None) == 1


def test_a_question_without_a_time_and_documents_without_dates_have_no_timeframe():
    assert timeframe_of("Who won?", DATES) is None
    assert timeframe_of("Who won in 2017?", set()) is None


@pytest.mark.parametrize(
    ("question", "wide"),
    [
        ("Which ministers appear in more than one report?", True),
        ("Which ministers are mentioned?", True),
        ("Compare the two drills.", True),
        ("List all exercises.", True),
        ("Who is the foreign minister?", False),
        ("When did the ship sail?", False),
        ("Which class is it?", False),
    ],
)
def test_questions_for_lists_and_comparisons_are_recognised(question, wide):
    assert asks_widely(question) is wide
