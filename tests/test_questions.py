import pytest

from rag.questions import (
    as_question,
    asks_across_documents,
    asks_for_several,
    asks_whether,
    core_question,
    courtesy_reply,
    may_have_several_answers,
    separate_questions,
    timeframe_of,
    undated,
    without_reply_orders,
)


@pytest.mark.parametrize(
    ("request_", "question"),
    [
        ("Tell me about the tram lines.", "What is said about the tram lines?"),
        ("Could you tell us something about Maren Aas?", "What is said about Maren Aas?"),
        ("Please give me more information on the toll ring", "What is said about the toll ring?"),
        ("Describe the wreck of the Havørn.", "What is said about the wreck of the Havørn?"),
        ("Tell me about how the ring works.", "Tell me about how the ring works."),
        ("Tell me who owns the ring.", "Tell me who owns the ring."),
        ("What do they describe?", "What do they describe?"),
    ],
)
def test_a_request_for_what_there_is_about_something_is_a_question(request_, question):
    assert as_question(request_) == question


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


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("When did the May 2024 eruption begin?", "When did the eruption begin?"),
        ("In May 2024, how long was it?", "How long was it?"),
        ("How long did the eruption of 2024 last?", "How long did the eruption last?"),
        ("What did Bo say on 3 May 2024 about it?", "What did Bo say about it?"),
        ("What has changed since 2024?", None),
        ("When did the eruption begin?", None),
        ("What was in 2024?", None),
    ],
)
def test_a_question_that_names_when_it_was_asks_the_same_without_that(question, plain):
    assert undated(question) == plain


def test_a_timeframe_covers_its_days():
    timeframe = timeframe_of("What was said in the June 2017 report?", DATES)
    assert [timeframe.covers(d) for d in ("2017-06-30", "2017-07-01", None)] == [True, False, False]
    assert not timeframe_of("What is the latest figure?", DATES).covers("2018-01-01")
    assert timeframe_of("How long did it last?", DATES) is None


def test_newer_documents_weigh_more_when_the_latest_is_asked_for_and_undated_ones_as_before():
    timeframe = timeframe_of("What is the latest figure?", DATES)
    assert timeframe.weight("2018-01-01") > timeframe.weight("2017-06-30") > timeframe.weight("2016-05-01") == timeframe.weight(None) == 1


def test_a_question_without_a_time_and_documents_without_dates_have_no_timeframe():
    assert timeframe_of("Who won?", DATES) is None
    assert timeframe_of("Who won in 2017?", set()) is None


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Which ministers appear in more than one report?", True),
        ("Which ministers are mentioned?", True),
        ("Compare the two drills.", True),
        ("List all exercises.", True),
        ("Who is the foreign minister?", False),
        ("When did the ship sail?", False),
        ("Which class is it?", False),
        ("Who are the three chiefs?", True),
        ("What is A and when was B?", True),
        ("Which old towns were flooded?", True),
        ("What people have moved there?", True),
        ("What does each article say?", True),
        ("On which day were the towns flooded?", False),
        ("Which news agency quoted her?", False),
        ("What is the price of each ticket?", False),
        ("What do students pay?", False),
        ("What did he do with the letter?", False),
    ],
)
def test_questions_for_lists_and_comparisons_are_recognised(question, several):
    assert asks_for_several(question) is several


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What has Peru sold to Chile, and what does it get in return?", ["What has Peru sold to Chile?", "What does it get in return?"]),
        (
            "When was the pier built and from which quarry did the stones come?",
            ["When was the pier built?", "From which quarry did the stones come?"],
        ),
        ("Who wrote it and who paid for it?", ["Who wrote it?", "Who paid for it?"]),
        ("Where is the pier? How long is it?", ["Where is the pier?", "How long is it?"]),
        ("How deep is it and how many ships have sunk?", ["How deep is it?", "How many ships have sunk?"]),
        ("Who built it and which ships use it?", ["Who built it?", "Which ships use it?"]),
        ("Which ships took part, and where?", None),
        ("Which ships took part, and which of them?", None),
        ("Did the mayor say when he would leave and where he would go?", None),
        ("Which drills have Peru and Chile held?", None),
        ("Who said what and why?", None),
        ("I am new here. When do I pay?", None),
        ("European nations? Which of them left the treaty?", None),
    ],
)
def test_questions_in_one_are_told_apart(question, parts):
    assert separate_questions(question) == (parts or [question])


