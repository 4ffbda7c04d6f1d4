"""The values that the stages hand to each other. Frozen, and nothing here touches disk or network.

Offsets are half-open character ranges ``[start, end)`` into a Python string: of a document's text for chunks, hits and
citations, of the answer's text for sentences. ``document.text[start:end]`` is always the text or quote that stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open character range of one document."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One of several articles in a file, at ``text[start:end]``."""

    start: int
    end: int
    title: str
    published: str | None = None
    """ISO date that the article states for itself, if it states one."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text."""

    id: str
    """POSIX path below the indexed folder."""
    title: str
    text: str
    """The file as Python's text mode reads it (UTF-8, universal newlines)."""
    sha256: str
    """Of the file's bytes."""
    media_type: str = "text/plain"
    published: str | None = None
    """ISO date that the document states for itself, if it states one."""
    page_offsets: tuple[int, ...] = ()
    """Character offset at which each page starts; empty for formats without pages."""
    articles: tuple[Article, ...] = ()
    """The articles of a file that holds several, one after the other; empty for a file that is one."""

    def article_at(self, offset: int) -> Article:
        """The article that a character belongs to; the whole document if it is one."""
        whole = Article(0, len(self.text), self.title, self.published)
        return next((a for a in self.articles if a.start <= offset < a.end), whole)

    def article_id(self, offset: int) -> tuple[str, int]:
        """The document and the start of the article that a character belongs to."""
        return self.id, self.article_at(offset).start


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit that is embedded; ``document.text[start:end] == text``."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    tokens: int
    """Length in tokens of the embedding model, special tokens not counted."""
    heading: str = ""
    """Below which it stands, those of higher levels before it, a line each."""
    page: int | None = None
    title: str = ""
    """Of its document, or of its article in the document."""
    published: str | None = None
    """ISO date that its document, or its article in the document, states."""
    sentences: tuple[tuple[int, int], ...] = ()
    """Half-open ranges of its sentences in ``text``."""
    sections: tuple[tuple[int, str], ...] = ()
    """Where in ``text`` other headings come to stand above, as ``heading`` has them: a passage may go on into the next sections."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; an empty field lets all through."""

    paths: tuple[str, ...] = ()
    """Document ids, folders (all below them), or patterns such as ``2024/*.md``."""
    types: tuple[str, ...] = ()
    """File endings (``.md``) or media types (``text/markdown``)."""
    after: str | None = None
    """ISO date; documents that state an earlier one, or none, are left out."""
    before: str | None = None
    """ISO date; documents that state a later one, or none, are left out."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found for a question: the sentences of one or more neighbouring chunks that are worth reading."""

    chunk: Chunk
    rank: int
    """1 is best."""
    score: float
    """Reciprocal-rank fusion score, scaled so that first place in every ranking gives 1."""
    dense_rank: int | None = None
    keyword_rank: int | None = None
    similarity: float | None = None
    """Cosine similarity of the embeddings, where the dense search returned this chunk."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of a document that may answer the question."""

    number: int
    """1, 2, …: the name under which the language model may cite it."""
    span: Span
    text: str
    """The document's words at ``lead``, if there is one, and at ``span``, verbatim."""
    score: float
    """Relevance to the question in 0..1."""
    title: str = ""
    """Of its document, or of its article in the document."""
    published: str | None = None
    """ISO date that its document, or its article in the document, states."""
    context: Span | None = None
    """Other evidence that it cannot be understood without: the sentence before it, the question that it answers, the heading of its list."""
    lead: Span | None = None
    """What its line opens with, where another sentence stands between ("Day 6:")."""
    is_heading: bool = False
    section: str = ""
    """Heading that it stands below, if not the title."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where its text stands."""
        return (self.lead, self.span) if self.lead else (self.span,)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether some words support a claim."""

    supported: bool
    score: float
    """Estimated degree of support in 0..1."""
    reasons: tuple[str, ...] = ()
    """What is not supported, in words; empty where all is."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document that support a sentence; ``document.text[start:end] == quote``."""

    number: int
    """1, 2, … in order of first use in the answer."""
    document_id: str
    title: str
    published: str | None
    start: int
    end: int
    quote: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer; ``answer.text[start:end] == text``."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    """Numbers of the citations that support it."""
    verdict: str
    """``supported`` (checked against the cited words) or ``verbatim`` (is the cited words, without their markup; of a question with its answer the answer's)."""
    score: float
    reasons: tuple[str, ...] = ()
    is_item: bool = False
    """Of the list, or the code, that a sentence before it introduces; stands on a line of its own in ``answer.text``."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds since the question arrived."""

    retrieve_s: float
    first_sentence_s: float | None
    """None for an abstention."""
    total_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What everyone sees: terminal, Python, browser and evaluation show this one value."""

    question: str
    standalone_question: str
    """The question with what it takes from earlier turns put in."""
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    abstained: bool
    reason: str | None
    """Why it abstained, had to do without the language model, or left something out; else None."""
    confidence: float
    """Estimated probability, in 0..1, that the passages found answer the question."""
    model: str
    """Which engine wrote the sentences, or chose them from the documents: a model's name, or ``extractive``."""
    timings: Timings
    usage: Mapping[str, int] = field(default_factory=dict)
    """Tokens as the endpoint counted them: ``prompt_tokens``, ``completion_tokens``, ``cached_tokens``."""


@dataclass(frozen=True, slots=True)
class Passages:
    """First event of a stream: what was found, before anything is answered."""

    standalone_question: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """Event of a stream: the next sentence, complete and checked."""

    sentence: Sentence
    citations: tuple[Citation, ...]
    """All citations of the answer so far."""


Event = Passages | AnswerSentence | Answer
"""What a stream yields: ``Passages``, then an ``AnswerSentence`` each, then the ``Answer``."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, with its answer if there was one."""

    question: str
    answer: str = ""
    cited: tuple[Span, ...] = ()
    """What the answer cited."""


def turn_of(answer: Answer) -> Turn:
    """An answer as an earlier turn of the questions after it."""
    cited = tuple(Span(c.document_id, c.start, c.end) for c in answer.citations)
    return Turn(answer.standalone_question, "" if answer.abstained else answer.text, cited)


def hit_to_json(hit: Hit) -> dict[str, Any]:
    """The hit as the command line prints it."""
    c = hit.chunk
    return {
        "document_id": c.document_id,
        "start": c.start,
        "end": c.end,
        "text": c.text,
        "score": round(hit.score, 4),
        "rank": hit.rank,
        "published": c.published,
    }


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON-ready dictionary: the fields of ``Answer`` in their order, but for ``confidence``, which orders answers in the evaluation."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "text": answer.text,
        "sentences": [asdict(s) for s in answer.sentences],
        "citations": [asdict(c) for c in answer.citations],
        "hits": [hit_to_json(h) for h in answer.hits],
        "abstained": answer.abstained,
        "reason": answer.reason,
        "model": answer.model,
        "timings": {k: None if v is None else round(v, 4) for k, v in asdict(answer.timings).items()},
        "usage": dict(answer.usage),
    }
