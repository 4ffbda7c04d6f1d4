"""The client against a real server on loopback that speaks the protocol, and that fails in the ways servers fail."""

import json

import pytest

from rag.config import load_config
from rag.errors import ConfigError, LLMError
from rag.llm import ReplyForm, Usage, open_language_model

QUESTION = [{"role": "user", "content": "Where?"}]


def ask(endpoint, form=None, **settings):
    config = load_config({"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "k3y"}, **settings)
    usage = Usage()
    model = open_language_model(config)
    return "".join(model.stream(QUESTION, usage, form=form, max_tokens=50)), usage.tokens, model


def test_a_reply_is_streamed_with_its_usage(endpoint):
    text, usage, model = ask(endpoint)
    assert text == "Herons nest on the pier. [1]"
    assert usage == {"prompt_tokens": 7, "completion_tokens": 4}
    assert model.name == "toy"
    request, headers = endpoint.requests[0]
    assert request["stream"] is True
    assert headers["Authorization"] == "Bearer k3y"


def test_a_named_model_is_the_one_asked(endpoint):
    ask(endpoint, openai_model="other")
    assert endpoint.requests[0][0]["model"] == "other"


def test_structured_output_is_asked_for_where_the_reply_has_a_schema(endpoint):
    form = ReplyForm("", {"type": "object"})
    text, _, model = ask(endpoint, form)
    assert json.loads(text)["sentences"][0]["evidence"] == [1]
    assert endpoint.requests[0][0]["response_format"]["json_schema"]["schema"] == {"type": "object"}
    endpoint.fault = "no schema"
    assert "".join(model.stream(QUESTION, Usage(), form=form, max_tokens=50)) == "Herons nest on the pier. [1]"
    asked = len(endpoint.requests)
    assert "".join(model.stream(QUESTION, Usage(), form=form, max_tokens=50)) == "Herons nest on the pier. [1]"
    assert len(endpoint.requests) == asked + 1  # It is not asked for again.


def test_options_that_a_model_refuses_are_left_out(endpoint):
    endpoint.fault = "options"
    assert ask(endpoint)[0] == "Herons nest on the pier. [1]"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "says"),
    [("429", "429"), ("500", "500"), ("silence", "in time"), ("nonsense", "no sense"), ("cut", "broke off"), ("no models", "OPENAI_MODEL")],
)
def test_each_fault_becomes_one_line_with_a_way_out(endpoint, fault, says):
    endpoint.fault = fault
    with pytest.raises(LLMError) as error:
        ask(endpoint, llm_timeout_s=0.5)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert endpoint.url in str(error.value)


@pytest.mark.slow
def test_an_endpoint_that_is_not_there_is_reported():
    config = load_config({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    with pytest.raises(LLMError, match="cannot be reached"):
        open_language_model(config)


def test_openai_without_key_or_address_is_a_usage_error():
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        open_language_model(load_config({}, llm="openai"))


def test_extractive_needs_no_model():
    assert open_language_model(load_config({}, llm="extractive")) is None
