"""Notes that marks point to."""

import pytest

from rag.markup import without_markup
from rag.notes import notes_of


@pytest.mark.parametrize(
    ("line", "below", "notes"),
    [
        ("Eggs cost 40 cents each*.", "\\* Members pay half.", ["Members pay half."]),
        ("Eggs cost 40 cents each\\*.", "* Members pay half.", ["Members pay half."]),
        ("| Eggs* | 40 cents† |", "* From our own hens.\n† Six for two euros.", ["From our own hens.", "Six for two euros."]),
        ("Open daily.¹ It is cheap.²", "¹ Not on Mondays.\n² In May.", ["Not on Mondays.", "In May."]),
        ("Open daily[^hours].", "Other words.\n\n[^hours]: Not on Mondays\n    in May.\n[^b]: Of course.", ["Not on Mondays\n    in May."]),
        ("Eggs are **never cheap** and *not* sold.", "* Members pay half.", []),
        ("Eggs cost 40 cents each*.", "- Members pay half.", []),
        ("Eggs cost 40 cents each*.", "* Milk\n* Honey", []),
        ("Eggs cost 40 cents each*.", "** Members pay half.", []),
        ("It has 40 m² of floor.", "It is dry.", []),
        ("Bees sleep.[^1]", "[^1]: Berg et al., Bees of the north, 2004.", []),
        ("Bees sleep.[^1]", "[^1]: https://example.org/bees", []),
        (
            "- Eggs: 40 cents each",
            "- Milk: one euro\n\nMembers pay half of these prices. Come at six.",
            ["Members pay half of these prices."],
        ),
        ("| Eggs | 40 cents |", "All prices include the box.\n\nCome at six.", ["All prices include the box."]),
        ("- Eggs: 40 cents each", "- Milk: one euro\n\nWe are open at six.", []),
        ("- Eggs: 40 cents each", "- Milk: one euro\n\n## These days\n\nAll shops are open.", []),
        ("Eggs cost 40 cents each.", "These prices are low.", []),
        ("Bees sleep.[^1]", "[^1]: " + "Never mind. " * 40, []),
    ],
)
def test_a_mark_points_to_its_note(line, below, notes):
    text = f"Words above.\n\n{line}\n\n{below}\n"
    start = text.index(line)
    assert [text[a:b] for a, b in notes_of(text, start, start + len(line))] == notes


def test_marks_of_notes_are_no_words():
    assert without_markup("Eggs cost 40 cents[^eggs] each.[^1]") == "Eggs cost 40 cents each."
    assert without_markup("[^eggs]: Six for two euros.") == "Six for two euros."
