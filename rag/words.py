"""Words as search, evidence and checking compare them: lower-cased, acronyms without dots, stemmed, function words marked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

# English function words. A question's "who", "when" and "how many" carry no topic either: they are handled by answer type.
FUNCTION_WORDS = frozenset(
    """a about above across after again against ago all along already also although always am among amid amidst an and another any are
    aren't around as at away be became because become been before being below beside besides between both but by came can can't
    cannot come could couldn't did didn't do does doesn't doing don't done down during each either else ever every few for from
    further get give given gave go going gone got had has have haven't having he her here hers herself him himself his how however i
    if in indeed instead into is isn't it its itself just kind let lot made make makes many may me might mine more most much must my
    myself near neither never no nor not of off often on once one only onto or other others our ours out over own per perhaps please
    put quite rather really said same say says shall she should since so some somebody someone something soon still such take taken
    than that the their theirs them themselves then there therefore these they thing things this those though through thus to
    together too took toward towards under unless until up upon us very via was wasn't way we well were what whatever when whenever
    where wherever whether which while who whoever whole whom whose why will with within without won't would wouldn't yes yet you
    your yours tell know known anything anyone article articles document documents text according mention mentioned report reported
    reportedly""".split()
)

INTERROGATIVES = frozenset("who whom whose what which where when why how".split())
AUXILIARIES = frozenset("is are was were do does did has have had can could will would should may might".split())
COPULAS = frozenset("is are was were".split())
ARTICLES = frozenset("the a an".split())
MONTH_NUMBERS = {
    name: n for n, name in enumerate("january february march april may june july august september october november december".split(), 1)
}
MONTHS = frozenset(MONTH_NUMBERS)
WEEK = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
WEEKDAYS = frozenset(WEEK)
NUMBER_WORDS = {
    w: str(n)
    for n, w in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen""".split()
    )
} | {w: str(n) for n, w in zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)}
_ABBREVIATED = {name[:3]: name for name in MONTHS | WEEKDAYS if name != "may"}
_ABBREVIATED |= {"sept": "september", "tues": "tuesday", "thur": "thursday", "thurs": "thursday"}
MONTH = rf"(?:{'|'.join(sorted((n.capitalize() for n in {*MONTHS, *_ABBREVIATED} if _ABBREVIATED.get(n, n) in MONTHS), reverse=True))})"
"""The name of a month, abbreviated or not, as a pattern: "Sept"."""
YEAR = re.compile(r"1\d{3}|20\d{2}")
_MONTH_IN_FIGURES = {f"{n:02}": name for name, n in MONTH_NUMBERS.items()}
_BEFORE_DATE = re.compile(rf"\.?,?\s(?:\d|(?i:{'|'.join(_ABBREVIATED)}|{'|'.join(MONTHS)})\b)")
_AFTER_DAY = re.compile(r"\d\s$")
_ISO_DATE = re.compile(r"(?<!\d)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*(?:['’]?s\b)?(?![^\W_])|[^\W_]+(?:['’][^\W_]+)*")
_EXPLETIVE = (
    r"it\s(?:is|was|has been)\s(?:\w+\s)?(?:(?:claimed|said|believed|thought|assumed|known|reported|rumou?red|alleged|expected|estimated|feared|hoped"
    r"|certain|clear|likely|true|uncertain|unclear|unknown|unlikely)\s(?:that|whether)"
    r"|(?:agreed|announced|decided|proposed|recommended|resolved|ruled|suggested|advisable|forbidden|illegal|important|impossible|necessary|possible)(?:,[^,]{1,40},)?\s(?:that|to))\b"
)
_PRONOUN = rf"(?!{_EXPLETIVE})(?:he|she|it|they|his|her|its|their|him|them|this|these|those|such(?! as\b))\b"
_THAT = r"that(?:['’]s|\s(?:is|was|were|has|had|will|would|can|could|does|did|means?|meant))\b"
_ALL_OF_THEM = r"(?:(?:neither|none|both)\s(?:is|was|are|were|has|have|had|did|do|does|will|would|can|could)|(?:that|this|neither|either) one|the (?:former|latter)|(?:the )?others(?! (?:that|who)))\b"
_OF_ITS_SENTENCE = r"(?<!\w\ssaid\s)(?<!\w\ssays\s)(?<!\w\sand\s)"
"""What a pronoun stands behind that stands for the subject of its own sentence: "Lumina said it …", "Idris and her …"."""
_CONNECTIVE = r"(?:otherwise(?! (?:known|called))|in that case|if (?:not|so)|if (?:\w+\s){1,5}?still)\b"
_AFTERWARDS = re.compile(
    r"^\W*(?:after(?:wards| that| this)|before that|by then|from then on|since then|then|thereafter|until then"
    r"|(?:\w+\s){1,2}(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|seasons?|years?|decades?|centur(?:y|ies))\s(?:later|earlier|afterwards)"
    r"|(?:(?:on|in|during)\s)?the\s(?:following|next|previous|same)\s(?:morning|afternoon|evening|day|night|week|month|season|summer|winter|spring|autumn|year))\b",
    re.IGNORECASE,
)
"""What tells a time by what stands before: "Three years later …"."""
_BEFOREHAND = re.compile(
    r"^(?=.*\d).*?(?:\bhad(?:\s\w+)?\s(?:at first|earlier|first|initially|originally|previously)\b|\b(?:previous|earlier|former)\s\w+(?:,[^,]*,)?\shad\b)",
    re.IGNORECASE | re.DOTALL,
)
"""What gives the figure that was in the place of one before: "They had earlier spoken of 43 dead"."""
_PREDICATE = r"(?:(?:is|are|was|were|has|had|does|did|can|must)(?:n['’]t)?|cannot)\s(?!.*\?\W*$)"
"""What a note begins with that leaves out its subject: "Does not work for attachments."."""
_COUNT = rf"(?:(?!{YEAR.pattern})\d+(?:[.,]\d+)*|{'|'.join(NUMBER_WORDS)}|(?:a )?(?:dozen|hundred|thousand))"
_NUMBER_ALONE = (
    r"(?:(?:at|by|in|on)\s\w+,?\s|(?:\w+\s){1,3}(?:earlier|later|before),?\s)?(?:(?:about|almost|another|nearly|only|some)\s)?"
    rf"(?:all\s)?(?!one\shas\sto\b){_COUNT}(?:\s(?:and|or|to)\s{_COUNT})?\s(?:are|came|did|died|had|has|have|is|left|recovered|survived|was|were)\b"
)
"""What begins with how many of what stands before: "On Monday 2,000 had come.", "All four recovered."."""
_GETS_NAME = r"(?:(?!and\b)[\w'’-]+\s){1,4}?(?:call(?:s|ed)?|christen(?:s|ed)?|dub(?:s|bed)?|(?:nick)?name[sd]?)\s(?:it|them|this|these)\s"
"""What gives what stands before a name: "The team has nicknamed it 'the olive'."."""
CONTRACTED_NOT = r"(?:do|does|did|is|was|are|were|has|have|had|ca|could|wo|would|should)n['’]t"
_IS_NOT = re.compile(
    rf"^\W*(?:but |and |however,? )?(?:\w+ ){{1,3}}?(?:{CONTRACTED_NOT}"
    r"|(?:do|does|did|is|was|are|were|has|have|had|can|could|will|would|should) not|cannot)\s*[.,;:!–—]",
    re.IGNORECASE,
)
_LEANING = re.compile(
    rf"^\W*(?:A:\s*)?(?:{_EXPLETIVE}\s)?(?:(?:\w+\s+){{0,3}}?{_OF_ITS_SENTENCE}{_PRONOUN}|{_THAT}|{_ALL_OF_THEM}|{_CONNECTIVE}|(?:yes|no)\s*[,.;:–—-]|{_PREDICATE}|{_NUMBER_ALONE}|{_GETS_NAME})",
    re.IGNORECASE | re.DOTALL,
)
_OF_OWN_SUBJECT = re.compile(
    r"(?:[A-Z][\w'’-]*\s)?(?:(?P<name>[A-Z][\w'’-]*[^\Ws])\s(?P<does>[a-z]+)\sits|(?P<names>[A-Z][\w'’-]*s)\s(?P<do>[a-z]+)\stheir)\b"
)
"""A pronoun among the first words that stands for the subject before it: "Labour kept its majority"."""
_THAT_ONE = re.compile(
    r"(?P<because>[^;:–—]{0,60}\bbecause of (?:it|this|that|them)(?=\W*(?:$|[,;.])))"
    r"|(?:\W*|(?:[^,;:–—]|,(?=\d))*\b(?:about|after|at|before|behind|by|during|for|from|in|of|on|over|with)\s)(?:that|those)\s(?P<what>\w+)",
    re.IGNORECASE | re.DOTALL,
)
"""What points back without a pronoun: "That strike ended", "was fined over that accident", "left because of it"."""
_AGREES = re.compile(
    r"\b(?:(?:dis)?agree[sd]?|den(?:y|ies|ied) (?:any |all )?(?:involvement|responsibility|wrongdoing)|(?:confirm|contradict|den|disput|doubt|refut|reject)(?:y|ies|ied|s|ed) (?:it|this|that)"
    r"|shares? (?:his|her|its|their|this|that) (?:\w+ )?(?:assessment|belief|concern|doubt|fear|hope|opinion|optimism|pessimism|view|worr)(?:s|y|ies)?)\W*$|\bdisagree[sd]?[:;]",
    re.IGNORECASE,
)
"""What ends a sentence, or a part of it, that tells what somebody thinks only by what stands before: "The bank disagreed.", "She does not share his view."."""
_PRONOUN_FIRST = re.compile(rf"^\W*(?:(?:and|but|so|then|yet)\s+)?(?:{_PRONOUN}|{_THAT})", re.IGNORECASE)
HE_OR_SHE = re.compile(r"\b(?:(?P<he>he|him|his)|(?P<she>she|hers?))\b", re.IGNORECASE)
"""A pronoun for one person."""
_QUOTES = tuple("\"“‘'„«")
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)$")
_FEWEST_IN_CAPITALS = 3
"""Words: a line of so many in capitals only is a heading, in which none of them tells an acronym."""
_SHARED_PREFIX, _MOST_LONGER = 5, 3
"""Letters."""
_CAPITALISED = re.compile(r"[A-Z][\w'’-]*")
_NAME_RUN = re.compile(rf"{_CAPITALISED.pattern}(?:\s(?:(?:of|for|and|on|the)\s){{0,2}}{_CAPITALISED.pattern})+")
_ACRONYM_LETTERS = range(3, 7)
"""Two letters are those of many names."""
_STEMMER = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text with its place, its stem, and whether it carries content."""

    surface: str
    start: int
    end: int
    stem: str
    is_content: bool


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball stem of a word, case, apostrophes, digit groups and acronym dots normalised; ``six`` and ``6`` are the same.

    An acronym that would read as a function word keeps a dot (``U.S.``, ``US`` → ``us.``; the pronoun → ``us``).
    """
    low = word.lower().replace("’", "'")
    if low[0].isdigit():
        return low.replace(",", "").replace("'", "")
    if "." in low or (word.isupper() and 2 <= len(word) <= 5):
        bare = low.replace(".", "")
        return bare + "." if bare in FUNCTION_WORDS else bare
    low = re.sub(r"'s$|'$", "", low)
    return NUMBER_WORDS.get(low) or str(_STEMMER.stemWord(low))


