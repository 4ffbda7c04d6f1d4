"""Questions about a designation, where texts tell of others of its kind."""

import pytest

from rag.designations import asks_of_another, with_another

TEXT = "| E3 | Blocked |\n| E7 | Pump |\nThe HL 1000 and the F-35A jets met in Q2. It cost 100 EUR 20."


@pytest.mark.parametrize(
    ("question", "of_another"),
    [
        ("What does error E5 mean?", True),
        ("What does error E3 mean?", False),
        ("Is E5 worse than E7?", False),
        ("What does the HL-2000 cost?", True),
        ("What does the HL1000 cost?", False),
        ("Where did the F-35As land?", False),
        ("Where did the B-52 land?", False),
        ("What happened in Q3?", True),
        ("What happened in the third quarter?", False),
        ("What was bought in 2021?", False),
    ],
)
def test_a_designation_that_only_others_of_its_kind_stand_beside_is_not_told_of(question, of_another):
    assert asks_of_another(question, ["Notes", TEXT]) is of_another
    assert not asks_of_another(question, ["Notes", "Nothing of the kind."])


@pytest.mark.parametrize(
    ("question", "another", "asked"),
    [
        ("My boiler shows F1, what does that mean?", "F7", "My boiler shows F7, what does that mean?"),
        ("How often is that normal?", "F7", None),
        ("What does E1 mean?", "F7", None),
        ("What does F1 mean?", "bees", None),
    ],
)
def test_a_question_is_asked_about_another_of_a_kind(question, another, asked):
    assert with_another(question, another) == asked
