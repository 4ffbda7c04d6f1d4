"""Chooses the few sentences of the hits that may answer a question, and judges how likely they do."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rag.absences import denier, says_unknown
from rag.answer_types import (
    AnswerType,
    answer_type,
    answers_type,
    beside_the_point,
    holds_names,
    is_dated,
    may_answer,
    names_day_asked,
    rank_gain,
    says_of_subject,
    without_number,
)
from rag.appositions import ANTECEDENT_WITHIN, teller
from rag.context import LONGEST_LINE, PUBLISHED, SentenceInContext, sentences_in_context
from rag.corrections import notes_error
from rag.definitions import asked_term
from rag.headings import is_marked_heading
from rag.late_interaction import TokenVectors, cosine, match_tokens
from rag.logistic import logistic, logit, softmax
from rag.markup import code_lines, lines_before, without_markup
from rag.messages import SAYING, opens_message
from rag.sections import asked_label
from rag.sentences import is_prose
from rag.tables import has_cell
from rag.types import Evidence, Hit, Span
from rag.words import (
    YEAR,
    Word,
    may_be_name,
    names,
    words,
)

# Fitted by ``python -m eval bench answerable --fit``: sentences against the others that were found for the same question, on the questions written
# for the adapter (``eval/adapter``), SQuAD 2.0 but for two articles, CLAP NQ and the spans texts.
_SENTENCE_WEIGHTS = (1.08, -0.85, 0.71, 2.84, 1.51, 2.58, 1.47, 0.73, 1.93, 1.29, 0.28, 0.41)
_SENTENCE_BIAS = -10.16
# Fitted likewise, on CLAP NQ and the development halves of our own and the everyday cases, in each of which answerable and unanswerable questions count
# the same; the bias is .5 lower than fitted, so that in those halves fewer questions that have no answer get one. Eight features more (how well the words
# match, names that are missing, what is asked for) told no better.
_LIKELY_WEIGHTS = (1.0, 0.3)
_LIKELY_BIAS = 0.6
# Fitted on what the bundled model's adapter (``rag/adapters``) was not trained on: the development halves of our own and the everyday cases, and articles
# of SQuAD 2.0; in each kind answerable and unanswerable questions count the same. The best sentence's score tells nothing beside these. The biases are
# .6 higher than fitted: in the development halves no more is answered wrongly from there on, and less is refused.
_BELIEVED_WEIGHTS = (1.05, 0.25)
_BELIEVED_BIAS = 0.95
_CONFIRMED_WEIGHTS = (*_BELIEVED_WEIGHTS, 0.5)
_CONFIRMED_BIAS = 0.5
# Fitted likewise, on those that one of the sentences answers: which one does.
_PREFERRED_WEIGHTS = (0.7, 1.3)
_OF_ANOTHER = 3.0
"""What a quantity of another loses, where that of the one asked about is read."""
_OUTRIGHT = 3.0
"""What a sentence gains that says outright what is asked: more than any model doubts of it."""
_OF_ROW = 3.0
"""What a row of a table gains one of whose cells the question names."""
_OF_THE_PAST = 5.0
"""What one loses that tells of a year long past, in the news, where no time is asked for."""
_OF_OTHER_ARTICLE = 2.0
"""What one loses of another article than the question is about."""
_OF_DAY = 1.5
"""What one gains that names the weekday or month which the question does: "closed on Mondays" tells nothing of Thursdays."""
_UNKNOWN = 3.0
"""What one gains that says that what is asked is not known: another tells something else then."""
_OF_SUBJECT = 3.0
"""What one gains that says how something is of the very thing of which that is asked: "The harbour is closed." of "Is the harbour open?", not "The inn is open."."""
_HEADING = 1.0
"""What a marked heading loses: a sentence below it says it better."""
_TOLD = 0.8
"""Least probability that the question is answered then: of the eight such sentences in the paragraphs of SQuAD 2.0's questions seven do."""
_AMISS = 2.3
"""What a sentence that gives no quantity, or no time, where one is asked for loses: not all, for what is not counted may be the answer ("in proportion to their hours")."""
_WAS_AMISS = 5.0
"""What one loses that says only what an earlier version of its article had wrong."""
_LEAST = 1e-3
"""Probabilities nearer to 0 or 1 than this count as this."""
HOPELESS = 0.01
"""Below this probability that the hits answer, no language model is asked."""
UNSURE = 0.25
"""From this probability on, a model's draft is asked for."""
ANSWERABLE = 0.5
"""From this probability on a supported draft answers; without one, the documents' own words."""
FARTHEST = 3.0
"""Most by which the logit of a sentence's score may be less than that of the best one's: one farther behind is read for nothing."""
ENOUGH_CHARACTERS = 400
"""Up to here it is read all the same, unless it is code: a sentence or two by themselves do not tell a model what their document is about."""
MOST_EVIDENCE = 8
"""Sentences. Manuals and chats have short ones, and more of them are about the same."""
_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
FIRST_PERSON = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|us|[Oo]ur)\b")
Rarity = Callable[[str], float]
"""Inverse document frequency of a stem."""
Encode = Callable[[Sequence[str]], Sequence[TokenVectors]]
"""Texts to the embeddings of their tokens."""
SENTENCE_FEATURES = (
    "matched_words",
    "least_matched_word",
    "matched_tokens",
    "matched_words_around",
    "least_matched_word_around",
    "matched_tokens_around",
    "cosine",
    "has_answer_type",
    "hit_score",
    "hit_similarity",
    "is_prose",
    "length",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit with what speaks for it."""

    span: Span
    text: str
    """What its line opens with ("Day 6:"), and the sentence."""
    context: Span | None
    """As ``SentenceInContext`` has it."""
    features: tuple[float, ...]
    """As ``SENTENCE_FEATURES`` names them."""
    score: float
    """Probability that it holds the answer, if any sentence does."""
    title: str = ""
    """Of its document, or of its article in the document."""
    published: str | None = None
    """ISO date that its document, or its article in the document, states."""
    lead: Span | None = None
    """As ``SentenceInContext`` has it."""
    above: tuple[str, ...] = ()
    """As ``SentenceInContext`` has it."""
    is_outright: bool = False
    """Whether it says beside a name what is asked, or that there is none."""
    is_heading: bool = False
    section: str = ""
    """As ``SentenceInContext`` has it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a question is to be answered from."""

    candidates: Sequence[Candidate]
    """All sentences of the hits, the likeliest first."""
    chosen: Sequence[Evidence]
    """Those that may answer."""
    likeliest: Sequence[Evidence]
    """The few of these that a language model reads first, with numbers of their own; it reads the others if it is in doubt."""
    likely: float
    """Probability, in 0..1, that they answer, before a language model is asked."""
    answers: float
    """The bundled checker's logit that they do; 0 without it."""

    @property
    def told(self) -> float:
        """The least probability that they answer, whatever a model finds; 0 but where one says it outright."""
        return _told(self.candidates)

    @property
    def likeliest_first(self) -> Sequence[Evidence]:
        """All that may answer, the others behind the likeliest, whose numbers they go on from."""
        others = [e for e in self.chosen if all(e.span != first.span for first in self.likeliest)]
        return [*self.likeliest, *(replace(e, number=n) for n, e in enumerate(others, len(self.likeliest) + 1))]


def rank_candidates(question: str, hits: Sequence[Hit], text_at: Callable[[Span], str], encode: Encode, rarity: Rarity) -> list[Candidate]:
    """The sentences of the hits, the likeliest first; of sentences with the same words only the first is kept; none of orders to the reader, and of
    those that answer another question.

    A question in a text says nothing: it counts as part of the sentence after it, which answers it. A sentence is matched by itself, and again with
    what stands around it, for a text does not say in each sentence what it is about.
    """
    question_words = words(question)
    question_stems = frozenset(w.stem for w in question_words)
    kind = answer_type(question)
    term, label = asked_term(question), asked_label(question)
    asks_who, tells_beside_name, says_none = bool(_WHO.search(question)), teller(question), denier(question)
    of_rank, is_beside = rank_gain(question), beside_the_point(question)

    def tells(lead: str, text: str) -> bool:
        """Whether what a line or a message opens with tells of a sentence what is asked: that of a message is no time of what has one of its own, but
        who "I" is."""
        here, own = {w.stem for w in words(text)}, words(lead)
        names_asked = any(w.is_content and w.stem in question_stems - here and w.surface not in SAYING for w in own)
        has_own = any(YEAR.fullmatch(w.surface) for w in words(text)) or (
            opens_message(f"{lead} {text}") and answers_type(kind, words(text), question_stems)
        )
        gives_time = kind is AnswerType.TIME and answers_type(kind, own, question_stems) and not has_own
        gives_speaker = asks_who and bool(FIRST_PERSON.search(text))
        return names_asked or gives_time or gives_speaker

    def dates(above: str, text: str) -> bool:
        """Whether what stands above a sentence gives a date where a time is asked for, and the sentence gives none; but for when it was published."""
        return kind is AnswerType.TIME and not PUBLISHED.match(above) and is_dated(words(above)) and not is_dated(words(text))

    found: list[tuple[Hit, SentenceInContext, list[Word]]] = []
    seen: set[tuple[str, ...]] = set()
    for hit in hits:
        for reading in sentences_in_context(hit.chunk, text_at, tells, dates, term, label):
            here = words(reading.text)
            fingerprint = tuple(w.stem for w in here)
            if fingerprint and fingerprint not in seen and not is_beside(reading.text):
                seen.add(fingerprint)
                found.append((hit, reading, here))
    if not found:
        return []
    texts = list(dict.fromkeys([question, *(t for _, r, _ in found for t in (r.whole, *r.around))]))
    tokens = dict(zip(texts, encode(texts), strict=True))
    said = [tokens[r.whole] for _, r, _ in found]
    alone = match_tokens(question_words, tokens[question], said, rarity)
    together = match_tokens(question_words, tokens[question], said, rarity, [[tokens[t] for t in r.around] for _, r, _ in found])
    candidates: list[Candidate] = []
    for (hit, reading, here), match, wider in zip(found, alone, together, strict=True):
        features = (
            match.words,
            match.least,
            match.tokens,
            wider.words,
            wider.least,
            wider.tokens,
            cosine(tokens[question], tokens[reading.whole]),
            float(answers_type(kind, without_number(reading.text, here, kind), question_stems)),
            hit.score,
            hit.similarity or 0.0,
            float(is_prose(reading.text)),
            min(len(here), 40) / 40,
        )
        is_outright = bool(says_none and says_none(reading.text, " ".join((reading.title, *reading.around))))
        if tells_beside_name:
            start = reading.span.start
            before = text_at(replace(reading.span, start=max(0, start - ANTECEDENT_WITHIN), end=start))
            is_outright = is_outright or tells_beside_name(reading.text, before)
        bonus = reading.bonus + _OUTRIGHT * is_outright + of_rank(reading.text) - _WAS_AMISS * notes_error(reading.text)
        candidates.append(
            Candidate(
                reading.span,
                reading.text,
                reading.context,
                features,
                logistic(features, _SENTENCE_WEIGHTS, _SENTENCE_BIAS + bonus),
                reading.title,
                hit.chunk.published,
                reading.lead,
                reading.above,
                is_outright,
                reading.is_heading,
                reading.section,
            )
        )
    return sorted(candidates, key=lambda c: (-c.score, c.span.document_id, c.span.start))


def with_others_behind(
    candidates: Sequence[Candidate], is_about: Callable[[Span], bool] | None, is_past: Callable[[Candidate], bool] | None
) -> list[Candidate]:
    """The candidates, those of another article than the question is about, or of a year long past, less likely than they are by themselves.

    Args:
        is_about: whether a place is of that article; None if it may be any.
        is_past: whether a candidate tells of another year than it is about; None if that may be any.
    """

    def loss(c: Candidate) -> float:
        is_of_other = is_about is not None and not is_about(c.span)
        return _OF_OTHER_ARTICLE * is_of_other + _OF_THE_PAST * (is_past is not None and is_past(c))

    return sorted((replace(c, score=logistic((), (), logit(c.score) - loss(c))) for c in candidates), key=lambda c: -c.score)


def likelihood(candidates: Sequence[Candidate], answers: float) -> float:
    """Probability that the sentences that were found hold the answer, before a language model is asked; 0 without any.

    Args:
        candidates: the likeliest first.
        answers: the bundled checker's logit that they answer; 0 without it.
    """
    likely = logistic((logit(candidates[0].score), answers), _LIKELY_WEIGHTS, _LIKELY_BIAS) if candidates else 0.0
    return max(likely, _told(candidates))


def _told(candidates: Sequence[Candidate]) -> float:
    return _TOLD if any(c.is_outright for c in candidates) else 0.0


def read_twice(belief: float, alone: float) -> float:
    """A language model's probability that the evidence answers, from that after all of it and that after the likeliest sentence alone: the mean of their logits.

    In the development halves it refuses 4 answerable questions of 130 where the first alone refuses 6, and answers no more that have no answer.
    """
    return logistic((logit(belief, _LEAST), logit(alone, _LEAST)), (0.5, 0.5), 0.0)


def believed(answers: float, belief: float) -> float:
    """The probability that the evidence answers once a language model has been asked.

    Args:
        answers: the bundled checker's logit that the evidence answers; 0 without it.
        belief: the language model's probability that it does.
    """
    return logistic((logit(belief, _LEAST), answers), _BELIEVED_WEIGHTS, _BELIEVED_BIAS)


def confirmed(answers: float, belief: float, confirmation: float) -> float:
    """The same once the model has read its draft again; ``confirmation``: the probability that it gives to it."""
    return logistic((logit(belief, _LEAST), answers, logit(confirmation, _LEAST)), _CONFIRMED_WEIGHTS, _CONFIRMED_BIAS)


def preferred(question: str, candidates: Sequence[Candidate], evidence: Sequence[Evidence], shares: Mapping[int, float]) -> list[Candidate]:
    """The candidates that a language model has read as evidence, the likeliest first: scored by the probability that it gives to each by its number,
    by what they were ranked by before, and by whether they give what is asked for."""
    numbers = {e.span: e.number for e in evidence}
    read = [c for c in candidates if c.span in numbers]
    stems = {w.stem for w in words(question)}
    of_rank, of_subject = rank_gain(question), says_of_subject(question)
    by_model, by_rank = _PREFERRED_WEIGHTS
    is_of_another = _counts_of_another(question, read, {e.span: e.text for e in evidence})
    sums = [
        by_model * math.log(max(shares[numbers[c.span]], _LEAST))
        + by_rank * logit(c.score)
        + _OUTRIGHT * c.is_outright
        + _OF_ROW * has_cell(c.text, stems)
        + _OF_DAY * names_day_asked(question, c.text)
        + of_rank(c.text)
        + _OF_SUBJECT * of_subject(c.text)
        - _OF_ANOTHER * is_of_another(c)
        + _UNKNOWN * says_unknown(question, c.text)
        - _HEADING * is_marked_heading(c.text)
        - _AMISS * (not may_answer(question, c.text))
        for c in read
    ]
    return sorted((replace(c, score=p) for c, p in zip(read, softmax(sums), strict=True)), key=lambda c: -c.score)


def _counts_of_another(question: str, read: Sequence[Candidate], texts: Mapping[Span, str]) -> Callable[[Candidate], bool]:
    """Whether a sentence lacks a name of a question for a quantity, has one of its own, and another that is read lacks none: "The Serum Works makes 60 million."
    of "How many does Nordvax make?".

    Args:
        texts: of what is read, by where it stands.
    """
    if answer_type(question) is not AnswerType.QUANTITY or not names(question):
        return lambda _: False

    def holds_all(c: Candidate) -> bool:
        before = texts.get(c.context, "") if c.context else ""
        return holds_names(question, " ".join((c.title, *c.above, before, c.text)))

    named = {c.span for c in read if holds_all(c)}
    return lambda c: bool(named) and c.span not in named and any(map(may_be_name, words(c.text)[1:]))


def in_context(candidate: Candidate, text_at: Callable[[Span], str]) -> str:
    """A candidate's sentence after its title and what it cannot be understood without, for a model that sees nothing else of the document."""
    title = re.sub(r"(\w)$", r"\1.", candidate.title)
    context = text_at(candidate.context) if candidate.context else ""
    return " ".join(filter(None, (title, context, candidate.text)))


def select_evidence(candidates: Sequence[Candidate], text_at: Callable[[Span], str], max_characters: int) -> list[Evidence]:
    """The best candidates in the order of their documents (best document first) and places, numbered from 1; at most ``MOST_EVIDENCE``.

    A sentence brings along what it cannot be understood without: the one before it ("He stated …"), the question that it answers, its list's heading.

    Args:
        max_characters: of all together; the best one is chosen however long it is.
    """
    code = cache(lambda document_id: code_lines(text_at(Span(document_id, 0, sys.maxsize))))

    def is_code(place: Span) -> bool:
        return next(lines_before(place, text_at, LONGEST_LINE))[0] in code(place.document_id)

    chosen: dict[Span, Candidate] = {}
    size = 0
    for candidate in candidates:
        is_behind = logit(candidates[0].score) - logit(candidate.score) > FARTHEST
        if is_behind and size >= ENOUGH_CHARACTERS:
            break
        if is_behind and is_code(candidate.span):
            continue
        if without_markup(candidate.text) == candidate.title and any(s.document_id == candidate.span.document_id for s in chosen):
            continue  # A title stands above its sentences anyway.
        new = [s for s in (candidate.context, candidate.span) if s and s not in chosen]
        cost = sum(s.end - s.start for s in new)
        if chosen and (len(chosen) + len(new) > MOST_EVIDENCE or size + cost > max_characters):
            continue
        size += cost
        chosen |= dict.fromkeys(new, candidate)
    order = {d: i for i, d in enumerate(dict.fromkeys(s.document_id for s in chosen))}
    ordered = sorted(chosen, key=lambda s: (order[s.document_id], s.start))
    headings = {c.span for c in candidates if c.is_heading}
    return [
        Evidence(n, span, c.text, c.score, c.title, c.published, c.context, c.lead, c.is_heading, c.section)
        if span == c.span
        else Evidence(n, span, text_at(span), c.score, c.title, c.published, is_heading=span in headings, section=c.section)
        for n, (span, c) in enumerate(((s, chosen[s]) for s in ordered), 1)
    ]
