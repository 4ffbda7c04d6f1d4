import pytest

from rag.entailment import EntailmentModel
from rag.grounding import check, states_another_number
from tests.conftest import tiny_cross_encoder

VOTE = "The council voted on Monday to spend 10,000 euros on the harbour."

VANILLA = "Uganda sold 240 tons in 2025, twice as much as in 2021."
LIGHTS = ["Light: Red, blinking · Meaning: too hot", "Light: Red, steady · Meaning: broken"]
HOURS = "The bath is open Monday to Friday from 6 to 21, at weekends from 8 to 18."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The council voted on Monday.", [VOTE]),
        ("The council will spend ten thousand euros on the harbour.".replace("ten thousand", "10000"), [VOTE]),
        ("Six ships sank.", ["The storm sank 6 ships."]),
        ("The U.S. withdrew.", ["The US withdrew from the treaty."]),
        ("Korean officials met.", ["Officials of Korea met on Friday."]),
        ("Anna Berg joined the board after the merger.", ["The merger was signed in May.", "Anna Berg then joined the board."]),
        ("Version 2 was released on June 3, 2018.", ["Version 2: released 2018-06-03."]),
        ("No casualties were reported.", ["A drone hit a house, though no casualties were reported."]),
        ("The WHO sent vaccines.", ["The World Health Organization sent vaccines."]),
        ("The council met on Monday. Eventually it voted to spend 10,000 euros.", ["The council met on Monday.", VOTE]),
        ("What did the council of Bergen vote on? It voted to spend 10,000 euros on the harbour.", [VOTE]),
        ("The ship reportedly sank.", ["The ship, reportedly carrying grain, sank off the coast."]),
        ("The ship sank off the coast.", ["The ship sank off the coast, possibly laden with grain."]),
        ("The ship was carrying grain.", ["According to its annual reports, the ship was carrying grain."]),
        ("The ship may be carrying grain.", ["The ship, reportedly carrying grain, sank off the coast."]),
        ("The ship sank in May.", ["The ship sank in May. It was said to carry grain."]),
        ("The bath is open at weekends from 8 to 18.", [HOURS]),
        ("Uganda sold 240 tons in 2025.", [VANILLA]),
        ("In 2025 Uganda sold 240 tons.", [VANILLA]),
        ("Steady red means broken.", LIGHTS),
        ("Blinking red means too hot and steady red means broken.", LIGHTS),
        ("The owners fear that the ship sank.", ["The owners feared that the ship sank."]),
    ],
)
def test_what_the_words_say_is_supported(claim, evidence):
    verdict = check(claim, evidence)
    assert verdict.supported, verdict
    assert 0.6 <= verdict.score <= 1


def test_of_a_question_with_its_answer_the_words_count_beside_what_a_model_finds_likely():
    question = "What did the council vote on?"
    said, beside = (check(f"{question} {a}", [VOTE], lambda *_: 0.8).score for a in ("Money for the harbour.", "Money for schools."))
    assert said == pytest.approx(0.8 * check(f"{question} Money for the harbour.", [VOTE]).score, abs=1e-3)
    assert beside < said
    assert check("The council voted.", [VOTE], lambda *_: 0.8).score == 0.8


