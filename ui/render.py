"""Answers and documents as HTML. Pure functions; every text that comes from a document, a user or a model is escaped."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rag.markup import ITEM
from rag.types import Answer, Citation, Document, Hit, Sentence

SOURCE_WINDOW = 40_000
"""Most characters of a document that are shown around the marked words."""
_PREVIEW = 220


@dataclass(frozen=True, slots=True)
class PendingTurn:
    """A question that is being answered."""

    question: str
    hits: tuple[Hit, ...] | None = None
    """None while searching."""
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class FailedTurn:
    """A question that could not be answered because of an error."""

    question: str
    error: str


Turn = Answer | PendingTurn | FailedTurn


def transcript_html(turns: Sequence[Turn], welcome: str = "") -> str:
    """The conversation. Buttons carry ``data-turn`` with ``data-citation`` (its number) or ``data-hit`` (its rank)."""
    if not turns:
        return f'<div class="fn-welcome">{escape(welcome)}</div>'
    return "".join(_turn_html(i, t) for i, t in enumerate(turns))


def _turn_html(index: int, turn: Turn) -> str:
    question = f'<div class="fn-question">{escape(turn.question)}</div>'
    match turn:
        case FailedTurn():
            body = f'<p class="fn-notice" role="alert">{escape(turn.error)}</p>'
        case PendingTurn():
            status = "Searching the documents …" if turn.hits is None else "Reading the passages and checking each sentence …"
            body = f'<p class="fn-text">{_sentences_html(index, turn.sentences, turn.citations)}</p><p class="fn-status" role="status">{status}</p>'
            body += _hits_html(index, turn.hits or (), is_open=not turn.sentences)
        case Answer():
            body = _answer_html(index, turn)
    return f'<section class="fn-turn">{question}<div class="fn-answer">{body}</div></section>'


def _answer_html(index: int, answer: Answer) -> str:
    parts: list[str] = []
    if answer.standalone_question != answer.question:
        parts.append(f'<p class="fn-understood">Understood as: {escape(answer.standalone_question)}</p>')
    if answer.abstained:
        parts.append(f'<p class="fn-text fn-abstained">{escape(answer.text)}</p>')
    else:
        parts.append(f'<p class="fn-text">{_sentences_html(index, answer.sentences, answer.citations)}</p>')
        parts.append(_footnotes_html(index, answer.citations))
    if answer.reason:
        parts.append(f'<p class="fn-notice">{escape(answer.reason)}</p>')
    parts.append(_hits_html(index, answer.hits, is_open=answer.abstained))
    parts.append(f'<p class="fn-meta">{escape(answer.model)} · {answer.timings.total_s:.1f} s</p>')
    return "".join(parts)


def _sentences_html(index: int, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> str:
    titles = {c.number: c.title for c in citations}
    return " ".join(
        f'<span class="fn-sentence{" fn-item" if s.is_item else ""}{" fn-marked" if s.is_item and ITEM.match(s.text) else ""}">{escape(s.text)}'
        + "".join(
            f'<button type="button" class="fn-cite" data-turn="{index}" data-citation="{n}" aria-label="Source {n}: {escape(titles.get(n, ""))}">{n}</button>'
            for n in s.citations
        )
        + "</span>"
        for s in sentences
    )


def _footnotes_html(index: int, citations: Sequence[Citation]) -> str:
    rows = "".join(
        f'<li value="{c.number}"><button type="button" class="fn-open" data-turn="{index}" data-citation="{c.number}">'
        f"<q>{escape(_shorten(c.quote))}</q> <cite>{escape(c.title)}{f' ({escape(c.published)})' if c.published else ''}</cite></button></li>"
        for c in citations
    )
    return f'<ol class="fn-footnotes">{rows}</ol>'


def _hits_html(index: int, hits: Sequence[Hit], *, is_open: bool) -> str:
    if not hits:
        return ""
    rows = "".join(
        f'<li><button type="button" class="fn-open" data-turn="{index}" data-hit="{h.rank}">{escape(_shorten(h.chunk.text))}'
        f" <cite>{escape(h.chunk.document_id)}</cite></button></li>"
        for h in hits
    )
    return (
        f'<details class="fn-hits"{" open" if is_open else ""}><summary>Closest passages ({len(hits)})</summary><ol>{rows}</ol></details>'
    )


def source_html(document: Document, spans: Sequence[tuple[int, int]], chosen: int) -> str:
    """The document's text with ``spans`` marked; the one at index ``chosen`` carries ``id="fn-chosen"``.

    Spans may overlap. Of a long document only the surroundings of the chosen span are shown.
    """
    start, end = spans[chosen]
    low = max(0, start - SOURCE_WINDOW // 2)
    high = min(len(document.text), end + SOURCE_WINDOW // 2)
    cuts = sorted({low, high, *(min(max(p, low), high) for span in spans for p in span)})
    pieces: list[str] = []
    is_first = True
    for a, b in itertools.pairwise(cuts):
        text = escape(document.text[a:b])
        if start <= a and b <= end:
            anchor = ' id="fn-chosen"' if is_first else ""
            is_first = False
            pieces.append(f'<mark class="fn-chosen"{anchor}>{text}</mark>')
        elif any(s <= a and b <= e for s, e in spans):
            pieces.append(f"<mark>{text}</mark>")
        else:
            pieces.append(text)
    article = document.article_at(start)
    dated = f" · {escape(article.published)}" if article.published else ""
    before, after = "…" if low > 0 else "", "…" if high < len(document.text) else ""
    return (
        f'<article class="fn-source"><header><h2>{escape(article.title)}</h2><p>{escape(document.id)}{dated} · characters {start}–{end}</p></header>'
        f'<div class="fn-source-text" tabindex="0">{before}{"".join(pieces)}{after}</div></article>'
    )


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _PREVIEW else text[:_PREVIEW].rsplit(" ", 1)[0] + " …"