def words(text: str) -> list[Word]:
    """All words of ``text`` in order; month and day of an ISO date have the stems that they have in words ("2018-06-03": ``june``, ``3``)."""
    found = []
    numeric = _numeric_dates(text) if "-" in text else {}
    in_capitals = text.isupper() and len(text.split()) >= _FEWEST_IN_CAPITALS
    for m in _WORD.finditer(text):
        surface, low = m.group(), m.group().lower().replace("’", "'")
        s = stem(numeric.get(m.start()) or (_ABBREVIATED[low] if low in _ABBREVIATED and _is_dated(m) else low if in_capitals else surface))
        found.append(Word(surface, m.start(), m.end(), s, s.endswith(".") or not FUNCTION_WORDS & {low, _CLITIC.sub("", low)}))
    return found


def _numeric_dates(text: str) -> dict[int, str]:
    """Months and days of ISO dates, in words, by the places where they start."""
    found = {}
    for m in _ISO_DATE.finditer(text):
        found[m.start(1)], found[m.start(2)] = _MONTH_IN_FIGURES[m[1]], str(int(m[2]))
    return found


def _is_dated(word: re.Match[str]) -> bool:
    """Whether an abbreviation stands for a month or weekday: "Nov. 10", "30 JUN 2018", "Sat, Nov 10"; "Jan", "Mar" and "Sun" are words too."""
    return word.group()[0].isupper() and bool(
        _BEFORE_DATE.match(word.string, word.end()) or _AFTER_DAY.search(word.string, max(0, word.start() - 2), word.start())
    )


