"""What a text says beside a name."""

import pytest

from rag.appositions import life_told, teller
from rag.config import load_config
from rag.pipeline import Corpus, index
from tests.conftest import ScriptedModel


@pytest.mark.parametrize(
    "question",
    [
        "What is the dog?",
        "What is a harbour?",
        "Who has seen the mayor?",
        "How old is the mayor?",
        "Who is the mayor, and who was it before?",
        "When was the bridge of Estry opened?",
        "What happened to the bridge?",
    ],
)
def test_other_questions_ask_for_nothing_that_stands_beside_a_name(question):
    assert teller(question) is None


@pytest.mark.parametrize(
    ("question", "sentence", "is_told"),
    [
        ("Who bought Paladin?", "It would be the largest since Orbit bought Paladin in 2021.", True),
        ("who bought paladin", "It would be the largest since Orbit bought Paladin in 2021.", True),
        ("Who bought Paladin?", "Orbit later bought Orion.", False),
        ("Who bought Paladin?", "They bought Paladin.", False),
        ("Who bought Paladin?", "Orbit denied that Lumio bought Paladin.", False),
        ("Who bought Paladin?", "If Lumio bought Paladin, it would grow.", False),
        ("Who bought Paladin?", "Orbit, which bought Paladin, has grown.", True),
        ("Who won the men's race?", "The men's race was won by the Eritrean Tadese Worku.", True),
        ("Who won the men's race?", "The men's race was won by a stranger.", False),
        ("Who paid for the study?", "A study paid for by her ministry had found otherwise.", True),
        ("Who paid for the study?", "A study paid for by mistake had found otherwise.", False),
        ("Who paid for the study?", "The Nansen Fund paid for the study.", True),
        ("Who paid for the study?", "The Nansen Fund paid the study.", False),
        ("Who leads the search?", "It is hard, said Yves Morel, who leads the search.", True),
        ("Who leads the Coast Party?", "Its leader, Per Aune, left.", True),
        ("Who leads the Coast Party?", "The Hill Party will go; Estry likes its leader, Per Aune.", False),
        ("Who leads the Hill Party?", "The Hill Party will go; Estry likes its leader, Per Aune.", True),
        ("Who leads the Coast Party?", "Its leader left.", False),
        ("Who leads the Harbour Party?", "Its leader, Per Aune, left.", False),
        ("Who founded the Coast Party?", "The Coast Party's founder, Olga Prei, left.", True),
        ("Who paid the Coast Party?", "Its leader, Per Aune, left.", False),
    ],
)
def test_who_did_something_is_told_in_the_very_words_of_the_question(question, sentence, is_told):
    assert teller(question)(sentence, "The Coast Party met.") is is_told


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ('"We ate fish," said Olga Prei.', True),
        ('"We ate fish," said its owner, Olga Prei.', True),
        ("Prei, the owner, said that they ate fish.", True),
        ("The owner Olga Prei told the club to eat fish.", True),
        ('"We ate fish," said Anna Prei.', False),
        ('"We ate fish," said Jan Holm, who knows Prei.', False),
        ("They ate fish with Olga Prei.", False),
        ("Anna Holm said that Prei ate fish.", False),
    ],
)
def test_what_somebody_said_stands_beside_their_name(sentence, is_told):
    assert teller("What did Olga Prei say?")(sentence, "") is is_told


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("Prei, 24, has won.", True),
        ("Olga Prei, aged 24, has won.", True),
        ("Olga Prei (24) has won.", True),
        ("Prei is 24 years old.", True),
        ("It was won by 24-year-old Olga Prei.", True),
        ("Anna Prei, 24, has won.", False),
        ("Prei, who was 24 seconds behind, has lost.", False),
        ("Prei is 24 seconds behind.", False),
        ("Holm, 24, has won.", False),
        ("Olga Prei, who won in May, has died at the age of 24.", True),
        ("Olga Prei, 'the swan', dies at 24", True),
        ("Anna Holm, who taught Prei, has died at the age of 24.", False),
        ("Olga Prei died at 9 a.m.", False),
    ],
)
def test_an_age_stands_beside_a_name(sentence, is_told):
    assert teller("How old is Olga Prei?")(sentence, "") is is_told
    assert teller("How old is Olga Prei of Estry?")(sentence, "") is is_told


