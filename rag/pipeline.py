"""Runs the stages one after the other: question → standalone question → hits → evidence → draft → checked answer."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from rag import evidence as ev
from rag.background import OPENING_OF_NEWS, is_background, is_of_today, names_another_time
from rag.checker.scorer import BundledChecker
from rag.config import Config
from rag.designations import asks_of_another
from rag.directives import is_directive
from rag.documents import list_folder
from rag.drafting import gate_messages
from rag.embedding import Embedder, load_cross_encoder
from rag.entailment import Entailment, open_checker
from rag.errors import ConfigError, CorpusError, FailureError, LLMError, QuestionError, WeightsError
from rag.followup import asks_for_more, references, standalone_question, without_addition
from rag.keywords import KeywordIndex, open_keyword_index
from rag.llm import LanguageModel, Usage, open_language_model
from rag.openings import Openings, open_articles, open_section
from rag.overview import REQUESTS, asked_overview
from rag.people import Person, people_in, with_short_names
from rag.questions import (
    NOT_ABOUT_DOCUMENTS,
    as_question,
    asks_across_documents,
    asks_for_several,
    core_question,
    courtesy_reply,
    separate_questions,
    timeframe_of,
    undated,
    without_reply_orders,
)
from rag.retrieval import RERANKED, neighbourhood, rerank, search
from rag.rewriting import rewrite, rewriting_messages
from rag.sections import Section, asked_section
from rag.sentences import is_prose
from rag.store import Store, exists
from rag.sync import Progress, SyncReport, sync_folder
from rag.types import (
    Answer,
    AnswerSentence,
    Document,
    Event,
    Filters,
    Hit,
    Passages,
    Span,
    Timings,
    Turn,
    turn_of,
)
from rag.words import has_he_or_she, may_be_name, names, words
from rag.writing import EXTRACTIVE, Writer

MAX_QUESTION_CHARACTERS = 2000
MAX_HISTORY_TURNS = 20
PEOPLE_WITHIN = 10_000
"""Characters around what was cited in which it is looked for who may be "he" or "she"."""
EVIDENCE_CHARACTERS = 1000
"""Most of all sentences together, about 220 tokens of the local model, which reads 30 to 80 a second."""
LIKELIEST_CHARACTERS = 500
"""Most of those that a language model reads first: from them it tells of four questions in five whether they are answered, and as often rightly."""
READ_SINGLY = 4
"""Sentences that the bundled checker reads each by itself."""
WIDER = 2
"""Times as many passages, and as many words of them, are read for a question that asks for a list or a comparison."""
MORE_SENTENCES = 3
NAME_OPENING = 4
"""Letters: what begins with them may be another form of a name."""
REUSED_AROUND = 2
"""Sentences before and after what the last answer cited that a follow-up may be answered from."""


class Corpus:
    """Indexed documents that can be asked. Use it as a context manager, or ``close`` it.

    Raises:
        CorpusError: the data folder holds no index, or one made with another embedding model.
    """

    def __init__(self, config: Config, *, embedder: Embedder | None = None, model: LanguageModel | None = None) -> None:
        self.config = config
        self._store = Store(config.data_dir)
        self._embedder = embedder or Embedder(config)
        self._model = model
        self._model_lock = threading.Lock()
        origin = self._store.origin()
        if origin is None:
            raise CorpusError(f"{config.data_dir}: holds no index; make one with: footnote index FOLDER --data {config.data_dir}")
        if origin.embedding != self._embedder.identity:
            raise CorpusError(
                f"{config.data_dir}: was indexed with the embedding model {origin.embedding}, this run uses {self._embedder.identity}; "
                "set FOOTNOTE_EMBEDDING_MODEL to that one, choose another --data, or index again with --rebuild"
            )
        self._origin = origin

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the index's files."""
        self._store.close()

    @cached_property
    def _keywords(self) -> KeywordIndex:
        return open_keyword_index(self.config.data_dir, self._origin.generation, self._store.chunks(), self._embedder.count_tokens_batch)

    @cached_property
    def _published(self) -> set[str]:
        """ISO dates that the documents state."""
        return {p for p in self._keywords.published if p}

    @cached_property
    def _reranker(self) -> Any:
        return load_cross_encoder(self.config.reranker) if self.config.reranker else None

    @cached_property
    def _checker(self) -> Entailment | None:
        return open_checker(self.config)

    def load(self) -> None:
        """Loads the embedding model, the keyword index and the configured cross-encoders now, so that the first question need not wait for them."""
        self._embedder.load()
        _ = self._keywords, self._reranker
        if self._checker:
            self._checker.load()

    def load_language_model(self) -> None:
        """Starts the language model now and has it read what its prompts begin with. Raises what it raises."""
        if model := self._language_model():
            for messages in (gate_messages("", ()), rewriting_messages("", "")):
                model.first_token_logprobs(messages, Usage())

    @property
    def root(self) -> str:
        """The folder that was indexed."""
        return self._origin.root

    def document_ids(self) -> list[str]:
        """Ids of all documents, sorted."""
        return sorted(self._store.document_hashes())

    def document(self, document_id: str) -> Document:
        """A document by its id. Raises KeyError if there is none."""
        return self._store.document(document_id)

    def search(self, question: str, *, k: int | None = None, tokens: int | None = None, filters: Filters | None = None) -> list[Hit]:
        """The best passages: ``k`` of them, or as many as fit together in ``tokens`` tokens of the embedding model."""
        question = self._as_spelled(valid_question(question))
        return self._search(question, k or self.config.top_k, filters, tokens)

    def _search(self, question: str, k: int, filters: Filters | None, tokens: int | None = None) -> list[Hit]:
        """As ``search``, for a question that is spelt right; of a section that it asks about nothing else."""
        section = self._section(question)
        question = section.question if section else question
        hits = search(
            question,
            self._embedder.encode([question])[0],
            self._store,
            self._keywords,
            k=None if tokens else max(k, RERANKED) if self._reranker else k,
            tokens=tokens,
            run_tokens=self.config.chunk_tokens,
            filters=filters,
            timeframe=timeframe_of(question, self._published),
            wide=asks_across_documents(question),
            section=section,
        )
        return rerank(question, hits, self._reranker, None if tokens else k) if self._reranker else hits

    def _section(self, question: str) -> Section | None:
        """The section that a question asks about, if the documents have it."""
        section = asked_section(question)
        return section if section and self._keywords.within(section).any() else None

    def _openings(self, question: str, filters: Filters | None) -> Openings:
        """What a question that asks for no fact, but for what a section or a document says, is answered with; nothing if it asks for another thing."""
        if section := asked_section(question):
            return open_section(section, self._store, self._keywords, filters)
        overview = asked_overview(question)
        find = partial(self._search, k=1, filters=filters)
        return open_articles(overview, self._store, self._keywords, filters, find) if overview else Openings()

    def _as_spelled(self, question: str) -> str:
        """The question in the documents' spelling."""

        def is_known(word: str) -> bool:
            return word.lower() in REQUESTS or self._embedder.is_common_word(word)

        return self._keywords.in_their_form(self._keywords.correct_spelling(question, is_known))

    def ask(self, question: str, history: Sequence[Turn | str] = (), filters: Filters | None = None) -> Answer:
        """The answer to a question. See ``stream``."""
        return _answer_of(self.stream(question, history, filters))

    def conversation(self) -> Conversation:
        """A conversation: its questions are understood from the turns before them."""
        return Conversation(self)

    def stream(self, question: str, history: Sequence[Turn | str] = (), filters: Filters | None = None) -> Iterator[Event]:
        """Answers a question: yields ``Passages``, then an ``AnswerSentence`` each, complete and checked, then the ``Answer``.

        Of a follow-up, ``Passages`` may come twice: for the question as understood by rule, and as understood by the language model.

        Args:
            history: earlier turns, oldest first; a string is a question without its answer.
            filters: which documents may answer; all by default.

        Raises:
            QuestionError: the question is empty or longer than ``MAX_QUESTION_CHARACTERS``.
        """
        question = valid_question(question)
        turns = [t for t in (h if isinstance(h, Turn) else Turn(h) for h in history) if courtesy_reply(t.question) is None]
        turns = turns[-MAX_HISTORY_TURNS:]
        if (reply := courtesy_reply(question)) is not None:
            yield Passages(question, ())
            yield Answer(question, question, reply, (), (), (), True, NOT_ABOUT_DOCUMENTS, 0.0, EXTRACTIVE, Timings(0.0, None, 0.0))
            return
        self.load()
        is_free = filters is None or filters == Filters()  # What was cited before may be what the filters leave out.
        if turns and is_free and asks_for_more(question) and (yield from self._go_on(question, turns)):
            return
        started = time.perf_counter()
        usage = Usage()
        document = cache(self._store.document)  # Titles, evidence and citations read the same few documents.
        talked_of = frozenset() if names(question) or not is_free else self._talked_of(turns, document)
        for understood in self._understand(question, turns, usage):
            standalone = self._as_spelled(without_reply_orders(understood))
            parts = separate_questions(standalone)
            wide = len(parts) > 1 or asks_for_several(standalone)
            opened = self._openings(standalone, filters)
            hits = list(opened.hits) or self._search(core_question(standalone), self.config.top_k * (WIDER if wide else 1), filters)
            if turns and is_free and standalone != question:
                hits = _joined(hits, self._cited_before(turns[-1], hits))
            if talked_of:
                hits = _joined(hits, self._within(talked_of, core_question(standalone), document))
            retrieved = time.perf_counter() - started
            yield Passages(standalone, tuple(hits))

        written = Writer(document, self._checker, usage)
        first: float | None = None
        asked: list[Turn] = []
        for part in parts:
            if references(part):
                *_, part = self._understand(part, asked, usage)
            asked.append(Turn(part))
            opened = opened if part == standalone else self._openings(part, filters)
            if opened.hits:
                hits = _joined(hits, opened.hits)
                for sentence in written.quote_openings(opened):
                    first = first or time.perf_counter() - started
                    yield AnswerSentence(sentence, written.citations)
                continue
            own = self._search(core_question(part), self.config.top_k, filters) if len(parts) > 1 else []
            section = self._section(part)
            part = section.question if section else as_question(part)
            found = self.gather(part, [*own, *hits], document, talked_of)
            if of_date := self._of_its_date(part, found, [*own, *hits], document):
                part, found = of_date
            hits = _joined(hits, own)
            if section:  # It holds little else: the language model is to look for itself.
                found = replace(found, likely=max(found.likely, ev.HOPELESS))
            for sentence in written.write(part, found, self._language_model, self.config.max_answer_tokens):
                first = first or time.perf_counter() - started
                yield AnswerSentence(sentence, written.citations)
        for plain, beside in () if written.citations else self._otherwise(question, standalone, hits, talked_of, filters, document):
            part = as_question(plain)
            found = self.gather(part, beside, document, talked_of)
            for sentence in written.write(part, found, self._language_model, self.config.max_answer_tokens):
                if not first:
                    standalone, hits, first = plain, beside, time.perf_counter() - started
                    yield Passages(standalone, tuple(hits))
                yield AnswerSentence(sentence, written.citations)
            if written.citations:
                break
        yield written.answer(question, standalone, hits, Timings(retrieved, first, time.perf_counter() - started))

    def gather(
        self,
        question: str,
        hits: Sequence[Hit],
        document: Callable[[str], Document],
        talked_of: AbstractSet[tuple[str, int]] = frozenset(),
        dated: str | None = None,
    ) -> ev.Gathered:
        """What is read of some hits to answer a question that stands alone.

        Args:
            document: as ``Corpus.document``.
            talked_of: the articles that it is more likely about than about others, as ``Document.article_id`` gives them.
            dated: the question with a date that all hits are of: then sentences that name another are less likely.
        """
        core = core_question(question)

        def text_at(span: Span) -> str:
            return document(span.document_id).text[span.start : span.end]

        candidates = ev.rank_candidates(core, hits, text_at, self._embedder.encode_tokens, self._keywords.rarity)
        best = candidates[:1]
        is_about, is_past = _is_about(core, talked_of, document), _is_past(core, document, dated)
        if is_about or is_past:
            candidates = ev.with_others_behind(candidates, is_about, is_past)
        several = asks_for_several(question)
        chosen = ev.select_evidence(candidates, text_at, EVIDENCE_CHARACTERS * (WIDER if several else 1))
        spans = {e.span for e in chosen}
        likeliest = chosen if several else ev.select_evidence([c for c in candidates if c.span in spans], text_at, LIKELIEST_CHARACTERS)
        answers = 0.0
        if chosen and isinstance(self._checker, BundledChecker):
            sentences = [ev.in_context(c, text_at) for c in candidates[:READ_SINGLY]]
            answers = self._checker.answers(core, sentences, [e.text for e in chosen])
        is_of_another = asks_of_another(core, (f"{h.chunk.title}\n{h.chunk.heading}\n{h.chunk.text}" for h in hits))
        likely = 0.0 if is_of_another else ev.likelihood(best, answers)
        return ev.Gathered(candidates, chosen, likeliest, likely, answers)

    def _of_its_date(
        self, question: str, found: ev.Gathered, hits: Sequence[Hit], document: Callable[[str], Document]
    ) -> tuple[str, ev.Gathered] | None:
        """A question without the date that it names, and what is read for it of the articles of that date; None where it names none, none is of that, or what is
        read already names it."""
        plain, timeframe = undated(question), timeframe_of(question, self._published)
        if not (plain and timeframe and found.candidates):
            return None
        named = names(question) - names(plain)
        of_date = [h for h in hits if timeframe.covers(h.chunk.published)]
        if not of_date or named & {w.stem for w in words(found.candidates[0].text)}:
            return None
        return plain, self.gather(plain, of_date, document, dated=question)

    def _understand(self, question: str, turns: Sequence[Turn], usage: Usage) -> Iterator[str]:
        """The question standing alone: by rule at once; then as the language model has it, if there is one and that differs."""
        people = self._people_told_of(turns) if has_he_or_she(question) else []
        by_rule = standalone_question(question, turns, people)
        yield by_rule
        try:
            rewritten = rewrite(self._language_model, question, turns, usage, people)
        except (LLMError, WeightsError, ConfigError):  # Whoever asks it next says why.
            return
        if rewritten and rewritten != by_rule:
            yield rewritten

    def _people_told_of(self, turns: Sequence[Turn]) -> list[Person]:
        """Those who are "he" or "she" in the article that the latest answer which cited any did, the nearest to what it cited first."""
        spans = self._cited_last(turns)
        if not spans:
            return []
        cited = spans[-1]
        document = self._store.document(cited.document_id)
        article = document.article_at(cited.start)
        begin, end = max(article.start, cited.start - PEOPLE_WITHIN), min(article.end, cited.end + PEOPLE_WITHIN)
        return sorted(people_in(document.text[begin:end]), key=lambda p: abs(begin + p.start - cited.start))

    def _cited_before(self, turn: Turn, hits: Sequence[Hit]) -> list[Hit]:
        """Passages around what a turn cited, where the hits do not hold it: a follow-up is often answered beside it."""
        missing = [s for s in turn.cited if not _hold(hits, s)]
        found = (neighbourhood(s, self._store, self._keywords, before=REUSED_AROUND, after=REUSED_AROUND) for s in missing)
        return list(filter(None, found))

    def _otherwise(
        self,
        question: str,
        standalone: str,
        hits: Sequence[Hit],
        talked_of: AbstractSet[tuple[str, int]],
        filters: Filters | None,
        document: Callable[[str], Document],
    ) -> Iterator[tuple[str, list[Hit]]]:
        """How a question that got no answer may be asked once more, and of which passages: as it stands, of the articles talked of, where something was added to it;
        with surnames alone, where the documents have these."""
        if talked_of and (plain := without_addition(question, standalone)):
            yield plain, self._within(talked_of, core_question(plain), document)
        if (short := with_short_names(standalone, [h.chunk.text for h in hits])) != standalone:
            yield short, self._search(core_question(short), self.config.top_k, filters)

    def _talked_of(self, turns: Sequence[Turn], document: Callable[[str], Document]) -> frozenset[tuple[str, int]]:
        """The articles that the latest answer which cited any did."""
        return frozenset(document(s.document_id).article_id(s.start) for s in self._cited_last(turns))

    def _cited_last(self, turns: Sequence[Turn]) -> list[Span]:
        """What the latest answer cited that cited any, but for what has been removed since."""
        here = set(self._keywords.documents) if turns else set()
        return next((found for t in reversed(turns) if (found := [s for s in t.cited if s.document_id in here])), [])

    def _within(self, articles: AbstractSet[tuple[str, int]], question: str, document: Callable[[str], Document]) -> list[Hit]:
        """The best passages of some articles."""
        hits = self._search(question, self.config.top_k, Filters(paths=tuple({document_id for document_id, _ in articles})))
        return [h for h in hits if document(h.chunk.document_id).article_id(h.chunk.start) in articles]

    def _go_on(self, question: str, turns: Sequence[Turn]) -> Generator[Event, None, bool]:
        """What follows the words that the last turn cited, verbatim; nothing, and False, where they end their article, or it cited none."""
        started = time.perf_counter()
        cited = [s for s in turns[-1].cited if s.document_id == turns[-1].cited[0].document_id]
        last = max(cited, key=lambda s: s.end, default=None)
        hit = neighbourhood(last, self._store, self._keywords, before=0, after=MORE_SENTENCES, itself=False) if last else None
        if hit is None:
            return False
        chunk, written = hit.chunk, Writer(cache(self._store.document))
        said = [(chunk.text[a:b], Span(chunk.document_id, chunk.start + a, chunk.start + b)) for a, b in chunk.sentences]
        said = [(text, span) for text, span in said if is_prose(text) and not is_directive(text)]
        if not said:
            return False
        standalone = standalone_question(question, turns)
        yield Passages(standalone, (hit,))
        retrieved = time.perf_counter() - started
        for text, span in said:
            yield AnswerSentence(written.quote(text, span), written.citations)
        yield written.answer(question, standalone, (hit,), Timings(retrieved, retrieved, time.perf_counter() - started))
        return True

    def _language_model(self) -> LanguageModel | None:
        with self._model_lock:
            if self._model is None:
                self._model = open_language_model(self.config)
            return self._model


