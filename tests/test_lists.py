"""What a sentence introduces, and the list that an item is of."""

import pytest

from rag.lists import introduced, list_around
from rag.sentences import split_sentences


@pytest.mark.parametrize(
    ("after", "items"),
    [
        ("\n- tea\n- coffee. It is free.\n\nWe close at six.", ["- tea", "- coffee. It is free."]),
        ("\n\n1. Open it.\n2. Close it.\n## Cleaning\n- soap", ["1. Open it.", "2. Close it."]),
        (
            "\n```sh\n# on Linux\npip install it\n\n# - anywhere\npip check\n```\nIt\n",
            ["# on Linux", "pip install it", "# - anywhere", "pip check"],
        ),
        ("\n```\n- tea\n---\nmilk\n```", ["- tea", "milk"]),
        (" They are free.", []),
        (
            "\n1. Open it with the smallest of the keys, and\n   then wait. It is slow.\n2. Close it.",
            ["1. Open it with the smallest of the keys, and\n   then wait. It is slow.", "2. Close it."],
        ),
    ],
)
def test_a_colon_introduces_the_list_or_the_code_below_it(after, items):
    text = f"You can have these:{after}"
    assert [text[i.start : i.end] for i in introduced(text, 0, len("You can have these:"))] == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "We need three rights. The first is to speak. The second is to rest. And finally, the third is to go. It is late.",
            ["The first is to speak.", "The second is to rest.", "And finally, the third is to go."],
        ),
        ("The following plans are sold.\n\n- Basic\n- Plus\n\nThey are cheap.", ["- Basic", "- Plus"]),
        ("Plans are sold.\n\n- Basic\n- Plus", []),
        ("- Two plans are sold.\n- Basic\n- Plus", []),
        ("Within two weeks it was sold.\n- Basic\n- Plus", []),
        ("Two weeks and two plans were sold.\n- Basic\n- Plus", ["- Basic", "- Plus"]),
        ("## What to bring\n\n- a tent\n- two cups\n\nLeave the rest.", ["- a tent", "- two cups"]),
        ("Do not take it if you\n- sleep\n- drive.\nAsk.", ["- sleep", "- drive."]),
        ("They have rights. The first is to speak. The second is to rest.", []),
        ("Two men came. First aid was given. Then they left.", []),
    ],
)
def test_a_heading_introduces_its_list_and_a_sentence_what_it_counts(text, items):
    first = split_sentences(text)[0]
    assert [text[i.start : i.end] for i in introduced(text, first.start, first.end)] == items


@pytest.mark.parametrize("code", ["Use::\n\n    {}\n\n    # others\n    make all", "Use\n```sh\n{}\n\n# others\nmake all\n```\nThen wait."])
def test_a_comment_introduces_the_code_below_it(code):
    comment = "# Run a single test"
    text = code.format(f"{comment}\n    ./make test. ONE=**x**\n    for all in once:")
    start = text.index(comment)
    end = start + len(comment)
    assert [text[i.start : i.end] for i in introduced(text, start, end)] == ["./make test. ONE=**x**", "for all in once:"]
    assert not introduced(text, text.index("for all"), text.index("once:") + 5)
    assert not introduced(f"{comment}\n\nText.", 0, len(comment))


LIST = """# Soup

{}

1. Rinse them. It takes a minute.
2. Boil the water in the largest of the pots,
   as always. Add them.

   3. Stir.

Serve at once.
"""


@pytest.mark.parametrize(
    ("line", "introduction"),
    [
        ("### Method", "### Method"),
        ("It is easy. Do as follows:", "Do as follows:"),
        ("It has three steps.", "It has three steps."),
        ("It is easy.", None),
    ],
)
@pytest.mark.parametrize("words", ["1. Rinse", "It takes", "2. Boil", "Add them", "3. Stir"])
def test_a_list_is_found_from_any_sentence_of_it(words, line, introduction):
    text = LIST.format(line)
    before, items = list_around(text, text.index(words))
    assert (text[before.start : before.end] if before else None) == introduction
    assert [text[i.start : i.end] for i in items] == [
        "1. Rinse them. It takes a minute.",
        "2. Boil the water in the largest of the pots,\n   as always. Add them.",
        "3. Stir.",
    ]


@pytest.mark.parametrize("words", ["# Soup", "### Method", "Serve"])
def test_no_list_is_around_what_is_no_item(words):
    text = LIST.format("### Method")
    assert list_around(text, text.index(words)) == (None, [])
