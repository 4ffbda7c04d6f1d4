"""Rows of tables with the names of their columns."""

import pytest

from rag.tables import column_names, has_cell, is_row, named_row, names_columns, with_column_names
from rag.types import Span
from rag.words import words

TABLE = """## Programmes

| Programme | Temperature | Duration |
|---|:-:|---:|
| Wool | 30 °C | 0:52 |
| Quick | | 0:15 |

| a | b |
| c | d |
"""


def named(text, row):
    start = text.index(row)
    names = column_names(Span("a.md", start, start + len(row)), lambda s: text[s.start : s.end])
    return text[names.start : names.end] if names else None


@pytest.mark.parametrize("row", ["| Wool | 30 °C | 0:52 |", "| Quick | | 0:15 |"])
@pytest.mark.parametrize("indent", ["", "  "])
def test_a_row_has_the_names_above_the_rule(row, indent):
    assert named(TABLE.replace("\n|", f"\n{indent}|"), row) == "| Programme | Temperature | Duration |"


@pytest.mark.parametrize("row", ["| Programme | Temperature | Duration |", "|---|:-:|---:|", "| a | b |", "| c | d |"])
def test_what_stands_below_no_rule_has_no_names(row):
    assert named(TABLE, row) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| Wool | 30 °C | 0:52 |", "Programme: Wool · Temperature: 30 °C · Duration: 0:52"),
        ("| Quick | | 0:15 |", "Programme: Quick · Duration: 0:15"),
        ("| Quick | 0:15 |", None),
        ("| Quick | a | b | c |", None),
    ],
)
def test_a_row_is_said_with_the_names_of_its_columns(row, said):
    assert with_column_names(row, "| Programme | Temperature | Duration |") == said
    assert with_column_names("| Weight | 68 kg |", "| Property | Brio 300 |") == "Weight · Brio 300: 68 kg"
    assert with_column_names("| Weight | 68 kg |", "| Property | Value |") is None
    assert with_column_names("| Weight |", "| Property |") is None


@pytest.mark.parametrize(
    ("row", "names"), [("| Programme | Temperature | Duration |", True), ("| Wool | 30 °C | 0:52 |", False), ("| c | d |", False)]
)
def test_the_names_of_columns_stand_above_the_rule(row, names):
    start = TABLE.index(row)
    assert names_columns(Span("a.md", start, start + len(row)), lambda s: TABLE[s.start : s.end]) is names


STATEMENT = """Statement of June

Date     Details              Paid out    Paid in     Balance
-----------------------------------------------------------
01 Jun   Opening balance                             1,204.18
03 Jun   Rent                   850.00                 354.18
05 Jun   Salary, Orbita GmbH             2,640.00    2,994.18
         Fees                   ask us

Yoga    Anna    Hall
Boxing  Ben     Gym

Name\tSeats\tPrice
Room A\t12\t30
Room B\t14\t

£ million            2023      2022
Revenue               412       389
Oven         cold     warm      hot 1

Total    12    30
Left    4
"""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("01 Jun   Opening balance                             1,204.18", "Date: 01 Jun · Opening balance · Balance: 1,204.18"),
        ("03 Jun   Rent                   850.00                 354.18", "Date: 03 Jun · Rent · Paid out: 850.00 · Balance: 354.18"),
        (
            "05 Jun   Salary, Orbita GmbH             2,640.00    2,994.18",
            "Date: 05 Jun · Salary, Orbita GmbH · Paid in: 2,640.00 · Balance: 2,994.18",
        ),
        ("Fees                   ask us", None),
        ("Boxing  Ben     Gym", None),
        ("Room A\t12\t30", "Room A · Seats: 12 · Price: 30"),
        ("Revenue               412       389", "£ million: Revenue · 2023: 412 · 2022: 389"),
        ("Oven         cold     warm      hot 1", None),
        ("Total    12    30", None),
        ("Left    4", None),
    ],
)
def test_a_row_that_is_set_in_columns_has_the_name_that_it_stands_below(row, said):
    start = STATEMENT.index(row)
    found = named_row(Span("a.txt", start, start + len(row)), lambda s: STATEMENT[s.start : s.end])
    assert (found and found[1]) == said


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("Date     Details              Paid out    Paid in     Balance", True),
        ("01 Jun   Opening balance                             1,204.18", False),
        ("Yoga    Anna    Hall", False),
        ("Name\tSeats\tPrice", True),
        ("Room A\t12\t30", False),
        ("Statement of June", False),
    ],
)
def test_the_names_of_columns_that_are_set_stand_first_and_hold_no_figures(row, names):
    start = STATEMENT.index(row)
    assert names_columns(Span("a.txt", start, start + len(row)), lambda s: STATEMENT[s.start : s.end]) is names


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("| a | b |", True),
        (" | a |", True),
        ("a | b", False),
        ("|a", False),
        ("", False),
        ("a    b", False),
        ("a    b  c", True),
        ("a\tb\tc", True),
        ("a  b  c", False),
    ],
)
def test_a_row_begins_and_ends_with_a_bar_or_is_set_in_three_columns(line, row):
    assert is_row(line) is row


@pytest.mark.parametrize(
    ("row", "question", "has"),
    [
        ("Week: 4 · Date: 11 Mar · Topic: Seagrass", "What is taught on 11 March?", True),
        ("Week: 4 · Date: 11 Mar · Topic: Seagrass", "What is the topic of week 4?", True),
        ("Week: 4 · Date: 11 Mar · Topic: Seagrass", "What happens in 4 years?", False),
        ("Week: 4 · Date: 11 Mar · Topic: Tides and currents", "Which topic is about currents?", False),
        ("limit · Type: integer · Default: 50", "What is the limit?", True),
        ("| Sensors | 27.7 | 29.9 |", "What was the revenue of Sensors?", True),
        ("Adult    9    14", "How much does an adult pay?", True),
        ("Adults pay 9 · children 4.", "How much do adults pay?", False),
    ],
)
def test_a_question_names_a_cell_of_a_row(row, question, has):
    assert has_cell(row, {w.stem for w in words(question)}) is has
