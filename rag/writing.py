"""Writes an answer from evidence: the language model's sentences that hold, or else the documents' own, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from rag import evidence as ev
from rag.answer_types import (
    AnswerType,
    adds_to,
    answer_given,
    answer_type,
    counts_what_is_asked,
    holds_names,
    may_answer,
    may_tell_who,
    names_day_asked,
    says_more,
)
from rag.answering import (
    SAID,
    AnswerBuilder,
    differing,
    holds_all,
    in_other_lists,
    only_asks,
    pointed_at,
    shorten,
    support,
    verbatim,
    with_contexts,
)
from rag.appositions import OPENING_OF_LIFE, life_told
from rag.context import RUN_IN
from rag.corrections import amends, changes, corrects, holds_now, leaves, said_of_it_next
from rag.directives import is_directive
from rag.drafting import DraftSentence, Reading, confirm, draft_answer, gate
from rag.errors import ConfigError, LLMError, WeightsError
from rag.grounding import Entails, denies, hidden_doubt
from rag.headings import heading_above, names_section
from rag.lists import ANNOUNCES, ENDINGS, counts, first_below, introduced, list_around, rest_of_paragraph
from rag.llm import LanguageModel, Usage
from rag.logistic import logit, softmax
from rag.markup import ITEM, without_markup
from rag.notes import notes_of
from rag.openings import Openings
from rag.questions import asks_for_extreme, asks_for_several, asks_whether, may_have_several_answers
from rag.sections import asked_label
from rag.sentences import SentenceSpan, is_prose, is_question, sentence_before
from rag.tables import named_row
from rag.types import Answer, Citation, Document, Evidence, Hit, Sentence, Span, Timings, Verdict
from rag.words import content_stems, goes_on_from, has_he_or_she, leans_on_context, leaves_open_who, opens_with_pronoun, words

EXTRACTIVE = "extractive"
NEVER = 2.0
"""A probability that nothing reaches."""
SURE = 0.6
"""From this probability on that the evidence answers, it is not asked again: that takes a second, and what it doubted there was right."""
UNLIKELY = 0.05
"""Below this probability that the likeliest sentences answer, the others did not either."""
CERTAIN = 0.7
"""From this probability on that the evidence answers, a sentence of it may be said without a draft, and to a question of yes or no one that names what the
question names in other words."""
PREFERRED = 0.5
"""From this probability on that it is this sentence, if any, that answers, it is said in the place of a draft that does not rest on it."""
EVIDENT = 0.9
"""From this probability on that it is this sentence, if any, that answers, it is said without a draft, if it is short and understood by itself."""
SHORT_WORDS = 25
RATHER_BOTH = 0.1
"""From this probability on that it is a sentence that leans on the likeliest one, that one is said with it."""
STOOD_BY = 0.65
"""Least probability that the model must give to its own sentence when it reads it again."""
ASKED_SINGLY = 3
"""Sentences of which the model is asked by itself whether each answers, where it is not evident which does."""
DOUBTED = 0.05
"""Below this probability that it is this sentence, it is not asked of it."""
FAR_BETTER = 0.7
"""How much greater the logit of what the model gives to a draft that nothing supports must be than that of the likeliest sentence, for what the draft points at to be
said in its place."""
BESIDE_IT = 0.01
"""Below this probability that it is this sentence, if any, that answers, what is drafted from it after another is left out."""
MOST_ITEMS = 15
"""Of a list, or lines of code."""
MOST_CORRECTIONS = 2
"""Of what an answer cites."""
MOST_ALIKE = 4
"""Items or rows that are said for what they have in common."""
_NUMBER = re.compile(r"\d{1,3}[.)] ")
"""Of an item."""
_YES_OR_NO = re.compile(r"(?:[\n?]\s*|^)(?:[A-Z][\w.'’ -]{0,30}:\s+)?(?P<said>(?:Yes|No)\b[^.!?\n]{0,30}[.!])\s+$")
_LONGEST_YES_OR_NO = 50
"""Characters that are looked through."""
NOT_STATED = "The documents do not say."


@dataclass(frozen=True, slots=True)
class _Backed:
    """A drafted sentence with what backs it."""

    text: str
    evidence: Sequence[Evidence]
    verdict: Verdict | None = None
    """None where the words of the evidence are to be said in its place."""


@dataclass(slots=True)
class _Asked:
    """A question in hand."""

    question: str
    likely: float
    """That it is answered."""
    candidates: Sequence[ev.Candidate]
    """The likeliest first, as far as is known."""
    is_read: bool = False
    """Whether a language model has told whether the evidence answers."""
    models_choice: int | None = None
    """The number of the evidence that the language model finds likeliest by itself; None where it does not tell."""
    is_said: bool = False
    """Whether the answer to a question before says it."""
    takes: dict[Span, float] = field(default_factory=dict)
    """The language model's probabilities that sentences, each by itself, answer."""
    cited: set[Span] = field(default_factory=set)
    """By drafts that stray from it, but only in the question's words."""
    given: frozenset[str] = frozenset()
    """What drafts that nothing supports, but the model stands by, give for an answer (stems)."""


