"""What the grammar of a rewritten question allows, and when it is asked for."""

import re

import pytest

from rag.llm import Usage
from rag.people import Person
from rag.rewriting import rewrite
from rag.types import Turn
from tests.conftest import ScriptedModel

BEFORE = [Turn("When was the harbour of Aldport built?", "It was built in 1871 by Anna Berg.")]


class Recording(ScriptedModel):
    """Keeps the grammars that it was held to."""

    def __init__(self, reply, **options):
        super().__init__(reply, constrained=True, **options)
        self.grammars = []

    def stream(self, messages, usage, *, form, max_tokens):
        self.grammars.append(form.gbnf)
        yield from super().stream(messages, usage, form=form, max_tokens=max_tokens)


def allowed(question, history=BEFORE, people=()):
    """What the model may reply, as a regular expression: GBNF is that but for quotation marks, the spaces between, and names of rules."""
    model = Recording("")
    rewrite(lambda: model, question, history, Usage(), people)
    rules = dict(line.split(" ::= ", 1) for line in model.grammars[0].splitlines())
    root = rules.pop("root")
    for name in ("things", "person", "several", "owns", "place", "one", "phrase"):
        root = re.sub(rf'(?<![\w"]){name}(?![\w"])', lambda _, rule=rules[name]: f"({rule})", root)
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|[()|?]', root)
    return re.compile("".join(re.escape(re.sub(r"\\(.)", r"\1", p[1:-1])) if p[0] == '"' else p for p in parts))


def test_what_the_model_says_is_what_is_asked():
    model = Recording("How deep is the harbour of Aldport?")
    usage = Usage()
    assert rewrite(lambda: model, "And how deep is it?", BEFORE, usage) == "How deep is the harbour of Aldport?"
    assert usage.tokens["completion_tokens"] == 5
    asked = model.seen[0][-1]["content"]
    assert asked.endswith(
        "Earlier: When was the harbour of Aldport built? It was built in 1871 by Anna Berg.\nQuestion: How deep is it?\nRewritten:"
    )


@pytest.mark.parametrize("reply", ["It is nine metres deep.", "When was the harbour of Aldport built?", "", "\n"])
def test_a_reply_without_the_questions_own_words_gives_way_to_the_rules(reply):
    assert rewrite(lambda: Recording(reply), "How deep is it?", BEFORE, Usage()) is None


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("How deep is it?", []),
        ("And in Norway?", BEFORE),
        ("And by whom?", BEFORE),
        ("Yes, tell me more.", BEFORE),
        ("Who is the mayor of Bergen?", BEFORE),
        ("What is the capital of France?", BEFORE),
        ("Why is it so?", [Turn("Why?")]),
    ],
)
def test_the_model_is_not_asked_where_a_rule_does_it_or_nothing_is_left_out(question, history):
    opened = []
    assert rewrite(lambda: opened.append(question), question, history, Usage()) is None
    assert not opened


@pytest.mark.parametrize(
    ("question", "history", "frame", "may", "may_not"),
    [
        (
            "Who paid for it?",
            BEFORE,
            "Who paid for {}?",
            ["the harbour of Aldport", "the harbour", "Aldport"],
            ["it", "Anna Berg", "harbour of", "When", "the harbour of Aldport built by", "the king", ""],
        ),
        (
            "Describe some of its main uses.",
            BEFORE,
            "Describe some of {}?",
            ["the main uses of Aldport", "the harbour's main uses"],
            ["the harbour", "its main uses"],
        ),
        ("Who wrote it?", [Turn('What is "C:\\new" in\nMalmö?')], "Who wrote {}?", ["Malmö", r"\new"], ["C", "in Malmö"]),
        ("and compare its depth.", BEFORE, "Compare {}?", ["the harbour's depth", "the depth of Aldport"], ["its depth"]),
        ("Who works there?", BEFORE, "Who works {}?", ["at the harbour", "in Aldport"], ["Aldport", "there"]),
        (
            "In whose time?",
            BEFORE,
            "In whose time {}?",
            ["", "of the harbour", "was the harbour of Aldport built"],
            ["is the harbour built", "When was the harbour"],
        ),
    ],
)
def test_the_questions_own_words_are_kept_and_what_is_put_in_was_said(question, history, frame, may, may_not):
    pattern = allowed(question, history)
    assert [phrase for phrase in may if not pattern.fullmatch(frame.format(phrase).replace(" ?", "?"))] == []
    assert [phrase for phrase in may_not if pattern.fullmatch(frame.format(phrase).replace(" ?", "?"))] == []


@pytest.mark.parametrize(
    ("before", "may", "may_not"),
    [
        ("Who was before Marko Kivi?", ["Therese Aumont"], ["Kivi", "Marko Kivi", "predecessor", "the predecessor"]),
        ("What became of Marko Kivi?", ["Therese Aumont", "Marko Kivi", "Kivi"], []),
        ("What became of him?", ["Therese Aumont"], ["Kivi", "Marko Kivi", "predecessor"]),
    ],
)
def test_she_is_one_of_those_that_an_answer_to_who_brought_in_and_not_he(before, may, may_not):
    history = [
        Turn("Who was Marko Kivi?", "Marko Kivi was a miller."),
        Turn(before, "Marko Kivi came in May. The predecessor, Therese Aumont, left."),
    ]
    pattern = allowed("What does she do now?", history)
    assert [name for name in may if not pattern.fullmatch(f"What does {name} do now?")] == []
    assert [name for name in may_not if pattern.fullmatch(f"What does {name} do now?")] == []
    assert allowed("Where is her son?", history).fullmatch("Where is Therese Aumont's son?")
    assert allowed("Where is it?", history).fullmatch("Where is the predecessor?")


