"""Chooses the few sentences of the hits that may answer a question, and judges how likely they do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.directives import is_directive
from rag.late_interaction import TokenVectors, match_tokens
from rag.logistic import logistic, logit
from rag.sentences import is_prose
from rag.types import Evidence, Hit, Span
from rag.words import MONTHS, WEEKDAYS, Word, initials, leans_on_context, names, words

# Fitted by ``python -m eval bench answerable --fit`` on the development parts of SQuAD 2.0 (sentences) and of SQuAD 2.0 and
# CLAP NQ together (answerable); the weight of ``is_prose`` is set by hand, for those texts hold nothing but prose.
_SENTENCE_WEIGHTS = (2.74, 2.4, 2.02, 1.07, 1.74, 0.8, 0.69)
_SENTENCE_BIAS = -5.72
_ANSWERABLE_WEIGHTS = (2.08, 1.05, 0.69, 0.54, 1.03, 4.14, -1.57, 0.48, 0.32, -0.19)
_ANSWERABLE_BIAS = -6.48
# Fitted on 400 questions of two articles of SQuAD 2.0 that the checker was not trained on, and the development half of our own cases; then
# scaled to the mean and spread of what the checker's present weights say.
_CHECKER_WEIGHTS = (1.23, 0.2)
_CHECKER_BIAS = 0.28
# Fitted on 45 and 25 questions of those sets and the development half of our own cases, with Qwen2.5-Coder-1.5B's beliefs; then, with what the
# checker adds, the bias was lowered until as many unanswerable questions of that half were refused as before.
_BELIEF_WEIGHTS = (0.76, 1.37)
_BELIEF_BIAS = -1.5

HOPELESS = 0.05
"""Below this probability that the hits answer, no language model is asked."""
UNSURE = 0.45
"""From this probability on, a model's draft is asked for; what it says must still be supported."""
ANSWERABLE = 0.7
"""From this probability on, the documents' own sentences answer where the model's draft does not hold. Higher than ``UNSURE``, for a draft that
fails its check speaks against the evidence: from 0.5 to 0.7 no right answer was lost on the development half of our cases and on 90 questions of
SQuAD 2.0, and of the unanswerable ones 94 % instead of 89 % and 62 % instead of 47 % were refused."""
ANSWERABLE_COVERED = 0.6
"""The same where the best sentence alone holds at least ``COVERED`` of the question's content words, weighted by rarity."""
COVERED = 0.8
ANSWERABLE_UNASSISTED = 0.5
"""The same where no model was asked."""

_TIME_WORDS = (
    MONTHS
    | WEEKDAYS
    | frozenset(
        """today yesterday tomorrow year years month months week weeks day days century decade spring summer autumn winter hour hours
    ago since until during overnight""".split()
    )
)
_NUMBER = re.compile(r"\d")
_QUANTITY_WORDS = frozenset(
    """two three four five six seven eight nine ten eleven twelve hundred hundreds thousand thousands million millions billion dozens
    half third quarter percent none no""".split()
)


_SHORTEST_FORM = 3
"""Letters that two forms of a name must have in common."""


_INTERROGATIVE = re.compile(r"\b(?:who|whom|whose|what|which|where|when|why|how)\b", re.IGNORECASE)


class AnswerType(StrEnum):
    """What kind of words would answer a question."""

    NAME = "name"
    TIME = "time"
    QUANTITY = "quantity"
    OTHER = "other"


_TYPE_CUES = (
    (
        AnswerType.QUANTITY,
        re.compile(
            r"\bhow (many|much|far|long|old|large|big|tall|high|deep|often|fast)\b|\bwhat (number|percentage|percent|share|amount|size|distance|price)\b|\b(number|percentage|amount) of\b",
            re.I,
        ),
    ),
    (
        AnswerType.TIME,
        re.compile(r"\bwhen\b|\b(what|which|in what|on what|on which) (year|day|date|month|century|decade|time|week)\b", re.I),
    ),
    (
        AnswerType.NAME,
        re.compile(
            r"\b(who|whom|whose|where)\b|\b(what|which) (country|countries|city|cities|person|company|organi[sz]ation|nation|state|region|place|general|king|president|minister|name|island|newspaper|agency|team|university)\b",
            re.I,
        ),
    ),
)