class Writer:
    """One answer in the making."""

    def __init__(self, document: Callable[[str], Document], entails: Entails | None = None, usage: Usage | None = None) -> None:
        """Nothing is written yet.

        Args:
            entails: a model of entailment that drafted sentences must also pass.
            usage: the tokens that the question has cost so far.
        """
        self._document = document
        self._entails = entails
        self._builder = AnswerBuilder(document)
        self._engine = EXTRACTIVE
        self._usage = usage or Usage()
        self._failure: str | None = None
        self._likelihoods: list[float] = []  # Of each question so far.
        self._unanswered: list[str] = []  # Questions.
        self._left_out = 0  # Titles or items.

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Of the sentences so far."""
        return tuple(self._builder.citations)

    def write(
        self, question: str, found: ev.Gathered, language_model: Callable[[], LanguageModel | None], max_tokens: int
    ) -> Iterator[Sentence]:
        """The sentences: the model's that are supported, else the documents' own if the evidence is strong, else none; then what differs from them.

        Of several questions in one each is written by itself.
        """
        verbatim_from, before, cited_before = ev.ANSWERABLE, len(self._builder.sentences), len(self.citations)
        asked = _Asked(question, found.likely, found.candidates)
        if found.chosen and asked.likely >= ev.HOPELESS and not self._failure:
            try:
                model = language_model()
                if model is not None:
                    verbatim_from = yield from self._draft(model, asked, found, max_tokens)
            except (LLMError, WeightsError, ConfigError) as error:
                self._failure = str(error)
        if len(self._builder.sentences) == before and asked.likely >= verbatim_from and asked.candidates:
            yield from self._quote_list(asked.candidates[0].span.document_id, *self._listed(asked))
        if len(self._builder.sentences) == before and asked.likely >= verbatim_from:
            likeliest = asked.candidates
            is_evident = asked.is_read and likeliest[0].score >= EVIDENT
            if asked.cited and not is_evident:
                cited = [c for c in likeliest if c.span in asked.cited and may_answer(question, c.text)]
                likeliest = cited or [c for c in likeliest if asked.is_read and c.score >= PREFERRED]
            if not is_evident:
                likeliest = [c for c in likeliest if asked.given <= {w.stem for w in words(c.text)}] or likeliest
            # "Did Bergen …?" is not to be told of another.
            by_names = not asked.is_read or (asks_whether(question) and asked.likely < CERTAIN)
            quoted = verbatim(question, found.chosen, likeliest, self._document, by_names=by_names)
            if only_asks(quoted) or (not asks_whether(question) and all(self._says_nothing(e, question) for e in quoted)):
                quoted = []
            if quoted and not asked.is_read:
                self._engine = EXTRACTIVE
            yield from self._quote_all(asked, quoted)
            asked.is_said = asked.is_said or bool(quoted)
        self._likelihoods.append(asked.likely)
        if not asked.is_said and len(self._builder.sentences) == before:
            self._unanswered.append(question)
        for candidate in in_other_lists(self.citations[cited_before:], question, found.candidates):
            if not self._builder.cites(candidate.span):
                if candidate.context:
                    yield from self._say_heading(candidate.context)
                yield self.quote(candidate.text, candidate.span)
        corrections = self._corrections(question, found.candidates, self.citations[cited_before:])
        for candidate in [*differing(self._builder, question, found.candidates), *corrections]:
            if self._builder.holds(without_markup(candidate.text)):
                continue
            if opens_with_pronoun(candidate.text):
                yield from self._quote_before(candidate.span)
            yield self.quote(candidate.text, candidate.span)
        yield from self._quote_notes(self.citations[cited_before:])

    def quote(self, text: str, span: Span) -> Sentence:
        """Adds a document's own words."""
        return self._say_verbatim(without_markup(text), [span])

    def quote_openings(self, openings: Openings) -> Iterator[Sentence]:
        """Adds what sections or articles open with; as a list, where it is but one sentence each."""
        self._left_out = openings.left_out
        chunks = [hit.chunk for hit in openings.hits]
        is_list = len(chunks) + self._left_out > 1 and all(len(c.sentences) == 1 for c in chunks)
        for chunk in chunks:
            for n, (start, end) in enumerate(chunk.sentences, 1):
                text = chunk.text[start:end]
                if is_directive(text):
                    continue
                said = without_markup(text)
                leads = n < len(chunk.sentences) and (n == 1 or (names_section(text) and not is_prose(text)))
                said = said.removesuffix(":") if is_list else _with_colon(said) if leads else said
                is_item = is_list or (not leads and n > 1 and bool(ITEM.match(text)))
                yield self._say_verbatim(said, [Span(chunk.document_id, chunk.start + start, chunk.start + end)], is_item=is_item)

    def answer(self, question: str, standalone: str, hits: Sequence[Hit], timings: Timings) -> Answer:
        """What has been written."""
        return Answer(
            question=question,
            standalone_question=standalone,
            text=self._builder.text or NOT_STATED,
            sentences=tuple(self._builder.sentences),
            citations=self.citations,
            hits=tuple(hits),
            abstained=not self._builder.sentences,
            reason=self._reason(),
            confidence=max(self._likelihoods, default=float(bool(self._builder.sentences))),
            model=self._engine,
            timings=timings,
            usage=self._usage.tokens,
        )

    def _draft(self, model: LanguageModel, asked: _Asked, found: ev.Gathered, max_tokens: int) -> Generator[Sentence, None, float]:
        """The model's sentences that are supported; returns from which probability on the documents' own may take their place."""
        self._engine = model.name
        question = asked.question
        reading, chosen = self._read(model, asked, found)
        belief = reading.answered if reading else None
        whether = asks_whether(question)
        if reading:
            candidates = ev.preferred(question, found.candidates, chosen, reading.shares)
            if UNLIKELY <= asked.likely < SURE and not asks_for_several(question):
                belief = self._belief_alone(model, question, candidates[0], chosen, reading.answered)
                asked.likely = max(found.told, ev.believed(found.answers, belief))
            if asked.likely < ev.UNSURE:
                return NEVER
            asked.candidates, asked.is_read = candidates, True
            asked.models_choice = max(reading.shares, key=reading.shares.__getitem__)
            if asked.candidates[0].score < EVIDENT and not whether and not asks_for_several(question):
                asked.candidates = self._asked_singly(model, asked, chosen)
            asked.candidates = _with_what_leans_on(question, asked.candidates)
            # Whatever it would write, the words that tell are said: it has chosen them.
            if whether or self._says_it_shortly(asked) or self._lists_it(asked):
                return ev.ANSWERABLE
        likely: list[float] = []
        before = len(self._builder.sentences)
        for sentence in draft_answer(model, question, chosen, self._usage, max_tokens):
            backed = self._settled(sentence, question, chosen) if whether else self._supported(model, sentence, asked, chosen)
            text = backed.text if backed else sentence.text
            spans = [span for e in backed.evidence for span in e.spans] if backed else []
            is_said = len(self._builder.sentences) > before
            if is_said and reading and sentence.numbers and all(reading.shares[n] < BESIDE_IT for n in sentence.numbers):
                continue  # It is of what was read beside the answer.
            if self._builder.holds(text) or (backed and self._builder.says(text, spans, question)):
                asked.is_said = True
                continue
            if (best := self._preferred(asked, chosen)) and _only_announces(sentence, chosen) and best.number not in sentence.numbers:
                likely.append(asked.likely)  # The best one is said in its place.
                continue
            again = None
            if belief is not None and not (backed and asked.likely >= SURE):
                again = confirm(model, question, chosen, text, self._usage)
            likely.append(asked.likely if belief is None or again is None else ev.confirmed(found.answers, belief, again))
            if backed and (again is None or (likely[-1] >= ev.ANSWERABLE and again >= STOOD_BY)):
                yield from self._say(asked, backed)
            elif not backed:
                pointed = pointed_at(question, sentence, chosen)
                if asks_for_several(question) and likely[-1] >= ev.ANSWERABLE:  # What was said before is not the whole answer.
                    yield from self._quote_all(asked, pointed)
                if again is not None and logit(again) - logit(self._takes(model, asked, asked.candidates[0], chosen)) < FAR_BETTER:
                    continue  # What it points at is no better than the likeliest sentence.
                asked.cited |= {e.span for e in pointed}
                if again is not None and again >= STOOD_BY:
                    asked.given |= answer_given(question, text)
        preferred = self._preferred(asked, chosen) if asks_for_several(question) and len(self._builder.sentences) > before else None
        if preferred and not self._builder.cites(preferred.span):  # What was drafted left out what answers.
            yield from self._quote_all(asked, with_contexts([preferred], chosen))
        asked.likely = max(found.told, max(likely, default=asked.likely))
        return ev.ANSWERABLE if likely else NEVER

    def _asked_singly(self, model: LanguageModel, asked: _Asked, chosen: Sequence[Evidence]) -> list[ev.Candidate]:
        """The candidates, the likeliest of them also scored by whether the model, asked of each by itself, finds that it answers."""
        first = [c for c in asked.candidates[:ASKED_SINGLY] if c.score >= DOUBTED]
        if len(first) == 1:
            return list(asked.candidates)
        total = sum(c.score for c in first)
        sums = [math.log(c.score) + logit(self._takes(model, asked, c, chosen)) for c in first]
        scored = (replace(c, score=p * total) for c, p in zip(first, softmax(sums), strict=True))
        return [*sorted(scored, key=lambda c: -c.score), *asked.candidates[len(first) :]]

    def _takes(self, model: LanguageModel, asked: _Asked, candidate: ev.Candidate, chosen: Sequence[Evidence]) -> float:
        """The model's probability that a sentence, by itself, answers; .5 where it does not tell."""
        if candidate.span not in asked.takes:
            again = confirm(model, asked.question, chosen, without_markup(candidate.text), self._usage)
            asked.takes[candidate.span] = 0.5 if again is None else again
        return asked.takes[candidate.span]

    def _says_it_shortly(self, asked: _Asked) -> bool:
        """Whether the model is sure that the question is answered, by one sentence that is as short as what it would write itself."""
        best = asked.candidates[0]
        stands_alone = best.context is None and is_prose(best.text) and not is_question(best.text)
        is_evident = asked.likely >= CERTAIN and best.score >= EVIDENT and not asks_for_several(asked.question)
        return is_evident and stands_alone and len(best.text.split()) <= SHORT_WORDS

    def _lists_it(self, asked: _Asked) -> bool:
        """Whether several things are asked for, and what answers introduces them, so that the text lists them all."""
        best = asked.candidates[0]
        likely = asked.likely >= CERTAIN and best.score >= PREFERRED and may_have_several_answers(asked.question)
        begins = likely and (
            self._introduced(best.span) or (_only_counts(best.text, asked.question) and self._rest_of_paragraph(best.span))
        )
        return bool(self._listed(asked)[1] or begins)

    def _listed(self, asked: _Asked) -> tuple[SentenceSpan | None, list[SentenceSpan]]:
        """The items of a list, or rows of a table, that answer together, and what introduces them; none if one answers by itself.

        All do if what answers adds nothing that the question names to what stands above the list, else those that add the same.
        """
        best, question = asked.candidates[0], asked.question
        if asked.likely < ev.ANSWERABLE or asks_whether(question):
            return None, []
        text = self._document(best.span.document_id).text
        item = text[best.span.start : best.span.end]
        introduction, items = list_around(text, best.span.start)
        if not items:
            return None, []
        columns = {*content_stems(text[best.lead.start : best.lead.end])} if best.lead else set()
        named = {*content_stems(question)}
        above = {stem for words in best.above for stem in content_stems(words)} | columns
        added = (named - above) & {*content_stems(item)}
        if added:
            held = named & {*content_stems(item)}
            items = [i for i in items if held <= {*content_stems(text[i.start : i.end])}]
            is_whole = any(best.span.start <= _start_of_words(text, i) and i.end <= best.span.end for i in items)  # No sentence of several.
            answers = is_whole and (asks_for_several(question) or not named & columns) and len(items) <= MOST_ALIKE
        else:
            answers = bool(named & above) and (may_have_several_answers(question) or asks_for_extreme(question))
        return (introduction, items) if answers and len(items) > 1 else (None, [])

    def _quote_list(self, document_id: str, introduction: SentenceSpan | None, items: Sequence[SentenceSpan]) -> Iterator[Sentence]:
        if introduction:
            yield from self._say_heading(Span(document_id, introduction.start, introduction.end))
        yield from self._quote_items(document_id, items)

    def _read(self, model: LanguageModel, asked: _Asked, found: ev.Gathered) -> tuple[Reading | None, Sequence[Evidence]]:
        """What the model finds in the likeliest sentences or, where these leave it in doubt, in all that may answer; and which of the two it has read.

        None, and all, if it does not tell.
        """
        for evidence in (found.likeliest, found.likeliest_first):  # In this order: llama.cpp does not read again what it has just read.
            reading = gate(model, asked.question, evidence, self._usage)
            if reading is None:
                break
            asked.likely = max(found.told, ev.believed(found.answers, reading.answered))
            if len(evidence) == len(found.chosen) or not UNLIKELY <= asked.likely < SURE:
                return reading, evidence
        return None, found.chosen

    def _belief_alone(self, model: LanguageModel, question: str, best: ev.Candidate, chosen: Sequence[Evidence], belief: float) -> float:
        """The model's probability that the evidence answers, once it has read the likeliest sentence also without the others, which distract a small model; but where
        that lacks a name of the question: alone, nothing tells that it is of another."""
        alone = [replace(e, number=n) for n, e in enumerate((e for e in chosen if e.span in (best.context, best.span)), 1)]
        if not holds_names(question, " ".join((best.title, *best.above, *(e.text for e in alone)))):
            return belief
        again = gate(model, question, alone, self._usage)
        return belief if again is None else ev.read_twice(belief, again.answered)

    def _supported(self, model: LanguageModel, sentence: DraftSentence, asked: _Asked, chosen: Sequence[Evidence]) -> _Backed | None:
        """The drafted sentence, or the longest beginning of it that is supported and answers; None if there is none.

        One that rests neither on the sentence that answers nor on the model's own choice, or not on what says outright what is asked, gives way to the former, if no
        more than one is asked for; or to what it rests on, where it keeps to the words of that, and that ranked higher before the model chose or the model, asked
        again, takes the draft rather than the former for an answer.
        """
        whole = [] if sentence.is_given_up else [sentence.text]
        preferred = None if asks_for_several(asked.question) else self._preferred(asked, chosen)
        for text in whole + shorten(sentence.text):
            verdict, cited = support(replace(sentence, text=text), chosen, self._entails)
            adds = adds_to(asked.question, text)
            if verdict.supported and (adds or may_tell_who(asked.question, text)):
                drops = _drops_what_is_asked(asked.question, text, cited)
                is_choice = any(e.number == asked.models_choice and says_more(asked.question, e.text) for e in cited)
                is_choice = is_choice and not asked.candidates[0].is_outright
                if preferred and preferred not in cited and not is_choice:
                    counts = counts_what_is_asked(asked.question, text) and not counts_what_is_asked(asked.question, preferred.text)
                    is_of_day = names_day_asked(asked.question, text) or not names_day_asked(asked.question, preferred.text)
                    keeps = (
                        verdict.score >= SAID
                        and is_of_day
                        and not drops
                        and (
                            counts
                            or max(e.score for e in cited) > preferred.score
                            or self._is_rather(model, asked.question, text, preferred.text, chosen)
                        )
                    )
                    if not keeps and self._builder.cites(preferred.span):
                        return None
                    return _Backed(text, with_contexts(cited if keeps else [preferred], chosen))
                in_doubt = hidden_doubt(text, [e.text for e in cited]) or any(self._said_of_it_next(e, asked.question) for e in cited)
                leans = goes_on_from(text) and any(e.context for e in cited)
                is_part = any(_says_what_its_section_is_of(e, asked.question) for e in cited)
                is_whole = not (ANNOUNCES.search(text) or in_doubt or leans or is_part or _denied_above(text, cited, chosen))
                said = (
                    verdict.score >= SAID
                    and adds
                    and is_whole
                    and not drops
                    and holds_all(text, cited)
                    and not ev.FIRST_PERSON.search(text)
                )
                return _Backed(text, cited, verdict) if said else _Backed(text, with_contexts(cited, chosen))
        return None

    def _is_rather(self, model: LanguageModel, question: str, text: str, other: str, chosen: Sequence[Evidence]) -> bool:
        """Whether the model finds that one text answers rather than another."""
        one, two = (confirm(model, question, chosen, t, self._usage) for t in (text, other))
        return one is not None and two is not None and one > two

    def _preferred(self, asked: _Asked, chosen: Sequence[Evidence]) -> Evidence | None:
        """The sentence that answers, as far as a language model that has read the evidence is sure which does; None if it is not, or if that asks."""
        best = asked.candidates[0]
        if not asked.is_read or best.score < PREFERRED or is_question(best.text) or self._says_nothing(best, asked.question):
            return None
        return next(e for e in chosen if e.span == best.span)

    def _says_nothing(self, said: Evidence | ev.Candidate, question: str) -> bool:
        """Whether some words only say again what is asked about, as a heading may ("Error codes"), and nothing below them answers."""
        return _only_names(said, question) and not (
            (may_have_several_answers(question) and self._introduced(said.span)) or self._first_below(said.span, question)
        )

    def _first_below(self, span: Span, question: str) -> list[SentenceSpan]:
        """The first sentences below a heading, where no time and no quantity is asked for, which they need not tell."""
        return first_below(self._document(span.document_id).text, span.end) if may_answer(question, "") else []

    def _rest_of_paragraph(self, span: Span) -> list[SentenceSpan]:
        return rest_of_paragraph(self._document(span.document_id).text, span.end)

    def _said_of_it_next(self, said: Evidence, question: str) -> list[SentenceSpan]:
        return said_of_it_next(self._document(said.span.document_id).text, said.span.start, said.span.end, question)

    def _introduced(self, span: Span, *, by_headings: bool = True) -> list[SentenceSpan]:
        return introduced(self._document(span.document_id).text, span.start, span.end, by_headings=by_headings)

    def _settled(self, sentence: DraftSentence, question: str, chosen: Sequence[Evidence]) -> _Backed | None:
        """What a draft rests on that answers a question of yes or no: a model says yes to most of them, but cites the words that tell."""
        verdict, cited = support(sentence, chosen, self._entails)
        settling = with_contexts(cited, chosen) if verdict.supported else pointed_at(question, sentence, chosen)
        return None if only_asks(settling) else _Backed(sentence.text, settling)

    def _say(self, asked: _Asked, backed: _Backed) -> Iterator[Sentence]:
        if backed.verdict:
            if heading := self._section_asked_for(asked, backed.evidence[0].span):
                yield from self._say_heading(heading)
            yield self._builder.add(backed.text, [s for e in backed.evidence for s in e.spans], "supported", backed.verdict)
            return
        yield from self._quote_all(asked, backed.evidence)

    def _quote_all(self, asked: _Asked, evidence: Sequence[Evidence]) -> Iterator[Sentence]:
        """Adds the words of some evidence, but for what is said already and a title. A question in a text is cited with its answer, and said if that leans on it."""
        left = [e for e in evidence if not self._builder.holds(without_markup(e.text))]
        led_to_said = {e.context for e in evidence if e not in left} - {e.context for e in left}
        evidence = [e for e in left if e.span not in led_to_said]
        questions = {e.span: e for e in evidence if is_question(e.text)}
        unsaid = set(questions)
        answered = {e.context for e in evidence}
        for e in evidence:
            said = without_markup(e.text)
            only_names = _only_names(e, asked.question)
            items = [] if e.span in answered else self._introduced(e.span, by_headings=may_have_several_answers(asked.question))
            question = questions.get(e.context) if e.context else None
            below: Sequence[SentenceSpan] = []
            if e.span not in answered and not items:
                if only_names:
                    below = self._first_below(e.span, asked.question)
                elif (
                    _only_counts(e.text, asked.question)
                    or _says_what_its_section_is_of(e, asked.question)
                    or _only_opens_item(e.text, asked.question)
                    or (question and _is_asked_there(question, asked.question))
                ):
                    below = self._rest_of_paragraph(e.span)
            if e.span in answered or (only_names and (items or below)):
                said = _with_colon(said)
            elif e.is_heading and e is evidence[-1] and not items:
                said = said.removesuffix(":")
            is_title = said == e.title and e.span not in answered and len(evidence) > 1
            is_repeated = only_names and any({*content_stems(e.text)} <= {*content_stems(x.text)} for x in evidence if x.context == e.span)
            if is_title or is_repeated or e.span in answered & questions.keys() or self._builder.holds(said):
                continue
            is_same = question is not None and not says_more(question.text, asked.question)
            yes_or_no = self._yes_or_no_before(e.span) if is_same else None
            if question and question.span in unsaid and leans_on_context(e.text) and not yes_or_no:
                unsaid.remove(question.span)
                said = f"{without_markup(question.text)} {said}"
            if heading := self._section_asked_for(asked, e.span):
                yield from self._say_heading(heading)
                if heading.end >= e.span.end:
                    continue
            if e.context is None and goes_on_from(e.text):
                yield from self._quote_before(e.span)
            if yes_or_no:
                yield self.quote(*yes_or_no)
            spans = e.spans
            if entry := self._entry(asked, e):
                said, spans = without_markup(self._document(entry.document_id).text[entry.start : entry.end]), (entry,)
            yield self._say_verbatim(said, [*([question.span] if question else []), *spans])
            if e.span not in answered:
                yield from self._quote_items(e.span.document_id, items)
                yield from self._quote_items(e.span.document_id, below, are_items=False)
                yield from self._quote_items(e.span.document_id, self._said_of_it_next(e, asked.question), are_items=False)

    def _entry(self, asked: _Asked, said: Evidence) -> Span | None:
        """What a line says from its label on ("E02: call the service. …") to a sentence of it, where nothing but that label is asked about and no time or quantity;
        None where the sentence is the first, or another thing is asked."""
        if said.lead is None:
            return None
        text = self._document(said.span.document_id).text
        between = text[said.lead.end : said.span.start]
        goes_on = any(map(str.isalnum, between)) and "\n" not in between
        is_asked = _asks_only_of(text[said.lead.start : said.lead.end], asked.question)
        return replace(said.span, start=said.lead.start) if goes_on and is_asked else None

    def _section_asked_for(self, asked: _Asked, span: Span) -> Span | None:
        """The heading of the section that holds some words, where that is what is asked for ("Which chapter …?")."""
        label = asked_label(asked.question)
        place = heading_above(self._document(span.document_id).text, span.start, label) if label else None
        return Span(span.document_id, *place) if place else None

    def _say_heading(self, heading: Span) -> Iterator[Sentence]:
        """Adds what stands above others, a heading or the sentence before a list, once."""
        words = self._document(heading.document_id).text[heading.start : heading.end]
        if not self._builder.cites(heading) and not is_directive(words):
            yield self._say_verbatim(_with_colon(without_markup(words)), [heading])

    def _quote_before(self, span: Span) -> Iterator[Sentence]:
        """Adds the sentence before one that opens with a pronoun, or tells when by that, where it was not found."""
        document = self._document(span.document_id)
        text, said_next = document.text, document.text[span.start : span.end]
        before = sentence_before(text, span.start)
        words = text[before.start : before.end] if before else ""
        told_of = has_he_or_she(said_next) and life_told(document.article_at(span.start).title, text[:OPENING_OF_LIFE])
        tells = not (told_of or is_directive(words) or is_question(words) or leaves_open_who(words, said_next))
        if before and tells and not self._builder.holds(said := without_markup(words)):
            yield self._say_verbatim(said, [Span(span.document_id, before.start, before.end)])

    def _corrections(self, question: str, candidates: Sequence[ev.Candidate], cited: Sequence[Citation]) -> list[ev.Candidate]:
        """Sentences further on, or of other documents, that correct what is cited, amend its section, or are written later and say what holds since."""
        headings = {(c.span.document_id, c.span.start): "\n".join(c.above) for c in candidates}

        def changes_value(c: ev.Candidate, x: Citation) -> bool:
            lead = self._document(c.lead.document_id).text[c.lead.start : c.lead.end] if c.lead else ""
            around = " ".join((c.title, *c.above, lead))
            is_so = changes(c.text.removeprefix(lead), x.quote, question, around, is_elsewhere=x.document_id != c.span.document_id)
            return is_so and may_answer(question, c.text) and holds_names(question, f"{around} {c.text}")

        def corrects_some(c: ev.Candidate) -> bool:
            here = [x for x in cited if x.document_id == c.span.document_id]
            above = [x for x in here if x.start < c.span.end]
            is_cited = any(c.span.start < x.end for x in above)
            elsewhere = [x for x in cited if x.document_id != c.span.document_id]
            return not is_cited and (
                any(changes_value(c, x) or leaves(c.text, x.quote, question) for x in cited if _is_earlier(x, c))
                or any(corrects(c.text, x.quote, question) for x in (*above, *elsewhere))
                or any(holds_now(c.text, x.quote, question) for x in here if may_answer(question, c.text))
                or any(amends(c.text, headings.get((x.document_id, x.start), "")) for x in above)
            )

        return list(islice(filter(corrects_some, candidates), MOST_CORRECTIONS))

    def _quote_notes(self, citations: Sequence[Citation]) -> Iterator[Sentence]:
        """Adds the notes to which the cited words point by a mark ("3 euros*"), and those on the lists that they stand in."""
        for citation in citations:
            text = self._document(citation.document_id).text
            for start, end in notes_of(text, citation.start, citation.end):
                said, span = without_markup(text[start:end]), Span(citation.document_id, start, end)
                if not (
                    is_directive(said)
                    or self._builder.holds(said)
                    or any(c.document_id == span.document_id and c.start <= start < c.end for c in self.citations)
                ):
                    yield self._say_verbatim(said, [span])

    def _yes_or_no_before(self, span: Span) -> tuple[str, Span] | None:
        """The "No." that a text answers its question with before it says why, and where it stands."""
        text = self._document(span.document_id).text
        answer = _YES_OR_NO.search(text, max(0, span.start - _LONGEST_YES_OR_NO), span.start)
        return (answer["said"], Span(span.document_id, answer.start("said"), answer.end("said"))) if answer else None

    def _quote_items(self, document_id: str, items: Sequence[SentenceSpan], *, are_items: bool = True) -> Iterator[Sentence]:
        """Adds items of a list, lines of code or sentences that others introduce."""
        text = self._document(document_id).text
        places = {item.start for item in items}
        self._left_out += len(items[MOST_ITEMS:])
        for item in items[:MOST_ITEMS]:
            span = Span(document_id, item.start, item.end)
            words = text[item.start : item.end]
            if is_directive(words):
                continue
            number = _NUMBER.match(words)
            said, spans = words if item.is_code else f"{number.group() if number else ''}{without_markup(words)}", [span]
            row = named_row(span, lambda s: text[s.start : s.end])
            if row and row[0].start not in places:
                said, spans = without_markup(row[1]), [row[0], span]
            if not self._builder.holds(said):
                yield self._say_verbatim(said, spans, is_item=are_items)

    def _say_verbatim(self, said: str, spans: Sequence[Span], *, is_item: bool = False) -> Sentence:
        return self._builder.add(said, spans, "verbatim", Verdict(True, 1.0), is_item=is_item)

    def _reason(self) -> str | None:
        """Why it abstained, had to do without the language model, or left something out; else None."""
        if self._builder.sentences:
            own = self._failure and self._engine == EXTRACTIVE
            unanswered = f"not answered: {' '.join(self._unanswered)}" if self._unanswered else None
            left_out = f"{self._left_out} more are not listed" if self._left_out else None
            failure = f"{self._failure}; answered with the documents' own sentences" if own else self._failure
            return "; ".join(filter(None, (failure, unanswered, left_out))) or None
        likely = max(self._likelihoods, default=0.0)
        if likely < ev.HOPELESS:
            why = "no passage is about this"
        elif likely < ev.ANSWERABLE:
            why = "the closest passages do not answer this"
        else:
            why = "no sentence that the closest passages support answers this"
        return f"{self._failure}; {why}" if self._failure else f"{why} (estimated probability {likely:.2f})"


