"""What any system under evaluation gives back. Frozen values; ``from_answer`` makes one of Footnote's ``Answer``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.types import Answer, Hit


@dataclass(frozen=True, slots=True)
class CitedWords:
    """Words of a document that a reply cites."""

    number: int
    document_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class ReplySentence:
    """A sentence of a reply with the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that the system found: characters ``[start, end)`` of a document."""

    document_id: str
    start: int
    end: int
    tokens: int
    """Length in tokens of the embedding model."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds since the question was asked; None for what is not known."""

    retrieve: float | None = None
    first_sentence: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A system's answer to one question."""

    text: str
    abstained: bool
    sentences: tuple[ReplySentence, ...] = ()
    """Empty where it abstained."""
    citations: tuple[CitedWords, ...] | None = None
    """None for a system that does not cite."""
    hits: tuple[Passage, ...] | None = None
    """Best first; None for a system that does not tell."""
    confidence: float | None = None
    """In 0..1, where the system tells; orders the answers of the risk–coverage curve."""
    model: str = ""
    seconds: Seconds = field(default_factory=Seconds)
    tokens: Mapping[str, int] = field(default_factory=dict)
    """``prompt_tokens`` and ``completion_tokens``, where the endpoint counts them."""
    error: str | None = None
    """Why there is no answer, where the system failed."""


def passage_of(hit: Hit) -> Passage:
    """Footnote's hit as a passage."""
    return Passage(hit.chunk.document_id, hit.chunk.start, hit.chunk.end, hit.chunk.tokens)


def from_answer(answer: Answer) -> Reply:
    """Footnote's answer as a reply."""
    return Reply(
        text=answer.text,
        abstained=answer.abstained,
        sentences=tuple(ReplySentence(s.text, s.citations) for s in answer.sentences),
        citations=tuple(CitedWords(c.number, c.document_id, c.start, c.end, c.quote) for c in answer.citations),
        hits=tuple(map(passage_of, answer.hits)),
        confidence=round(answer.confidence, 4),
        model=answer.model,
        seconds=Seconds(answer.timings.retrieve_s, answer.timings.first_sentence_s, answer.timings.total_s),
        tokens={k: answer.usage[k] for k in ("prompt_tokens", "completion_tokens") if k in answer.usage},
    )
