"""What a text says further on of what it has said: that it was false, what was decided, that it has changed."""

import pytest

from rag.corrections import amends, changes, corrects, holds_now, leaves, notes_error, said_of_it_next
from rag.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Some say that monks built it. It was a miller. He was rich.", ["It was a miller."]),
        (
            "She planned to open a museum in 2019. For lack of money the opening was postponed.",
            ["For lack of money the opening was postponed."],
        ),
        (
            "Mr Hale moved that the water be turned off in July. Mrs Osei moved that it be turned off in June. The motion of Mr Hale was defeated.",
            ["Mrs Osei moved that it be turned off in June.", "The motion of Mr Hale was defeated."],
        ),
        ("Ivo offered to bring music. Petra likes cake more than bread. A decision was not reached.", []),
        ("She planned to open a museum, but the plan was dropped. The council agreed on a park.", []),
        ("She opened a museum. The council agreed on a park.", []),
        ("The Courier wrote that it had been sold. The report was false. It still stands.", ["The report was false."]),
        (
            "ann: The seal is glued in. Buy a kettle.\nben: That is wrong. It can be replaced at home.",
            ["ben: That is wrong.", "It can be replaced at home."],
        ),
        ("Ann said the signal had failed. The company denied this.", ["The company denied this."]),
        (
            "Insurers put the damage at 1.1 billion. The state's own estimate is 1.6 billion.",
            ["The state's own estimate is 1.6 billion."],
        ),
        ("The guests want to have wifi. We don't have it, and we won't.", ["We don't have it, and we won't."]),
        ("The guests want to have wifi. I do not know that town.", []),
        (
            "The club will leave if the vote failed. Its chairman would not say that on Monday.",
            ["Its chairman would not say that on Monday."],
        ),
        ("In 2009 the family, which held 35 percent, refused. It has since cut its stake to 12.", ["It has since cut its stake to 12."]),
        (
            "Year 6 was to visit the museum on 21 October. Because of the strike this has been moved to 4 November.",
            ["Because of the strike this has been moved to 4 November."],
        ),
        ("Year 6 was to visit the museum on 21 October. Because of the strike the ferry has been moved to 4 November.", []),
        ("The family held 35 percent. The city has cut its stake to 12.", []),
        ("Only the first owner may claim. There is one exception: the household.", ["There is one exception: the household."]),
        ("Ms Osei proposed that phones be locked away. The vote was 3 to 1.", ["The vote was 3 to 1."]),
        ("1. If a leaf turns yellow, wait. If more than three do, look for rot.", ["If more than three do, look for rot."]),
        ("If a leaf turns yellow, wait. If the pot is too large, the roots rot.", []),
        ("A leaf turns yellow. If more than three do, look for rot.", []),
        ("The family held 12 percent. It has cut its stake to 12.", []),
        ("Insurers put the damage at 1.1 billion. The wind blew at 90 knots.", []),
        ("Until 1964 a ferry ran. Since a road was built, there is none.", ["Since a road was built, there is none."]),
        ("Until 1964 a ferry ran; now there is a bus. Now it is late at night.", []),
        ("- The limit used to be 200.\n- Added a field for the station.", []),
        (
            "People write that the dog pulled me out. She did not; she weighed 35 kilos. I had a rope.",
            ["She did not; she weighed 35 kilos."],
        ),
        ("The pill is to be taken once a day. It is new in Spain. A decision of the council is expected in one day.", []),
        ("She was formerly a nurse. Her son lives in Oslo.", []),
        (
            "The firm argued that all had accepted the terms. Judge Holt found that nobody could.",
            ["Judge Holt found that nobody could."],
        ),
        ("All had accepted the terms. Judge Holt found that nobody could.", []),
        ("The chairman blamed the lamp. The union denied that the lamp was old.", ["The union denied that the lamp was old."]),
        ("The chairman came at noon. The union denied that the lamp was old.", []),
        ("The chairman refused that. Ivo Marsh, the head of the firm, disputed the report's date.", []),
        ("He said that he would leave. On Monday he would not say when.", ["On Monday he would not say when."]),
        ("He said that he left. On Monday he would not say when.", []),
        (
            "He said that he had offered a delay. Denning denied that. He only wanted to talk.",
            ["Denning denied that.", "He only wanted to talk."],
        ),
        ("He said that he had offered a delay. Denning left. Nobody believed that.", []),
        ("There is no car park. The nearest is at the station.", ["The nearest is at the station."]),
        ("There is a car park. The nearest is at the station.", []),
        ("Bo asked who pays for the heaters. Cy will ask the landlord.", ["Cy will ask the landlord."]),
        ("Bo asked who pays for the heaters. The lamp burned oil.", []),
        ("Bo asked for a heater. Cy will ask the landlord.", []),
        ("The seal is glued in. It is wrong to pull it out by force.", []),
        ("A third was a loan. The banks said no car comes here.\nHOST: They were wrong.", []),
        ("All left but Anna Berg. Asked why, Bo said someone had to stay.", ["Asked why, Bo said someone had to stay."]),
        ("All left but Anna Berg. Asked to stay, Bo left.", []),
        ("The minister saw no danger. Divers of Mar Viu disagree: they see one.", ["Divers of Mar Viu disagree: they see one."]),
        ("The minister saw no danger. Divers who disagree with him dive there.", []),
        ("Year 6 had asked to be exempt. The council voted against this.", ["The council voted against this."]),
        ("The talk in May was called off. She comes on 22 November instead.", ["She comes on 22 November instead."]),
        ("The talk in May was called off. She comes by bus.", []),
        ("The talk is in May. She comes on 22 November instead.", []),
        ("We had planned to open it in May. Because of rain it will be on 3 June.", ["Because of rain it will be on 3 June."]),
        ("We had planned to open it in May. It has a red roof.", []),
        ("They plan to cut the fee. The council backed away last week.", ["The council backed away last week."]),
        ("Bo asked whether it was warm.\n\n3. **Fair.** It will be in May.", []),
        ("People think that it is warm.\n\nIt is cold in there.", ["It is cold in there."]),
        ("We cut the fee. The council backed away last week.", []),
        ("We open it in May. Because of rain it will be on 3 June.", []),
        ("Year 6 was exempt. The council voted against this.", []),
        ('"We thought it took an hour," she said. "We were wrong, it takes two."', ['"We were wrong, it takes two."']),
    ],
)
def test_a_sentence_is_followed_by_what_takes_it_back_or_decides_what_it_leaves_open(text, said):
    first = split_sentences(text)[0]
    assert [text[s.start : s.end] for s in said_of_it_next(text, first.start, first.end, "")] == said


