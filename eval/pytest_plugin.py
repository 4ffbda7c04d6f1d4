"""For a team's own tests: ``assert_grounded`` and ``assert_abstains``, and the fixture ``footnote_corpus``. pytest finds it by itself.

    from eval.pytest_plugin import assert_grounded

    def test_the_handbook_answers(footnote_corpus):
        assert_grounded(footnote_corpus.ask("How many days of leave do we have?"))

``pytest --footnote-data DIR`` names the index, ``--footnote-llm extractive|local|openai`` the engine; both can stand in the ini file as
``footnote_data`` and ``footnote_llm``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eval.judges import Judge
    from rag.pipeline import Corpus
    from rag.types import Answer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options and ini values."""
    group = parser.getgroup("footnote")
    for name, text in (
        ("data", "data folder of the index that footnote_corpus opens"),
        ("llm", "engine that answers: extractive (default), local or openai"),
    ):
        group.addoption(f"--footnote-{name}", default=None, help=text)
        parser.addini(f"footnote_{name}", text, default="extractive" if name == "llm" else "")


@pytest.fixture(scope="session")
def footnote_corpus(pytestconfig: pytest.Config) -> Iterator[Corpus]:
    """The index that ``--footnote-data`` names, ready to be asked. Skips where none is named."""
    data = pytestconfig.getoption("--footnote-data") or pytestconfig.getini("footnote_data")
    if not data:
        pytest.skip("no index named: run pytest with --footnote-data DIR, or set footnote_data in the ini file")
    from rag.config import load_config
    from rag.pipeline import Corpus

    llm = pytestconfig.getoption("--footnote-llm") or pytestconfig.getini("footnote_llm")
    with Corpus(load_config(data_dir=Path(data), llm=llm)) as corpus:
        yield corpus


def assert_grounded(answer: Answer, *, judge: Judge | None = None, text_of: Callable[[str], str] | None = None) -> None:
    """Fails unless every sentence of the answer is supported by the words that it cites. An abstention says nothing and passes.

    Args:
        judge: says what is supported; by default the lexical one.
        text_of: the text of a document by its id, to hold the quotes against, for instance ``lambda i: corpus.document(i).text``.
    """
    __tracebackhide__ = True
    from eval.judges import LexicalJudge

    judge = judge or LexicalJudge()
    quotes = {c.number: c.quote for c in answer.citations}
    problems: list[str] = []
    for sentence in answer.sentences:
        cited = [quotes[n] for n in sentence.citations if n in quotes]
        if not cited or len(cited) < len(sentence.citations):
            problems.append(f"{sentence.text!r} cites {'words that the answer does not hold' if sentence.citations else 'nothing'}")
        elif (score := judge.scores([(sentence.text, cited)])[0]) < judge.threshold:
            problems.append(f"{sentence.text!r} is not supported ({judge.name} {score:.2f} < {judge.threshold:g}) by {cited}")
    if text_of is not None:
        problems += [
            f"citation {c.number} is not the text of {c.document_id} at {c.start}:{c.end}: {c.quote!r}"
            for c in answer.citations
            if text_of(c.document_id)[c.start : c.end] != c.quote
        ]
    if not answer.sentences and not answer.abstained:
        problems.append("it holds no sentences, and does not say that it abstains")
    _fail(answer, "is not grounded", problems)


def assert_abstains(answer: Answer) -> None:
    """Fails unless the answer says that the documents do not say."""
    __tracebackhide__ = True
    _fail(answer, "should abstain", [] if answer.abstained else [f"it says {answer.text!r}"])


def _fail(answer: Answer, what: str, problems: list[Any]) -> None:
    __tracebackhide__ = True
    if problems:
        raise AssertionError("\n  ".join([f"the answer to {answer.question!r} {what}:", *problems]))
