"""Footnote answers questions about a folder of documents and footnotes every sentence to the exact words that support it.

::

    import rag

    rag.index("seeds")                       # documents → chunks → vectors, in the data folder
    with rag.open() as corpus:               # the index in the data folder
        answer = corpus.ask("Who met whom?") # an Answer: sentences, citations, hits
        for event in corpus.stream("…"):     # Passages, AnswerSentence …, Answer
            ...
        corpus.ask("…", filters=rag.Filters(paths=("2024/*.md",), after="2024-03-01"))
        chat = corpus.conversation()         # follow-ups are understood
        chat.ask("…")

    rag.check("a claim", ["a sentence"])     # a Verdict: do these words support it?
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache as _cache
from pathlib import Path
from typing import Any

from rag.config import Config, Engine, load_config
from rag.entailment import open_checker as _open_checker
from rag.errors import FootnoteError
from rag.followup import standalone_question as _standalone_question
from rag.grounding import check as _check
from rag.pipeline import Conversation, Corpus
from rag.pipeline import index as _index
from rag.sync import SyncReport
from rag.types import Answer, AnswerSentence, Citation, Document, Filters, Hit, Passages, Sentence, Turn, Verdict, answer_to_json

__all__ = [
    "Answer",
    "AnswerSentence",
    "Citation",
    "Config",
    "Conversation",
    "Corpus",
    "Document",
    "Filters",
    "FootnoteError",
    "Hit",
    "Passages",
    "Sentence",
    "SyncReport",
    "Turn",
    "Verdict",
    "answer_to_json",
    "check",
    "index",
    "open",
    "standalone_question",
]


def index(
    folder: str | Path, data_dir: str | Path | None = None, *, replace: bool = False, rebuild: bool = False, **settings: Any
) -> SyncReport:
    """Indexes the documents below ``folder``, or brings their index up to date.

    Args:
        data_dir: where the index is kept; by default in the user's data directory.
        replace: let these documents take the place of another folder's.
        rebuild: make the index anew.
        settings: fields of ``Config``; the environment gives the others.

    Raises:
        FootnoteError: one of its kinds in ``rag.errors``; nothing already stored is lost.
    """
    return _index(Path(folder), load_config(data_dir=data_dir, **settings), replace=replace, rebuild=rebuild)


def open(data_dir: str | Path | None = None, **settings: Any) -> Corpus:
    """Opens the index in ``data_dir``, by default the one in the user's data directory.

    Args:
        settings: fields of ``Config``, such as ``llm="extractive"``; the environment gives the others.

    Raises:
        FootnoteError: there is no index, or another embedding model made it.
    """
    return Corpus(load_config(data_dir=data_dir, **settings))


def check(claim: str, evidence: Sequence[str], *, llm: Engine | None = None, **settings: Any) -> Verdict:
    """Whether evidence sentences support a claim.

    Args:
        llm: an engine whose language model judges too, ``local`` or ``openai``; by default none does.
        settings: fields of ``Config``, such as ``checker="rules"`` for the rules alone; the environment gives the others.

    Raises:
        FootnoteError: the configured checker cannot be loaded.
    """
    return _check(claim, evidence, _checker(load_config(llm=llm, **settings), assisted=llm is not None))


_checker = _cache(_open_checker)


def standalone_question(question: str, history: Sequence[Turn | str]) -> str:
    """A follow-up question with what it takes from earlier turns (oldest first) put in."""
    return _standalone_question(question, [t if isinstance(t, Turn) else Turn(t) for t in history])