def month_or_weekday(word: Word) -> str | None:
    """The lower-case name of the month or weekday that a word stands for, abbreviated or in figures or not."""
    low = word.surface.lower()
    full = low if low in MONTHS or low in WEEKDAYS else _ABBREVIATED.get(low) or _MONTH_IN_FIGURES.get(low)
    return full if full and word.stem == stem(full) else None


def is_day_of_month(sentence: Sequence[Word], i: int) -> bool:
    """Whether the word at ``i`` is a number beside a month ("12 May", "May 12")."""
    return sentence[i].stem[0].isdigit() and any(month_or_weekday(w) in MONTHS for w in sentence[max(0, i - 1) : i + 2])


def opposites(pairs: str) -> dict[str, set[str]]:
    """The stems of words to those of their opposites, from pairs with white space between them: "more/less first/last"."""
    found: dict[str, set[str]] = {}
    for pair in pairs.split():
        a, b = map(stem, pair.split("/"))
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def content_stems(text: str) -> list[str]:
    """Stems of the content words of ``text``, in order, repetitions kept."""
    return [w.stem for w in words(text) if w.is_content]


def search_terms(text: str) -> list[str]:
    """Terms for the keyword index: content stems and joined designations."""
    return content_stems(text) + joined_designations(text)


def joined_designations(text: str) -> list[str]:
    """Hyphenated names with a digit, in one word and lower case (``F-35A`` → ``f35a``)."""
    return [re.sub(r"\W", "", m.group()).lower() for m in re.finditer(r"\w+(?:-\w+)+", text) if any(c.isdigit() for c in m.group())]