def test_he_is_whom_the_last_question_asked_about():
    pattern = allowed(
        "What does he say?", [Turn("Who is Tarik Holu?", "Tarik Holu is a minister. The owner, Aegis Maritime, denied this.")]
    )
    assert pattern.fullmatch("What does Tarik Holu say?")
    assert not pattern.fullmatch("What does Aegis Maritime say?")


def test_a_number_is_not_broken_at_its_comma():
    pattern = allowed("Where are they?", [Turn("What costs 4,000 jobs?")])
    assert pattern.fullmatch("Where are 4,000 jobs?")
    assert not pattern.fullmatch("Where are 4?")


def test_the_number_of_a_section_is_no_part_of_what_it_names():
    pattern = allowed("What does it cost?", [Turn("How big is one?", "1.1 A full plot measures 250 metres. 2. Sheds are small.")])
    assert pattern.fullmatch("What does the full plot cost?")
    assert not pattern.fullmatch("What does 1.1 A full plot cost?")
    assert not pattern.fullmatch("What does 2 cost?")


def test_a_title_before_a_name_ends_no_sentence():
    pattern = allowed("When did it end?", [Turn("What did Dr. Ada Lund study?")])
    assert pattern.fullmatch("When did Dr. Ada Lund end?")
    assert not pattern.fullmatch("When did Dr end?")


def test_what_something_was_is_no_name():
    grammar = allowed("Who repaired them?", [Turn("How many old windows were broken by the storm of 1871?"), Turn("Who came?")])
    assert grammar.fullmatch("Who repaired the old windows?")
    assert grammar.fullmatch("Who repaired the storm of 1871?")
    assert not grammar.fullmatch("Who repaired the broken?")
    assert allowed("Who repaired them?", [Turn("Were broken windows found?")]).fullmatch("Who repaired the broken windows?")


def test_they_are_the_things_of_which_it_was_asked_how_many_there_are():
    pattern = allowed("Can they be bought back?", [Turn("How many homes has the government bought?", "Bo has bought 971 homes.")])
    assert pattern.fullmatch("Can the homes be bought back?")
    assert not pattern.fullmatch("Can the government be bought back?")


def test_it_is_no_plural():
    history = [Turn("What burned?", "The fire of three mills hurt two men from Bergen near the glass, the police said.")]
    it, they = allowed("How did it start?", history), allowed("How did they start?", history)
    for phrase in ("mills", "the three mills", "two men from Bergen", "the men", "the police"):
        assert not it.fullmatch(f"How did {phrase} start?")
    for phrase in ("the fire", "the fire of three mills", "Bergen", "the glass"):
        assert it.fullmatch(f"How did {phrase} start?")
        assert they.fullmatch(f"How did {phrase} start?")
    assert they.fullmatch("How did the mills start?")


def test_they_are_several_where_it_is_one():
    both = allowed("Did they say where it was?", [Turn("What burned?", "The mill of two men from Bergen. Archaeologists came.")])
    assert both.fullmatch("Did two men say where the mill was?")
    assert both.fullmatch("Did Archaeologists say where the mill was?")
    assert not both.fullmatch("Did the mill say where the mill was?")
    assert not both.fullmatch("Did two men say where two men was?")


def test_a_subject_goes_without_its_verb():
    pattern = allowed("Where was it?", [Turn("How did the mill sink?"), Turn("When did Anna Berg marry again?")])
    assert pattern.fullmatch("Where was the mill?")
    assert pattern.fullmatch("Where was Anna Berg?")
    for phrase in ("the mill sink", "mill sink", "Berg marry", "Anna Berg marry again", "the marry", "sink"):
        assert not pattern.fullmatch(f"Where was {phrase}?")


def test_she_is_whom_the_article_calls_so_or_what_may_be_a_persons_name():
    people = [
        Person("Sunniva Dahl", 0, "she", "Sunniva Dahl, a former pilot, won."),
        Person("Douglas Renwick", 9, "he", "He is Mr Renwick."),
    ]
    history = [Turn("Who won?"), Turn("Was the victim there?", "The Green Party beat Douglas Renwick in the town of Anna Lund.")]
    pattern = allowed("What did she do?", history, people)
    for phrase in ("Sunniva Dahl", "Anna Lund", "the victim"):
        assert pattern.fullmatch(f"What did {phrase} do?")
    for phrase in ("Douglas Renwick", "Renwick", "the Green Party", "Green Party", "Green Party beat"):
        assert not pattern.fullmatch(f"What did {phrase} do?")
    model = Recording("")
    rewrite(lambda: model, "What did she do?", history, Usage(), people)
    assert "Sunniva Dahl, a former pilot, won.\nQuestion: What did she do?" in model.seen[0][-1]["content"]
