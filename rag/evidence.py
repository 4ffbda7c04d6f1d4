"""Chooses the few sentences of the hits that may answer a question, and judges how likely they do."""

from __future__ import annotations

import itertools
import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from rag.absences import denier, says_unknown
from rag.appositions import ANTECEDENT_WITHIN, OPENING_OF_LIFE, life_told, teller
from rag.corrections import notes_error
from rag.definitions import asked_term, defined_term, named_term
from rag.directives import is_directive
from rag.grounding import denies
from rag.headings import as_line, is_byline, is_heading, is_marked_heading
from rag.late_interaction import TokenVectors, cosine, match_tokens
from rag.lists import ENDINGS, UNFINISHED_ITEM, counts_on, list_around
from rag.logistic import logistic, logit, softmax
from rag.markup import ITEM, MARKED_HEADING, code_lines, indentation, lines_before, without_markup, without_taken_back, words_of_line
from rag.messages import OPENING, SAYING, message_header, opens_message, says_who, without_header
from rag.questions import asks_whether
from rag.sections import asked_label, heading_names, is_labelled
from rag.sentences import is_prose, is_question, sentence_before, sentence_texts, split_sentences
from rag.tables import has_cell, is_row, named_row, names_columns
from rag.types import Chunk, Evidence, Hit, Span
from rag.words import (
    MONTHS,
    NUMBER_WORDS,
    WEEK,
    WEEKDAYS,
    YEAR,
    Word,
    content_stems,
    follows_in_time,
    has_he_or_she,
    initials,
    is_day_of_month,
    leans_on_context,
    leaves_open_who,
    may_be_name,
    month_or_weekday,
    names,
    opens_speech,
    stem,
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

_DEFINES = 1.5
"""What a sentence gains that says what something is, where that is asked."""
_OF_ANOTHER = 3.0
"""What one loses then that stands where it is not even named."""
_OUTRIGHT = 3.0
"""What one gains that says outright what is asked: more than any model doubts of it."""
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
_OF_RANK = 2.0
"""What one gains that tells which of several something was, where it is asked whether it was the first ("It is the company's second recall"), and loses that tells
of the second, where the first is asked about."""
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

_TIME_WORDS = (
    MONTHS
    | WEEKDAYS
    | frozenset(
        """today yesterday tomorrow year years month months week weeks day days century decade spring summer autumn winter hour hours ago
    since until during after before if unless whenever upon overnight second seconds minute minutes fortnight centuries decades
    hourly daily weekly monthly yearly annually once twice christmas easter o'clock""".split()
    )
)
_DAYS = frozenset(map(stem, (MONTHS - {"may"}) | WEEKDAYS))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?)"
_SEVERAL_DAYS = re.compile(
    rf"\b(?:(?P<first>{_WEEKDAY})\.?(?:\s?[–—-]\s?|\s(?:to|through|until|till)\s)(?P<last>{_WEEKDAY})|(?P<working>week\s?days?|working days?)|weekends?)\b",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"^(?:[-*•#]+[ \t]+)?\d{1,3}(?:[.)]\s+|(?:\.\d{1,3})+[.)]?\s+(?![a-z]))")  # Not "3.5 million".
