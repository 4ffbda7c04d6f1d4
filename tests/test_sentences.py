import pytest

from rag.markup import code_lines, is_markup, without_markup
from rag.sentences import is_question, split_sentences, unwrap
from rag.sentences import sentence_texts as sentences
from tests.conftest import SEEDS


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. withdrew in 2019.",
        "U.S. President Donald Trump met Gen. Dan Caine at 3.5 p.m. on Friday.",
        "“Now we have reason to believe it,” he said.",
        "Prices rose 3.5% in Jan. 2020.",
        "On Friday Ms. Berg said that approx. forty of them, incl. Anna Holm, had left.",
        "Take max. 5 drops, see vol. 2 and ch. 3.",
        "It lands at 3:14 a.m. Japan time, or at 7 p.m. Monday in Boston, which is 7 p.m. EST, and stays until 9 a.m. Nov. 3, a Sat. and a holiday.",
        "It hangs at no. 10, Mr. Holm said, next to art. 5.",
    ],
)
def test_abbreviations_numbers_and_quotes_do_not_end_a_sentence(text):
    assert sentences(text) == [text]


@pytest.mark.parametrize("end", ["May", "ill", "for me", "30 m", "5g", "60 km/h", "no", "30 mm", "5 min", "the app", "60 ms"])
def test_words_and_units_that_are_no_abbreviations_end_a_sentence(end):
    assert sentences(f"It was {end}. Holm and Berg left.") == [f"It was {end}.", "Holm and Berg left."]


def test_offsets_hold_beyond_ascii_and_blank_lines():
    assert sentences("  “Déjà vu — encore.” He left.\n\n\n日本 is here.\tEnd") == [
        "“Déjà vu — encore.”",
        "He left.",
        "日本 is here.",
        "End",
    ]


def test_a_paragraph_wrapped_at_a_column_is_read_as_one():
    text = "The committee met on Monday to discuss the harbour and the price of\nfish. It decided nothing.\n\n- a point\n- another point"
    assert sentences(text)[0] == "The committee met on Monday to discuss the harbour and the price of\nfish."
    assert sentences(text)[-2:] == ["- a point", "- another point"]
    assert len(unwrap(text, code_lines(text))) == len(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Captain Reyes, the ships\nhave left. They\nare nine.", ["Captain Reyes, the ships\nhave left.", "They\nare nine."]),
        ("Captain Reyes, the ships\nhave left", ["Captain Reyes, the ships", "have left"]),
        ("Buy for Sunday\nflour\nsalt", ["Buy for Sunday", "flour", "salt"]),
        (
            "The bin in the garden is very hot: 58 degrees, as on\nbin 2: cold",
            ["The bin in the garden is very hot: 58 degrees, as on\nbin 2: cold"],
        ),
        (
            "bin 1: 58 degrees on 5 March, 41 degrees on 9 March\nbin 2: cold",
            ["bin 1: 58 degrees on 5 March, 41 degrees on 9 March", "bin 2: cold"],
        ),
    ],
)
def test_a_line_that_begins_in_the_middle_of_a_sentence_goes_on_with_the_one_above(text, lines):
    assert sentences(text) == lines


def test_a_quoted_mail_is_read_without_the_marks_of_its_lines():
    text = "On Thu, 6 Jun 2024, Helen Wu wrote:\n> The day is not possible any more: the provider needs\n> two more weeks for it.\n>\n>> Can we still launch\n> Helen\n>>> print(1)"
    assert sentences(text)[1:] == [
        "The day is not possible any more: the provider needs\n> two more weeks for it.",
        "Can we still launch",
        "Helen",
        ">>> print(1)",
    ]
    assert without_markup(sentences(text)[1]) == "The day is not possible any more: the provider needs two more weeks for it."
    assert len(unwrap(text, code_lines(text))) == len(text)


@pytest.mark.parametrize("mark", ["[4]", "[a]", "[note 3]", "[citation needed]", "[by whom?]", "[4][better source needed]"])
def test_marks_of_references_belong_to_the_sentence_before_and_are_not_said(mark):
    assert sentences(f"The light was off.{mark} It is on.") == [f"The light was off.{mark}", "It is on."]
    assert without_markup(f"The light was off.{mark}") == "The light was off."