def answer_type(question: str) -> AnswerType:
    """The kind of answer that a question asks for, by its interrogative."""
    found = [(m.start(), t) for t, cue in _TYPE_CUES if (m := cue.search(question))]
    return min(found, key=lambda f: f[0])[1] if found else AnswerType.OTHER


def answers_type(kind: AnswerType, sentence: Sequence[Word], question_stems: Collection[str]) -> bool:
    """Whether a sentence holds words of the kind that is asked for, other than the question's own."""
    fresh = [w for w in sentence if w.stem not in question_stems]
    match kind:
        case AnswerType.QUANTITY:
            return any(_NUMBER.search(w.surface) or w.surface.lower() in _QUANTITY_WORDS for w in fresh)
        case AnswerType.TIME:
            return any(_NUMBER.search(w.surface) or w.surface.lower() in _TIME_WORDS for w in fresh)
        case AnswerType.NAME:
            first = sentence[0].start if sentence else 0
            return any(w.surface[0].isupper() and w.is_content and (w.start > first) for w in fresh)
        case AnswerType.OTHER:
            return any(w.is_content for w in fresh)


def adds_to(question: str, sentence: str) -> bool:
    """Whether a sentence says something of the kind that is asked for which the question does not say itself.

    A question that is not asked with who, what, when and the like may be answered in its own words.
    """
    if not _INTERROGATIVE.search(question):
        return True
    stems = frozenset(w.stem for w in words(question))
    kind = answer_type(question)
    said = words(sentence)
    if kind is AnswerType.NAME:  # The name may stand first, where any word has a capital.
        return any(w.is_content and w.surface[0].isupper() and w.stem not in stems for w in said)
    return answers_type(kind, said, stems)


Rarity = Callable[[str], float]
"""Inverse document frequency of a stem."""
Encode = Callable[[Sequence[str]], Sequence[TokenVectors]]
"""Texts to the embeddings of their tokens."""

