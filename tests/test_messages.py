"""Who says what is written in a chat, a mail, a forum or a log, and when."""

import pytest

from rag.messages import message_header, opens_message, says_who, without_header
from rag.sentences import is_prose, starts_block
from rag.types import Span


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("12/03/2024, 18:25 - Raj: I gave it to Colin", "I gave it to Colin"),
        ("[12.08., 18:02] Lea van Dam: I gave it to Colin", "I gave it to Colin"),
        ("[10:02] <lea> I gave it to Colin", "I gave it to Colin"),
        ("<lea_2> I gave it to Colin", "I gave it to Colin"),
        ("10:02 AM Lea: I gave it to Colin", "I gave it to Colin"),
        ("2024-05-17T09:47:02Z I gave it to Colin", "I gave it to Colin"),
        ("2024-05-17 09:47:02,113 I gave it to Colin", "I gave it to Colin"),
    ],
)
def test_a_message_opens_with_who_says_it_or_when(line, said):
    assert opens_message(line)
    assert starts_block(line)
    assert is_prose(line)
    assert without_header(line) == said


@pytest.mark.parametrize(
    "line",
    [
        "I gave it to Colin: he asked for it",
        "18:40 The harbour of Skagen Point is closed until further notice",
        "In 2024 the ratio was 10:02 or better: a record",
        "12/03/2024",
        "<b> is a tag of HTML",
        "2024-05-17 was a Friday",
    ],
)
def test_other_lines_open_no_message(line):
    assert not opens_message(line)
    assert without_header(line) == line


@pytest.mark.parametrize(
    ("line", "is_header"),
    [
        ("OldCrust wrote on 9 May 2023:", True),
        ("On Thu, 6 Jun 2024 at 11:40, Helen Wu wrote:", True),
        ("> On Thu, 6 Jun 2024 at 11:40, Helen Wu wrote:", True),
        ("Ada Stone  10:02 AM", False),
        ("From: Ada Stone <ada@orbita.example>", False),
        ("As Darwin wrote:", False),
        ("In 1859 he wrote: all is well.", False),
    ],
)
def test_a_line_may_only_say_who_writes(line, is_header):
    assert says_who(line) is is_header


FORUM = """Topic: Bread

ada wrote on 3 May 2023:
It is flat.

It was cold.

On Thu, 4 May 2023 at 11:40, Bo Lund wrote:
> It is fine.

From: Cy Dee <cy@orbita.example>
Subject: Oven

It is hot.

From: Dee Holm
To: Cy Dee

It is late.

Ada Stone  10:02 AM
It is old.

The shop opens at 10:02 AM
It is new.

## Rules
Be kind.

## Sunday, 10 Oct

It rang.

Monthly
It stops.

2024-05-17
It is new here.

## Rules again
Be kind too.

[10:02] ada: Hi all
and welcome
[10:05] bo: Hi! How are you?

Be good.
"""


@pytest.mark.parametrize(
    ("words", "header"),
    [
        ("It is flat.", "ada wrote on 3 May 2023:"),
        ("It was cold.", "ada wrote on 3 May 2023:"),
        ("It is fine.", "On Thu, 4 May 2023 at 11:40, Bo Lund wrote:"),
        ("It is hot.", "From: Cy Dee <cy@orbita.example>"),
        ("It is late.", "From: Dee Holm"),
        ("It is old.", "Ada Stone  10:02 AM"),
        ("It is new.", "Ada Stone  10:02 AM"),
        ("Be kind.", None),
        ("and welcome", "[10:02] ada:"),
        ("[10:05] bo: Hi!", None),
        ("How are you?", "[10:05] bo:"),
        ("Be good.", None),
        ("Be kind too.", None),
        ("It rang.", "## Sunday, 10 Oct"),
        ("It stops.", "## Sunday, 10 Oct"),
        ("It is new here.", "2024-05-17"),
        ("Topic: Bread", None),
    ],
)
def test_a_sentence_is_of_the_message_that_was_opened_last(words, header):
    start = FORUM.index(words)
    found = message_header(Span("f.txt", start, start + len(words)), lambda s: FORUM[s.start : s.end])
    assert (FORUM[found.start : found.end] if found else None) == header


@pytest.mark.parametrize(
    ("text", "published", "header"),
    [
        ("A ward closes\n9 October 2026\n\nThe ward is closed. Tests are made weekly.", "2026-10-09", None),
        ("A ward closes\n9 October 2026\n\nThe ward is closed. Tests are made weekly.\nBabies are ill\n20 August\n", "2026-10-09", None),
        ("A ward closes\n9 October 2026\n\nThe ward is closed. Tests are made weekly.", None, "9 October 2026"),
        ("8 October 2026\nIt rained.\n\n9 October 2026\nWe sang. Tests are made weekly.", "2026-10-08", "9 October 2026"),
        ("A ward closes\n9 October\n\nThe ward is closed. Tests are made weekly.", "2026-10-09", "9 October"),
    ],
)
def test_the_date_of_an_article_is_no_day_of_a_diary(text, published, header):
    start = text.index("Tests")
    found = message_header(Span("f.txt", start, start + 5), lambda s: text[s.start : s.end], published)
    assert (found and text[found.start : found.end]) == header
