"""What a text says there is none of."""

import pytest

from rag.absences import denier, says_unknown


@pytest.mark.parametrize(
    ("question", "sentence", "says"),
    [
        ("Who was hurt in the fire?", "Nobody was hurt.", True),
        ("How many people were hurt?", "No one was hurt, the police said.", True),
        ("How many people have been arrested?", "Police have made no arrests.", True),
        ("How much money did the club get from the insurance?", "The club received no money from the insurance in 2016.", True),
        ("How much do guests pay?", "Guests pay nothing at the door; members pay 20 crowns.", True),
        ("How much do members pay?", "Guests pay nothing at the door; members pay 20 crowns.", False),
        ("Who was hurt in the second fire?", "Nobody was hurt.", False),
        ("How many members were admitted?", "No new members were admitted in December.", False),
        ("How many boats does the club have?", "No boats were lost.", False),
        ("How many people were hurt?", "No fewer than 30 people were hurt.", False),
        ("Who was hurt?", "Nobody but Anna Berg saw who was hurt.", False),
        ("How many people were hurt?", "Three people were hurt.", False),
        ("How many children did the fire have?", "It ruined 47 boats, but none after 2005.", False),
        ("When is the summer party?", "The summer party had to be cancelled because of the storm.", True),
        ("What time does the summer party start?", "The summer party will not take place this year.", True),
        ("When is the summer party?", "In 2020 the summer party was cancelled.", False),
        ("When is the winter party?", "The summer party had to be cancelled because of the storm.", False),
        ("When is the party?", "The party of the choir for its oldest singer, Anna Berg, was cancelled.", False),
        ("When will the trains run again?", "The road is shut, and trains to Mira will not run before Friday.", True),
        ("When is the report due?", "The report is not due until May.", True),
        ("When will the road open?", "The road is shut, and trains to Mira will not run before Friday.", False),
        ("When will the trains run?", "Trains will not run on Friday.", False),
        ("When does the shop open?", "The shop does not open until ten on Sundays.", False),
        ("Who is the youth leader?", "Nobody stood for the office of youth leader, which therefore remains vacant.", True),
        ("Who is the secretary?", "Nobody stood for the office of youth leader, which therefore remains vacant.", False),
    ],
)
def test_none_of_what_is_asked_for_is_said_in_its_words(question, sentence, says):
    assert denier(question)(sentence, "Fire destroys the boathouse") is says


@pytest.mark.parametrize("question", ["Was nobody hurt?", "Why was nobody hurt?", "Why was the party cancelled?"])
def test_only_who_how_many_when_and_where_are_answered_by_that(question):
    assert denier(question) is None


def test_where_is_not_answered_by_nobody():
    assert not denier("Where was nobody hurt?")("Nobody was hurt.", "Fire destroys the boathouse")


@pytest.mark.parametrize(
    ("question", "sentence", "says"),
    [
        ("What caused the fire?", "The cause is not known.", True),
        ("What was the cause of the fire?", "The cause of the fire is still under investigation.", True),
        ("What caused the fire?", "The cause has not yet been established, the police said.", True),
        ("What caused the fire?", "The owner is not known.", False),
        ("What caused the fire?", "It is not known.", False),
        ("What caused the fire?", "The cause is a cable.", False),
        ("Is the cause known?", "The cause is not known.", False),
    ],
)
def test_that_what_is_asked_is_not_known_is_said_in_its_words(question, sentence, says):
    assert says_unknown(question, sentence) is says