SENTENCE_FEATURES = ("matched_words", "least_matched_word", "matched_tokens", "has_answer_type", "reciprocal_rank", "is_prose", "length")
ANSWERABLE_FEATURES = (
    "best",
    "second",
    "matched_words",
    "least_matched_word",
    "matched_tokens",
    "hit_similarity",
    "names_missing",
    "is_name",
    "is_time",
    "is_quantity",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit with what speaks for it."""

    span: Span
    text: str
    preceding: Span | None
    """The sentence before it in the same hit."""
    features: tuple[float, ...]
    """As ``SENTENCE_FEATURES`` names them."""
    coverage: float
    """Share of the question's content words, weighted by rarity, that it holds; 0..1."""
    score: float
    """Probability that it holds the answer, if any sentence does."""


def rank_candidates(question: str, hits: Sequence[Hit], encode: Encode, rarity: Rarity) -> list[Candidate]:
    """The sentences of the hits, the likeliest first; of sentences with the same words only the first is kept, of orders to the reader none."""
    question_words = words(question)
    question_stems = frozenset(w.stem for w in question_words)
    kind = answer_type(question)
    found: list[tuple[Span, Span | None, str, float, tuple[float, ...]]] = []
    seen: set[tuple[str, ...]] = set()
    for hit in hits:
        chunk = hit.chunk
        previous: Span | None = None
        for start, end in chunk.sentences:
            span = Span(chunk.document_id, chunk.start + start, chunk.start + end)
            text = chunk.text[start:end]
            if is_directive(text):
                continue
            here = words(text)
            fingerprint = tuple(w.stem for w in here)
            if fingerprint and fingerprint not in seen:
                seen.add(fingerprint)
                covered = coverage(question_words, set(fingerprint), rarity)
                others: tuple[float, ...] = (
                    float(answers_type(kind, here, question_stems)),
                    1 / hit.rank,
                    float(is_prose(text)),
                    min(len(here), 40) / 40,
                )
                found.append((span, previous, text, covered, others))
            previous = span
    if not found:
        return []
    asked, *said = encode([question, *(text for _, _, text, _, _ in found)])
    candidates: list[Candidate] = []
    for (span, previous, text, covered, others), match in zip(found, match_tokens(question_words, asked, said, rarity), strict=True):
        features = (match.words, match.least, match.tokens, *others)
        candidates.append(Candidate(span, text, previous, features, covered, logistic(features, _SENTENCE_WEIGHTS, _SENTENCE_BIAS)))
    return sorted(candidates, key=lambda c: (-c.score, c.span.document_id, c.span.start))


def answerable_features(question: str, candidates: Sequence[Candidate], hits: Sequence[Hit]) -> tuple[float, ...]:
    """What tells whether the hits hold the answer at all, as ``ANSWERABLE_FEATURES`` names it."""
    kind = answer_type(question)
    present = {w.stem for hit in hits for w in words(hit.chunk.text)}
    best = candidates[0]
    top = candidates[:5]
    return (
        best.score,
        candidates[1].score if len(candidates) > 1 else 0.0,
        max(c.features[0] for c in top),
        max(c.features[1] for c in top),
        max(c.features[2] for c in top),
        max((hit.similarity or 0.0) for hit in hits),
        min(len(names(question) - present), 2) / 2,
        float(kind is AnswerType.NAME),
        float(kind is AnswerType.TIME),
        float(kind is AnswerType.QUANTITY),
    )


def holds_names(question: str, text: str) -> bool:
    """Whether a text holds every name and number of the question: words about somebody else do not answer it.

    Another form of a name will do (``American``, ``America``), and so will its initials (``United Nations``, ``U.N.``).
    """
    present = {w.stem for w in words(text)} | initials(text).keys()
    spelled_out = {stem for acronym, stems in initials(question).items() if acronym in present for stem in stems}
    return all(
        any(name == p or (min(len(name), len(p)) >= _SHORTEST_FORM and (p.startswith(name) or name.startswith(p))) for p in present)
        for name in names(question) - spelled_out
    )


def answerable(question: str, candidates: Sequence[Candidate], hits: Sequence[Hit]) -> float:
    """Probability that the hits hold the answer; 0 without candidates."""
    if not candidates or not hits:
        return 0.0
    return answerable_probability(answerable_features(question, candidates, hits))


def answerable_probability(features: Sequence[float]) -> float:
    """Probability that the hits hold the answer, from features as ``ANSWERABLE_FEATURES`` names them."""
    return logistic(features, _ANSWERABLE_WEIGHTS, _ANSWERABLE_BIAS)


def answerable_from(candidates: Sequence[Candidate]) -> float:
    """The probability from which the documents' own sentences answer where the model's draft does not hold."""
    return ANSWERABLE_COVERED if candidates and candidates[0].coverage >= COVERED else ANSWERABLE


def refine(likely: float, answers: float) -> float:
    """The probability that the evidence answers, from ``answerable`` and the bundled checker's logit that it does."""
    return logistic((logit(likely), answers), _CHECKER_WEIGHTS, _CHECKER_BIAS)


def combine(likely: float, belief: float) -> float:
    """The probability that the evidence answers, from ``answerable`` or ``refine``, and the language model's own."""
    return logistic((logit(likely), logit(belief)), _BELIEF_WEIGHTS, _BELIEF_BIAS)


def select_evidence(candidates: Sequence[Candidate], text_at: Callable[[Span], str], limit: int, max_characters: int) -> list[Evidence]:
    """The best candidates in the order of their documents (best document first) and places, numbered from 1.

    A sentence that leaves open who or what it speaks of ("He stated …") brings the sentence before it along.
    """
    chosen: dict[Span, float] = {}
    size = 0
    for candidate in candidates:
        wanted = [candidate.span]
        if candidate.preceding and leans_on_context(candidate.text):
            wanted.insert(0, candidate.preceding)
        new = [s for s in wanted if s not in chosen]
        cost = sum(s.end - s.start for s in new)
        if len(chosen) + len(new) > limit or (chosen and size + cost > max_characters):
            continue
        size += cost
        for span in new:
            chosen[span] = candidate.score
    order = {d: i for i, d in enumerate(dict.fromkeys(s.document_id for s in chosen))}
    ordered = sorted(chosen, key=lambda s: (order[s.document_id], s.start))
    return [Evidence(n, span, text_at(span), chosen[span]) for n, span in enumerate(ordered, 1)]


def coverage(question: Sequence[Word], present: Collection[str], rarity: Rarity) -> float:
    """Share of the question's content words, weighted by rarity, that are among ``present`` stems; 0..1."""
    stems = {w.stem for w in question if w.is_content}
    total = sum(map(rarity, stems))
    return sum(rarity(s) for s in stems if s in present) / total if total else 0.0
