import pytest

from rag.chunking import chunk_document
from rag.headings import find_headings, is_heading, nested
from rag.types import Document

CONSTITUTION = """1. Introduction

   It is short.

6. The Committee

  6.1. Powers

   1. Decide what is to be done
   2. Make offers

  6.2. Procedure

   There is a quorum of two.

7. The Secretary

  7.1. Powers

   Takes votes.
"""


STATUTE = """Article I

Section 1

All powers are vested in an assembly, as
Section 9 says.

Section 2
It meets on Mondays.

Article II
Section 1. The chair is elected. Title 5 applies.

Amendment I
The chair may be elected twice.

Amendment II
It may not.

Version 3
"""
RESUME = """ANNA BERG
Engineer

WORK

HARBOUR LTD    2019 - 2021
- bridges
THE NORTH
- roads

SCHOOLS

A school in Norra.
"""
CONTRACT = """A contract of some
3. Kind

1. Term

It runs for two years.

2. Fees

They are paid at the end of each month.

  - at once
  - or never

3. Notice

Notice is given in writing.

1. Bread

2. Butter
"""


def lines(text):
    return {text[start:].split("\n")[0].strip(): level for start, level in find_headings(text).items()}


NAMES = [f"{n}.{m}. Topic {n}{m}" for n in "12B" for m in "1234"]
GUIDE = (
    "Guide\n\n"
    + "\n".join(f"    {name}" for name in NAMES)
    + "\n\n"
    + "\n\n".join(f"{name}\n\nIt is so.\n\n# cp disk.iso /dev/sdb" for name in NAMES)
)


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("# A\n\n1.1. B\n1.2. C\n1.3. D\n\n### E\n```\n# no\n```", {"# A": 1, "### E": 3}),
        (GUIDE, {f"{n}.{m}. Topic {n}{m}": 12 for n in "12B" for m in "1234"}),
        ("# A\n\n## 1.1. B\n\n## 1.2. C", {"# A": 1, "## 1.1. B": 2, "## 1.2. C": 2}),
        ("Manual\n======\nIt is long.\n\nUse\n~~~\nIt ends here.\n-----\n\nNo\n---------------", {"Manual": 1, "Use": 3, "No": 2}),
        ("== Use ==\nIt is = 5.\n=== Care===\n == Too ==\n===\n== no =", {"== Use ==": 2, "=== Care===": 3, "== Too ==": 2}),
        ("= Tides = \n\n = = Use = = \n = 5 \n = = = Care = = = \n a = b =", {"= Tides =": 1, "= = Use = =": 2, "= = = Care = = =": 3}),
        (CONSTITUTION, {"6. The Committee": 11, "6.1. Powers": 12, "6.2. Procedure": 12, "7. The Secretary": 11, "7.1. Powers": 12}),
        (
            STATUTE,
            {
                "Article I": 10,
                "Section 1": 11,
                "Section 2": 11,
                "Article II": 10,
                "Section 1. The chair is elected. Title 5 applies.": 11,
                "Amendment I": 10,
                "Amendment II": 10,
            },
        ),
        (RESUME, {"ANNA BERG": 1, "WORK": 10, "SCHOOLS": 10}),
        (RESUME.replace("SCHOOLS", "Schools"), {}),
        (CONTRACT, {"1. Term": 11, "2. Fees": 11, "3. Notice": 11}),
        (
            "1. Rent\nIt is due in May.\n\n2. Fees\nThey are due at once.\n\n3. Pets\nNone may be kept here.",
            {"1. Rent": 11, "2. Fees": 11, "3. Pets": 11},
        ),
        (
            "1. Use\n\nIt is for pain.\n\n2. Before use\n\nDo not use it\n- in June\n\n3. Dose\n\nTake one a day.\n\n4. Storage\n\nKeep it dry and cool.",
            {"1. Use": 11, "2. Before use": 11, "3. Dose": 11, "4. Storage": 11},
        ),
        (
            "1. Use\n\nIt is for pain.\n\n2. Before use\n\n- in June\n\n3. Dose\n\nTake one a day.\n\n4. Storage\n\nKeep it dry and cool.",
            {},
        ),
        ("1. The rent is\ndue in May.\n\n2. The fees are\ndue in May.\n\n3. No pets are\nkept.", {}),
        ("It rose by 3.5 Points.\n2.1. Flour\n2.2. Eggs\nAnd that is all", {}),
        ("1.1 Either parent may stay at home.\n1.2 Both may take turns.\n1.3 Nobody needs to ask.", {}),
    ],
    ids=[
        "marked",
        "contents and comments",
        "marked and numbered",
        "underlined",
        "MediaWiki",
        "MediaWiki in tokens",
        "numbered",
        "named",
        "capitals",
        "too few in capitals",
        "counted",
        "counted right above",
        "counted with something else below one",
        "counted with a list right below one",
        "counted and wrapped",
        "two numbers",
        "clauses",
    ],
)
def test_headings_are_those_that_a_text_marks(text, headings):
    assert lines(text) == headings


