"""What kind of words a question asks for, and whether a sentence gives them."""

import pytest

from rag.answer_types import beside_the_point, counts_what_is_asked, may_answer, names_day_asked, rank_gain


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("We open at 8 on Sundays.", True),
        ("We open at 8 at weekends.", True),
        ("Sat - Mon: 8 to 12", True),
        ("Friday to Monday from 8", True),
        ("We open at 8 on weekdays.", False),
        ("Mon–Fri: 8 to 12", False),
        ("We open on Saturday.", False),
    ],
)
def test_a_day_is_also_named_among_others(sentence, does):
    assert names_day_asked("When do you open on Sundays?", sentence) is does
    assert not names_day_asked("When do you open?", sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "may"),
    [
        ("Why does the loaf stay flat?", "The loaf stays flat.", False),
        ("Why does the loaf stay flat?", "The loaf stays flat in the cold.", True),
        ("Does the loaf stay flat?", "The loaf stays flat.", True),
        ("Why does the loaf stay flat?", "The loaf", True),
        ("How long does it stay?", "It stays.", False),
        ("When was she born?", "She was born the third of six children.", False),
        ("When was she born?", "She was born at six o'clock.", True),
        ("When does it open?", "It opens at nine.", True),
        ("How many stay?", "Three stay.", True),
        ("How many stay?", "They have no say in it.", False),
        ("How many stay?", "There are no guests.", True),
        ("How much flour is left?", "There is no flour.", True),
        ("How many stay?", "[10:02] Ada: They stay flat.", False),
        ("When did they stay?", "[10:02] Ada: They stay flat.", True),
        ("How much does it cost?", "Sale starts on Tuesday at 9am.", False),
        ("How much does it cost?", "Sale starts at 9:30 a.m. on May 17.", False),
        ("How much does it cost?", "Sale starts at 9 and it costs 12.", True),
        ("How many came?", "In April 40 came.", True),
    ],
)
def test_a_sentence_that_gives_nothing_that_is_asked_for_may_not_answer(question, sentence, may):
    assert may_answer(question, sentence) is may


@pytest.mark.parametrize(
    ("question", "text", "is_so"),
    [
        ("How many ships are waiting?", "It left eleven ships at anchor.", True),
        ("How many ships are waiting?", "Some 30 million bananas are on the waiting ships.", False),
        ("How many small white ships are waiting?", "There are 3 such ships.", True),
        ("How many people died?", "Three people were hurt.", True),
        ("How much do ships cost?", "It left eleven ships at anchor.", False),
    ],
)
def test_a_number_before_what_is_counted(question, text, is_so):
    assert counts_what_is_asked(question, text) is is_so


@pytest.mark.parametrize(
    ("question", "sentence", "is_beside"),
    [
        ("Which rooms are not heated?", "The rooms on the ground floor are heated.", True),
        ("Which rooms aren’t heated?", "The rooms on the ground floor are heated.", True),
        ("Which rooms did they fail to heat?", "They heat the rooms on the ground floor.", True),
        ("Which rooms are not heated?", "The rooms below the roof are not heated.", False),
        ("Which rooms are not heated?", "All rooms but the attic are heated.", False),
        ("Which rooms are not heated?", "Only the rooms on the ground floor are heated.", False),
        ("Which rooms are not heated?", "The rooms are cold.", False),
        ("Which rooms cannot hold guests?", "The rooms are incapable of holding guests.", False),
        ("Which rooms are heated?", "The rooms on the ground floor are heated.", False),
        ("When are the rooms not heated?", "The rooms are heated from May to August.", False),
        ("Are the rooms not heated?", "The rooms are heated.", False),
        ("What happens if the rooms are not heated?", "It happens that rooms are heated.", False),
        ("Which is the smallest room?", "The largest room has 40 seats.", True),
        ("Which is the smallest room?", "The largest room has 40 seats, the smallest four.", False),
        ("Which is the smallest room?", "The largest hall has 40 seats.", False),
        ("Which lake is the least deep?", "The lake is the most deep.", True),
        ("Who has the most rooms?", "Anna has at least four rooms.", False),
        ("How did Anna die?", "Anna died on 3 May 1951.", True),
        ("Why did Anna die?", "Anna died on a Monday.", True),
        ("How did Anna die?", "Anna died of measles in 1951.", False),
        ("How did Anna die?", "3 May 1951", False),
        ("Why is the shop closed?", "The shop is closed on Mondays.", False),
        ("When did Anna die?", "Anna died in 1951.", False),
        ("How old was Anna?", "Anna was born in 1951.", False),
    ],
)
def test_a_sentence_may_answer_another_question(question, sentence, is_beside):
    assert beside_the_point(question)(sentence) is is_beside


@pytest.mark.parametrize(
    ("question", "sentence", "is_of_another"),
    [
        ("When does the strike begin?", "A second strike will begin on 4 May.", True),
        ("When does the strike begin?", "Another strike will begin on 4 May.", True),
        ("When does the strike begin?", "The strike will begin on 4 May.", False),
        ("When does the second strike begin?", "A second strike will begin on 4 May.", False),
        ("When does another strike begin?", "Another strike will begin on 4 May.", False),
        ("What happens then?", "A second strike will begin on 4 May.", False),
    ],
)
def test_another_one_is_not_that_which_is_asked_about_alone(question, sentence, is_of_another):
    assert (rank_gain(question)(sentence) < 0) is is_of_another
