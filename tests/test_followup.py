import pytest

from rag import Turn, standalone_question
from rag.followup import standalone_question as with_people
from rag.followup import without_addition
from rag.people import Person


@pytest.mark.parametrize(
    ("history", "question", "holds"),
    [
        (["What is throat cancer?"], "Is it treatable?", ["throat cancer", "treatable"]),
        (["What is throat cancer?", "Is it treatable?", "Tell me about lung cancer."], "What are its symptoms?", ["lung cancer"]),
        (
            [Turn("Where did Choe Son Hui travel?", "Choe Son Hui visited Moscow on Friday.")],
            "And who received her there?",
            ["Choe Son Hui", "in Moscow"],
        ),
        (["How many drones did Russia launch?"], "How many of them were intercepted?", ["drones"]),
        (["What was hit in the Stavropol region?"], "And in the Bryansk region?", ["hit in the Bryansk region"]),
        (["When is the museum open at weekends?"], "And on Mondays?", ["When is the museum open on Mondays?"]),
        (["Was anyone hurt on Wednesday night?"], "And in January?", ["Was anyone hurt in January?"]),
        (["How many people came in May 2019 by train?"], "What about in 2021?", ["How many people came in 2021 by train?"]),
        (["What does the First Amendment say?"], "And the Second?", ["What does the Second Amendment say?"]),
        (["What does section 4 of the lease say?"], "What about the fifth one?", ["What does the fifth section of the lease say?"]),
        (["What does section 4.2 say about fees?"], "And 4.3?", ["What does section 4.3 say about fees?"]),
        (["What does the First Amendment say?"], "And about guns?", ["What does the First Amendment say about guns?"]),
        (["What does F1 mean?", "How often is that normal?"], "And F7?", ["What does F7 mean?"]),
        (["What is Kuwait's quota?"], "And Saudi Arabia's?", ["What is Saudi Arabia's quota?"]),
        (["What's the mayor's salary?"], "And Tom?", ["What's Tom's salary?"]),
        (["What is the capital of France?"], "And Spain's?", ["What is the capital of Spain?"]),
        (["How do I switch the lamp on?"], "And off?", ["How do I switch the lamp off?"]),
        (["When do you close on Sundays?"], "And open?", ["When do you open on Sundays?"]),
        ([Turn("Was she married?", "In 1958 she married Colin Weth.")], "What did he do?", ["What did Colin Weth do?"]),
        ([Turn("Was he married?", "In 1958 he married Ada Weth.")], "What did he do?", ["What did"]),
        (["Can I keep a cat at Bell Court?"], "And a snake?", ["Can I keep a snake at Bell Court?"]),
        (["Is there a pool at the Grand Hotel?"], "And two saunas?", ["Is there two saunas at the Grand Hotel?"]),
        (["Is the emergency room open?"], "What about the doctors?", ["What about the doctors?"]),
        (["How long had Mr Renwick been mayor?"], "What about the terminal?", ["What about the terminal?"]),
        (["How long did Mr Renwick rule?"], "What about Ms Dahl?", ["How long did Ms Dahl rule?"]),
        (["Who won the men's race?", "Where is Samuel Kiprono of Kenya from?"], "And the women's?", ["Who won the women's race?"]),
        (["Who won the men's race?", "What is the price of the ticket?"], "And the women's?", ["What is the price of the women?"]),
        (["What about Ann's mother?"], "And her father?", ["What about Ann's father?"]),
        ([Turn("Who is Weiss?", "Weiss was angry with Lucian Petrescu.")], "What did she do?", ["What did Weiss do?"]),
        ([Turn("Who won?", 'Oluwaseun "Seun" Adeyemi beat Greta Lind.')], "How old is he?", ["How old is Oluwaseun Adeyemi?"]),
        (["What is the Eurostar?"], "Compare its price with a rail pass", ["Compare the price of the Eurostar with"]),
        (
            ["How many panes of the greenhouse were broken?"],
            "What would it cost to replace them?",
            ["What would it cost to replace the panes?"],
        ),
        (["Why were the old chimneys demolished?"], "Who built them?", ["Who built the old chimneys?"]),
        (["What happened in Oslo?"], "When did Nietzsche stay there?", ["Nietzsche stay in Oslo"]),
        (["What is the Eurostar?"], "and compare its price with a rail pass", ["Compare the price of the Eurostar with"]),
        (["What is the capital of Germany?"], "What about Japan?", ["What is the capital of Japan?"]),
        ([Turn("Who is the foreign minister?", "The foreign minister is Cho Tae-yul.")], "How old is he?", ["Cho Tae-yul"]),
        (["How much is the rent?", "Can I have a dog?"], "And a snake?", ["Can I have a snake?"]),
        (["How much is the rent?", "May I bring my old dog?"], "What about the bike?", ["May I bring the bike?"]),
        (["What happens if I forget a pill?"], "And if I take two?", ["What happens if I take two?"]),
        (["How much does the app cost?"], "And per year?", ["How much does the app cost per year?"]),
        (["What is the INF treaty?"], "tell me more", ["What is the INF treaty?"]),
        (["What is the INF treaty?"], "Yes, tell me more.", ["What is the INF treaty?"]),
        (["What is solar energy?"], "What are its main uses?", ["the main uses of solar energy"]),
        (["What is a 529 plan?"], "What about disadvantages?", ["disadvantages of a 529 plan"]),
        (["Tell me about toilets."], "How many types are there?", ["types of toilets"]),
    ],
)
def test_a_follow_up_takes_what_it_leaves_out_from_the_turns_before(history, question, holds):
    rewritten = standalone_question(question, history)
    assert all(h in rewritten for h in holds), rewritten


