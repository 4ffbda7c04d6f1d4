"""Who somebody is, and what something is called, as a text says it beside the name."""

import pytest

from rag.appositions import asked_who, tells_who
from rag.config import load_config
from rag.pipeline import Corpus, index
from tests.conftest import ScriptedModel


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("Who is Olga Prei?", "Olga Prei"),
        ("who's the mayor of Estry?", "the mayor of Estry"),
        ("Who was Rohm's main rival?", "Rohm's main rival"),
        ("What is the name of the dog?", "the dog"),
        ("What was her ship called?", "her ship"),
        ("What is the dog?", None),
        ("Who is responsible for it?", None),
        ("Who was missing from the meeting?", None),
        ("Who has seen the mayor?", None),
        ("Who is the mayor, and who was it before?", None),
    ],
)
def test_it_is_told_whether_a_question_asks_who_somebody_is(question, who):
    assert asked_who(question) == who


@pytest.mark.parametrize(
    "sentence",
    [
        "The energy minister, Olga Prei, called the bill an invention.",
        "Energy minister Olga Prei called it an invention.",
        "Then Minister Olga Prei spoke.",
        "It was said by Olga Prei, 58, who runs the shop.",
        "It was said by Olga Prei, a welder.",
        "It was said by Olga Prei of the Hanse Institute.",
        "Olga Prei (treasurer)",
        "Olga Prei was a baker.",
    ],
)
def test_a_name_is_told_by_what_stands_beside_it(sentence):
    assert tells_who(sentence, "Olga Prei")
    assert tells_who(sentence, "Prei")
    assert not tells_who(sentence, "Anna Holm")


@pytest.mark.parametrize(
    "sentence",
    [
        "Olga Prei called the bill an invention.",
        "On Monday Olga Prei called.",
        "The bank told Olga Prei to pay.",
        "In the evening, Olga Prei, with her dog, called.",
        "They played at the International Olga Prei Competition.",
        "Olga Prei, Anna Holm and others called.",
    ],
)
def test_a_name_by_itself_tells_nothing(sentence):
    assert not tells_who(sentence, "Olga Prei")


@pytest.mark.parametrize(
    ("sentence", "office", "is_told"),
    [
        ("At a meeting with South Korean Foreign Minister Cho Tae-yul, he spoke.", "the foreign minister of South Korea", True),
        ("At a meeting with South Korean Foreign Minister Cho Tae-yul, he spoke.", "the foreign minister of North Korea", False),
        ("In South Korea Russian Foreign Minister Sergei Lavrov spoke.", "the foreign minister of South Korea", False),
        ("In Seoul, the foreign minister of South Korea said that he rests.", "the foreign minister of South Korea", False),
        ("Lavrov, the Russian foreign minister, was to begin a trip.", "the foreign minister of Russia", True),
        ("His main rival, the mayor of Estry, Irena Sulk, has won.", "the mayor of Estry", True),
        ("His main rival, the mayor of Estry, Irena Sulk, has won.", "the mayor of Lindow", False),
        ("His main rival, the mayor of Estry, Irena Sulk, has won.", "Rohm's main rival", True),
        ("His main rival, the mayor of Estry, Irena Sulk, has won.", "Prei's main rival", False),
        ("Behind her sat the dog, Captain, who was old.", "the dog", True),
        ("The pilot, the airline said, slept on Monday.", "the pilot", False),
        ("The pilot slept.", "the pilot", False),
    ],
)
def test_an_office_is_told_by_the_name_beside_it(sentence, office, is_told):
    assert tells_who(sentence, office, "President Rohm was silent.") is is_told


@pytest.mark.parametrize("llm", ["extractive", "local"])
def test_who_is_told_is_found_and_said_though_the_model_doubts_it(tmp_path, embedder, llm):
    docs = tmp_path / "docs"
    docs.mkdir()
    told = "At noon, with the harbour office closed, Estry harbour master Irena Sulk counted the boats."
    (docs / "estry.txt").write_text(
        f"The harbour master of Estry waited. The harbour of Estry has a master and a lock. {told} Nobody else came."
    )
    (docs / "lindow.txt").write_text(
        "The harbour master of Lindow is away. The harbour master has a boat. A harbour master of Estry is paid by the town."
    )
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(docs, config, embedder=embedder)
    model = ScriptedModel("Nobody is. [1]", yes=0.02) if llm == "local" else None
    with Corpus(config, embedder=embedder, model=model) as corpus:
        assert corpus.ask("Who is the harbour master of Estry?").text == told
        assert corpus.ask("Who is the harbour master of Port Salen?").abstained