class Conversation:
    """Questions in a row, each understood from the turns before it."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._turns: list[Turn] = []

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Questions asked so far, as understood, with their answers."""
        return tuple(self._turns)

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        """The answer to the next question."""
        return _answer_of(self.stream(question, filters))

    def stream(self, question: str, filters: Filters | None = None) -> Iterator[Event]:
        """As ``Corpus.stream``; the turn counts once its answer is complete."""
        for event in self._corpus.stream(question, self._turns, filters):
            if isinstance(event, Answer):
                self._turns.append(turn_of(event))
            yield event


def _is_about(question: str, talked_of: AbstractSet[tuple[str, int]], document: Callable[[str], Document]) -> Callable[[Span], bool] | None:
    """What tells whether the article that a span is of is one that is talked of or, where none is known, has one of the names of a question; None where that
    has none, or an acronym, which the article may spell out."""
    if talked_of:
        return lambda span: document(span.document_id).article_id(span.start) in talked_of
    named = [w.surface for w in words(question)[1:] if may_be_name(w)]
    if not named or any(len(n) < NAME_OPENING or n.isupper() for n in named):
        return None
    opens_name = re.compile("|".join(rf"\b{re.escape(n[:NAME_OPENING])}" for n in named), re.IGNORECASE)

    @cache
    def holds_name(document_id: str, start: int) -> bool:
        article = document(document_id).article_at(start)
        return bool(opens_name.search(f"{document_id} {article.title}\n{document(document_id).text[article.start : article.end]}"))

    return lambda span: holds_name(*document(span.document_id).article_id(span.start))