def test_rows_that_are_set_in_columns_are_not_joined():
    rows = [
        "Raised beds, larch, two by one metre      6     145.00     870.00",
        "Topsoil, in cubic metres, without peat    9      42.50     382.50",
    ]
    assert sentences("\n".join(rows * 3)) == rows * 3
    assert (
        sentences("Name\tOffice in the building by the harbour\nAnna\tRoom 4 of the building by the harbour")[0]
        == "Name\tOffice in the building by the harbour"
    )


def test_a_line_that_ends_in_the_middle_of_a_phrase_goes_on_whatever_the_next_one_looks_like():
    text = "An accord under which they lowered the ceiling by\n7.25 pct a year. See the exception described in\nLICENSES/exceptions.\n\nOpen until\n7.30 on Mondays"
    assert sentences(text)[:2] == [
        "An accord under which they lowered the ceiling by\n7.25 pct a year.",
        "See the exception described in\nLICENSES/exceptions.",
    ]
    assert sentences(text)[-1] == "7.30 on Mondays"
    assert sentences("The kiosk of the swimming hall is open to\n- members") == ["The kiosk of the swimming hall is open to", "- members"]


def test_a_mark_that_closes_a_quotation_belongs_to_what_is_quoted():
    text = 'It was pumping 1.2 mln bpd.\n    "This rumour is baseless. It is false," he said. He left.'
    assert sentences(text.replace("\n    ", " "))[1].startswith('"This rumour')
    assert sentences('None has asked for such a meeting."\n    He denied that it was late.')[-1] == "He denied that it was late."
    assert sentences('Kuwait"s minister denied it. It rained. Qatar"s did not.') == [
        'Kuwait"s minister denied it.',
        "It rained.",
        'Qatar"s did not.',
    ]


def test_each_line_of_code_stands_alone_and_whole():
    code = 'folders = ApplicationFolders("MyApp", "MyCompany")\nfolders.data  # pathlib. Path\nfolders.logs  # ends. Here. It does.'
    text = f"Ask for the folders:\n\n```python\n{code}\n```\n\nThey are made\nwhen first used."
    assert sentences(text)[1:6] == ["```python", *code.split("\n"), "```"]
    assert len(unwrap(text, code_lines(text))) == len(text)


@pytest.mark.parametrize("fence", ["```", "``` is a fence, as ```` is", "```pip install it```"])
def test_a_fence_that_is_not_closed_opens_no_code(fence):
    assert sentences(f"Install it. It is free.\n{fence}\nThen open it. It starts.")[-2:] == ["Then open it.", "It starts."]


def test_what_is_indented_below_two_colons_is_code():
    text = "Count the lines::\n\n    $ find . -name x | wc\n    Ends. Here.\n\n.. note::\n    It works. It is fast.\n\n.. code:: sh\n\n    a. B\n\nDone. Now go."
    code = [text[s.start : s.end] for s in split_sentences(text) if s.is_code]
    assert code == ["$ find . -name x | wc", "Ends. Here.", "a. B"]
    assert sentences(text)[-2:] == ["Done.", "Now go."]


def test_a_heading_underlined_with_tildes_opens_no_code():
    text = "Syntax\n~~~~~~\nIt is free. It is fast.\n\nOptions\n~~~~~~~\nNone. Really."
    assert not any(s.is_code for s in split_sentences(text))
    assert {"It is fast.", "Really."} <= set(sentences(text))


def test_marks_of_references_are_part_of_a_sentence_but_not_of_what_is_said():
    text = "Warsaw stands on the river Vistula.[1][a] It is the capital of the country since 1596.[12]"
    assert [s.is_prose for s in split_sentences(text)] == [True, True]
    assert [without_markup(s) for s in sentences(text)] == [
        "Warsaw stands on the river Vistula.",
        "It is the capital of the country since 1596.",
    ]
    assert without_markup("Take items[0] of the list, [1] and (b)[c].") == "Take items[0] of the list, [1] and (b)."


def test_a_text_that_is_partly_wrapped_is_joined_where_a_line_is_full():
    wrapped = "The committee met on Monday to speak about the harbour and about\nBergen, where it decided nothing that anybody could remember later.\n\n"
    data = "Tons of freight\nCrews\n\n"
    assert "The committee met on Monday to speak about the harbour and about\nBergen" in sentences((wrapped + data) * 4)[0]
    assert "Tons of freight" in sentences((wrapped + data) * 4)


