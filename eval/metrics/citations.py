"""Do the cited words support what is said? Values in 0..1, None where nothing was answered or the system does not cite.

``citation_recall`` and ``citation_precision`` after ALCE (Gao et al., "Enabling Large Language Models to Generate Text with Citations",
2023, section 3), with a judge in the place of its NLI model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eval.metrics.retrieval import overlaps
from eval.reply import CitedWords, Reply, ReplySentence
from rag.types import Span

Supports = Callable[[str, Sequence[str]], bool]
"""A judge: whether pieces of evidence, together, support a claim."""


def is_verbatim(citation: CitedWords, text: str) -> bool:
    """Whether the quote is the document's text at the citation's place."""
    return 0 <= citation.start < citation.end <= len(text) and text[citation.start : citation.end] == citation.quote


def verbatim_validity(reply: Reply, text_of: Callable[[str], str]) -> float | None:
    """Share of the citations that are verbatim; a citation of an unknown document is not."""
    if not reply.citations:
        return None
    return sum(_is_verbatim(c, text_of) for c in reply.citations) / len(reply.citations)


def _is_verbatim(citation: CitedWords, text_of: Callable[[str], str]) -> bool:
    try:
        return is_verbatim(citation, text_of(citation.document_id))
    except KeyError:
        return False


def citation_recall(reply: Reply, supports: Supports) -> float | None:
    """Share of the sentences that their citations, taken together, support. A sentence without citations is not supported."""
    if reply.citations is None or not reply.sentences:
        return None
    return sum(_is_supported(s, _quotes(reply), supports) for s in reply.sentences) / len(reply.sentences)


def citation_precision(reply: Reply, supports: Supports) -> float | None:
    """Share of the citations, counted per sentence, that are needed: the sentence is supported, and the citation either supports it alone
    or the others do not support it without it. None where no sentence has a citation."""
    if reply.citations is None:
        return None
    quotes = _quotes(reply)
    judged: list[bool] = []
    for sentence in reply.sentences:
        given = [n for n in sentence.citations if n in quotes]
        whole = _is_supported(sentence, quotes, supports)
        for n in given:
            others = [quotes[o] for o in given if o != n]
            needed = supports(sentence.text, [quotes[n]]) or not (others and supports(sentence.text, others))
            judged.append(whole and needed)
    return sum(judged) / len(judged) if judged else None


def groundedness(reply: Reply, passages: Sequence[str] | None, supports: Supports) -> float | None:
    """Share of the sentences that one of the passages found, or all that the sentence cites together, supports.

    Says whether the text was there to be read, cited or not (faithfulness of Es et al., "RAGAS", 2023, by sentences instead of statements).
    None where nothing was answered or the system shows no passages.
    """
    if passages is None or not reply.sentences:
        return None
    quotes = _quotes(reply)
    return sum(_is_supported(s, quotes, supports) or any(supports(s.text, [p]) for p in passages) for s in reply.sentences) / len(
        reply.sentences
    )


def gold_precision(reply: Reply, gold: Sequence[Span]) -> float | None:
    """Share of the citations that overlap gold words. None without gold words or citations."""
    if not reply.citations or not gold:
        return None
    return sum(any(_overlaps(c, g) for g in gold) for c in reply.citations) / len(reply.citations)


def gold_recall(reply: Reply, gold: Sequence[Span]) -> float | None:
    """Share of the gold spans that a citation overlaps. None without gold words, where nothing was answered, or for a system that does not cite."""
    if not gold or reply.abstained or reply.citations is None:
        return None
    return sum(any(_overlaps(c, g) for c in reply.citations) for g in gold) / len(gold)


def _overlaps(citation: CitedWords, gold: Span) -> bool:
    return overlaps(Span(citation.document_id, citation.start, citation.end), gold)


def _quotes(reply: Reply) -> dict[int, str]:
    return {c.number: c.quote for c in reply.citations or ()}


def _is_supported(sentence: ReplySentence, quotes: dict[int, str], supports: Supports) -> bool:
    evidence = [quotes[n] for n in sentence.citations if n in quotes]
    return bool(evidence) and supports(sentence.text, evidence)