_LEAD = re.compile(
    rf"(?:{ITEM.pattern})?[*_\[]*(?:\d{{1,2}}(?:[:.]\d\d){{1,2}}[*_\]]*\s+)?(?=[A-Z\d])(?![^:\n]*(?:n['’]t|\bcannot|\bwill)\b[^:\n]*:)[^.!?:;\n]{{3,40}}:[*_]*(?=\s)|[A-Z]{{2,}}(?:[ '’-][A-Z]+){{0,2}}\.(?=\s)|{ITEM.pattern}[*_]*[A-Z][^\s.!?:;]*(?:\s[^\s.!?:;]+){{0,2}}\s[–—-](?=\s)"
)
"""What the sentences of a line are about, or who says them: "Day 6 (Wed 8 Oct):", "[10:02] Ada Stone:", "- **E20** –"."""
RUN_IN = re.compile(r"(?P<mark>\*\*|__)[^*_\n]{2,100}[.!](?P=mark)")
"""A heading that opens the paragraph below it: "**The lamp is red.** Check the plug."."""
_NEXT_LEAD = re.compile(r"[.!?][*_]*\s+[*_]*[A-Z\d][^.!?:;\n]{2,39}:[*_]*(?=\s)")
"""Where a line goes on about another: which of the two a later sentence is about is not known."""
_LONGEST_LINE = 1000
"""Characters that are looked through for it."""
_LONGEST_LIST = 2000
"""Characters that are looked through for what introduces it."""
_NAMED_WITHIN = 3
"""Sentences, further up than the one before, in which "she" may be named."""
_ITEM_BELOW = re.compile(rf"[^\S\n]*\n[^\S\n]*{ITEM.pattern}")
_LONGEST_MARK = 40
"""Characters, with the white space around it."""
_LONGEST_HEADING = 14
"""Words of a line that may deny what stands below it and is no item: of what is longer not all is of that."""
_LONGEST_PARENT = 200
"""Characters of an item below which others stand."""
_LONGEST_OPENING = 800
"""Characters of an article in which its first sentence ends."""
_NTH = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_RANKS = re.compile(
    rf"\W*(?:it|this|that) (?:is|was|has been|will be|would be) (?:\w+ )?(?:the (?:[\w’']+ )?|(?:his|her|its|their|[\w-]+['’]s) )(?:{_NTH}|last|latest|least|only|most|worst|\w+est)\b",
    re.IGNORECASE,
)
"""What opens a paragraph on all that its article tells of: "It was the second accident this year"."""
_PUBLISHED = re.compile(r"\W*(?:published|posted|(?:last )?updated)\b", re.IGNORECASE)
_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
FIRST_PERSON = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|us|[Oo]ur)\b")
_HOLDS_DIGIT = re.compile(r"\d")
_DAYS_OF_MONTH = 31
_CLOCK = re.compile(r"\d+(?:[:.]\d\d)?[ap]\.?m\.?", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow many (?:[\w-]+ ){0,2}?(?P<noun>\w+s|people|men|women|children)\b", re.IGNORECASE)
_COUNTED_WITHIN = 2
"""Words after a number."""
_QUANTITY_WORDS = frozenset(
    """hundred hundreds thousand thousands million millions billion billions trillion trillions dozen dozens half third quarter tenth twice
    percent none nobody nothing free""".split()
)
_COUNTABLE = re.compile(r"\w+[^\Ws]s|people|men|women|children|one", re.IGNORECASE)
"""What "no" is a number of: "no jobs", but not "no say"."""
_DETERMINER = "(?:the|this|that|his|her|its|our|your|their|my)"
_IS_IT_SO = re.compile(
    rf"\s*(?:is|are|was|were)\s{_DETERMINER}\s(?P<subject>(?:[\w'’-]+\s){{0,2}}[\w'’-]+)\s[a-z-]+\s*\?*\s*", re.IGNORECASE
)
_HOW_MANY_TIMES = re.compile(r"\bhow (?:many times|often)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    rf"\b(?P<rank>{_NTH}|\d+(?:st|nd|rd|th)|last|only)\s(?P<what>(?:\w+\s)?\w+)",
    re.IGNORECASE,
)
"""Which of several something is, with what it is one of behind it."""


_REPLIES = 3
"""Messages after a question which may still answer it."""
_SHORTEST_FORM = 3
"""Letters that two forms of a name must have in common."""


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
            r"\bhow (many|much|far|large|big|tall|high|deep|fast)\b|\bwhat (number|percentage|percent|share|amount|size|distance|price)\b|"
            r"\b(?:(?:what|which) [^,]{0,40}?\b)?(number|percentage|amount) of\b",
            re.I,
        ),
    ),
    (
        AnswerType.TIME,
        re.compile(
            r"\bwhen\b|\bhow (long|often|old)\b|\b(what|which|in what|on what|on which) (year|day|date|month|century|decade|time|week)\b",
            re.I,
        ),
    ),
    (
        AnswerType.NAME,
        re.compile(
            r"\b(who|whom|whose|where)\b|\b(what|which) (country|countries|city|cities|person|company|organi[sz]ation|nation|state|region|place|general|king|president|minister|name|island|newspaper|agency|team|university)\b",
            re.I,
        ),
    ),
    (AnswerType.OTHER, re.compile(r"\b(what|which|how|why)\b", re.I)),  # "What happens when …" does not ask when.
)