@pytest.mark.parametrize(
    "sentence",
    [
        "The energy minister, Olga Prei, called the bill an invention.",
        "Energy minister Olga Prei called it an invention.",
        "Then Minister Olga Prei spoke.",
        "It was said by Olga Prei, 58, who runs the shop.",
        "It was said by Olga Prei, a welder.",
        "It will last until May, said the head of the office, Olga Prei.",
        "It was opened by the head of the office, Olga Prei.",
        "According to the head of the office, Olga Prei, it is late.",
        "It was said by Olga Prei of the Hanse Institute.",
        "Olga Prei (treasurer)",
        "Olga Prei was a baker.",
    ],
)
def test_who_a_name_is_stands_beside_it(sentence):
    assert teller("Who is Olga Prei?")(sentence, "")
    assert teller("who was Prei?")(sentence, "")
    assert teller("who is olga prei")(sentence, "")
    assert not teller("Who is Anna Holm?")(sentence, "")


@pytest.mark.parametrize(
    "sentence",
    [
        "Olga Prei called the bill an invention.",
        "On Monday Olga Prei called.",
        "The bank told Olga Prei to pay.",
        "In the evening, Olga Prei, with her dog, called.",
        "They played at the International Olga Prei Competition.",
        "Olga Prei, Anna Holm and others called.",
        "With Olga Prei, the talks went on.",
    ],
)
def test_a_name_by_itself_tells_nothing(sentence):
    assert not teller("Who is Olga Prei?")(sentence, "")


@pytest.mark.parametrize(
    ("question", "sentence", "is_told"),
    [
        ("Who is the foreign minister of South Korea?", "He met South Korean Foreign Minister Cho Tae-yul at noon.", True),
        ("Who is the foreign minister of North Korea?", "He met South Korean Foreign Minister Cho Tae-yul at noon.", False),
        ("Who is the foreign minister of South Korea?", "In South Korea Russian Foreign Minister Sergei Lavrov spoke.", False),
        ("Who is the foreign minister of South Korea?", "In Seoul, the foreign minister of South Korea said that he rests.", False),
        ("Who's the foreign minister of Russia?", "Lavrov, the Russian foreign minister, was to begin a trip.", True),
        ("Who is the mayor of Estry?", "His main rival, the mayor of Estry, Irena Sulk, has won.", True),
        ("Who is the mayor of Lindow?", "His main rival, the mayor of Estry, Irena Sulk, has won.", False),
        ("Who was Rohm's main rival?", "His main rival, the mayor of Estry, Irena Sulk, has won.", True),
        ("Who was Prei's main rival?", "His main rival, the mayor of Estry, Irena Sulk, has won.", False),
        ("What is the name of the dog?", "Behind her sat the dog, Captain, who was old.", True),
        ("What was the frigate called?", "He sailed on the frigate Alster to Oslo.", True),
        ("Who was the pilot?", "The pilot, the airline said, slept on Monday.", False),
        ("Who was the pilot?", "The pilot slept.", False),
        ("Who was the pilot?", "The pilot, Øyvind Åsen, slept.", True),
        ("Who was the pilot?", "Łukasz Żak (pilot) slept.", True),
        ("What is Skerry Vohr?", "It stands on Skerry Vohr, a small island off the coast.", True),
        ("What is the Stobo Medal?", "He got the Stobo Medal of the Institute of Engineers.", True),
        ("What is Skerry Vohr?", "It stands on Skerry Vohr.", False),
        ("What is Skerry Vohr?", "Tourists visit Skerry Vohr in May.", False),
        ("What is Skerry Vohr?", "In Skerry Vohr, the fair was cancelled.", False),
        ("Who is responsible for it?", "Those responsible for it, the managers, left.", False),
        ("Who was missing from the meeting?", "Missing from the meeting was Bo.", False),
        ("What is Skerry Vohr?", "You can reach Skerry Vohr in May.", False),
        ("What is Solveig?", "You take the ferry Solveig.", True),
        ("Who is the landlord?", 'between Olga Prei ("the Landlord") and Bo Holm ("the Tenant")', True),
        ("Who are the tenants?", "between Olga Prei (the “Landlord”) and Bo and Ann Holm (hereinafter “the Tenants”)", True),
        ("Who is the caretaker?", 'between Olga Prei ("the Landlord") and Bo Holm ("the Tenant")', False),
        ("Who is the landlord?", 'the owner ("the Landlord") lets the flat', False),
    ],
)
def test_the_name_stands_beside_an_office_and_what_it_is_beside_a_name(question, sentence, is_told):
    assert teller(question)(sentence, "President Rohm was silent.") is is_told


@pytest.mark.parametrize(
    ("question", "before", "is_told"),
    [
        ("Who is the chief executive of Norvane Terminals?", "The offer came from Norvane Terminals.", True),
        ("Who is the chief executive of Norvane Terminals?", "The offer came from Norvane.", False),
        ("Who is the chief executive of Norvane Terminals?", "Terminals of Norvane stood still.", False),
        ("Who is the chief executive of Harwick Terminals?", "The offer came from Harwick Terminals.", False),
    ],
)
def test_a_part_stands_for_a_name_that_was_said_in_full_before(question, before, is_told):
    assert teller(question)("Norvane's chief executive, Tomas Holm, called it necessary.", before) is is_told