@pytest.mark.parametrize(
    ("question", "next_sentence", "is_said"),
    [
        ("Which schools will close?", "She did not say which.", True),
        ("Which schools will close?", "She did not name them.", True),
        ("Which schools will close?", "The head declined to say which ones.", True),
        ("When will schools close?", "The head would not specify when.", True),
        ("How many schools will close?", "She did not say which.", False),
        ("When will schools close?", "She did not name any of those in town.", False),
        ("Which schools will close?", "She said which.", False),
    ],
)
def test_a_sentence_is_followed_by_that_what_is_asked_was_not_said(question, next_sentence, is_said):
    first = "Two schools will close."
    found = said_of_it_next(f"{first} {next_sentence}", 0, len(first), question)
    assert bool(found) is is_said


@pytest.mark.parametrize(
    ("later", "is_so"),
    [
        ("Section 2 is changed: the rent is 900 euros.", True),
        ("§ 2 is hereby repealed.", True),
        ("This rule replaces section 2.", True),
        ("Section 3 is changed to allow dogs.", False),
        ("Section 2 holds for all tenants.", False),
        ("The rent was changed in May.", False),
    ],
)
def test_a_section_is_amended_by_its_number(later, is_so):
    assert amends(later, "Lease\n2. Rent") is is_so


@pytest.mark.parametrize(
    ("later", "is_so"),
    [
        ("The Harbour Inn has cancelled.", True),
        ("We meet at the Harbour Inn.", False),
        ("The bus has been cancelled.", False),
        ("The lunch of the choir is cancelled.", False),
        ("Bo, small correction: it is the Harbour School, the lunch is there.", True),
        ("Bo, small lunch: it is the Harbour School.", False),
        ("The bus is no longer for the lunch club.", False),
        ("Correction, Aug. 3: lunch for the choir is at the Harbour School.", True),
        ("Correction, Aug. 3: an earlier version of this article said that the choir has a bus.", False),
    ],
)
def test_a_correction_is_about_what_an_answer_adds_to_its_question(later, is_so):
    assert corrects(later, "Lunch for the choir is at the Harbour Inn.", "Where does the choir have lunch?") is is_so


@pytest.mark.parametrize(
    ("later", "said", "question", "is_so"),
    [
        ("We therefore start from the school instead, at 11.", "It starts at the pier.", "Where does the race start?", True),
        ("We therefore start from the school instead, at 11.", "It starts at 10.", "What time does the race start?", True),
        ("The number of damaged houses has risen to 510.", "340 houses were damaged.", "How many houses were damaged?", True),
        ("The number of damaged houses has risen to 510.", "510 houses were damaged.", "How many houses were damaged?", False),
        ("The number of damaged cars has risen to 510.", "340 houses were damaged.", "How many houses were damaged?", False),
        ("The damaged houses fell to dust.", "340 houses were damaged.", "Which houses were damaged?", False),
        ("The number of damaged houses rose to about five hundred.", "340 houses were damaged.", "How many houses were damaged?", True),
        ("A third person has died.", "Two people died.", "How many people died?", True),
        ("A third person has died.", "Anna Berg died.", "Who died?", False),
        ("The runners had changed to the tower.", "The runners wear red.", "Do runners wear hats?", False),
        ("The tower is open on Sundays.", "The tower is open on Mondays.", "When is the tower open?", False),
        ("The race is cut short, and runners who start come to the pier.", "It starts at the tower.", "Where does the race start?", False),
        ("The tenant may be moved to another town.", "Tenant: Ines Berg", "Who is the tenant?", False),
        ("The kiln comes on Friday instead.", "The kiln comes on Monday.", "When is the kiln delivered?", False),
        ("Instead of the pier, the tower has a start.", "It starts at the pier.", "Where does the race start?", False),
    ],
)
def test_a_later_sentence_gives_another_value_of_what_is_asked(later, said, question, is_so):
    assert changes(later, said, question, "Summer race") is is_so