def answer_type(question: str) -> AnswerType:
    """The kind of answer that a question asks for, by its interrogative, of several sentences that of the last one; one of yes or no asks for none in particular."""
    if asks_whether(question):
        return AnswerType.OTHER
    question = next((s for s in reversed(sentence_texts(question)) if is_question(s)), question)
    found = [(m.start(), t) for t, cue in _TYPE_CUES if (m := cue.search(question))]
    return min(found, key=lambda f: f[0])[1] if found else AnswerType.OTHER


def answers_type(kind: AnswerType, sentence: Sequence[Word], question_stems: Collection[str]) -> bool:
    """Whether a sentence holds words of the kind that is asked for, other than the question's own."""
    fresh = [w for w in sentence if w.stem not in question_stems]
    match kind:
        case AnswerType.QUANTITY:
            counts = (w.stem not in question_stems and not _is_of_clock_or_date(sentence, i) for i, w in enumerate(sentence))
            given = itertools.compress(sentence, counts)
            is_given = any(_HOLDS_DIGIT.search(w.stem) or w.surface.lower() in _QUANTITY_WORDS for w in given)
            return is_given or _counts_none(sentence, question_stems)
        case AnswerType.TIME:
            fresh = [w for w in fresh if w is not sentence[0] or w.surface != "Minutes"]  # Of a meeting.
            things = {a for a, b in itertools.pairwise(sentence) if a.surface.lower() in NUMBER_WORDS and b.is_content and not _is_time(b)}
            return any(_is_time(w) or (_HOLDS_DIGIT.search(w.stem) and w not in things) for w in fresh)  # "Six children" is no time.
        case AnswerType.NAME:
            first = sentence[0].start if sentence else 0
            return any(w.surface[0].isupper() and w.is_content and (w.start > first) for w in fresh)
        case AnswerType.OTHER:
            return any(w.is_content for w in fresh)


def _counts_none(sentence: Sequence[Word], question_stems: Collection[str]) -> bool:
    """Whether a sentence says that there are none of some things, or no more of what is asked about ("no jobs", "no flour", but not "no say")."""
    near = (sentence[i + 1 : i + 1 + _COUNTED_WITHIN] for i, w in enumerate(sentence) if w.surface.lower() == "no")
    return any(n.stem in question_stems or _COUNTABLE.fullmatch(n.surface) for following in near for n in following)


def _is_of_clock_or_date(sentence: Sequence[Word], i: int) -> bool:
    """Whether a number is an hour of the day with "am" or "pm", or the day of a month."""
    number = sentence[i].surface
    if not _HOLDS_DIGIT.match(number):
        return False
    is_hour = any(_CLOCK.fullmatch(w) for w in (number, *(f"1{w.surface}" for w in sentence[i + 1 : i + 3])))  # "9:30 a.m.": three words.
    return is_hour or (number.isdecimal() and int(number) <= _DAYS_OF_MONTH and is_day_of_month(sentence, i))


def _is_time(word: Word) -> bool:
    return not {word.surface.lower(), word.surface.lower().removesuffix("s")}.isdisjoint(_TIME_WORDS)


def _is_dated(some: Sequence[Word]) -> bool:
    """Whether words name a month, a weekday or a year."""
    return any(month_or_weekday(w) or YEAR.fullmatch(w.surface) for w in some)


def adds_to(question: str, sentence: str) -> bool:
    """Whether a sentence says something of the kind that is asked for which the question does not say itself."""
    stems = frozenset(w.stem for w in words(question))
    kind = answer_type(question)
    said = _unnumbered(sentence, words(sentence), kind)
    if kind is AnswerType.NAME:  # The name may stand first, where any word has a capital.
        return any(w.is_content and w.surface[0].isupper() and w.stem not in stems for w in said)
    return answers_type(kind, said, stems)


def answer_given(question: str, text: str) -> frozenset[str]:
    """The stems of the numbers and names by which a text gives the quantity, the time or the name that is asked for; none of another question."""
    kind, asked = answer_type(question), {w.stem for w in words(question)}
    given = _HOLDS_DIGIT.search if kind in (AnswerType.QUANTITY, AnswerType.TIME) else str.istitle if kind is AnswerType.NAME else None
    return frozenset(w.stem for w in words(text) if given and w.is_content and given(w.surface)) - asked


def says_more(question: str, sentence: str) -> bool:
    """Whether a sentence has a content word that a question has not."""
    return not {*content_stems(sentence)} <= {*content_stems(question)}