def test_an_item_that_is_wrapped_goes_on_with_what_is_set_as_code():
    text = "* Passing ``hash`` a password of more than 72 bytes now raises a\n  ``ValueError``. It was cut before.\n* Bumped"
    assert sentences(text) == [
        "* Passing ``hash`` a password of more than 72 bytes now raises a\n  ``ValueError``.",
        "It was cut before.",
        "* Bumped",
    ]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("MR O'HARE. I saw it. SCENE 2. It rains.", ["MR O'HARE. I saw it.", "SCENE 2.", "It rains."]),
        ("SCENE 2. It rains. It pours.", ["SCENE 2. It rains.", "It pours."]),
        ("2. Press the red button. Then wait.", ["2. Press the red button.", "Then wait."]),
        ("## 3. Parental leave", ["## 3. Parental leave"]),
        ("12) It is free", ["12) It is free"]),
    ],
)
def test_the_number_of_an_item_belongs_to_it(line, parts):
    assert sentences(line) == parts


@pytest.mark.parametrize(
    ("line", "markup"),
    [
        ("```python", True),
        ("======", True),
        ("[![Build](https://a.example/b.svg)](https://a.example)", True),
        ('<p align="center"><img src="logo.png"', False),
        ('<p align="center"><img src="logo.png"></p>', True),
        (".. code:: console", True),
        ("See ![the map](map.png) first", False),
        ("<h4>Fast matching</h4>", False),
        ("2.3.0", False),
        ("```sh\n\n```\n.. code::", True),
        ("```sh\npip install it", False),
        ("<path>", False),
        ("<br>" + " " * 20_000 + "x", False),
        (".. note::", True),
        (".. _non-atomic-migrations:", True),
        (".. versionadded:: 4.2 It is new.", False),
    ],
)
def test_a_line_of_nothing_but_markup_says_nothing(line, markup):
    assert is_markup(line) is markup


def test_headings_bylines_and_buttons_are_not_prose():
    text = (SEEDS / "000_0c0ea84f6c18f619.txt").read_text()
    other = [text[s.start : s.end] for s in split_sentences(text) if not s.is_prose]
    assert {"Hashtags", "Comments", "Related Articles", "18 minutes ago"} <= set(other)
    assert not any(len(line) > 120 for line in other)


def test_lines_of_a_conversation_stay_apart():
    chat = "\n".join(f"[10:0{n}] {who}: {said}" for n, (who, said) in enumerate([
        ("lena", "is the build of the payment service still red today"),
        ("omar", "yes, since last night, and nobody has looked into it"),
        ("sofie", "i raised the limit of retries from three to ten yesterday"),
        ("lena", "then put it back to five please, and tell the others"),
        ("omar", "done"),
        ("sofie", "it is green again, and the release can go out on thursday"),
        ("lena", "thanks"),
    ]))  # fmt: skip
    assert sentences(chat) == chat.split("\n")


@pytest.mark.parametrize("speaker", ["HOST", "Ada Byron", "07:25", "Dr. Ames"])
def test_a_speaker_or_a_time_opens_a_line_of_its_own(speaker):
    text = f"She asked about the money that was needed for the shop\n{speaker}: a third of it was saved."
    assert sentences(text)[0] == "She asked about the money that was needed for the shop"


def test_long_lines_of_differing_length_are_not_a_wrapped_paragraph():
    lines = [
        "A ticket for adults costs five euros and fifty cents at the desk",
        "The pool opens at half past six from Monday to Friday",
        "Towels can be hired at the desk for two euros and a deposit of ten euros in cash",
        "The sauna will be open again in the autumn of next year",
        "Swimming caps are not needed, but slippers are, for the floor is warm",
        "The diving pool has boards of one and of three metres",
    ]
    assert sentences("\n".join(lines)) == lines


