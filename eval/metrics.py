"""Metrics: pure functions. Each gives a value in 0..1, or None for a case to which it does not apply.

``sentence_supported`` is the suite's own judge and shares no code with the checker in ``rag.grounding``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.cases import Case, GoldSpan
from rag.types import Answer, Citation

_TOKEN = re.compile(r"[^\W_]+")
_STOP = frozenset(
    """a an and are as at be been but by for from had has have he her his i in is it its of on or she that the their them they this to
    was were which who will with""".split()
)
_SUPPORT_SHARE = 0.7
"""Least share of a sentence's words that the cited words must hold."""


def is_right(case: Case, answer: Answer) -> float:
    """1 if the answer says what the case wants: all its answer groups, or for an unanswerable question silence or the correction."""
    text = " ".join(answer.text.split())
    said = bool(case.answers) and all(any(p.search(text) for p in group) for group in case.answers)
    if case.answerable:
        return float(said and not answer.abstained)
    return float(answer.abstained or said)


def gold_recall(case: Case, spans: Sequence[tuple[str, int, int]]) -> float | None:
    """Share of the gold characters inside ``spans`` (document id, start, end); None without gold."""
    gold = {(g.document_id, p) for g in case.evidence for p in range(g.start, g.end)}
    if not gold or not case.answerable:
        return None
    found = {(d, p) for d, start, end in spans for p in range(start, end)}
    return len(gold & found) / len(gold)


def citation_on_gold(case: Case, answer: Answer) -> float | None:
    """Share of the citations that overlap gold words; None where nothing is cited or there is no gold."""
    if not answer.citations or not case.evidence:
        return None
    return sum(any(_overlaps(c, g) for g in case.evidence) for c in answer.citations) / len(answer.citations)


def _overlaps(citation: Citation, gold: GoldSpan) -> bool:
    return citation.document_id == gold.document_id and citation.start < gold.end and gold.start < citation.end


def citation_verbatim(text: str, citation: Citation) -> float:
    """1 if the quote is the document's text at the citation's place."""
    return float(0 <= citation.start < citation.end <= len(text) and text[citation.start : citation.end] == citation.quote)


def sentence_supported(sentence: str, quotes: Sequence[str]) -> float:
    """1 if the quotes hold every number of a sentence and at least 70 % of its other words (first five letters compared)."""
    held = {t[:5] for q in quotes for t in _tokens(q)}
    tokens = _tokens(sentence)
    numbers = [t for t in tokens if t[0].isdigit()]
    words = [t for t in tokens if not t[0].isdigit() and t not in _STOP]
    if not quotes or not tokens or any(n[:5] not in held for n in numbers):
        return 0.0
    return float(not words or sum(w[:5] in held for w in words) / len(words) >= _SUPPORT_SHARE)


def _tokens(text: str) -> list[str]:
    return [t.lower() for t in _TOKEN.findall(re.sub(r"(?<=\d),(?=\d{3})", "", text))]