def _is_past(question: str, document: Callable[[str], Document], dated: str | None) -> Callable[[ev.Candidate], bool] | None:
    """What tells whether a candidate tells of a year long past, or of another time than a dated question; None where a question may be about that."""

    def is_past(candidate: ev.Candidate) -> bool:
        if dated and names_another_time(dated, candidate.text):
            return True
        found = document(candidate.span.document_id)
        start = found.article_at(candidate.span.start).start
        return is_background(question, candidate.text, found.text[start : start + OPENING_OF_NEWS], candidate.published)

    return is_past if dated or is_of_today(question) else None


def _hold(hits: Sequence[Hit], span: Span) -> bool:
    """Whether one of the hits holds all of a span."""
    chunks = [h.chunk for h in hits]
    return any(c.document_id == span.document_id and c.start <= span.start and span.end <= c.end for c in chunks)


def _joined(hits: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """The hits and, ranked behind them, the others that they do not hold."""
    added = [h for h in others if not _hold(hits, Span(h.chunk.document_id, h.chunk.start, h.chunk.end))]
    return [*hits, *(replace(h, rank=len(hits) + n) for n, h in enumerate(added, 1))]


def _answer_of(events: Iterator[Event]) -> Answer:
    """The answer that ends a stream."""
    for event in events:
        if isinstance(event, Answer):
            return event
    raise FailureError("the answer broke off")  # Cannot happen: a stream ends with an Answer or an error.


def index(
    root: Path,
    config: Config,
    *,
    replace: bool = False,
    rebuild: bool = False,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
) -> SyncReport:
    """Brings the index in ``config.data_dir`` into step with the documents below ``root``. See ``sync.sync_folder``."""
    new = not exists(config.data_dir)
    embedder = embedder or Embedder(config)
    list_folder(root)  # Before anything is made on disk.
    store = Store(config.data_dir, create=True)
    try:
        return sync_folder(root, store, embedder, config.chunk_tokens, replace=replace, rebuild=rebuild or new, progress=progress)
    finally:
        store.close()


def valid_question(question: str) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: it is empty or too long.
    """
    question = question.strip()
    if not question:
        raise QuestionError("the question is empty; type one")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(f"the question has {len(question):,} characters; ask in at most {MAX_QUESTION_CHARACTERS:,}")
    return question
