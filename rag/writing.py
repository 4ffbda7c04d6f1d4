"""Writes an answer from evidence: the language model's sentences that hold, or else the documents' own, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from rag import evidence as ev
from rag.answering import SAID, AnswerBuilder, differing, holds_all, only_asks, pointed_at, shorten, support, verbatim, with_contexts
from rag.directives import is_directive
from rag.drafting import DraftSentence, Reading, confirm, draft_answer, gate
from rag.errors import ConfigError, LLMError, WeightsError
from rag.grounding import Entails, hidden_doubt
from rag.llm import LanguageModel, Usage
from rag.markup import ITEM, without_markup
from rag.questions import asks_for_several, asks_whether
from rag.sentences import introduced, is_prose, is_question, sentence_before
from rag.types import Answer, Chunk, Citation, Document, Evidence, Hit, Sentence, Span, Timings, Verdict
from rag.words import leans_on_context, opens_with_pronoun

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
STOOD_BY = 0.65
"""Least probability that the model must give to its own sentence when it reads it again."""
NOT_STATED = "The documents do not say."


@dataclass(frozen=True, slots=True)
class _Backed:
    """A drafted sentence with what backs it."""

    text: str
    evidence: Sequence[Evidence]
    verdict: Verdict | None = None
    """None where the words of the evidence are to be said in its place."""


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
        self._likely = 0.0  # That this question is answered. What follows is of this question, too.
        self._candidates: Sequence[ev.Candidate] = ()  # The likeliest first, as far as is known.
        self._is_read = False  # By a language model that has told whether it answers.
        self._is_said = False  # In the answer to a question before.
        self._cited: set[Span] = set()  # By drafts that stray from it, but only in the question's words.

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
        verbatim_from, before = ev.ANSWERABLE, len(self._builder.sentences)
        self._likely, self._candidates, self._is_read, self._is_said, self._cited = found.likely, found.candidates, False, False, set()
        if found.chosen and self._likely >= ev.HOPELESS and not self._failure:
            try:
                model = language_model()
                if model is not None:
                    verbatim_from = yield from self._draft(model, question, found, max_tokens)
            except (LLMError, WeightsError, ConfigError) as error:
                self._failure = str(error)
        if len(self._builder.sentences) == before and self._likely >= verbatim_from:
            likeliest = self._candidates
            if self._cited:
                cited = [c for c in likeliest if c.span in self._cited and ev.may_answer(question, c.text)]
                likeliest = cited or [c for c in likeliest if self._is_read and c.score >= PREFERRED]
            # "Did Bergen …?" is not to be told of another.
            by_names = not self._is_read or (asks_whether(question) and self._likely < CERTAIN)
            quoted = verbatim(question, found.chosen, likeliest, self._document, by_names=by_names)
            if quoted and not self._is_read:
                self._engine = EXTRACTIVE
            yield from self._quote_all(quoted)
            self._is_said = self._is_said or bool(quoted)
        self._likelihoods.append(self._likely)
        if not self._is_said and len(self._builder.sentences) == before:
            self._unanswered.append(question)
        for candidate in differing(self._builder, found.candidates):
            yield self.quote(candidate.text, candidate.span)

    def quote(self, text: str, span: Span) -> Sentence:
        """Adds a document's own words."""
        return self._say_verbatim(without_markup(text), [span])

    def quote_opening(self, chunk: Chunk) -> Iterator[Sentence]:
        """Adds what a section opens with: its heading, sentences and items."""
        for n, (start, end) in enumerate(chunk.sentences, 1):
            text = chunk.text[start:end]
            if is_directive(text):
                continue
            said = without_markup(text)
            is_title = n == 1 < len(chunk.sentences) and said[-1:].isalnum()
            span = Span(chunk.document_id, chunk.start + start, chunk.start + end)
            yield self._say_verbatim(f"{said}:" if is_title else said, [span], is_item=n > 1 and bool(ITEM.match(text)))

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
            confidence=max(self._likelihoods, default=1.0),
            model=self._engine,
            timings=timings,
            usage=self._usage.tokens,
        )

    def _draft(self, model: LanguageModel, question: str, found: ev.Gathered, max_tokens: int) -> Generator[Sentence, None, float]:
        """The model's sentences that are supported; returns from which probability on the documents' own may take their place."""
        self._engine = model.name
        reading, chosen = self._read(model, question, found)
        belief = reading.answered if reading else None
        whether = asks_whether(question)
        if reading:
            if self._likely < ev.UNSURE:
                return NEVER
            self._candidates, self._is_read = ev.preferred(question, found.candidates, chosen, reading.shares), True
            # Whatever it would write, the words that tell are said: it has chosen them.
            if whether or self._says_it_shortly(question) or self._lists_it(question):
                return ev.ANSWERABLE
        likely: list[float] = []
        before = len(self._builder.sentences)
        for sentence in draft_answer(model, question, chosen, self._usage, max_tokens):
            backed = self._settled(sentence, question, chosen) if whether else self._supported(sentence, question, chosen)
            text = backed.text if backed else sentence.text
            if self._builder.holds(text):
                self._is_said = True
                continue
            again = None
            if belief is not None and not (backed and self._likely >= SURE):
                again = confirm(model, question, chosen, text, self._usage)
            likely.append(self._likely if belief is None or again is None else ev.confirmed(found.answers, belief, again))
            if backed and (again is None or (likely[-1] >= ev.ANSWERABLE and again >= STOOD_BY)):
                yield from self._say(backed)
            elif not backed:
                pointed = pointed_at(question, sentence, chosen)
                if asks_for_several(question) and likely[-1] >= ev.ANSWERABLE:  # What was said before is not the whole answer.
                    yield from self._quote_all(pointed)
                self._cited |= {e.span for e in pointed}
        preferred = self._preferred(chosen) if asks_for_several(question) and len(self._builder.sentences) > before else None
        if preferred and not self._builder.cites(preferred.span):  # What was drafted left out what answers.
            yield from self._quote_all(with_contexts([preferred], chosen))
        self._likely = max(likely, default=self._likely)
        return ev.ANSWERABLE if likely else NEVER

    def _says_it_shortly(self, question: str) -> bool:
        """Whether the model is sure that the question is answered, by one sentence that is as short as what it would write itself."""
        best = self._candidates[0]
        stands_alone = best.context is None and is_prose(best.text) and not is_question(best.text)
        is_evident = self._likely >= CERTAIN and best.score >= EVIDENT and not asks_for_several(question)
        return is_evident and stands_alone and len(best.text.split()) <= SHORT_WORDS

    def _lists_it(self, question: str) -> bool:
        """Whether several things are asked for, and what answers introduces them, so that the text lists them all."""
        best = self._candidates[0]
        likely = self._likely >= CERTAIN and best.score >= PREFERRED and asks_for_several(question)
        return likely and bool(introduced(self._document(best.span.document_id).text, best.span.start, best.span.end))

    def _read(self, model: LanguageModel, question: str, found: ev.Gathered) -> tuple[Reading | None, Sequence[Evidence]]:
        """What the model finds in the likeliest sentences or, where these leave it in doubt, in all that may answer; and which of the two it has read.

        None, and all, if it does not tell.
        """
        for evidence in (found.likeliest, found.likeliest_first):  # In this order: llama.cpp does not read again what it has just read.
            reading = gate(model, question, evidence, self._usage)
            if reading is None:
                break
            self._likely = ev.believed(found.answers, reading.answered)
            if len(evidence) == len(found.chosen) or not UNLIKELY <= self._likely < SURE:
                return reading, evidence
        return None, found.chosen

    def _supported(self, sentence: DraftSentence, question: str, chosen: Sequence[Evidence]) -> _Backed | None:
        """The drafted sentence, or the longest beginning of it that is supported and answers; None if there is none.

        One that does not rest on the sentence that answers gives way to it, if no more than one is asked for.
        """
        whole = [] if sentence.is_given_up else [sentence.text]
        preferred = None if asks_for_several(question) else self._preferred(chosen)
        for text in whole + shorten(sentence.text):
            verdict, cited = support(replace(sentence, text=text), chosen, self._entails)
            if verdict.supported and ev.adds_to(question, text):
                if preferred and preferred not in cited:
                    return None if self._builder.cites(preferred.span) else _Backed(text, with_contexts([preferred], chosen))
                said = verdict.score >= SAID and not hidden_doubt(text, [e.text for e in cited]) and holds_all(text, cited)
                return _Backed(text, cited, verdict) if said else _Backed(text, with_contexts(cited, chosen))
        return None

    def _preferred(self, chosen: Sequence[Evidence]) -> Evidence | None:
        """The sentence that answers, as far as a language model that has read the evidence is sure which does; None if it is not, or if that asks."""
        best = self._candidates[0]
        if not self._is_read or best.score < PREFERRED or is_question(best.text):
            return None
        return next(e for e in chosen if e.span == best.span)

    def _settled(self, sentence: DraftSentence, question: str, chosen: Sequence[Evidence]) -> _Backed | None:
        """What a draft rests on that answers a question of yes or no: a model says yes to most of them, but cites the words that tell."""
        verdict, cited = support(sentence, chosen, self._entails)
        settling = with_contexts(cited, chosen) if verdict.supported else pointed_at(question, sentence, chosen)
        return None if only_asks(settling) else _Backed(sentence.text, settling)

    def _say(self, backed: _Backed) -> Iterator[Sentence]:
        if backed.verdict:
            yield self._builder.add(backed.text, [e.span for e in backed.evidence], "supported", backed.verdict)
            return
        yield from self._quote_all(backed.evidence)

    def _quote_all(self, evidence: Sequence[Evidence]) -> Iterator[Sentence]:
        """Adds the words of some evidence, but for what is said already. A question in a text is cited with its answer; it is said only if that leans on it."""
        asked = {e.span: e for e in evidence if is_question(e.text)}
        unsaid = set(asked)
        answered = {e.context for e in evidence}
        for e in evidence:
            said = without_markup(e.text)
            if e.span in answered and said[-1:].isalnum():  # A heading.
                said += ":"
            if e.span in answered & asked.keys() or self._builder.holds(said):
                continue
            question = asked.get(e.context) if e.context else None
            if question and question.span in unsaid and leans_on_context(e.text):
                unsaid.remove(question.span)
                said = f"{without_markup(question.text)} {said}"
            if e.context is None and opens_with_pronoun(e.text):
                yield from self._quote_before(e.span)
            yield self._say_verbatim(said, [*([question.span] if question else []), e.span])
            if e.span not in answered:
                yield from self._quote_introduced(e.span)

    def _quote_before(self, span: Span) -> Iterator[Sentence]:
        """Adds the sentence before one that opens with a pronoun, where that was not found."""
        text = self._document(span.document_id).text
        before = sentence_before(text, span.start)
        words = text[before.start : before.end] if before else ""
        if before and not is_directive(words) and not is_question(words) and not self._builder.holds(said := without_markup(words)):
            yield self._say_verbatim(said, [Span(span.document_id, before.start, before.end)])

    def _quote_introduced(self, span: Span) -> Iterator[Sentence]:
        """Adds the list, code or sentences that a sentence, or a comment in code, introduces."""
        text = self._document(span.document_id).text
        for item in introduced(text, span.start, span.end):
            words = text[item.start : item.end]
            said = words if item.is_code else without_markup(words)
            if not is_directive(words) and not self._builder.holds(said):
                yield self._say_verbatim(said, [Span(span.document_id, item.start, item.end)], is_item=True)

    def _say_verbatim(self, said: str, spans: Sequence[Span], *, is_item: bool = False) -> Sentence:
        return self._builder.add(said, spans, "verbatim", Verdict(True, 1.0), is_item=is_item)

    def _reason(self) -> str | None:
        """Why it abstained, had to do without the language model, or left out one of several questions; else None."""
        if self._builder.sentences:
            own = self._failure and self._engine == EXTRACTIVE
            left_out = f"not answered: {' '.join(self._unanswered)}" if self._unanswered else None
            failure = f"{self._failure}; answered with the documents' own sentences" if own else self._failure
            return "; ".join(filter(None, (failure, left_out))) or None
        likely = max(self._likelihoods)
        if likely < ev.HOPELESS:
            why = "no passage is about this"
        elif likely < ev.ANSWERABLE:
            why = "the closest passages do not answer this"
        else:
            why = "no sentence that the closest passages support answers this"
        return f"{self._failure}; {why}" if self._failure else f"{why} (estimated probability {likely:.2f})"
