import pytest

from eval.model_cache import REPLAYED, CachedModel
from rag.errors import LLMError
from rag.llm import ReplyForm, Usage
from tests.conftest import ScriptedModel

MESSAGES = [{"role": "user", "content": "Where do herons nest?"}]


class CountedModel(ScriptedModel):
    """Counts how often it is asked for a probability too."""

    asked = 0

    def first_token_logprobs(self, messages, usage):
        self.asked += 1
        return super().first_token_logprobs(messages, usage)


def said(model, messages=MESSAGES, form=None, max_tokens=50):
    usage = Usage()
    return "".join(model.stream(messages, usage, form=form, max_tokens=max_tokens)), usage.tokens


def test_the_same_call_is_asked_once_and_counts_the_same_tokens(tmp_path):
    inner = CountedModel("On the pier.", yes=0.7)
    first, tokens = said(CachedModel(inner, tmp_path, "m"))
    again, tokens_again = said(CachedModel(inner, tmp_path, "m"))
    assert first == again == "On the pier."
    assert tokens_again == tokens | {REPLAYED: 1}
    assert len(inner.seen) == 1


def test_probabilities_are_remembered_even_where_there_is_none(tmp_path):
    inner = CountedModel("", yes=None)
    for _ in range(2):
        assert CachedModel(inner, tmp_path, "m").first_token_logprobs(MESSAGES, Usage()) is None
    assert inner.asked == 1
    sure = CountedModel("", yes=0.75)
    for _ in range(2):
        found = CachedModel(sure, tmp_path, "n").first_token_logprobs(MESSAGES, Usage())
        assert found == pytest.approx({"Yes": -0.2877, "No": -1.3863}, abs=1e-4)
    assert sure.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        {"messages": [{"role": "user", "content": "Where do otters swim?"}]},
        {"form": ReplyForm('root ::= "x"')},
        {"max_tokens": 51},
    ],
)
def test_another_call_is_asked_anew(tmp_path, other):
    inner = CountedModel("On the pier.")
    said(CachedModel(inner, tmp_path, "m"))
    said(CachedModel(inner, tmp_path, "m"), **other)
    assert len(inner.seen) == 2


def test_another_model_is_asked_anew_and_fresh_asks_again(tmp_path):
    inner = CountedModel("On the pier.")
    said(CachedModel(inner, tmp_path, "m"))
    said(CachedModel(inner, tmp_path, "another"))
    said(CachedModel(inner, tmp_path, "m", fresh=True))
    assert len(inner.seen) == 3


def test_a_call_that_fails_or_is_broken_off_is_not_remembered(tmp_path):
    failing = CountedModel("On the", error=LLMError("broke off"))
    with pytest.raises(LLMError):
        said(CachedModel(failing, tmp_path, "m"))
    stream = CachedModel(CountedModel("On the pier, as always."), tmp_path, "m").stream(MESSAGES, Usage(), form=None, max_tokens=50)
    next(stream)
    stream.close()
    whole, tokens = said(CachedModel(CountedModel("On the pier."), tmp_path, "m"))
    assert whole == "On the pier."
    assert REPLAYED not in tokens


def test_a_damaged_memory_is_asked_anew(tmp_path):
    said(CachedModel(CountedModel("On the pier."), tmp_path, "m"))
    (file,) = tmp_path.rglob("*.json")
    file.write_text('{"text": "On')
    assert said(CachedModel(CountedModel("On a roof."), tmp_path, "m"))[0] == "On a roof."
