import pytest

from rag.config import load_config
from rag.definitions import asked_term, defined_term, named_term
from rag.pipeline import Corpus, index


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is a migration?", {"migrat"}),
        ("Who are the Normans?", {"norman"}),
        ("What does F() do?", {"f"}),
        ("What's meant by late interaction", {"late", "interact"}),
        ("Define middleware.", {"middlewar"}),
        ("Tell me what is a signal?", {"signal"}),
        ("What is it?", set()),
        ("When was the harbour built?", set()),
        ("Who was the pilot of the plane that crashed into the sea in May?", set()),
    ],
)
def test_a_question_asks_what_something_is(question, term):
    assert asked_term(question) == term


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        ("Migrations are Django's way of changing\n  tables.", {"migrat"}),
        ("**Warsaw** (Polish: Warszawa), the capital, is a city.", {"warsaw"}),
        ("- `wontfix`: this stays as it is.", {"wontfix"}),
        ("wontfix\n     This stays as it is.", {"wontfix"}),
        ("F() - a value of a row", {"f"}),
        ("Migrations are stored in files.", set()),
        ("A migration is not a backup.", set()),
        ("At first, a migration is a file.", set()),
        ("There is a way.", set()),
        ("The harbour that was built by the sister of the mayor is a ruin.", set()),
    ],
)
def test_a_sentence_says_what_something_is(sentence, term):
    assert defined_term(sentence) == term


@pytest.mark.parametrize(
    ("heading", "term"),
    [
        ("## The warranty", {"warranti"}),
        (":kluge: /kloozh/, n.", {"kluge"}),
        ("6.2. Bug tags", {"bug", "tag"}),
        ("Where do they come from?", set()),
    ],
)
def test_a_heading_names_a_term(heading, term):
    assert named_term(heading) == term


@pytest.fixture(scope="module")
def harbour(tmp_path_factory, embedder):
    folder = tmp_path_factory.mktemp("lock")
    uses = " ".join(f"The lock number {n} is opened at {n} o'clock, and the lock is closed by the keeper of the lock." for n in range(120))
    (folder / "uses.txt").write_text(uses)
    (folder / "about.txt").write_text(
        "Boats go up the hill by water. A lock is a chamber with gates at both ends. It was invented long ago."
    )
    entries = {"sluice": "Lets water pass under the gate of a lock.", "quay": "Where boats wait beside a lock, of stone or wood."}
    (folder / "terms.txt").write_text("\n\n".join(f":{term}: n.\n\n{meaning}" for term, meaning in entries.items()))
    config = load_config({}, data_dir=tmp_path_factory.mktemp("lock-index"), llm="extractive")
    index(folder, config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        yield corpus


def test_what_something_is_is_found_among_many_mentions(harbour):
    assert any("a chamber with gates" in h.chunk.text for h in harbour.search("What is a lock?", k=2))
    assert "a chamber with gates" in harbour.ask("What is a lock?").text


def test_an_entry_says_what_its_head_is_and_is_said_with_it(harbour):
    assert harbour.ask("What is a sluice?").text.startswith(":sluice: n. Lets water pass under the gate of a lock.")


def test_a_definition_comes_first_only_where_it_is_asked_for(harbour):
    assert "a chamber with gates" not in harbour.search("When is the lock number 7 opened?", k=1)[0].chunk.text