def test_a_row_of_a_table_is_no_heading_but_what_stands_above_it_is():
    assert is_heading("Goods            Pieces      Price")
    assert is_heading("Engineer, Harbour Ltd        2019 - 2021")
    assert not is_heading("Topsoil               9      42.50")
    assert not is_heading("Cut and blow-dry ........ 52 €")


def test_where_headings_are_in_capitals_no_other_line_is_one():
    assert is_heading("SCHOOLS", like="WORK")
    assert not is_heading("A school in Norra", like="WORK")


def test_a_passage_knows_the_headings_that_it_stands_below(embedder):
    chunks = chunk_document(Document("c.txt", "C", CONSTITUTION, "0" * 64), 100, embedder.count_tokens)
    assert next(c for c in chunks if "quorum" in c.text).heading == "6. The Committee\n6.2. Procedure"
    assert next(c for c in chunks if "votes" in c.text).heading == "7. The Secretary\n7.1. Powers"


def test_a_heading_that_is_wrapped_is_one_heading(embedder):
    text = "1. General\n\n1.1. What the committee may decide about the rules that its own\n    members have to follow\n\nIt may decide nothing by itself.\n\n1.2. Votes\n\nVotes are counted by hand.\n\n1.3. Ties\n\nTies are broken by lot."
    assert chunk_document(Document("c.txt", "C", text, "0" * 64), 100, embedder.count_tokens)[0].heading == (
        "1. General\n1.1. What the committee may decide about the rules that its own members have to follow"
    )


def test_headings_of_different_numbers_are_not_nested():
    path = nested({1: "6. Annex"}, 2, "6.1. Linux")
    assert path == {1: "6. Annex", 2: "6.1. Linux"}
    assert nested(path, 2, "3.7. Files") == {2: "3.7. Files"}
    assert nested({1: "6. Annex"}, 2, "Powers") == {1: "6. Annex", 2: "Powers"}
    assert nested({1: "# Manual", 2: "## Use"}, 2, "## Care") == {1: "# Manual", 2: "## Care"}


def test_a_channel_or_an_issue_is_no_heading_where_headings_are_marked():
    assert is_heading("## Opening hours", like="# Pool")
    assert not is_heading("#general 12 members", like="# Pool")
    assert not is_heading("Opening hours", like="# Pool")


@pytest.mark.parametrize("line", ["(See the next section)", "^[2]", "- tea", "10:30 Start", "$ make\nthen wait", "It is open on Mondays."])
def test_marks_items_times_code_and_sentences_are_no_headings(line):
    assert is_heading("Opening hours")
    assert not is_heading(line)


PROSE = "The tool makes a picture of what it reads. " * 15


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{PROSE}\n\n# qrencode -t ansiutf8 < client.conf\n\nIt makes a code.", 0),
        (f"{PROSE}\n\n# xl list\n\nIt lists.\n\n# xl create a.cfg\n\n# Interface eth0 is unchanged\n\nIt makes one.", 0),
        (f"{PROSE}\n\n# Use\n\nIt makes a code.\n\n# Licence\n\nIt is free.", 2),
        (f"{PROSE}\n\n## Use\n\nIt makes a code.", 1),
        (f"It reads.\n\n# Use\n\n{PROSE}", 1),
        (f"# qr\n\n{PROSE}\n\n# use\n\nIt makes a code.", 2),
        (f"---\ndate: 2024\n---\n# qr\n\n{PROSE}", 1),
    ],
)
def test_a_command_after_a_prompt_is_no_heading(text, found):
    assert len(find_headings(text)) == found