@pytest.mark.parametrize(
    ("before", "question", "asked"),
    [
        ("Is the mayor under sanctions?", "Why not?", "Why isn't the mayor under sanctions?"),
        ("Will the ban end?", "And why not?", "Why won't the ban end?"),
        ("Was the mill closed?", "When?", "When was the mill closed?"),
        ("Was the mill closed?", "Why is that?", "Why was the mill closed?"),
        ("Is the ban still in force?", "Until when?", "Until when is the ban still in force?"),
        ("When is the final?", "Against whom?", "Against whom is the final?"),
        ("Did prices rise?", "By how much?", "By how much?"),
        ("Did prices rise?", "How much?", "How much did prices rise?"),
        ("Was anyone arrested?", "Who?", "Who was arrested?"),
        ("Was Bo arrested?", "Who?", "Who?"),
        ("Have any ships been seized?", "How many?", "How many ships have been seized?"),
        ("Was the mill sold?", "How many?", "How many?"),
        ("Can I keep hens?", "How many?", "How many hens can I keep?"),
        ("Did the storm damage any houses in Sund?", "And how many?", "How many houses did the storm damage in Sund?"),
        ("Can Bo sing?", "How many?", "How many?"),
        ("What did Bo ban?", "Why?", "Why did Bo ban it?"),
        ("What did Bo say about it?", "When?", "When did Bo say about it?"),
        ("Which ship did Bo seize?", "When?", "When did Bo seize the ship?"),
        ("Where is the old lens?", "Since when?", "Since when is the old lens there?"),
        ("What happened on Monday?", "Why?", "Why did it happen on Monday?"),
        ("Who won?", "When?", "When?"),
        ("Who was hurt?", "When?", "When?"),
        ("Who is the mayor?", "Since when?", "Since when?"),
        ("Who does Bo play next?", "When?", "When does Bo play next?"),
        ("How many have asked?", "Until when?", "Until when?"),
        ("Which ships were seized?", "When?", "When were the ships seized?"),
        ("How many homes has the state bought?", "When?", "When has the state bought the homes?"),
        ("What was banned?", "From when?", "From when was it banned?"),
        ("How many cracks were there in Sund?", "Why?", "Why were there cracks in Sund?"),
        ("Was the mill closed?", "When did Bo leave?", "When did Bo leave?"),
    ],
)
def test_a_question_that_only_asks_when_or_why_asks_that_of_the_last_one(before, question, asked):
    assert standalone_question(question, [before]) == asked


@pytest.mark.parametrize(
    ("before", "answer", "question", "asked"),
    [
        ("Who voted against the ban?", "Ida Berg did.", "Why?", "Why was it that Ida Berg voted against the ban?"),
        ("Who voted against the ban?", "Nobody.", "When?", "When was it that somebody voted against the ban?"),
        ("Who is the fire chief?", "Ida Berg leads the department.", "Since when?", "Since when is Ida Berg the fire chief?"),
    ],
)
def test_a_question_that_only_asks_when_or_why_is_asked_of_whom_the_answer_named(before, answer, question, asked):
    assert standalone_question(question, [Turn(before, answer)]) == asked


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Who heads the Russian foreign ministry?",
        "Did Lavrov say that he would return to Moscow?",
        "How many drones hit Kyiv?",
        "When will it rain?",
        "How many plants are there?",
    ],
)
def test_a_question_that_stands_alone_is_not_changed(question):
    assert standalone_question(question, ["What is throat cancer?", "Who is Dan Caine?"]) == question


def test_a_question_that_stood_alone_is_asked_again_as_it_was():
    history = ["What is the capital of Sund?", "Is there a risk for the capital?"]
    assert standalone_question("Why not?", history) == "Why isn't there a risk for the capital?"


@pytest.mark.parametrize(
    ("question", "standalone", "alone"),
    [
        ("And who is looking into it?", "Who is looking into the fire?", None),
        ("And who is investigating?", "Who is investigating the hospital?", "Who is investigating?"),
        ("Who is investigating?", "Who is investigating?", None),
        ("And in May?", "Who came in May?", None),
        ("Why?", "Why did they come?", None),
        ("Tell me more", "Who came?", None),
    ],
)
def test_a_question_that_points_at_nothing_may_be_asked_without_what_was_added(question, standalone, alone):
    assert without_addition(question, standalone) == alone


def test_without_history_nothing_is_changed():
    assert standalone_question("Is it treatable?", []) == "Is it treatable?"


DAHL = Person("Sunniva Dahl", 0, "she", "Sunniva Dahl, a former pilot, won.")
RENWICK = Person("Douglas Renwick", 40, "he", "Douglas Renwick conceded.")


@pytest.mark.parametrize(
    ("answer", "question", "asked"),
    [
        ("The Green Party beat Douglas Renwick by 412 votes.", "When will she be sworn in?", "When will Sunniva Dahl be sworn in?"),
        ("The Green Party beat Douglas Renwick by 412 votes.", "When did he concede?", "When did Douglas Renwick concede?"),
        ("Mr Renwick lost to Ms Dahl.", "What did she do before?", "What did Sunniva Dahl do before?"),
        ("Mr Renwick lost to Anna Berg.", "What is the job of his wife?", "What is the job of Douglas Renwick's wife?"),
    ],
)
def test_he_and_she_are_whom_the_article_calls_so(answer, question, asked):
    assert with_people(question, [Turn("By how many votes?", answer)], [DAHL, RENWICK]) == asked


def test_whom_the_article_calls_otherwise_is_not_meant():
    assert (
        with_people("What did he do?", [Turn("Who won?", "Sunniva Dahl beat Piers Allbright.")], [DAHL]) == "What did Piers Allbright do?"
    )