def names(sentence: str) -> set[str]:
    """Stems of the names and numbers of a sentence: content words with a capital, the sentence's first word left out, or a digit."""
    return {
        w.stem for i, w in enumerate(words(sentence)) if w.is_content and ((i > 0 and w.surface[0].isupper()) or w.surface[0].isdigit())
    }


def may_be_name(word: Word) -> bool:
    """Whether a word has a capital and content and is no month or weekday."""
    return word.is_content and word.surface[0].isupper() and not month_or_weekday(word)


def alike(a: str, b: str) -> bool:
    """Whether two stems are the same, or have the same long beginning (``korean``, ``korea``)."""
    if a == b:
        return True
    is_long = len(a) >= _SHARED_PREFIX and not a[0].isdigit()
    return is_long and a[:_SHARED_PREFIX] == b[:_SHARED_PREFIX] and abs(len(a) - len(b)) <= _MOST_LONGER


def holds_alike(stems: Iterable[str], one: str) -> bool:
    """Whether one of some stems is ``alike`` another."""
    return any(alike(one, s) for s in stems)


def leans_on_context(sentence: str) -> bool:
    """Whether one of a sentence's first words is a pronoun that stands for something before it, or it points back ("that accident"), has no subject or predicate,
    is the yes or no to a question, or only agrees or not."""
    leans = _LEANING.match(sentence) and not _tells_of_own_subject(sentence)
    return bool(leans or _AGREES.search(sentence)) or is_elliptical_denial(sentence) or points_back(sentence)