@pytest.mark.parametrize(
    ("later", "is_so"),
    [
        ("The race has to move: it is now on Thursday 27 May.", True),
        ("The race now starts at 11.", True),
        ("It is now on Thursday 27 May.", False),
        ("The race is on Thursday 27 May.", False),
        ("The fair is now on Thursday 27 May.", False),
    ],
)
def test_what_is_asked_about_is_now_at_another_time(later, is_so):
    said, question = "The summer race is on Monday 24 May.", "When is the summer race?"
    assert changes(later, said, question, "Re: race and lift") is is_so
    assert not changes(later, said, question, "Re: race and lift", is_elsewhere=True)


@pytest.mark.parametrize(
    ("other", "said", "question", "is_so"),
    [
        (
            "The line will stay closed until Sunday.",
            "Railia had said that the line would open on Friday.",
            "When will the line open?",
            True,
        ),
        (
            "The line will stay closed until Sunday.",
            "The firm had previously expected the line to open soon.",
            "When does the line open?",
            True,
        ),
        ("The line will stay closed until Sunday.", "Railia says that the line would open on Friday.", "When will the line open?", False),
        ("The line was closed until Sunday.", "Railia had said that the line would open on Friday.", "When will the line open?", False),
        (
            "The shop will stay closed until Sunday.",
            "Railia had said that the line would open on Friday.",
            "When will the line open?",
            False,
        ),
        (
            "The line will stay closed until Sunday.",
            "Railia had said that the line would open on Friday.",
            "What did Railia say of the line?",
            False,
        ),
    ],
)
def test_what_had_been_expected_is_followed_by_what_will_be(other, said, question, is_so):
    assert holds_now(other, said, question) is is_so


def test_what_a_title_names_in_another_form_need_not_be_named_again():
    assert changes("The kiln comes on Friday instead.", "It comes on Monday.", "When is the kiln delivered?", "Delivery on Monday")


@pytest.mark.parametrize(
    ("sentence", "is_so"),
    [
        ("Correction: An earlier version of this article misstated the year in which the price was scrapped.", True),
        ("A previous version of the story said that the worker was 50.", True),
        ("An earlier version of this article said that the worker was 50; she is 52.", False),
        ("The earlier version of the law was older.", False),
    ],
)
def test_that_something_was_wrong_before_does_not_tell_what_holds(sentence, is_so):
    assert notes_error(sentence) is is_so


@pytest.mark.parametrize(("title", "is_so"), [("Summer race", True), ("Harbour news", False)])
def test_one_of_another_document_is_of_the_same(title, is_so):
    later, said, question = "The fee was raised to 20 euros.", "The fee is 15 euros.", "How much is the fee for the race?"
    assert changes(later, said, question, title, is_elsewhere=True) is is_so


@pytest.mark.parametrize(
    ("later", "is_so"),
    [
        ("Agreed, 28 November replaces the 21st.", True),
        ("In November the 21st won't work, I hear.", True),
        ("We come on 28 November instead of the 21st.", True),
        ("Agreed, 28 November replaces the 20th.", False),
        ("Agreed, we meet on 21 November.", False),
        ("A car of 2.21 tons replaces the bus in November.", False),
        ("A pump replaces the 21 bolts.", False),
    ],
)
def test_a_day_that_no_longer_holds_is_named_by_its_number(later, is_so):
    assert corrects(later, "The doctor comes on 7, 14 and 21 November.", "When does the doctor come?") is is_so


@pytest.mark.parametrize(
    ("later", "question", "is_so"),
    [
        ("Anna Berg resigned in May.", "Who is the head of Tern Rail?", True),
        ("Last week Berg was succeeded by Omar Lind.", "Who runs Tern Rail?", True),
        ("Omar Lind takes over from Anna Berg.", "Who is Anna Berg?", True),
        ("Omar Lind resigned in May.", "Who is the head of Tern Rail?", False),
        ("Tern Rail's cook retired.", "Who is the head of Tern Rail?", False),
        ("Anna Berg spoke of Tern Rail.", "Who is the head of Tern Rail?", False),
        ("Anna Berg resigned in May.", "Where is Tern Rail?", False),
        ("Lost keys are replaced by Anna Berg.", "Who is the head of Tern Rail?", False),
    ],
)
def test_a_later_sentence_tells_that_somebody_is_no_longer_who_is_asked_for(later, question, is_so):
    assert leaves(later, "Anna Berg is the head of Tern Rail.", question) is is_so
