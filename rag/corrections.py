"""Where a text takes back, decides or corrects what it has said before: that a report was false, what became of a plan."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import takewhile

from rag.answer_types import AnswerType, answer_type
from rag.markup import ITEM
from rag.modality import is_belief, is_open
from rag.questions import asks_who
from rag.sections import asked_section, heading_names
from rag.sentences import SentenceSpan, is_question, moved, split_sentences
from rag.words import (
    CONTRACTED_NOT,
    content_stems,
    holds_alike,
    is_elliptical_denial,
    leans_on_context,
    may_be_name,
    opens_with_pronoun,
    words,
)

_WITHIN = 600
"""Characters after a sentence that are looked through."""
_DECIDED_WITHIN = 2
"""Sentences after one that leaves something open, of its paragraph."""
_SHORT_WORDS = 6
"""Of a sentence that takes something back, but does not say what holds instead ("That is wrong.")."""
_FEW_WORDS = 10
"""Words of one that says that something is not so."""
_I = re.IGNORECASE
_TAKES_BACK = re.compile(
    r"\b(?:(?:that|this|it|(?:the|this|that|both|all)(?: of these| these)? (?:report|claim|stor|rumou?r|statement|figure|number|date|news|account|announcement|allegation|accusation"
    r"|assertion|assumption|theor|belief|view|charge|answer|information)(?:y|ies|s)?)(?:['’]s| is| was| are| were| has been| have been| proved(?: to be)?| turned out(?: to be)?)"
    r"(?: \w+){0,2}? (?:(?:wrong|false|untrue|incorrect|inaccurate|mistaken|unfounded|baseless|disproved|refuted|retracted|withdrawn|nonsense)(?! to\b)"
    r"|an? (?:mistake|myth|hoax|lie|misunderstanding|typo|error)|not (?:true|right|correct|so|the case))"
    r"|turned out (?:to be|that|otherwise)|you(?: are|['’]re) (?:wrong|mistaken)"
    r"|(?:(?:contest|contradict|disput|refut|reject)(?:e|s|es|ed)?|den(?:y|ies|ied)) (?:it|th[ai]t|this|these|the (?:accusation|allegation|charge|claim|report|statement)s?))\b(?!['’]s\b)",
    _I,
)
_DISAGREES = re.compile(r"^[^.:;\"“”]{1,80}\b(?:disagree[sd]?|sees? (?:it|that|this) differently)(?=\s*[.:;]|,? (?:and )?say)", _I)
"""With what stands before: "Divers disagree: they say …"."""
_UNSAID = re.compile(
    r"\b(?:(?:did|does|do|would|will)(?: not|n['’]t)|declined to|refused to|without) (?:yet )?"
    r"(?:(?:say|saying|specify|specifying|disclose|reveal|explain)\s(?P<what>which|who|whom|whose|when|where|why|how)|(?P<names>name|naming|identify|identifying))\b",
    _I,
)
_ASKS_FOR_NAME = r"\b(?:who|whom|whose|which|what)\b"
_WAS_WRONG = re.compile(r"\b(?:I|he|she|they|we) (?:was|were) (?:wrong|mistaken)(?! to\b)", _I)
"""Of what somebody says in the sentence right before."""
_DECIDES = re.compile(
    r"^\W*(?:but|however|yet|instead|in fact|in reality|actually)\b|\b(?:agreed|decided|decision|voted|votes? (?:was|were)|unanimous(?:ly)?|defeated|carried|adopted|approved|accepted|granted|refused|rejected"
    r"|dismissed|dropped|abandoned|scrapped|cancell?ed|called off|shelved|withdrawn|withdrew|gave up|backed (?:away|down|out)|upheld|overturned|postponed|put off|delayed|denie[sd]|forb[ai]ds?|forbidden|instead|failed|never|confirmed|settled"
    r"|in the end|eventually|finds?|found|show(?:s|ed)|turned out|explained)\b",
    _I,
)
_DENIES_IT = re.compile(
    rf"^\W*(?:but |and |however,? )?(?:\w+ ){{1,4}}?(?:{CONTRACTED_NOT}|not|never|no longer|cannot)\b"
    r"(?: \w+){0,2}? (?:it|that|this|them|so)(?=\s*(?:[.,;!?]|$|(?:and|at|in|on|yet)\b))",
    _I,
)
"""A short sentence that says of what stands before that it is not so: "We don't have it, and we won't."."""
_EXCEPTS = re.compile(
    r"\b(?:(?:an?|one|only|some|few|two) exceptions?|exceptions? (?:are|is)|exempt(?:ed|ions?)?|(?:do|does) not apply)\b", _I
)
_CLAIMED = re.compile(r"\b(?:argu|assert|claim|contend|insist|maintain)(?:e|s|es|ed|ing)? that\b.*", _I | re.DOTALL)
"""What somebody says is so, of a sentence."""
_INTENDS = re.compile(r"\b(?:will|would|wants? to|wanted to)\b", _I)
_LEAVES_OPEN = re.compile(
    r"\b(?:(?:(?:would|could|did) not|(?:would|could|did)n['’]t) say (?:whether|if|when)|declined to say (?:whether|if|when)|left (?:it )?open (?:whether|if|when))\b",
    _I,
)
_WONDERS = re.compile(
    r"\b(?:asks?|asked|wants? to know|wanted to know|wonders?|wondered) (?:who|whom|whose|what|which|when|where|why|how|whether|if)\b", _I
)
_REPLIES = re.compile(r"\b(?:said|says|told|replied|answered|explained|will|would)\b", _I)
_REQUESTS = re.compile(r"\b(?:asked|applied|appealed|petitioned) (?:to|for)\b|\b(?:requested|demanded)\b", _I)
"""Of which the next sentences may tell what became ("Year 6 had asked to be exempt")."""
_THERE_IS_NO = re.compile(r"\b(?:there (?:is|are|was|were) no|has no|have no)\b", _I)
_NEAREST = re.compile(r"\W*the (?:nearest|closest|next|only)(?: one)? (?:is|are|was|were|can)\b", _I)
"""What there is instead, left out but for where that is."""
_SAYS_WHY = re.compile(
    r"\W*(?:asked (?:why|about (?:it|that|this))\b|the reason (?:is|was|for (?:it|that|this))\b|(?:that|this) (?:is|was) because\b)", _I
)
_IF = re.compile(r"\W*(?:\d+[.)] )?if\b(?P<condition>[^,.]+),", _I)
_ESTIMATE = re.compile(r"\b(?:calculat|estimat|reckon)\w*|\b(?:put|puts|valued?|values) (?:\w+ ){1,5}at\b|\bfigures?\b", _I)
_FIGURE = re.compile(r"\d")
_FORMER = re.compile(r"^\W*until (?:\w+ ){0,2}\d{4}\b|\b(?:formerly|previously|originally|initially|in the past)\b", _I)
_NOW = re.compile(r"\b(?:since|now|today|nowadays|currently|no longer|any ?more|later|then|replaced)\b", _I)
_BUT = re.compile(r"\bbut\b", _I)
_CORRECTS = re.compile(
    r"^\W*(?:\w+(?: \w+)?, )?(?:(?:correction|erratum|errata|update|edit)\b(?:[^:.!?]|\.(?= ?\d)){0,30}:|(?:(?:one|a) )?(?:\w+ )?correction\b|corrected\b)",
    _I,
)
_EARLIER_VERSION = re.compile(
    r"\b(?:earlier|original|previous|prior)\s(?:versions?|editions?)\s(?:of\s)?[^.;]*?\b(?:gave|had|misattribut|misidentif|mischaracteri|misquot|misspel|misspoke|misstat|said|stated|omit|incorrect|erroneous|wrong)",
    _I,
)
"""What tells that an article was wrong, up to the verb that says how."""
_SAYS_RIGHT = re.compile(r";|\b(?:not|instead|rather|in fact|correctly|should)\b", _I)
_OFF = "cancell?ed|called off|postponed"
_CHANGES = re.compile(rf"\b(?:{_OFF}|no longer|withdrawn|superseded|obsolete)\b|, not (?!only\b|just\b)", _I)
_CALLED_OFF = re.compile(rf"\b(?:{_OFF}|put off)\b", _I)
_INSTEAD = re.compile(r"\binstead\b(?! of\b)", _I)
_REPLACES = re.compile(
    r"\b(?:replac(?:es|ed|ing)|instead of|rather than)\s(?:on\s)?(?:the\s)?(?P<former>\d+)(?!\d|[.,:]\d)"
    r"|\b(?P<gone>\d+)(?:st|nd|rd|th)?\s(?:is off|(?:will not|won['’]t|does not|doesn['’]t|cannot|can['’]t) (?:work|happen|take place))\b",
    re.IGNORECASE,
)
"""A day, or number, that no longer holds: "28 November replaces the 21st"."""
_ANOTHER_VALUE = re.compile(
    r"\b(?P<changed>ris(?:en|es?)|rose|climb(?:s|ed)?|grow[ns]?|grew|go(?:ne|es) (?:up|down)|went (?:up|down)|f[ae]ll(?:s|en)?|drop(?:s|ped)?"
    r"|(?:rais|increas|lower|reduc|decreas|halv|doubl|tripl|extend|shorten|revis|chang|mov|reschedul)(?:e?d|es?)|cuts?|lift(?:s|ed)|brought forward|put (?:off|back))\b"
    rf"[^.,;:!?]{{0,60}}? (?:to|until|till)\b|{_INSTEAD.pattern}|(?P<now>\b(?:(?:is|are|will be) now|now (?:begins?|closes?|costs?|is|are|meets?|opens?|starts?|takes? place)) (?:at|from|in|on|until)\b)",
    _I,
)
"""A change, and of what it leads to the beginning: "doubled the aid to"."""
_OF_SIZE = re.compile(r"ris|rose|climb|gr[eo]w|go|went|f[ae]ll|drop|rais|increas|lower|reduc|decreas|halv|doubl|tripl|cut|lift", _I)
"""A change that leads to a number: not "fell to dust"."""
_VALUE_WITHIN = 4
"""Words after it."""
_THE = re.compile(r"\bthe (\w+)", _I)
_HAD_SAID = re.compile(
    r"\bhad (?:\w+ )?(?:announced|assumed|believed|expected|forecast|hoped|planned|predicted|promised|said|told \w+)\b[^.;]*?\b(?:would|to)\b",
    _I,
)
_TELLS_FUTURE = re.compile(r"\b(?:will|won['’]t|(?:is|are) (?:now )?(?:due|expected|likely|scheduled|to))\b", _I)
_OF_THE_PAST = re.compile(r"\b(?:did|had|was|were|would)\b", _I)
_CLAUSE = re.compile(r"(?<=\bthat)\s+\w", _I)
_WAS_PLANNED = re.compile(
    r"\b(?:had|was|were)(?: \w+)?(?<!not) (?:due|expected|hop(?:ed|ing)|intended|meant|planned|planning|scheduled|supposed|to have)\b(?! (?:by|of)\b)",
    _I,
)
_IT = re.compile(r"\b(?:it|that|these|they|this)\b", _I)
_IT_HAS = re.compile(r"\b(?:it|this|that|they|these) (?:has|have|had|is|are|was|were|will be) (?:since |now |been )*$", _I)
"""Of what is said before, right before a change: "Because of the strike this has been moved to"."""
_NUMBER = re.compile(r"(?<![\d.,:])\d+(?![\d:]|[.,]\d)")
_VALUE = re.compile(r"\D{0,10}(\d+(?:[.,:]\d+)*)")
_WHAT_KIND = re.compile(r"\b(?:(?:what|which) \w+|how many people)\b", _I)
"""Of what is asked for ("what time"): what tells another one need not name it."""
_ONE_MORE = re.compile(r"\b(?:an?other|an? (?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+th))\b", _I)
_HOW_MANY = re.compile(r"\bhow many\b", _I)
_WHO_IS = re.compile(r"^\W*who(?:['’]s|se| is| are| runs?| leads?| heads?| chairs?)\b", _I)
_LEAVES = re.compile(
    r"\b(?:(?:was|were|is|are|be|been) (?:succeeded|replaced|dismissed|fired|sacked|ousted|suspended|voted out)|resign(?:s|ed|ing)?|step(?:s|ped|ping)? down"
    r"|retir(?:es?|ed|ing)|quits?|leaves|left (?:the|her|his|their|office)|hand(?:s|ed) over)\b",
    _I,
)
_FOLLOWS = re.compile(
    r"\b(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )(?<!been )(?:succeed(?:s|ed)|replac(?:es|ed)|t(?:akes?|ook|aken) over from)\b", _I
)
_AMENDS = re.compile(
    r"\b(?:is|are|was|were|be|been|hereby)(?: \w+ly)? (?:amended|changed|deleted|modified|removed|repealed|replaced|revised|struck|superseded|suspended)\b"
    r"|\b(?:amends|changes|deletes|modifies|repeals|replaces|revises|supersedes|suspends)\b",
    _I,
)
_NEAR = 3
"""Content words around what tells of a change."""
_SHARED = 2
"""Content words that a correction, or a decision that does not follow directly, must have in common with what it is about."""


def said_of_it_next(text: str, start: int, end: int, question: str) -> list[SentenceSpan]:
    """The sentences after one, up to that which takes it back, tells that what is asked was not said or, where it leaves something open, decides that; none where
    the text does not."""
    sentence = text[start:end]
    found = [s for s in moved(split_sentences(text[end : end + _WITHIN]), end) if s.is_prose or _TAKES_BACK.search(text, s.start, s.end)]
    found = list(takewhile(lambda s: not is_question(text[s.start : s.end]), found))
    here = [s for s in found if "\n" not in text[end : s.start]]
    for s in (*found[:1], *found[len(here) : len(here) + 1]):
        said = text[s.start : s.end]
        if _takes_back(said, sentence) or (s is found[0] and _WAS_WRONG.search(said)):
            n = found.index(s) + 1
            goes_on = len(said.split()) <= _SHORT_WORDS and n < len(found) and "\n" not in text[s.end : found[n].start]
            return [s, found[n]] if goes_on else [s]
    following = text[here[0].start : here[0].end] if here else ""
    denies_it = is_elliptical_denial(following) or (len(following.split()) <= _FEW_WORDS and _DENIES_IT.search(following))
    completes = (_gives_another, _becomes_of_plan, _is_in_its_stead, _is_other_case, _is_nearest, _leaves_open, _replies)
    if (
        denies_it
        or _EXCEPTS.search(following)
        or _SAYS_WHY.match(following)
        or _DISAGREES.match(following)
        or _leaves_unsaid(following, question)
        or any(c(following, sentence) for c in completes)
    ):
        return here[:1]
    if _DECIDES.search(_CLAIMED.sub("", sentence)) or _BUT.search(sentence):
        return []
    if all(_ESTIMATE.search(s) and _FIGURE.search(s) for s in (sentence, following)):
        return here[:1]
    if is_belief(sentence):
        return (here or [s for s in found[:1] if not (ITEM.match(text, s.start) or any(map(str.isalnum, text[end : s.start])))])[:1]
    if _FORMER.search(sentence) and not _NOW.search(sentence):
        return [s for s in here[:1] if _NOW.search(text[s.start : s.end])]
    if is_open(sentence) or _REQUESTS.search(sentence):
        for n, s in enumerate(here[:_DECIDED_WITHIN], 1):
            said = text[s.start : s.end]
            goes_on = n == 1 or leans_on_context(said) or len({*content_stems(said)} & {*content_stems(sentence)}) >= _SHARED
            if goes_on and _DECIDES.search(said):
                return here[:n]
    return []


def _takes_back(said: str, sentence: str) -> bool:
    """Whether words take back a sentence; what denies "that …" need not be of it, unless it names something of it."""
    found = _TAKES_BACK.search(said)
    clause = _CLAUSE.match(said, found.end()) if found else None
    return bool(found) and (clause is None or not {*content_stems(said[clause.start() :])}.isdisjoint(content_stems(sentence)))


def _leaves_unsaid(sentence: str, question: str) -> bool:
    """Whether somebody did not say what is asked: "She did not say which."."""
    unsaid = _UNSAID.search(sentence)
    if unsaid is None:
        return False
    return bool(re.search(_ASKS_FOR_NAME if unsaid["names"] else rf"\b{unsaid['what']}\b", question, _I))


def _is_other_case(following: str, sentence: str) -> bool:
    """Whether a condition is followed by another that leans on it ("If one leaf turns yellow, … If more do, …")."""
    other = _IF.match(following) if _IF.match(sentence) else None
    return other is not None and len(content_stems(other["condition"])) <= 1


def _is_nearest(following: str, sentence: str) -> bool:
    """Whether what there is not is followed by where the next one is ("There is no car park. The nearest is at the station.")."""
    return bool(_THERE_IS_NO.search(sentence) and _NEAREST.match(following))


def _is_in_its_stead(following: str, sentence: str) -> bool:
    """Whether what is called off is followed by what there is instead ("The talk was put off. She comes in May instead.")."""
    return bool(_CALLED_OFF.search(sentence) and _INSTEAD.search(following))


def _becomes_of_plan(following: str, sentence: str) -> bool:
    """Whether what was planned is followed by what becomes of it ("We had planned to open it in May. It will be the spring of 2026.")."""
    is_about_it = _IT.search(following) or _NOW.search(following)
    return bool(_WAS_PLANNED.search(sentence) and is_about_it and (_FIGURE.search(following) or _DECIDES.search(following)))


def _leaves_open(following: str, sentence: str) -> bool:
    """Whether an intention is followed by that somebody would not say whether, or when, it holds."""
    return bool(_INTENDS.search(sentence) and leans_on_context(following) and _LEAVES_OPEN.search(following))


def _replies(following: str, sentence: str) -> bool:
    """Whether what somebody asks is followed by what somebody says to it ("Bo asked who pays. Cy will find out.")."""
    return bool(_WONDERS.search(sentence) and _REPLIES.search(following))


def _gives_another(following: str, sentence: str) -> bool:
    """Whether a sentence goes on about the one before it by a pronoun, and says to which figure that has changed ("It has since reduced its stake to 12 percent")."""
    change = _ANOTHER_VALUE.search(following) if _FIGURE.search(sentence) else None
    if change is None or not (opens_with_pronoun(following) or _IT_HAS.search(following, 0, change.start())):
        return False
    value = _VALUE.match(following, change.end())
    return value is not None and value[1] not in sentence


def corrects(later: str, said: str, question: str) -> bool:
    """Whether a sentence that stands further on says that something has changed, or was not so, and is about what a sentence adds to a question."""
    is_marked, found = _CORRECTS.match(later), list(_CHANGES.finditer(later))
    here = {*content_stems(said)}
    replaced = {m["former"] or m["gone"] for m in _REPLACES.finditer(later)}
    if replaced & {*_NUMBER.findall(said)} and any(not s[0].isdigit() for s in here & {*content_stems(later)}):
        return True
    if not (is_marked or found):
        return False
    added = here - {*content_stems(question)}
    shared = {*content_stems(_CHANGES.sub(" ", later[is_marked.end() :] if is_marked else later))} & here
    if is_marked:
        return len(shared) >= _SHARED and bool(shared & added)
    return 2 * len(shared & added) >= max(2 * _SHARED, len(added)) and any(_is_near(m, added) for m in found)


def notes_error(sentence: str) -> bool:
    """Whether a sentence tells only what an earlier version of its article had wrong, and not what holds."""
    return bool(_EARLIER_VERSION.search(sentence)) and not _SAYS_RIGHT.search(sentence)


def changes(later: str, said: str, question: str, title: str, *, is_elsewhere: bool = False) -> bool:
    """Whether a sentence that is written later says that what is asked about has got another number, time or place than is said.

    Args:
        title: of the later sentence, with what else stands above it.
        is_elsewhere: whether that is of another document: then it must itself tell better what it is about.
    """
    change = _ANOTHER_VALUE.search(later) or (_ONE_MORE.search(later) if _HOW_MANY.search(question) else None)
    if not change or asks_who(question) or ((value := _VALUE.match(later, change.end())) and value[1] in said):
        return False
    asked = {*content_stems(_WHAT_KIND.sub(" ", question))}
    verb = change.groupdict().get("changed") or change[0]
    if _OF_SIZE.match(verb) and not any(_FIGURE.search(w.stem) for w in words(later[change.end() :])[:_VALUE_WITHIN]):
        return False
    here = {*content_stems(later)} - {*content_stems(verb)}
    if answer_type(question) is AnswerType.OTHER and len(here & {*content_stems(said)}) < _SHARED:
        return False
    above = content_stems(title)
    sought = {s for s in asked if not holds_alike(above, s)} or asked
    needed = asked if is_elsewhere else sought
    if change.groupdict().get("now") and not is_elsewhere:
        definite = {s for m in _THE.finditer(later) for s in content_stems(m[1])}
        if definite & asked & {*content_stems(said)}:
            return True
    return bool(sought & here) and (sought <= here or 3 * len(needed & here) >= 2 * len(needed))


def holds_now(other: str, said: str, question: str) -> bool:
    """Whether words tell what had been said or expected before ("had said that the line would reopen"), and another sentence what will be."""
    is_stale = _HAD_SAID.search(said) and _TELLS_FUTURE.search(other) and not _OF_THE_PAST.search(question)
    return bool(is_stale and {*content_stems(other)} & {*content_stems(said)} & {*content_stems(question)})


def leaves(later: str, said: str, question: str) -> bool:
    """Whether a sentence that is written later says that somebody is no longer who is asked for, or has a successor."""
    if not _WHO_IS.match(question):
        return False
    asked = [w for w in words(question) if w.is_content]
    named = {w.stem for w in words(said) if may_be_name(w)} - {w.stem for w in asked if not all(map(may_be_name, asked))}
    before = (words(later[: m.start()])[-_NEAR:] for m in _LEAVES.finditer(later))
    after = (words(later[m.end() :])[:_NEAR] for m in _FOLLOWS.finditer(later))
    return any(may_be_name(w) and w.stem in named for near in (*before, *after) for w in near)


def amends(later: str, headings: str) -> bool:
    """Whether a sentence says that a section has been changed which headings, a line each, name by its number."""
    section = asked_section(later) if _AMENDS.search(later) else None
    return section is not None and section.is_among(heading_names(headings))


def _is_near(found: re.Match[str], stems: Collection[str]) -> bool:
    around = [*content_stems(found.string[: found.start()])[-_NEAR:], *content_stems(found.string[found.end() :])[:_NEAR]]
    return any(s in stems for s in around)
