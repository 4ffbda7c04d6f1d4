import pytest

from rag.config import load_config
from rag.headings import heading_above
from rag.pipeline import Corpus, index
from rag.sections import asked_label, asked_section, heading_names
from rag.types import Filters
from tests.conftest import ScriptedModel
from tests.test_answers import holds_together


@pytest.mark.parametrize(
    ("question", "names", "about_the_text"),
    [
        ("What does the First Amendment say?", {("amendment", "1")}, "What does the text say?"),
        ("What does Article II, Section 1 say on oaths?", {("article", "2"), ("section", "1")}, "What does the text say on oaths?"),
        ("What does Section 4.2 of the third schedule say?", {("section", "4.2"), ("schedule", "3")}, "What does the text say?"),
        ("According to § 12, when is notice due?", {("section", "12")}, "According to the text, when is notice due?"),
        ("Who repealed the twenty-first amendment?", {("amendment", "21")}, "Who repealed the text?"),
        ("What is in Appendix B?", {("appendix", "b")}, "What is in the text?"),
        ("summarize chapter xiv", {("chapter", "14")}, "summarize the text"),
        ("What was fixed in v2.4?", {("version", "2.4")}, "What was fixed in v2.4?"),
        ("What is new in Brio 3.1.0?", {("version", "3.1.0")}, "What is new in Brio 3.1.0?"),
    ],
)
def test_a_question_names_the_section_that_it_asks_about(question, names, about_the_text):
    section = asked_section(question)
    assert section is not None
    assert (section.names, section.question) == (names, about_the_text)


@pytest.mark.parametrize(
    "question",
    [
        "What differs between section 2 and section 4?",
        "Did it grow by 3.5 percent?",
        "Which rule of the house applies?",
        "What part did she play?",
        "Can I act now?",
        "What is section control?",
    ],
)
def test_a_question_names_no_section(question):
    assert asked_section(question) is None


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("## 4. Notice", {("", "4")}),
        ("4.2 Notice", {("", "4.2")}),
        ("7) Exits", {("", "7")}),
        ("= = § 5 Liability = =", {("section", "5")}),
        ("AMENDMENT XIV", {("amendment", "14")}),
        ("**Sec. 3.** Fees", {("section", "3")}),
        ("First Schedule: Fees", {("schedule", "1")}),
        ("CHAPTER ONE", {("chapter", "1")}),
        ("## [3.1.0] - 2024-04-09", {("", "3.1.0")}),
        ("Release v2.4", {("version", "2.4")}),
        ("5.3 If the tenant leaves", {("", "5.3")}),
        ("Act I\nScene II. A room", {("act", "1"), ("scene", "2")}),
        ("Section 8 housing", set()),
        ("3 ways to cook", set()),
        ("2024. A year", set()),
        ("Part of the deal", set()),
    ],
)
def test_headings_name_sections(heading, names):
    assert heading_names(heading) == names


def test_a_question_asks_for_a_section():
    assert asked_label("Which chapter tells of the whale?") == "chapter"
    assert asked_label("Which whale is told of in chapter 3?") is None


RULES = """Rules of the Harbour Club

Article I

Section 1

Boats are moored at the east quay.

Section 2

The kiosk closes at six.
  - on Sundays it stays closed

Article II

Section 1

The chair of the club is elected in spring. She may be elected twice.

Article III

Section 1

Boats that leak are moored at the west quay.
"""
LEASE = """# Lease of a boat house

## 1. Term

It runs for two years.

## 2. Notice

Notice is given in writing. It is due three months before.

### 2.1 Form

A letter will do.

## 3. Fees

The fee is 40 euros.
"""


HOUSE = """The rules of the house

7.1 Dogs are kept on a lead. Cats are not.
7.2 The door is closed at ten.

What to do on leaving:

1. Close the windows.
2. Turn off the heating.
"""
CHANGES = """# Changes to Brio

## [3.1.0] - 2024-04-09

### Fixed
- Crash when a name holds a comma

## [3.0.0] - 2023-11-20

### Fixed
- Crash at midnight
"""


@pytest.fixture(scope="module")
def club(tmp_path_factory, embedder):
    folder = tmp_path_factory.mktemp("club")
    (folder / "rules.txt").write_text(RULES)
    (folder / "lease.md").write_text(LEASE)
    (folder / "house.txt").write_text(HOUSE)
    (folder / "changes.md").write_text(CHANGES)
    config = load_config({}, data_dir=tmp_path_factory.mktemp("club-index"), llm="extractive")
    index(folder, config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        yield corpus


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What does Article II say?", "Article II: Section 1: The chair of the club is elected in spring. She may be elected twice."),
        ("What is in Section 2 of Article 1?", "Section 2: The kiosk closes at six.\n- on Sundays it stays closed"),
        (
            "What does section 2 of the lease say?",
            "Notice: Notice is given in writing. It is due three months before. 2.1 Form: A letter will do.",
        ),
        ("Summarize section 2.1.", "2.1 Form: A letter will do."),
        ("What does clause 7.1 say?", "7.1 Dogs are kept on a lead. Cats are not."),
        ("What is rule 2 of the house?", "Turn off the heating."),
        ("What is new in version 3.0.0?", "[3.0.0] - 2023-11-20: Fixed:\n- Crash at midnight"),
    ],
)
def test_what_a_section_says_is_quoted_from_its_beginning(club, question, said):
    answer = club.ask(question)
    holds_together(answer, club)
    assert answer.text == said


def test_a_name_that_many_sections_have_is_not_guessed_at(club):
    assert not any(s.text.startswith("Section 1") for s in club.ask("What does section 1 say?").sentences)


def test_a_question_about_a_section_is_answered_from_it_only(club):
    assert "west quay" in club.ask("Where are boats moored according to Article III?").text
    assert "east quay" in club.ask("Where are boats moored according to Article I?").text
    assert club.ask("Where are boats moored according to Article II?").abstained
    assert all(h.chunk.heading.startswith("Article III") for h in club.search("Where are boats moored according to Article III?"))


def test_of_a_version_nothing_else_answers(club):
    model = ScriptedModel("A crash at midnight. [{n}]", chooses="Crash", cites="Crash")
    with Corpus(club.config, embedder=club._embedder, model=model) as corpus:
        assert corpus.ask("What was fixed in Brio 3.1.0?").text == "Fixed: Crash when a name holds a comma"
        assert "[3.0.0]" in corpus.ask("Which version fixed a crash at midnight?").text


def test_filters_hold_for_sections_too(club):
    answer = club.ask("What does section 2 say?", filters=Filters(paths=("lease.md",)))
    assert {c.document_id for c in answer.citations} == {"lease.md"}


def test_an_answer_names_the_section_that_is_asked_for(club):
    model = ScriptedModel("", chooses="is elected in spring")
    with Corpus(club.config, embedder=club._embedder, model=model) as corpus:
        answer = corpus.ask("Which article says when the chair is elected?")
    holds_together(answer, club)
    assert answer.text.startswith("Article II: The chair of the club is elected in spring.")


def test_a_section_holds_what_stands_below_its_heading_up_to_the_next_of_its_level():
    def above(words, label):
        found = heading_above(RULES, RULES.index(words), label)
        return found and RULES[slice(*found)]

    assert above("She may", "article") == "Article II"
    assert above("She may", "section") == "Section 1"
    assert above("Rules of", "article") is None
