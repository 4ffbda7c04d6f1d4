"""Systems that can be evaluated: Footnote, the usual recipe, the model without passages, and any OpenAI-compatible chatbot.

A system is anything with ``name``, ``jobs`` and ``ask``: see ``System``. ``open_system`` makes one by name over a folder of documents.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from eval.metrics.abstention import sounds_like_abstention
from eval.model_cache import REPLAYED, CachedModel
from eval.reply import Reply, ReplySentence, Seconds, from_answer
from rag.config import NONE, Config
from rag.documents import list_folder, read_document
from rag.embedding import Embedder
from rag.errors import InputError
from rag.llm import LanguageModel, Usage, open_language_model
from rag.local_model import find_adapter
from rag.pipeline import Corpus, index
from rag.prompting import fill_prompt
from rag.sentences import sentence_texts
from rag.types import Turn

FOOTNOTE, USUAL_RECIPE, CLOSED_BOOK = "footnote", "usual-recipe", "closed-book"
SYSTEMS = (FOOTNOTE, USUAL_RECIPE, CLOSED_BOOK)
_ADDRESS = ("http://", "https://")
JOBS = {"local": 1, "openai": 4, "extractive": 1}
"""Questions asked at once: an endpoint serves several, the local model and the processor's two cores do not."""
MAX_REPLY_TOKENS = 300


class System(Protocol):
    """Answers questions about a folder of documents."""

    name: str
    jobs: int
    """How many questions may be asked at once."""

    def ask(self, question: str, history: Sequence[Turn]) -> Reply:
        """The answer to a question, given the turns before it.

        Raises:
            FootnoteError: the system failed.
        """


def check_system(name: str, config: Config) -> None:
    """Raises InputError if there is no such system, or if it needs a language model and the engine is the extractive one."""
    if name not in SYSTEMS and not name.startswith(_ADDRESS):
        raise InputError(f"system {name!r} is not known; use {', '.join(SYSTEMS)}, or the address of an OpenAI-compatible chatbot")
    if name in (USUAL_RECIPE, CLOSED_BOOK) and config.llm == "extractive":
        raise InputError(f"the system {name} needs a language model; use --llm local or --llm openai")


def folder_name(system: str) -> str:
    """What a system's runs are filed under: its name, or ``chatbot`` for an address."""
    return "chatbot" if system.startswith(_ADDRESS) else system


@contextmanager
def open_system(
    name: str, folder: Path, config: Config, *, data_dir: Path | None, model: LanguageModel | None, embedder: Embedder
) -> Iterator[System]:
    """A system over the documents below ``folder``.

    Args:
        name: one of ``SYSTEMS``, or the address of an OpenAI-compatible chatbot.
        data_dir: an index of that folder to use; by default Footnote makes one in a temporary place.
        model: the language model that the system is to use, where it uses one; None for the extractive engine.

    Raises:
        InputError: there is no such system, or it needs a language model.
    """
    if name == FOOTNOTE:
        with tempfile.TemporaryDirectory(prefix="footnote-eval-") as temporary:
            if data_dir is None:
                data_dir = Path(temporary)
                index(folder, config.model_copy(update={"data_dir": data_dir}), embedder=embedder)
            with Corpus(config.model_copy(update={"data_dir": data_dir}), embedder=embedder, model=model) as corpus:
                corpus.load()
                yield Footnote(corpus, JOBS[config.llm])
    elif name.startswith(_ADDRESS):
        chatbot = open_language_model(config.model_copy(update={"llm": "openai", "openai_base_url": name}))
        assert chatbot is not None  # The engine is not the extractive one.
        yield Chatbot(name, chatbot, JOBS["openai"])
    else:
        check_system(name, config)
        assert model is not None
        if name == CLOSED_BOOK:
            yield ClosedBook(model, JOBS[config.llm])
        else:
            from eval.usual_recipe import UsualRecipe

            yield UsualRecipe(read_texts(folder), embedder, model, JOBS[config.llm])


def open_model(config: Config, *, fresh: bool) -> LanguageModel | None:
    """The configured language model with its calls remembered; None for the extractive engine.

    Raises:
        FootnoteError: it cannot be started or reached.
    """
    model = open_language_model(config)
    if model is None:
        return None
    identity = (config.openai_base_url or "api.openai.com") if config.llm == "openai" else _local_identity(config)
    return CachedModel(model, config.cache_dir / "eval-calls", identity, fresh=fresh)


