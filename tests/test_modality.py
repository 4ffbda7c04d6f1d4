"""What a text does not state as fact."""

import pytest

from rag.modality import is_belief, reservation


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("Some people still believe that dogs are allowed.", True),
        ("It is often claimed that dogs are allowed.", True),
        ("The pool used to open at six.", True),
        ("The bridge was supposed to be ready in May.", True),
        ("Ms Tran asked whether dogs are allowed.", True),
        ("The pump is used to clean the pool.", False),
        ("She is used to the noise.", False),
        ("Most of them said nothing.", False),
        ("Dogs are allowed.", False),
    ],
)
def test_beliefs(text, is_so):
    assert is_belief(text) is is_so


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The wheel will be repaired if the grant comes.", "If the grant comes, the wheel will be repaired."),
        ("Members who cancel get their money back.", "You get your money back if you cancel."),
        ("She planned to open a museum.", "She planned to open a museum."),
        ("He went on to be king.", "He was to be found in the garden."),
        ("Dogs are allowed even in winter.", "Dogs are allowed, even if it is wet."),
        ("The firm will close in June.", "The firm said it would close in June."),
    ],
)
def test_what_a_claim_keeps_is_no_reservation_that_it_leaves_out(claim, sentence):
    assert reservation(claim, sentence) is None


@pytest.mark.parametrize(
    ("claim", "condition"),
    [
        ("If you are a single parent, you may stay at home for twenty days.", "If your child is ill"),
        ("If your child is ill, you may stay at home for ten days.", None),
        ("Single parents may stay at home for twenty days.", None),
    ],
)
def test_another_condition_does_not_stand_for_that_of_the_sentence(claim, condition):
    sentence = "If your child is ill you may stay at home for ten days, single parents for twenty."
    assert reservation(claim, sentence) == condition
