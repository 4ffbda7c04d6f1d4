"""What kind of words a question asks for, and whether a sentence gives them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum

from rag.grounding import denies
from rag.messages import OPENING
from rag.questions import asks_whether
from rag.sentences import is_prose, is_question, sentence_texts
from rag.words import (
    CONTRACTED_NOT,
    MONTHS,
    NUMBER_WORDS,
    WEEK,
    WEEKDAYS,
    YEAR,
    Word,
    content_stems,
    initials,
    is_day_of_month,
    month_or_weekday,
    names,
    opposites,
    stem,
    words,
)

_OF_ONE_MORE = 1.5
"""What a sentence loses of another one ("A second walkout will begin on 14 December."), where a time, a name or a number is asked for of one alone ("the walkout")."""
_OF_RANK = 2.0
"""What a sentence gains that tells which of several something was, where it is asked whether it was the first ("It is the company's second recall"), and loses that tells
of the second, where the first is asked about."""
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
NTH = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
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
_ONE_MORE = re.compile(rf"\b(?:another|an? (?:{NTH}))\s(?!(?:of|later|time)\b)\w+", re.IGNORECASE)
_HOW_MANY_TIMES = re.compile(r"\bhow (?:many times|often)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    rf"\b(?P<rank>{NTH}|\d+(?:st|nd|rd|th)|last|only)\s(?P<what>(?:\w+\s)?\w+)",
    re.IGNORECASE,
)
"""Which of several something is, with what it is one of behind it."""
_DENIED = re.compile(rf"\b(?:not|never|cannot|{CONTRACTED_NOT}|fail(?:s|ed)? to)\b", re.IGNORECASE)
_HOW_OR_WHY = re.compile(r"\W*(?:how|why) (?:did|had|was|were)\b", re.IGNORECASE)
"""Of what is past: "The shop is closed on Mondays." may well tell why it is closed."""
_SUBORDINATE = re.compile(r"\s(?:after|as|because|before|if|since|so|that|unless|when|while|who)\b", re.IGNORECASE)
_LEAVES_OUT = re.compile(
    r"\b(?:absent|apart|besides?|beyond|but|hardly|impossible|incapable|instead|lack\w*|missing|only|others?|prevent\w*|rather|refus\w+|unless|unlikely|until)\b",
    re.IGNORECASE,
)
"""What denies in other words, or may tell of those that are left out: "Only members may swim." of "Who may not swim?"."""
_OTHER_END = opposites(
    """most/least largest/smallest biggest/smallest highest/lowest best/worst longest/shortest tallest/shortest oldest/newest oldest/youngest
    fastest/slowest heaviest/lightest strongest/weakest hottest/coldest warmest/coldest warmest/coolest nearest/farthest deepest/shallowest earliest/latest
    richest/poorest easiest/hardest maximum/minimum"""
)
_AT_END = re.compile(r"\bat (?:(?:the )?(?:very )?(?:least|most)|best|worst)\b", re.IGNORECASE)
_SAME_SHARE = 0.75
"""Share of a question's content words that a sentence must hold to speak of the same."""
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


def is_dated(some: Sequence[Word]) -> bool:
    """Whether words name a month, a weekday or a year."""
    return any(month_or_weekday(w) or YEAR.fullmatch(w.surface) for w in some)


def adds_to(question: str, sentence: str) -> bool:
    """Whether a sentence says something of the kind that is asked for which the question does not say itself."""
    stems = frozenset(w.stem for w in words(question))
    kind = answer_type(question)
    said = without_number(sentence, words(sentence), kind)
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


def without_number(sentence: str, sentence_words: Sequence[Word], kind: AnswerType) -> Sequence[Word]:
    """The words of a sentence without what is no quantity: the number of the item or section that it is, and the time of a message."""
    number = _LIST_NUMBER.match(sentence) or (OPENING.match(sentence) if kind is AnswerType.QUANTITY else None)
    return [w for w in sentence_words if w.start >= number.end()] if number else sentence_words