def _with_what_leans_on(question: str, candidates: Sequence[ev.Candidate]) -> Sequence[ev.Candidate]:
    """The candidates; where it is in question whether the likeliest answers, or one that is not understood without it, the latter first: both are said then. So
    too where the likeliest opens a paragraph and only says again what is asked ("**It hardly rises.** Feed the starter.")."""
    best, *others = candidates
    is_heading = bool(RUN_IN.fullmatch(best.text)) and not says_more(question, best.text)
    leaning = next((c for c in others if c.context == best.span and (is_heading or c.score >= RATHER_BOTH)), None)
    if leaning is None or (best.score >= EVIDENT and not is_heading):
        return candidates
    others.remove(leaning)
    return [replace(leaning, score=best.score + leaning.score), best, *others]


def _denied_above(text: str, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> bool:
    """Whether a draft leaves out that a heading, or what introduces a list, denies what it cites."""
    contexts = {e.context for e in cited}
    above = [e.text for e in evidence if e.span in contexts and (e.text.endswith(":") or not is_prose(e.text))]
    return any(map(denies, above)) and not denies(text)


def _only_announces(sentence: DraftSentence, chosen: Sequence[Evidence]) -> bool:
    """Whether a draft rests on nothing but what says that others follow."""
    cited = [e for e in chosen if e.number in sentence.numbers]
    return bool(cited) and all(ANNOUNCES.search(e.text) for e in cited)


def _only_names(said: Evidence | ev.Candidate, question: str) -> bool:
    """Whether a text is no sentence and no item, and gives nothing that is asked for."""
    is_item = bool(ITEM.match(said.text)) and not said.is_heading
    is_sentence = is_prose(said.text) or (said.text.endswith(ENDINGS) and not said.is_heading)  # "Fuel is included."
    return not (is_sentence or is_item or adds_to(question, said.text))


def _only_counts(text: str, question: str) -> bool:
    """Whether a sentence says of things that are asked for, or of which a name is, only how many there are."""
    asks_which = may_have_several_answers(question) or answer_type(question) is AnswerType.NAME
    things = {s for s in content_stems(text) if not s.isdigit()} - {*content_stems(question)}
    return counts(text) and asks_which and len(things) <= 1


def _hardly_says_more(text: str, question: str) -> bool:
    """Whether a sentence has at most one content word that a question has not."""
    return len({*content_stems(text)} - {*content_stems(question)}) <= 1


def _only_opens_item(text: str, question: str) -> bool:
    """Whether the first sentence of an item hardly says more than what is asked about ("- New: dark mode." of how to turn that on): the next ones tell then."""
    asks_how = answer_type(question) is AnswerType.OTHER and not asks_whether(question)
    return asks_how and bool(ITEM.match(text)) and _hardly_says_more(text, question)


def _says_what_its_section_is_of(said: Evidence, question: str) -> bool:
    """Whether all that is asked is what the heading above a sentence names, and no time or quantity: the rest of its paragraph answers too then."""
    return bool(content_stems(question)) and not asks_whether(question) and _asks_only_of(said.section, question)


def _is_asked_there(question: Evidence, asked: str) -> bool:
    """Whether a question in a text asks just what is asked, but for what its title and its heading name, and for no time and no quantity."""
    around = f"{question.title} {question.section} {question.text}"
    return _asks_only_of(around, asked) and not says_more(asked, question.text)


def _asks_only_of(named: str, question: str) -> bool:
    """Whether a question is about nothing but what some words name, and asks for no time and no quantity."""
    return {*content_stems(question)} <= {*content_stems(named)} and may_answer(question, "")


def _start_of_words(text: str, item: SentenceSpan) -> int:
    """Where the words of an item begin, behind its mark."""
    mark = ITEM.match(text, item.start)
    return mark.end() if mark else item.start


def _drops_what_is_asked(question: str, text: str, cited: Sequence[Evidence]) -> bool:
    """Whether a draft has fewer of the question's words than it drops of what it cites ("Petra lives in Kiel." of "Last year's winner, Petra, lives in Kiel.")."""
    asked = {*content_stems(question)}
    kept = asked & {*content_stems(text)}
    return any(len(asked & {*content_stems(e.text)} - kept) > len(kept) for e in cited)


def _with_colon(said: str) -> str:
    """What introduces other words: a heading gets a colon."""
    return f"{said}:" if said[-1:].isalnum() or said.endswith(")") else said


def _is_earlier(cited: Citation, candidate: ev.Candidate) -> bool:
    """Whether words are of an earlier date than a sentence, or stand before it in its document."""
    if cited.published and candidate.published and cited.published != candidate.published:
        return cited.published < candidate.published
    return cited.document_id == candidate.span.document_id and cited.end <= candidate.span.start