@pytest.mark.parametrize(
    ("question", "sentence", "is_told"),
    [
        ("When was Alan Stobo born?", "Alan Stobo FRSH (9 May 1803 – 21 October 1869) was an engineer.", True),
        ("In what year did Stobo die?", "Alan Stobo FRSH (9 May 1803 – 21 October 1869) was an engineer.", True),
        ("When was Stobo born?", "Alan Stobo (born 9 May 1953) is an engineer.", True),
        ("When did Stobo die?", "Alan Stobo (born 9 May 1953) is an engineer.", False),
        ("When was Stobo born?", "Alan Stobo (Kirrin, 1803–1869) was an engineer.", True),
        ("When was Stobo born?", "**Alan Stobo** (né Lund; 3 May 1803 – 1869) was an engineer.", True),
        ("When did Stobo die?", "Alan Stobo (Kirrin, 1803-1869) was an engineer.", True),
        ("When was Hugh Stobo born?", "Alan Stobo (1803–1869) was an engineer.", False),
        ("When was Stobo born?", "Alan Stobo (lighthouses, 19 of them) was an engineer.", False),
        ("When was Stobo born?", "Stobo was born in Kirrin.", False),
    ],
)
def test_the_years_of_a_life_stand_behind_the_name(question, sentence, is_told):
    assert teller(question)(sentence, "") is is_told


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("The Alba, which was on its way to Verin, hit a sandbank.", True),
        ("In May, the Alba later sank.", True),
        ("Alba has been towed to Verin.", True),
        ("The Alba carries 90 people.", False),
        ("The Alba was a ferry.", False),
        ("The Alba has worked for Verin since 2003.", False),
        ("The Alba's captain was dismissed.", False),
        ("When the fog rose, the crew of the Alba was saved.", False),
        ("If it rains, the Alba is towed to Verin.", False),
    ],
)
def test_what_happened_to_something_is_told_of_it_as_a_subject(sentence, is_told):
    assert bool(teller("What happened to the Alba?")(sentence, "")) is is_told


@pytest.mark.parametrize(
    ("question", "sentence", "is_told"),
    [
        ("What is the vet's phone number?", "**Vet:** Dr. Ada Lund, Kyrkogatan 4, +46 555 01 234, weekdays 8–12.", True),
        ("What is the telephone number of the vet?", "The vet (0161 496 0733) comes on Monday.", True),
        ("What is the vet's phone number?", "The cook (0161 496 0733) comes on Monday.", False),
        ("What is the vet's phone number?", "The vet came on 2024-11-05, and worked from 1987 - 1999.", False),
        ("What's the vet's e-mail address?", "Write to the vet (ada@vets.example).", True),
        ("What's the email address of the vet?", "The vet has the number 0161 496 0733.", False),
    ],
)
def test_how_to_reach_somebody_is_told_beside_them(question, sentence, is_told):
    assert teller(question)(sentence, "") is is_told


@pytest.mark.parametrize(
    ("question", "sentence", "is_told"),
    [
        ("Who was the leader before?", "Her predecessor, Lars Aune, left.", True),
        ("Who was the leader before Olga Prei?", "Olga Prei took over from Lars Aune.", True),
        ("Who was the leader before Olga Prei?", "Her predecessor, Lars Aune, left.", True),
        ("Who was the leader before Tom Berg?", "Her predecessor, Lars Aune, left.", False),
        ("Who was the leader before?", "Her predecessor left.", False),
        ("Who was the leader before?", "Her successor, Lars Aune, left.", False),
        ("Who was the leader after Olga Prei?", "Olga Prei was succeeded by Lars Aune.", True),
        ("Who was the leader after Olga Prei?", "Olga Prei succeeded Lars Aune.", False),
        ("Who was there before noon?", "Lars Aune was.", False),
    ],
)
def test_who_was_it_before_or_after_is_told_by_who_follows_whom(question, sentence, is_told):
    assert teller(question)(sentence, "Olga Prei leads the party.") is is_told


@pytest.mark.parametrize(
    ("opening", "is_told"),
    [
        ("Maud Weth, who has died aged 94, wrote a book.", True),
        ("Maud Weth, a teacher of Oamaru, has died at home at the age of 94.", True),
        ("Maud Weth (3 May 1930 – 2 June 2024) wrote a book.", False),
        ("Maud Weth died at 94 Hill Street.", False),
        ("Nobody has died, said Maud Weth, aged 94.", False),
    ],
)
def test_whose_life_is_told_is_who_has_died_or_gave_an_article_its_title(opening, is_told):
    assert life_told("The woman who could read", opening) == (frozenset({"maud", "weth"}) if is_told else frozenset())


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