def may_tell_who(question: str, sentence: str) -> bool:
    """Whether a sentence may say who or where it is by a word that is no name ("the manager")."""
    return answer_type(question) is AnswerType.NAME and says_more(question, sentence)


def _unnumbered(sentence: str, sentence_words: Sequence[Word], kind: AnswerType) -> Sequence[Word]:
    """The words of a sentence without what is no quantity: the number of the item or section that it is, and the time of a message."""
    number = _LIST_NUMBER.match(sentence) or (OPENING.match(sentence) if kind is AnswerType.QUANTITY else None)
    return [w for w in sentence_words if w.start >= number.end()] if number else sentence_words


def _ranking(question: str) -> Callable[[str], float]:
    """What a sentence gains that tells which of several something was ("its second recall"), if it is asked whether it was the first, or how many times; what it
    loses that is of the second only, where the first is asked about."""
    named, counts = list(_ORDINAL.finditer(question)), bool(_HOW_MANY_TIMES.search(question))
    what = {*content_stems(question)} if counts else {s for m in named for s in content_stems(m["what"])}
    ranks, asks_which = {m["rank"].lower() for m in named}, counts or asks_whether(question)

    def gains(sentence: str) -> float:
        if not any(not what.isdisjoint(content_stems(m["what"])) for m in _ORDINAL.finditer(sentence)):
            return 0.0
        if asks_which:
            return _OF_RANK
        return -_OF_RANK * ranks.isdisjoint(w.surface.lower() for w in words(sentence))

    return gains if what else lambda _: 0.0


def _says_of_subject(question: str) -> Callable[[str], bool]:
    """Whether a sentence, or a part of it, has for its subject that of a question how something is ("Is the harbour open?")."""
    asked = _IS_IT_SO.fullmatch(question)
    if not asked:
        return lambda _: False
    said = re.compile(
        rf"(?:^|[,;:–—] (?:and |but )?)\W*(?:{_DETERMINER}\s)?{re.escape(asked['subject'])}(?:,[^,]*,)?\s(?:is|are|was|were|remain(?:s|ed)?|stay(?:s|ed)?|will be|ha(?:s|ve) been)\b",
        re.IGNORECASE,
    )
    return lambda sentence: bool(said.search(sentence))


def counts_what_is_asked(question: str, text: str) -> bool:
    """Whether a text has a number right before what a question asks how many of: "eleven ships" for "How many ships …?"."""
    asked = _HOW_MANY.search(question)
    noun = stem(asked["noun"]) if asked else ""
    some = words(text)
    return bool(noun) and any(
        _HOLDS_DIGIT.search(w.stem) and noun in {n.stem for n in some[i + 1 : i + 1 + _COUNTED_WITHIN]} for i, w in enumerate(some)
    )


def names_day_asked(question: str, sentence: str) -> bool:
    """Whether a question names a weekday or month, and a sentence the same, or among others ("Monday to Friday", "at weekends")."""
    asked = _DAYS & {*content_stems(question)}
    return not asked.isdisjoint(content_stems(sentence)) or not asked.isdisjoint(stem(d) for d in _days_between(sentence))


def _days_between(sentence: str) -> set[str]:
    """The weekdays that a sentence means without a name for each."""
    found: set[str] = set()
    for m in _SEVERAL_DAYS.finditer(sentence):
        first, last = (m["first"], m["last"]) if m["first"] else ("mon", "fri") if m["working"] else ("sat", "sun")
        start, end = (next(i for i, d in enumerate(WEEK) if d.startswith(x[:3].lower())) for x in (first, last))
        found.update(WEEK[i % len(WEEK)] for i in range(start, end + 1 + len(WEEK) * (end < start)))
    return found