def rank_gain(question: str) -> Callable[[str], float]:
    """What a sentence gains that tells which of several something was ("its second recall"), if it is asked whether it was the first, or how many times; what it
    loses that is of the second only, where the first is asked about, or one alone."""
    named, counts = list(_ORDINAL.finditer(question)), bool(_HOW_MANY_TIMES.search(question))
    what = {*content_stems(question)} if counts else {s for m in named for s in content_stems(m["what"])}
    ranks, asks_which = {m["rank"].lower() for m in named}, counts or asks_whether(question)

    def gains(sentence: str) -> float:
        if not any(not what.isdisjoint(content_stems(m["what"])) for m in _ORDINAL.finditer(sentence)):
            return 0.0
        if asks_which:
            return _OF_RANK
        return -_OF_RANK * ranks.isdisjoint(w.surface.lower() for w in words(sentence))

    def loses(sentence: str) -> float:
        return -_OF_ONE_MORE * bool(_ONE_MORE.search(sentence))

    if what:
        return gains
    asks_of_one = answer_type(question) is not AnswerType.OTHER and not _ONE_MORE.search(question)
    return loses if asks_of_one else lambda _: 0.0


def says_of_subject(question: str) -> Callable[[str], bool]:
    """Whether a sentence, or a part of it, has for its subject that of a question how something is ("Is the harbour open?")."""
    asked = _IS_IT_SO.fullmatch(question)
    if not asked:
        return lambda _: False
    said = re.compile(
        rf"(?:^|[,;:–—] (?:and |but )?)\W*(?:{_DETERMINER}\s)?{re.escape(asked['subject'])}(?:,[^,]*,)?\s(?:is|are|was|were|remain(?:s|ed)?|stay(?:s|ed)?|will be|ha(?:s|ve) been)\b",
        re.IGNORECASE,
    )
    return lambda sentence: bool(said.search(sentence))


def beside_the_point(question: str) -> Callable[[str], bool]:
    """What tells whether a sentence answers another question: it says of something just what a question of who, what, how asks for the opposite of ("These
    measures are used." of "Which measures are not used?", "It is the deepest lake." of "Which lake is the shallowest?"), or only when something was, where it
    is asked how or why ("He died in 1951.").

    Of a question when, the times that are told may answer for others ("The pool is heated from May to August.").
    """
    if asks_whether(question):
        return lambda _: False
    denied, aside = _DENIED.search(question), _SUBORDINATE.search(question)
    is_denied = bool(denied and not (aside and aside.start() < denied.start())) and answer_type(question) is not AnswerType.TIME
    asked_words = words(_DENIED.sub(" ", _AT_END.sub(" ", question)))
    ends = {w.stem for w in asked_words if w.stem in _OTHER_END}
    what_not = content_stems(question[denied.end() :])[:1] if denied else []
    asked = {w.stem for w in asked_words if w.is_content}
    asks_how = bool(_HOW_OR_WHY.match(question))

    def says_opposite(sentence: str) -> bool:
        here = {w.stem for w in words(_AT_END.sub(" ", sentence))}
        turned = {e for e in ends - here if _OTHER_END[e] & here}
        same = asked - turned
        if len(same & here) < max(_SAME_SHARE * len(same), 1):
            return False
        is_affirmed = is_denied and len(asked) > 1 and here.issuperset(what_not) and not (denies(sentence) or _LEAVES_OUT.search(sentence))
        return bool(turned) or is_affirmed

    def tells_only_when(sentence: str) -> bool:
        content = [w for w in words(sentence) if w.is_content]
        fresh = [w for w in content if w.stem not in asked]
        return 0 < len(fresh) < len(content) and all(_is_time(w) or month_or_weekday(w) or w.surface.isdecimal() for w in fresh)

    return lambda sentence: ((is_denied or ends) and says_opposite(sentence)) or (asks_how and tells_only_when(sentence))


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