def test_marks_of_bold_print_belong_to_what_they_enclose():
    assert sentences("**When is it open?**\nOn Mondays.") == ["**When is it open?**", "On Mondays."]
    assert sentences("**When is it open?** On Mondays. __Closed.__ In May.") == [
        "**When is it open?**",
        "On Mondays.",
        "__Closed.__",
        "In May.",
    ]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("## Error codes", "Error codes:"),
        ("## 2.4.0 (2024-05-21)", "2.4.0 (2024-05-21):"),
        ("## Who pays?", "Who pays?"),
        ("| E2 | Boiler too hot | Wait |", "E2 · Boiler too hot · Wait"),
        ("- Added: the command `sync --dry-run`", "Added: the command sync --dry-run"),
        ("**When is the pool\nopen?**", "When is the pool open?"),
        ("2024. It cost 5 * 3 | 2 and <path> in snake_case_names.", "2024. It cost 5 * 3 | 2 and <path> in snake_case_names."),
        ("[10:03] omar: see [the notes](https://notes.example) [1]", "[10:03] omar: see the notes [1]"),
        ("-5 degrees", "-5 degrees"),
        (
            "We mended the well-\nknown fence - and\nre-\n  painted it, 5-\n6 times.",
            "We mended the well-known fence - and re-painted it, 5- 6 times.",
        ),
        ("Send it by :meth:`~django.dispatch.Signal.send` or a :ref:`view of yours\n<views>`.", "Send it by send or a view of yours."),
        ("See `the guide <https://a.example>`_, Apache_ and ``from_``.", "See the guide, Apache and from_."),
        (".. method:: Signal.send(sender, **kwargs)", "Signal.send(sender, **kwargs)"),
        ("#. Install it.", "Install it."),
        ("wontfix\n       This bug will\n  stay.", "wontfix: This bug will stay."),
        ("- Passing it a password\n  Raises an error.", "Passing it a password Raises an error."),
        ("6.2.2. Where do\nthey come from?", "Where do they come from?"),
        ("2) Open the window.", "Open the window."),
        ("3.5 million people live there.", "3.5 million people live there."),
        ("24. December is a holiday.", "24. December is a holiday."),
        ('<h4 align="center">Fast <em>string</em> matching</h4>', "Fast string matching"),
        ("#general", "#general"),
    ],
)
def test_words_are_said_without_markup(marked, plain):
    assert without_markup(marked) == plain


@pytest.mark.parametrize("text", ["Why now?", "**Who comes?**", '"Why now?"', "(Who knows?)"])
def test_a_sentence_that_asks(text):
    assert is_question(text)


@pytest.mark.parametrize("text", ['The senator asked, "Why now?"', "“Why now?” he said.", "It is open."])
def test_who_tells_of_a_question_asks_nothing(text):
    assert not is_question(text)


@pytest.mark.parametrize("mark", ['"', "“", "("])
def test_a_mark_that_nothing_closes_does_not_hold_sentences_together(mark):
    text = f"They met at {mark}the old mill. " + "Nobody saw them leave that night. " * 30 + 'He called it "a quiet place" (and left).'
    assert len(sentences(text)) == 32
    asked = f'They met at {mark}the old mill. {"Nobody saw them. " * 30}"Is he mad?" whispers Berg. Then she left.'
    assert [s.lstrip('"') for s in sentences(asked)[-2:]] == ['Is he mad?" whispers Berg.', "Then she left."]
    assert sentences('She said: "It is late. We go." Then she left.') == ['She said: "It is late. We go."', "Then she left."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("~~We meet on Monday at six.~~ We meet on Tuesday.", ["We meet on Tuesday."]),
        (
            "We meet <del>on Monday</del> on Tuesday.\n- ~~Paint the shed.~~\n- Buy seeds",
            ["We meet <del>on Monday</del> on Tuesday.", "-", "- Buy seeds"],
        ),
        ("<s>We meet on Monday.</s>\nBring a chair.", ["Bring a chair."]),
        ("<!-- We meet on Monday.\n\nNo, we do not. -->\nBring a chair.", ["Bring a chair."]),
        ("About ~~5 of ~~ them came.", ["About ~~5 of ~~ them came."]),
        ("~~One\n\ntwo~~", ["~~One", "two~~"]),
        ("```\necho ~~five~~\n```", ["```", "echo ~~five~~", "```"]),
    ],
)
def test_what_is_struck_out_or_in_a_comment_is_not_said(text, said):
    assert sentences(text) == said


def test_struck_out_words_are_not_said_of_a_sentence():
    assert without_markup("The barn is on ~~Mill Road~~ Harbour <del>Street</del> Lane.") == "The barn is on Harbour Lane."


def test_the_mark_of_a_note_belongs_to_the_sentence_before_it():
    assert sentences("The shop is open daily.[^1] Eggs cost 40 cents.") == ["The shop is open daily.[^1]", "Eggs cost 40 cents."]