def _local_identity(config: Config) -> str:
    adapter = find_adapter(config)
    digest = hashlib.sha256(adapter.read_bytes()).hexdigest() if adapter else NONE
    return f"{config.local_model_sha256 or config.local_model}, adapter {digest}"


def read_texts(folder: Path) -> dict[str, str]:
    """The documents below a folder: texts by ids."""
    listing = list_folder(folder)
    ids = [path.relative_to(listing.root).as_posix() for path in listing.files]
    return {i: read_document(path, i).text for path, i in zip(listing.files, ids, strict=True)}


def write_texts(texts: Mapping[str, str], folder: Path) -> None:
    """Makes a folder of documents: a file for each id with its text; "(empty)" where there is none, for an empty file is no document.

    Raises:
        InputError: an id leads out of the folder, or a file of that name is there already.
    """
    for document_id, text in texts.items():
        file = folder / document_id
        if file.exists() or not file.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{document_id!r} is a document already or lies outside the folder; give it another id")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text or "(empty)", encoding="utf-8")


class Footnote:
    """Footnote itself."""

    name = FOOTNOTE

    def __init__(self, corpus: Corpus, jobs: int) -> None:
        self.jobs = jobs
        self._corpus = corpus

    def ask(self, question: str, history: Sequence[Turn]) -> Reply:
        """See ``System.ask``. Where remembered model calls took part, only the time to retrieve is told."""
        answer = self._corpus.ask(question, history)
        return honestly_timed(from_answer(answer), Usage(dict(answer.usage)))


class ClosedBook:
    """The language model without any passage: what it knows, or makes up. It cites nothing."""

    name = CLOSED_BOOK

    def __init__(self, model: LanguageModel, jobs: int) -> None:
        self.jobs = jobs
        self._model = model

    def ask(self, question: str, history: Sequence[Turn]) -> Reply:
        """See ``System.ask``."""
        return ask_model(self._model, history, fill_prompt("closed_book", question=question))


class Chatbot:
    """Somebody else's chatbot behind an OpenAI-compatible endpoint: gets the conversation as it stands. Its text alone is judged."""

    def __init__(self, name: str, model: LanguageModel, jobs: int) -> None:
        self.name = name
        self.jobs = jobs
        self._model = model

    def ask(self, question: str, history: Sequence[Turn]) -> Reply:
        """See ``System.ask``."""
        return ask_model(self._model, history, question)


def ask_model(model: LanguageModel, history: Sequence[Turn], prompt: str) -> Reply:
    """A model's reply to a prompt after earlier turns, without citations or passages."""
    started = time.perf_counter()
    text, usage = complete(model, history, prompt)
    total = time.perf_counter() - started
    abstained = sounds_like_abstention(text)
    sentences = () if abstained else tuple(ReplySentence(s, ()) for s in sentence_texts(text))
    return honestly_timed(
        Reply(text, abstained, sentences, None, None, None, model.name, Seconds(None, None, total), model_tokens(usage)), usage
    )


def complete(model: LanguageModel, history: Sequence[Turn], prompt: str) -> tuple[str, Usage]:
    """What a model replies to a prompt after earlier turns, and the tokens it took."""
    messages = [m for t in history for m in turn_messages(t)] + [{"role": "user", "content": prompt}]
    usage = Usage()
    return "".join(model.stream(messages, usage, form=None, max_tokens=MAX_REPLY_TOKENS)).strip(), usage


def turn_messages(turn: Turn) -> list[dict[str, str]]:
    """An earlier turn as OpenAI-style messages."""
    answer = [{"role": "assistant", "content": turn.answer}] if turn.answer else []
    return [{"role": "user", "content": turn.question}, *answer]


def model_tokens(usage: Usage) -> dict[str, int]:
    """The counts that belong in a reply."""
    return {k: v for k, v in usage.tokens.items() if k in ("prompt_tokens", "completion_tokens")}


def honestly_timed(reply: Reply, usage: Usage) -> Reply:
    """The reply, without the times that remembered model calls would make meaningless: only the time to retrieve is left then."""
    return replace(reply, seconds=Seconds(retrieve=reply.seconds.retrieve)) if REPLAYED in usage.tokens else reply