@pytest.mark.parametrize(
    ("question", "across"),
    [
        ("Which ministers appear in more than one report?", True),
        ("Compare the two drills.", True),
        ("What do these reports say of the drill?", True),
        ("Who are the three chiefs?", False),
        ("What is A and when was B?", False),
    ],
)
def test_questions_across_documents_are_recognised(question, across):
    assert asks_across_documents(question) is across


@pytest.mark.parametrize(
    "question", ["Hello!", "good morning", "Thanks a lot.", "ok, thank you", "Who are you?", "What can you do?", "bye"]
)
def test_courtesies_get_a_fixed_reply_without_search_or_citations(seeds, question):
    answer = seeds.ask(question)
    assert answer.text == courtesy_reply(question)
    assert answer.abstained
    assert not answer.hits
    assert not answer.citations


@pytest.mark.parametrize(
    "question",
    ["Hello Kitty was made where?", "Thanks to whom was the ship saved?", "Who are you talking about?", "What does Footnote 7 say?"],
)
def test_other_questions_are_no_courtesies(question):
    assert courtesy_reply(question) is None


def test_a_courtesy_is_not_what_the_next_question_goes_on_about(seeds):
    chat = seeds.conversation()
    chat.ask("What did a drone hit in the Stavropol region?")
    chat.ask("Thanks!")
    assert "residential building" in chat.ask("And in the Bryansk region?").text


@pytest.mark.parametrize(
    ("question", "core"),
    [
        ("Tell me about the ferry.", "the ferry."),
        ("Could you find out when the ferry left?", "when the ferry left?"),
        ("List", "List"),
        ("When did the ferry leave?", "When did the ferry leave?"),
    ],
)
def test_the_request_is_no_part_of_what_is_asked(question, core):
    assert core_question(question) == core


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How tall is the tower? Answer in one word.", "How tall is the tower?"),
        ("Who paid the ferryman? If there are several, list all.", "Who paid the ferryman?"),
        ("The ferry left late. Why?", "The ferry left late. Why?"),
        ("Who built it? The ferry is old.", "Who built it? The ferry is old."),
        ("List all ferries. Use their names.", "List all ferries. Use their names."),
    ],
)
def test_sentences_that_say_how_to_reply_are_left_out(question, asked):
    assert without_reply_orders(question) == asked


@pytest.mark.parametrize(
    ("question", "whether"),
    [
        ("Is the pool open on Sundays?", True),
        ("is the pool open on sundays", True),
        ("And didn't the council vote?", True),
        ("The pool is heated?", True),
        ("May children swim when the boards are in use?", True),
        ("Is there a discount for people who are students?", True),
        ("Does the notice say how many lanes there are?", False),
        ("Do you know when it opens?", False),
        ("When is the pool open?", False),
        ("Can you tell me when the pool opens?", False),
        ("Tell me about the pool.", False),
        ("opening hours", False),
    ],
)
def test_a_question_of_yes_or_no_is_told_from_others(question, whether):
    assert asks_whether(question) is whether


@pytest.mark.parametrize(
    ("question", "may"),
    [
        ("How do I bake the bread?", True),
        ("How do I know when the bread is done?", False),
        ("How to see whether it is done?", False),
        ("When is the bread done?", False),
    ],
)
def test_how_something_is_told_has_one_answer(question, may):
    assert may_have_several_answers(question) is may