@pytest.mark.parametrize(
    ("claim", "evidence", "reason"),
    [
        ("The council voted in 1871.", [VOTE], "1871"),
        ("The council voted on Friday.", [VOTE], "Friday"),
        ("Version 2 was released in July 2018.", ["Version 2: released 2018-06-03."], "date July"),
        ("The council of Bergen voted on Monday.", [VOTE], "Bergen"),
        ("The council did not vote on Monday.", [VOTE], "negated"),
        ("Casualties were reported.", ["A drone hit a house, though no casualties were reported."], "negated"),
        ("The council discussed schools, parks and roads at length.", [VOTE], "do not hold"),
        ("The council will spend 20,000 euros on the harbour.", [VOTE], "20,000"),
        ("Three pilots took part in the drill.", ["The three countries staged a drill in which they took part."], "three"),
        ("The report came two weeks early.", ["The report came two weeks late."], "opposite of early"),
        ("The plan was rejected by the council.", ["The council accepted the plan."], "opposite of rejected"),
        ("Tom Reiss was convicted of taking bribes.", ["The court acquitted Tom Reiss of taking bribes."], "opposite of convicted"),
        (
            "Mayor Tom Reiss was convicted of taking bribes for permits.",
            ["Court clears mayor of taking bribes but convicts deputy.", "A court acquitted Mayor Tom Reiss of taking bribes for permits."],
            "opposite of convicted",
        ),
        ("The firm made a profit of 3 million euros.", ["The firm made a loss of 3 million euros."], "opposite of profit"),
        ("Where did the council vote? Bergen", [VOTE], "name Bergen"),
        ("The US sent vaccines.", ["Vaccines that were used soon were sent."], "name US"),
        ("The bath is open from 8 to 18.", [HOURS], "8, 18 belongs to something else"),
        ("The bath is open from 8 to 18 on Mondays.", [HOURS], "8, 18 belongs to something else"),
        ("The WTO sent vaccines.", ["The World Health Organization sent vaccines."], "name WTO"),
        ("The ship was carrying grain.", ["The ship, reportedly carrying grain, sank off the coast."], "reportedly"),
        (
            "The ship was carrying grain.",
            ["According to local media reports, the ship was carrying grain."],
            "According to local media reports",
        ),
        (
            "The ship sank off the coast.",
            ["The ship left on Monday.", "Reports indicate that the ship sank off the coast."],
            "Reports indicate",
        ),
        ("Anna Berg owns the ship.", ["Anna Berg is believed to own the ship."], "is believed to"),
        ("The mill was demolished in 1975.", ["The mill was to be demolished in 1975."], "was to be"),
        ("She opened a museum in 2019.", ["She planned to open a museum in 2019."], "planned to"),
        ("The court awarded 9,000 euros.", ["Had it been dry, the court would have awarded 9,000 euros."], "would have"),
        ("The wheel is repaired in 2026.", ["If the grant comes, the wheel is repaired in 2026."], "If the grant comes"),
        ("You get your money back.", ["You get your money back if you cancel within two weeks."], "if you cancel within two weeks."),
        ("The ship carried grain.", ["The owners claim that the ship carried grain."], "claim that"),
        ("Twelve ships joined the search.", ["Twelve ships were expected to join the search."], "were expected to"),
        ("The firm closed the plant in May.", ["The firm said on Monday it would close the plant in May."], "would"),
        (
            "Batteries take two to three days.",
            ["Delivery takes two to three days, for batteries up to two weeks."],
            "belongs to something else",
        ),
        ("Charging the Max takes 5 hours.", ["Charging takes 5 hours (Max: 8 hours)."], "belongs to something else"),
        ("Uganda sold 240 tons in 2021, twice as much as in 2021.", [VANILLA], "240 belongs to something else"),
        ("Uganda sold 240 tons in March.", ["Uganda sold 240 tons in May, not in March."], "240 belongs to something else"),
        ("Blinking red means broken.", LIGHTS, "in the table broken stands in another row"),
        ("Children pay 8 euros.", ["Admission is 8 euros, for children 3."], "belongs to something else"),
        ("The council voted.", [], "cites no words"),
        ("Well, yes.", [VOTE], "nothing that can be checked"),
    ],
)
def test_what_the_words_do_not_say_is_not_supported(claim, evidence, reason):
    verdict = check(claim, evidence)
    assert not verdict.supported
    assert any(reason.lower() in r.lower() for r in verdict.reasons), verdict
    assert 0 <= verdict.score < 1 or reason == "negated"