def may_answer(question: str, sentence: str) -> bool:
    """False where a quantity or a time is asked for and a sentence gives none: of 200 and 234 that answer such questions, 199 and 223 did; and where it says
    nothing but what is asked about."""
    if answer_type(question) in (AnswerType.QUANTITY, AnswerType.TIME):
        return adds_to(question, sentence)
    return asks_whether(question) or not is_prose(sentence) or says_more(question, sentence)


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
    """What it cannot be understood without: the sentence before it that it leans on, the question that it answers, what introduces its list or code."""
    features: tuple[float, ...]
    """As ``SENTENCE_FEATURES`` names them."""
    score: float
    """Probability that it holds the answer, if any sentence does."""
    title: str = ""
    """Of its document, or of its article in the document."""
    published: str | None = None
    """ISO date that its document, or its article in the document, states."""
    lead: Span | None = None
    """Where what its line opens with stands, if the sentence does not open the line itself."""
    above: tuple[str, ...] = ()
    """Title, headings, and what introduces its list."""
    is_outright: bool = False
    """Whether it says beside a name what is asked, or that there is none."""
    is_heading: bool = False
    section: str = ""
    """Heading that it stands below, if not the title."""


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


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence of a passage as it is matched with a question."""

    span: Span
    text: str
    context: Span | None
    """As ``Candidate`` has it."""
    whole: str
    """The text together with the question that it answers."""
    around: tuple[str, ...]
    """What tells what it is about: title, headings, what introduces its list or the sentence before."""
    title: str
    """Of its document or article; empty where that gives orders."""
    bonus: float
    """What its score gains or loses where a question asks what something is."""
    lead: Span | None = None
    """As ``Candidate`` has it."""
    above: tuple[str, ...] = ()
    """As ``Candidate`` has it."""
    is_heading: bool = False
    section: str = ""
    """As ``Candidate`` has it."""


def rank_candidates(question: str, hits: Sequence[Hit], text_at: Callable[[Span], str], encode: Encode, rarity: Rarity) -> list[Candidate]:
    """The sentences of the hits, the likeliest first; of sentences with the same words only the first is kept, of orders to the reader none.

    A question in a text says nothing: it counts as part of the sentence after it, which answers it. A sentence is matched by itself, and again with
    what stands around it, for a text does not say in each sentence what it is about.
    """
    question_words = words(question)
    question_stems = frozenset(w.stem for w in question_words)
    kind = answer_type(question)
    term, label = asked_term(question), asked_label(question)
    asks_who, tells_beside_name, says_none = bool(_WHO.search(question)), teller(question), denier(question)
    of_rank = _ranking(question)

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
        return kind is AnswerType.TIME and not _PUBLISHED.match(above) and _is_dated(words(above)) and not _is_dated(words(text))

    found: list[tuple[Hit, _Reading, list[Word]]] = []
    seen: set[tuple[str, ...]] = set()
    for hit in hits:
        for reading in _readings(hit.chunk, text_at, tells, dates, term, label):
            here = words(reading.text)
            fingerprint = tuple(w.stem for w in here)
            if fingerprint and fingerprint not in seen:
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
            float(answers_type(kind, _unnumbered(reading.text, here, kind), question_stems)),
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


@dataclass(frozen=True, slots=True)
class _Section:
    """The headings below which sentences stand."""

    heading: str
    """The last one."""
    subject: tuple[str, ...]
    """With the title."""
    title: str
    """With those that are of the kind of section that is asked for."""
    is_marked: bool
    is_named: bool

    @classmethod
    def below(cls, headings: str, title: str, label: str | None) -> _Section:
        """Below some headings, a line each, of a document with a title; ``label``: as ``_readings`` has it."""
        *_, last = lines = headings.split("\n")
        asked = [without_markup(line) for line in lines if label and is_labelled(line, label)]
        whole_title = ", ".join(filter(None, [title, *asked]))
        return cls(last, _distinct(title, *lines), whole_title, is_marked_heading(last), bool(heading_names(last)))

    def is_headed_by(self, line: str) -> bool:
        """Whether a line is its own heading, that has a name or a number."""
        return self.is_named and as_line(line) == self.heading


def _readings(
    chunk: Chunk,
    text_at: Callable[[Span], str],
    tells: Callable[[str, str], bool],
    dates: Callable[[str, str], bool],
    term: AbstractSet[str],
    label: str | None,
) -> Iterator[_Reading]:
    """The sentences of a passage that say something. What stands on the line after a question, or on the same line, answers it.

    Args:
        tells: whether what a line opens with tells of a sentence of it what is asked.
        dates: whether what stands above a sentence tells when it holds, where that is asked and the sentence does not say.
        term: the stems of what a question asks the meaning of, if it does; a heading that names it does not tell.
        label: of the sections that it asks for ("Which chapter …?"): their headings count as titles.
    """
    own_title = "" if is_directive(chunk.title) else chunk.title
    section = _Section.below(chunk.heading, own_title, label)
    later_sections = dict(chunk.sections)
    told_of = life_told(own_title, text_at(Span(chunk.document_id, 0, OPENING_OF_LIFE)))
    earlier = _before_passage(chunk, text_at)
    above_passage = _above(chunk, section.heading, text_at)
    heading, introduction = (None, above_passage) if above_passage and text_at(above_passage).endswith(":") else (above_passage, None)
    asked = _asked_above(chunk, text_at)
    is_unfinished = False
    run_in: Span | None = None
    list_margin: int | None = None  # Of the items, while their list goes on.

    def bonus(text: str, around: Sequence[str], *, is_entry: bool = False) -> float:
        """``is_entry``: whether the text says what the heading right above it names."""
        if not term:
            return 0.0
        near = {w.stem for t in (*around, text_at(heading) if heading else "") for w in words(t)}
        defined = term if is_entry else defined_term(text)
        if defined and term >= defined >= term - near:  # "error E3" is defined by "E3: …" below "Error codes".
            return _DEFINES
        return 0.0 if term <= near | {w.stem for w in words(text)} else -_OF_ANOTHER

    def section_name(place: Span) -> str:
        name = without_markup(section.heading).removesuffix(":")
        if name == chunk.title or name.endswith((",", ".", "!")) or is_directive(name):
            return ""
        if not name or section.is_marked:
            return name
        is_below = section.heading not in chunk.text[place.end - chunk.start :]  # A passage over several has but one.
        return name if is_below and ":" not in name and not message_header(place, text_at) else ""

    def is_needed(place: Span, text: str, *, is_item: bool) -> bool:
        words_above = text_at(place)
        is_of_list = not (is_item or section.is_marked) and _is_above_item(place, text_at)
        is_paragraph = not (is_item or words_above.endswith(":")) and len(words_above.split()) > _LONGEST_HEADING
        is_title = without_markup(words_above).removesuffix(":") == own_title
        is_denial = denies(words_above) and not (is_title or is_of_list or is_paragraph)
        return is_denial or dates(words_above, text)

    next_starts = [*(start for start, _ in chunk.sentences[1:]), len(chunk.text)]
    for (start, end), following in zip(chunk.sentences, next_starts, strict=True):
        span = Span(chunk.document_id, chunk.start + start, chunk.start + end)
        text = without_taken_back(chunk.text[start:end])
        if start in later_sections:
            section = _Section.below(later_sections[start], own_title, label)
            heading = introduction = list_margin = asked = run_in = None
        if is_directive(text):
            continue
        lines = text_at(replace(span, start=asked.end, end=span.start)).count("\n") if asked else 0
        previous = earlier[-1] if earlier else None
        is_next_line = previous is not None and "\n" in chunk.text[max(0, previous.end - chunk.start) : start]
        if is_next_line and (run_in or (previous != asked and (lines > _REPLIES or not opens_message(text)))):
            asked = run_in = None
        leans = leans_on_context(without_header(text)) and not (is_next_line and opens_speech(text))
        may_reply = lines <= 1 or leans or not opens_message(text)
        before = previous
        _, before_it = next(lines_before(span, text_at, _LONGEST_LINE))
        if leans and not before_it.strip() and _RANKS.match(text):
            before = _first_sentence(chunk, span, text_at) or previous
        elif leans and previous and told_of and has_he_or_she(text):
            before = _named_above(text, earlier, text_at, told_of)
        elif leans and previous and leaves_open_who(text_at(previous), text):
            before = _named_above(text, earlier[:-1], text_at, told_of) or previous
        may_be_credit = bool(earlier) and (is_byline(text) or bool(_PUBLISHED.match(text)))
        if not may_be_credit or any(is_prose(text_at(s)) for s in earlier):
            earlier.append(span)
        was_unfinished, is_unfinished = is_unfinished, introduction is not None and bool(UNFINISHED_ITEM.search(text))
        is_item = bool(ITEM.match(text)) or is_unfinished or was_unfinished
        margin = indentation(before_it)
        ends_line = following == len(chunk.text) or "\n" in chunk.text[end:following]
        is_apart = text.endswith(":") or (ends_line and not before_it.strip())
        if is_item:
            list_margin = margin if list_margin is None else min(margin, list_margin)
        elif is_next_line and list_margin is not None and margin <= list_margin:
            introduction = list_margin = None  # The list is over.
        parent = _parent_item(span, margin, text_at) if is_item else None
        is_followed_by_item = bool(ITEM.match(chunk.text, following)) and "\n" in chunk.text[end:following]
        leads_list = is_followed_by_item and not (is_item or is_prose(text) or text.endswith(ENDINGS))
        if is_item and (parent or introduction):
            before = parent or introduction
        around = (*section.subject, text_at(before)) if before else section.subject
        if says_who(text) or (is_row(text) and names_columns(span, text_at)):
            continue
        if RUN_IN.fullmatch(text) and not (ends_line or before_it.strip()):
            asked = run_in = span
            yield _Reading(span, text, None, text, around, section.title, bonus(text, around), section=section_name(span))
        elif is_question(text) and end < chunk.sentences[-1][1]:
            opens_line = previous is not None and text_at(replace(previous, end=span.start)).strip() == before_it.strip()
            asked, run_in = replace(span, start=previous.start) if previous and opens_line and ends_line else span, None
            earlier[-1] = asked  # With what is said before it in its line.
        elif not (run_in or (asked and lines <= 1 and text.endswith(ENDINGS))) and (
            section.is_headed_by(text)
            or ((is_apart or not leans) and is_heading(text, like=section.heading) and (section.is_marked or not introduction))
        ):
            if is_apart:
                heading, introduction = span, None
            if not term or named_term(text) != term:
                around = section.subject
                yield _Reading(
                    span, text, None, text, around, section.title, bonus(text, around), is_heading=is_apart, section=section_name(span)
                )
        elif asked and may_reply:
            leans_on = before if before and lines <= 1 and leans_on_context(text) and is_prose(text_at(before)) else asked
            question = text_at(asked)
            yield _Reading(
                span,
                text,
                leans_on,
                f"{question} {text}",
                around,
                section.title,
                bonus(text, (question, *around)),
                section=section_name(span),
            )
        else:
            is_entry = bool(term) and before is not None and before == heading and named_term(text_at(before)) == term
            places = [p for p in (parent, introduction if is_item or not is_prose(text) else None, heading) if p]
            nearest = None if is_prose(text) or not places else places[0]
            own = heading if is_entry else next((p for p in places if is_needed(p, text, is_item=is_item)), nearest)
            if leads_list or (is_prose(text) and not (is_item and introduction)):
                introduction = span if leads_list or text.endswith(":") else None
            lead, led = (None, text) if leans else _led(span, text, text_at, tells, chunk.published)
            leans = leans or (lead is None and is_prose(text) and follows_in_time(text))
            if own and lead and {*content_stems(text_at(own))} <= {*content_stems(led)}:
                own = None
            above = _distinct(*section.subject, *(text_at(s) for s in (introduction or heading, parent) if s))
            gains = bonus(text, (*around, led), is_entry=is_entry)
            yield _Reading(span, led, before if leans else own, led, around, section.title, gains, lead, above, section=section_name(span))


def _before_passage(chunk: Chunk, text_at: Callable[[Span], str]) -> list[Span]:
    """The sentence before a passage that begins within a paragraph; none where it opens that, or that gives an order."""
    place = Span(chunk.document_id, max(0, chunk.start - _LONGEST_OPENING), chunk.start)
    text = text_at(place)
    before = sentence_before(text, len(text))
    if before is None or (place.start and not before.start) or is_directive(text[before.start : before.end]):
        return []
    return [replace(place, start=place.start + before.start, end=place.start + before.end)]


def _named_above(text: str, earlier: Sequence[Span], text_at: Callable[[Span], str], told_of: AbstractSet[str]) -> Span | None:
    """The nearest of the sentences before one that names somebody, where the "she" of that one may stand for them; None without one.

    Args:
        told_of: the stems of whose life the document tells: then it must name them.
    """
    above = ((s, text_at(s)) for s in reversed(earlier[-_NAMED_WITHIN:]))
    named = ((s, t, [w.stem for w in words(t)[1:] if may_be_name(w)]) for s, t in above)
    return next((s for s, t, some in named if some and not (told_of and told_of.isdisjoint(some)) and not leaves_open_who(t, text)), None)


def _first_sentence(chunk: Chunk, below: Span, text_at: Callable[[Span], str]) -> Span | None:
    """The first sentence of the article that a passage is of, above one of its sentences."""
    above = text_at(replace(below, start=0, end=below.start))
    titles = list(re.finditer(rf"^\W*{re.escape(chunk.title)}\W*$", above, re.MULTILINE)) if chunk.title else []
    start = titles[-1].end() if titles else 0
    opening = above[start : start + _LONGEST_OPENING]
    first = next((s for s in split_sentences(opening) if s.is_prose and not is_directive(opening[s.start : s.end])), None)
    return replace(below, start=start + first.start, end=start + first.end) if first else None


def _asked_above(chunk: Chunk, text_at: Callable[[Span], str]) -> Span | None:
    """The question that the first sentences of a passage answer, where it opens their line before them, or is the line above; None without one."""
    place = Span(chunk.document_id, chunk.start, chunk.start)
    for n, (start, line) in enumerate(lines_before(place, text_at, _LONGEST_LINE)):
        sentences = [] if MARKED_HEADING.match(line) else split_sentences(line)
        if not n and sentences and is_question(line[sentences[0].start : sentences[0].end]):
            return replace(place, start=start + sentences[0].start, end=start + sentences[0].end)
        if n and len(sentences) in (1, 2) and is_question(line[sentences[-1].start : sentences[-1].end]):  # "I lost my card. What do I do?"
            return replace(place, start=start + sentences[0].start, end=start + sentences[-1].end)
        if n and line.strip():
            return None
    return None


def _above(chunk: Chunk, heading: str, text_at: Callable[[Span], str]) -> Span | None:
    """What stands above a passage that its first sentences are not understood without: what introduces the list that it opens in the middle of, or a heading
    that it does not hold; None where they need neither."""
    start, end = chunk.sentences[0]
    first = chunk.text[start:end]
    around = Span(chunk.document_id, max(0, chunk.start - _LONGEST_LIST), chunk.start + end)
    is_item = ITEM.match(first) or UNFINISHED_ITEM.search(first)
    if is_item and (found := list_around(text_at(around), chunk.start + start - around.start)[0]):
        return replace(around, start=around.start + found.start, end=around.start + found.end)
    if (
        not heading
        or without_markup(heading).removesuffix(":") == chunk.title
        or (is_prose(first) and not (denies(heading) or _is_dated(words(heading))))
    ):
        return None
    passage = replace(around, start=chunk.start)
    lines = lines_before(passage, text_at, _LONGEST_LIST)
    return next((words_of_line(start, line, passage) for start, line in lines if line.strip() == heading), None)


def _is_above_item(line: Span, text_at: Callable[[Span], str]) -> bool:
    """Whether a list begins on the next line."""
    return bool(_ITEM_BELOW.match(text_at(replace(line, start=line.end, end=line.end + _LONGEST_MARK))))


def _parent_item(item: Span, margin: int, text_at: Callable[[Span], str]) -> Span | None:
    """The item below which another one stands, further in; None where it stands below none."""
    if not margin:
        return None
    for start, line in itertools.islice(lines_before(item, text_at, _LONGEST_LIST), 1, None):
        words_above = line.strip()
        if words_above and indentation(line) < margin:
            is_parent = ITEM.match(words_above) and len(words_above) <= _LONGEST_PARENT and not counts_on(words_above, text_at(item))
            return words_of_line(start, line, item) if is_parent else None
    return None


def _distinct(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _led(
    sentence: Span, text: str, text_at: Callable[[Span], str], tells: Callable[[str, str], bool], published: str | None
) -> tuple[Span | None, str]:
    """What tells what a sentence is about, in its line or its table, and the sentence together with that; None where nothing does, or the sentence opens its line."""
    if is_row(text):
        return named_row(sentence, text_at) or (None, text)
    start, line = next(lines_before(sentence, text_at, _LONGEST_LINE))
    has_own = bool(_LEAD.match(text)) or bool(_NEXT_LEAD.search(line))
    opening = None if opens_message(line) or has_own else _LEAD.match(line, indentation(line))
    lead = (
        replace(sentence, start=start + opening.start(), end=start + opening.end())
        if opening
        else message_header(sentence, text_at, published)
    )
    if lead is None or not tells(words := text_at(lead), text):
        return None, text
    return lead, f"{words}{':' if words[-1].isalnum() else ''} {ITEM.sub('', text, count=1)}"


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
    of_rank, of_subject = _ranking(question), _says_of_subject(question)
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
        return next(lines_before(place, text_at, _LONGEST_LINE))[0] in code(place.document_id)

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
