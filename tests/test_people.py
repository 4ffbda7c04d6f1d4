import pytest

from rag.people import people_in, with_short_names

ELECTION = """Greens take Port Lennox

The Green Party won on Friday, beating Douglas Renwick by 412 votes. Mayor-elect Sunniva Dahl, a former pilot, took 18,906.

"The harbour answered," Ms Dahl told supporters at the Seamen's Hall. Mr Renwick conceded at 4am.

The bank's economist, Renata Voss, expects little. She will write a report. Amira Sattar, a councillor, said that she did not agree.
Hans Berg and Ida Berg, both farmers, came. Ms Berg laughed. The Harbour Board met in Kestrin Bay. He was there."""


def test_people_are_known_by_title_by_the_next_sentence_and_by_what_they_say():
    assert [(p.name, p.pronoun) for p in people_in(ELECTION)] == [
        ("Douglas Renwick", "he"),
        ("Mayor-elect Sunniva Dahl", "she"),
        ("Renata Voss", "she"),
        ("Amira Sattar", "she"),
    ]
    dahl = people_in(ELECTION)[1]
    assert ELECTION[dahl.start :].startswith(dahl.name)
    assert dahl.told == "Mayor-elect Sunniva Dahl, a former pilot, took 18,906."
    assert dahl.surname == "Dahl"


@pytest.mark.parametrize(
    "text",
    [
        "Tom Haskell, a smith, met Ada Holt, a miller. He left.",  # Which of the two?
        "Mr Holt left. Mrs Holt stayed. Karl Holt, 40, sang.",
        "Karl Holt, 40, sang.",
        "Cape Holt, a rock, is near. In Holt it rained. He left.",
        "",
    ],
)
def test_nobody_is_known_where_the_text_does_not_show_it(text):
    assert people_in(text) == []


CHESS = """Oluwaseun "Seun" Adeyemi, 14, won the title. Adeyemi, a pupil, beat Viktor Sokolov, 41, of Calder County. Foreign Minister Ines Duarte watched.
Duarte was pleased. John Harbin was there, and Ella Harbin. Harbin is in Calder. He left for Port Holt. In Holt it rained. The Party of Free Tea came. Tea was served."""


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("Is Oluwaseun Adeyemi a grandmaster?", "Is Adeyemi a grandmaster?"),
        ("What does Oluwaseun Adeyemi's mother say of Ines Duarte?", "What does Adeyemi's mother say of Duarte?"),
        ("What does Foreign Minister Ines Duarte do?", "What does Foreign Minister Duarte do?"),
        ("How old is Viktor Sokolov?", None),  # Nowhere "Sokolov" by itself.
        ("Where is John Harbin?", None),  # Two bear that name.
        ("Who lives in Port Holt?", None),  # A place.
        ("Who founded the Party of Free Tea?", None),
        ("Where is Calder County?", None),
        ("Who is Oluwaseun Duarte?", None),  # The text tells of nobody of that name.
    ],
)
def test_names_are_as_short_as_the_text_has_them(question, short):
    assert with_short_names(question, [CHESS]) == (short or question)