def _tells_of_own_subject(sentence: str) -> bool:
    found = _OF_OWN_SUBJECT.match(sentence)
    return found is not None and not any(w.lower() in FUNCTION_WORDS for w in found.groups() if w)


def points_back(sentence: str) -> bool:
    """Whether a sentence is about something before it that it does not name again: "was fined over that accident"."""
    pointed = _THAT_ONE.match(sentence)
    if pointed is None or pointed["because"]:
        return pointed is not None
    return pointed["what"].islower() and pointed["what"] not in FUNCTION_WORDS


def is_elliptical_denial(sentence: str) -> bool:
    """Whether a sentence denies what it leaves out, for it stands before ("She did not; she weighed 35 kilos.", "Hotels are not.")."""
    return bool(_IS_NOT.match(sentence))


def opens_speech(sentence: str) -> bool:
    """Whether a sentence begins with what somebody says: its pronouns need not stand for what another paragraph ends with."""
    return sentence[:1] in _QUOTES


def follows_in_time(sentence: str) -> bool:
    """Whether a sentence tells when by what stands before it ("After that you may …"), or a figure that was before that."""
    return bool(_AFTERWARDS.match(sentence) or _BEFOREHAND.match(sentence))


def opens_with_pronoun(sentence: str) -> bool:
    """Whether a sentence begins with what stands for something before it."""
    return bool(_PRONOUN_FIRST.match(sentence))


def goes_on_from(sentence: str) -> bool:
    """Whether a sentence begins with a pronoun, tells when, or points back, for what only the sentence before it says."""
    return opens_with_pronoun(sentence) or follows_in_time(sentence) or points_back(sentence)


def has_he_or_she(sentence: str) -> bool:
    """Whether a sentence has a pronoun for one person."""
    return bool(HE_OR_SHE.search(sentence))


def leaves_open_who(before: str, sentence: str) -> bool:
    """Whether a sentence has the he or she of the one after it, and no name before that which it may stand for: neither tells who that is."""
    meant = HE_OR_SHE.search(sentence)
    same = next((m for m in HE_OR_SHE.finditer(before) if meant and m.lastgroup == meant.lastgroup), None)
    return same is not None and not any(w.is_content and w.surface[0].isupper() for w in words(before[: same.start()]))


def names_by_initials(text: str) -> Iterator[tuple[str, str]]:
    """Runs of three or more capitalised words, "of" and the like between them left out, behind the stems of the acronyms that they would have
    ("European Space Agency": ``esa``)."""
    for run in _NAME_RUN.finditer(text):
        capitalised = list(_CAPITALISED.finditer(run.group()))
        for first, last in itertools.combinations(range(len(capitalised)), 2):
            named = capitalised[first : last + 1]
            if len(named) in _ACRONYM_LETTERS:
                yield stem("".join(w.group()[0] for w in named)), run.group()[named[0].start() : named[-1].end()]


def initials(text: str) -> dict[str, tuple[str, ...]]:
    """Stems of the acronyms that runs of capitalised words would have (``United Nations`` → ``un``), with the stems of the words of each run."""
    found: dict[str, tuple[str, ...]] = {}
    run: list[Word] = []
    for word in [*words(text), None]:
        if word is not None and word.surface[0].isupper() and (not run or text[run[-1].end : word.start].isspace()):
            run.append(word)
            continue
        if len(run) > 1:
            found[stem("".join(w.surface[0] for w in run))] = tuple(w.stem for w in run)
        run = [word] if word is not None and word.surface[0].isupper() else []
    return found