def test_a_negation_of_something_else_is_no_violation():
    evidence = ["The council voted on Monday after a long debate, but did not name the builder.", "Berg then left the hall."]
    assert not check("The council chose not to rebuild the pier.", evidence).supported  # For want of its words.
    assert not any("negated" in r for r in check("The council chose not to rebuild the pier.", evidence).reasons)


def test_more_words_in_the_evidence_score_higher():
    assert check("The council voted on Monday.", [VOTE]).score > check("The council voted wisely on Monday.", [VOTE]).score


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("The jets were deployed to the base on Wednesday.", True),
        ("The jets were deployed to the base on Friday.", False),
        ("The drills were held on Friday.", True),
        ("Three countries held the drills on Friday.", True),
        ("Three grey jets were deployed to the base.", False),
    ],
)
def test_a_day_or_a_count_of_another_sentence_does_not_support_a_claim(claim, supported):
    evidence = ["Friday's drills were held by three countries.", "Grey jets were deployed to the base on Wednesday."]
    assert check(claim, evidence).supported is supported


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ("The storm sank 9 ships off Bergen harbour.", True),
        ("The storm sank 6 ships off Bergen harbour.", False),
        ("The storm sank six ships off Bergen harbour and 9 boats.", False),
        ("The storm off Bergen harbour lasted 9 hours and sank ships.", False),
        ("The storm sank some ships off Bergen harbour.", False),
        ("The drill moved 9 ships.", False),
    ],
)
def test_another_number_of_the_same_things_differs(other, differs):
    claim = "The storm sank 6 ships off Bergen harbour."
    assert states_another_number(other, claim, [claim]) is differs


def test_a_number_counts_what_stands_before_it_as_the_number_of_it():
    claim = "The storm killed at least nine people."
    asked = "How many people did the storm kill?"
    assert states_another_number("The number of people killed by the storm has risen to 12, officials said.", claim, [claim], asked=asked)
    assert not states_another_number("The number of people killed by the storm has risen since 12 May.", claim, [claim], asked=asked)
    assert not states_another_number("The number of people killed by the storm has risen to 9.", claim, [claim], asked=asked)
    evidence = ["FEB. 12, 2024 — The storm killed at least nine people."]
    assert states_another_number("The number of people killed by the storm has risen to 12.", claim, evidence, asked=asked)


def test_a_number_of_years_is_not_a_year():
    claim = "The council rebuilt the harbour bridge in 1931."
    assert not states_another_number("The council rebuilt the harbour bridge within 3 years.", claim, [claim])


def test_another_day_or_year_of_the_same_event_differs():
    claim = "The council opened the new harbour bridge on Monday."
    assert states_another_number("The new harbour bridge was opened by the council on Friday.", claim, [claim])
    assert not states_another_number("On Monday the council opened the new harbour bridge.", claim, [claim])
    assert states_another_number(
        "The bridge was built by Berg in 1931.", "Berg built the stone bridge in 1913.", ["Berg built the stone bridge in 1913."]
    )


@pytest.mark.parametrize(
    ("sentence", "around", "differs"),
    [
        ("It left the roofs, but 15 people were injured.", "Storm over Aldport", True),
        ("It left the roofs, but 12 people were injured.", "Storm over Aldport", False),
        ("It left the roofs, but 15 goats were injured.", "Storm over Aldport", False),
        ("It left 15 roofs, but people were injured.", "Storm over Aldport", False),
        ("It left the roofs, but 15 people were injured.", "Flood in Bergen", False),
    ],
)
def test_another_number_of_what_is_asked_differs(sentence, around, differs):
    claim = "With the harbour closed, 12 people were injured under 3 fallen trees."
    asked = "How many people were injured by the storm in Aldport?"
    assert states_another_number(sentence, claim, [claim], asked=asked, around=around) is differs
    assert not states_another_number(sentence, claim, [claim])


