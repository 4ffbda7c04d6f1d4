"""What a question asks for besides its topic: a time ("in 2017", "latest"), yes or no, one fact or several, or nothing of the documents at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rag.sentences import is_question, sentence_texts
from rag.words import AUXILIARIES, INTERROGATIVES, MONTH_NUMBERS, content_stems

_NEWEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?|last(?!\W*$)|recent(?:ly)?|current(?:ly)?|now|so far)\b", re.IGNORECASE)
_WHEN = re.compile(
    rf"\b(?P<how>in|during|of|since|after|before|until|by|on|from|the)\s+(?:the\s+)?(?:(?P<day>\d{{1,2}})\s+)?(?:(?P<month>{'|'.join(MONTH_NUMBERS)})\s+)?(?:(?P<day2>\d{{1,2}}),?\s+)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_AT_A_TIME = frozenset(("in", "during", "of", "on", "the"))
_DOCUMENTS = r"(?:reports|articles|documents|sources|report|article|document|source)"
_PLURAL = r"(?!(?:is|was|has|does|this|news|bus|gas)\b)(?:\w+[^\Ws]s|people|men|women|children|aircraft)"
_SEVERAL = re.compile(
    rf"\b(?:(?:what|which|who)\s+(?:are|were)\b|which\s+{_PLURAL}\b|(?:what|which)(?:\s+[\w-]+){{0,3}}?\s+{_PLURAL}\s+(?:are|were|have|had|do|did|can|could|will|would)\b|"
    r"list|name (?:the|all|some|two|three|four|five)|compare|comparison|differences?|versus|vs|both|all the|across|various|several|more than one|"
    rf"and\s+(?:what|which|who|when|where|why|how)|how many \w+ and \w+|(?:each|every|all|different)(?: of)?(?: the| these)? {_DOCUMENTS})\b",
    re.IGNORECASE,
)
_AUXILIARY = rf"(?:{'|'.join(sorted(AUXILIARIES))}|cannot|must)"
_OPEN = re.compile(
    rf"\bwhat\s+(?:else\s+)?{_AUXILIARY}\s+(?!the\s+\w+\W*$)|\bwho(?:m)?\s+(?!(?:is|was)\s+(?:the|an?|his|her|its|their|our|your)\b)|\bhow\s+(?:{_AUXILIARY}|to)\b(?!\s+(?:(?:I|you|we|one)\s+)?(?:know|notice|recogni[sz]e|see|tell)\b)",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"\b(?:most|least|(?!(?:inter|requ|prot|cont|harv|conqu|arr|inv|sugg|for|dig|man|hon|mod|gu|qu|bequ|ch|we|t|r|n|v|p|l|z|j|cr)est\b)[a-z]+est)\b",
    re.IGNORECASE,
)
_SUBJECT = r"(?:he|she|it|they|we|you|i|the|an?|his|her|its|their)"
_ANOTHER = re.compile(  # In the order of a question: not "and where he would go".
    rf",?\s+and\s+(?=(?:(?:at|by|for|from|in|into|of|on|to|with)\s+)?(?:(?:where|when|why|how)\s+{_AUXILIARY}|how\s+\w+(?:\s+[\w-]+){{0,2}}?\s+{_AUXILIARY}|"
    rf"(?:what|which|whose|whom)(?!\s+{_SUBJECT}\b)(?:\s+[\w-]+){{0,3}}?\s+{_AUXILIARY}|(?:which|how\s+(?:many|much))\s+[\w-]+\s+(?!{_SUBJECT}\b)\w+|"
    rf"who\s+(?!{_SUBJECT}\b)\w+)\b)",
    re.IGNORECASE,
)
_ACROSS = re.compile(
    rf"\b(?:compare[ds]?|comparison|differences?|differ|versus|vs|across|more than one|(?:each|every|all|both|different|several|various|these|the)(?: of)?(?: the| these)? {_DOCUMENTS})\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening|day))(?: there| footnote| again)?[\s!.,]*", re.IGNORECASE
)
_THANKS = re.compile(
    r"(?:(?:ok|okay|great|perfect|good|nice)[\s,!.]*)?(?:many )?(?:thanks|thank you|thx|cheers)(?: (?:a lot|very much|so much|again|footnote))*[\s!.]*",
    re.IGNORECASE,
)
_FAREWELL = re.compile(r"(?:bye|goodbye|see you|good night)[\s!.]*", re.IGNORECASE)
_ABOUT_US = re.compile(
    r"(?:(?:who|what) are you|what is footnote|what can (?:you|footnote) do|what can i ask(?: you)?|how (?:do|does) (?:you|footnote|this) work|help|are you (?:an? )?(?:ai|bot|chatbot|robot|human))[\s?!.]*",
    re.IGNORECASE,
)
_WHO = re.compile(r"\W*who(?:m|se)?\b", re.IGNORECASE)
_REPLY_ORDER = re.compile(
    r"(?:(?:and|then|also|please)\s+)*(?:if|answer|reply|respond|record|list|give|explain|use|be|keep|write|mention|include|cite|quote|name|state|provide|show|note|limit|do not|don't|make sure)\b",
    re.IGNORECASE,
)
_INTERROGATIVE = re.compile(rf"\b(?:{'|'.join(sorted(INTERROGATIVES))})\b", re.IGNORECASE)
_AUXILIARY_FIRST = re.compile(
    r"(?:(?:and|but|so|then|also|or)\b[\s,]*)*(?:am|is|are|was|were|do|does|did|has|have|had|can|could|may|might|must|shall|should|will|would)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    rf"\b(?:know|known|tell|say|said|explain|show|shown|state|stated|mention|mentioned|describe|specify|clear|sure)\b(?:\s+\w+){{0,2}}?\s+{_INTERROGATIVE.pattern}",
    re.IGNORECASE,
)
"""A question within a question: "Does it say how many came?"."""
_REQUEST = re.compile(
    r"(?:(?:please|can you|could you|would you|i want to know|i would like to know|i'd like to know)\s+)*(?:(?:find(?: out)?|tell(?: me| us)?|give(?: me| us)?|show(?: me| us)?|list|name|state|identify|determine|describe|explain|extract|look up|search for)\s+)?(?:(?:about|for)\s+)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:(?:please|can you|could you|would you|i want you to)\s+)*"
    r"(?:tell (?:me|us) (?:(?:all|everything|more|something|a (?:bit|little)) )?about|(?:give|show) (?:me|us) (?:(?:all|some|more) )?(?:details|facts|information) (?:about|on)"
    r"|describe|summari[sz]e)\s+(?P<what>[^?!:;]+?)[\s.?!]*",
    re.IGNORECASE,
)
"""What asks for no fact, but for what there is about something."""
NOT_ABOUT_DOCUMENTS = "not a question about the documents"
MATCHING = 1.3
"""Factor on the score of passages whose document has a date that the question asks for."""
NEWEST = 0.3
"""The newest dated document's score is raised by this share, the oldest's not at all."""


@dataclass(frozen=True, slots=True)
class Timeframe:
    """Dates that a question asks for."""

    after: str | None
    """First ISO date, or None."""
    before: str | None
    """Last ISO date, or None."""
    newest: bool
    """The newer the better."""
    oldest_published: str | None = None
    newest_published: str | None = None
    """Of the documents, for ``newest``."""

    def covers(self, published: str | None) -> bool:
        """Whether an ISO date is of those asked for; False where these are only the newest."""
        return bool(published and (self.after or self.before) and (self.after or "") <= published <= (self.before or "9999"))

    def weight(self, published: str | None) -> float:
        """Factor on the score of a passage from a document of this ISO date; 1 where the document states none."""
        if published is None:
            return 1.0
        factor = MATCHING if self.covers(published) else 1.0
        if self.newest and self.oldest_published and self.newest_published and self.newest_published > self.oldest_published:
            oldest, newest, this = map(date.fromisoformat, (self.oldest_published, self.newest_published, published))
            factor *= 1 + NEWEST * ((this - oldest) / (newest - oldest))
        return factor


def courtesy_reply(question: str) -> str | None:
    """The fixed reply to a greeting, thanks, or a question about Footnote itself; None for any other question."""
    question = " ".join(question.split())
    for pattern, reply in (
        (_GREETING, "Hello. Ask me about your documents."),
        (_THANKS, "You are welcome."),
        (_FAREWELL, "Goodbye."),
        (
            _ABOUT_US,
            "I am Footnote. I answer questions about your documents, each sentence with the words that support it; what they do not hold, I do not say.",
        ),
    ):
        if pattern.fullmatch(question):
            return reply
    return None


def without_reply_orders(question: str) -> str:
    """The question without sentences after it that say how to reply ("If there are several, list all.")."""
    sentences = sentence_texts(question)
    asked = [i for i, s in enumerate(sentences) if is_question(s)]
    return " ".join(s for i, s in enumerate(sentences) if not (asked and i > asked[0] and i not in asked and _REPLY_ORDER.match(s)))


def core_question(question: str) -> str:
    """What is asked, without the verb of a request ("Tell me …")."""
    request = _REQUEST.match(question)
    return question[request.end() :] if request and question[request.end() :].strip(" ?.") else question


def as_question(request: str) -> str:
    """A request for what there is about something ("Tell me about …") as a question; any other text as it is."""
    asked = _ABOUT.fullmatch(request)
    return f"What is said about {asked['what']}?" if asked and not _INTERROGATIVE.search(asked["what"]) else request


def asks_who(question: str) -> bool:
    """Whether a question begins with who, whom or whose."""
    return bool(_WHO.match(question))


def asks_whether(question: str) -> bool:
    """Whether a question is to be answered with yes or no: it opens like one, or nothing is asked with who, what, when and the like."""
    core = core_question(question)
    if _AUXILIARY_FIRST.match(core):
        return not _INDIRECT.search(core)
    return core.rstrip().endswith("?") and not _INTERROGATIVE.search(core)


def asks_for_several(question: str) -> bool:
    """Whether a question asks for more than one fact: a plural, a list, a comparison, or two questions in one."""
    return bool(_SEVERAL.search(question))


def may_have_several_answers(question: str) -> bool:
    """Whether a list may answer a question as a whole: it asks for several, what somebody does or has to do, who does, or how ("What should we bring?")."""
    return asks_for_several(question) or bool(_OPEN.search(question))


def asks_for_extreme(question: str) -> bool:
    """Whether a question asks for the first or last of several by some measure ("Which is the cheapest?"), which one of them need not say of itself."""
    return bool(_EXTREME.search(question))


def separate_questions(question: str) -> list[str]:
    """The questions that are asked in one ("What is A, and when was B built?"), as they stand; the whole, if it is one or a part asks nothing by itself."""
    asked = [s for s in sentence_texts(question) if is_question(s)]
    parts = [part.strip(" ?") for sentence in (asked if len(asked) > 1 else [question]) for part in _ANOTHER.split(sentence)]
    asks_all = all(content_stems(part) and (_INTERROGATIVE.search(part) or _AUXILIARY_FIRST.match(part)) for part in parts)
    if len(parts) == 1 or not asks_all:
        return [question]
    return [f"{part[:1].upper()}{part[1:]}?" for part in parts]


def asks_across_documents(question: str) -> bool:
    """Whether a question asks to compare, or for what several documents say."""
    return bool(_ACROSS.search(question))


def undated(question: str) -> str | None:
    """A question without the month or year that it names for when something was ("the eruption in May 2024"), which an article of that date need not name; None
    if it names none, or asks for little else."""
    match = _WHEN.search(question)
    if not match or match["how"].lower() not in _AT_A_TIME:
        return None
    kept = match["how"] if match["how"].lower() == "the" else ""
    left = re.sub(r"^[\s,]+|\s+(?=[\s?,.])", "", f"{question[: match.start()]}{kept}{question[match.end() :]}")
    return f"{left[:1].upper()}{left[1:]}" if content_stems(left) else None


def timeframe_of(question: str, published: set[str]) -> Timeframe | None:
    """The dates that a question asks for; None if it asks for none or no document states one.

    Args:
        published: ISO dates of the documents.
    """
    if not published:
        return None
    after = before = None
    if match := _WHEN.search(question):
        first, last = _range(match)
        match match["how"].lower():
            case "since" | "after" | "from":
                after = first
            case "before" | "until" | "by":
                before = first
            case _:
                after, before = first, last
    newest = bool(_NEWEST.search(question))
    return Timeframe(after, before, newest, min(published), max(published)) if after or before or newest else None


def _range(match: re.Match[str]) -> tuple[str, str]:
    """First and last ISO date of a day, month or year."""
    year, day = match["year"], match["day"] or match["day2"]
    if not match["month"]:
        return f"{year}-01-01", f"{year}-12-31"
    month = MONTH_NUMBERS[match["month"].lower()]
    return (f"{year}-{month:02}-{int(day):02}",) * 2 if day else (f"{year}-{month:02}-01", f"{year}-{month:02}-31")