def test_with_a_model_its_probability_decides():
    claim, evidence = "Berg became a new member of the board.", ["Berg joined the board in May."]
    assert not check(claim, evidence).supported
    sure, unsure = (check(claim, evidence, lambda *_, p=p: p) for p in (0.9, 0.2))
    assert (sure.supported, unsure.supported) == (True, False)
    assert (sure.score, unsure.score) == (0.9, 0.2)
    assert "0.20" in unsure.reasons[-1]
    assert not check("Berg joined the board.", evidence, lambda *_: 0.1).supported


def test_a_model_does_not_excuse_a_violation():
    verdict = check("The council voted in 1871.", [VOTE], lambda *_: 1.0)
    assert not verdict.supported
    assert "1871" in verdict.reasons[0]
    assert verdict.score < check("The council voted.", [VOTE], lambda *_: 1.0).score


def test_a_claim_without_content_is_not_put_to_a_model():
    def entails(claim, evidence):
        raise AssertionError

    assert not check("Well, yes.", [VOTE], entails).supported
    assert not check("The council voted.", [" "], entails).supported


def test_a_named_checker_judges_drafts_and_claims(tmp_path, monkeypatch, capsys):
    import json

    from rag import cli

    folder = tiny_cross_encoder(tmp_path, ("not_entailment", "entailment"))
    (tmp_path / "claims.jsonl").write_text(json.dumps({"claim": "Herons nest here.", "evidence": ["Herons nest here."]}) + "\n")
    verdicts = []
    for name in (None, str(folder)):
        monkeypatch.setenv("FOOTNOTE_CHECKER", name) if name else monkeypatch.delenv("FOOTNOTE_CHECKER", raising=False)
        assert cli.main(["check", "--batch", str(tmp_path / "claims.jsonl"), "--json"]) == 0
        verdicts.append(json.loads(capsys.readouterr().out))
    assert verdicts[0]["supported"]
    probability = EntailmentModel(str(folder))("Herons nest here.", ["Herons nest here."])
    assert verdicts[1]["score"] == pytest.approx(probability, abs=1e-3)
    monkeypatch.setenv("FOOTNOTE_CHECKER", str(tmp_path / "nowhere"))
    assert cli.main(["check", "--batch", str(tmp_path / "claims.jsonl"), "--json"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_what_a_sentence_says_of_one_thing_is_not_said_of_another_in_it():
    evidence = ["Artificial light at night is known to harm moths, but its effect on bees, which fly by day, has hardly been studied."]
    swapped = check("Moths are known to harm moths, but its effect on bees, which fly by day, has hardly been studied.", evidence)
    assert not swapped.supported
    assert "says of Moths" in swapped.reasons[0]
    assert not check("Moths are known to harm moths.", evidence).supported
    assert check("Light at night is known to harm moths, but its effect on bees has hardly been studied.", evidence).supported
    assert check("Bees fly by day.", evidence).supported


@pytest.mark.parametrize(
    ("claim", "is_supported"),
    [
        ("To change the colour, slide a finger around the ring.", False),
        ("To change the brightness, slide a finger around the ring.", True),
        ("To change the brightness and colour, slide a finger around the ring.", True),
        ("To change it, slide a finger around the ring.", True),
    ],
)
def test_of_two_things_that_a_heading_names_together_the_words_below_are_of_that_which_they_name(claim, is_supported):
    assert check(claim, ["3. Brightness and colour", "Slide a finger around the ring to change the brightness."]).supported is is_supported


@pytest.mark.parametrize(
    ("claim", "is_supported"),
    [
        ("Hotels cost up to 190 euros a night with breakfast.", False),
        ("Hotels cost up to 140 euros a night with breakfast.", True),
        ("In Paris it is 190.", True),
    ],
)
def test_a_number_does_not_stand_in_the_place_of_another(claim, is_supported):
    words = "Hotels cost up to 140 euros a night with breakfast, and in Paris it is 190."
    assert check(claim, [words]).supported is is_supported
    assert check("Sales rose to 6 million in 2021.", ["Sales rose to 5 million in 2020 and to 6 million in 2021."]).supported
