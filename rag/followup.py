"""Makes a follow-up question stand alone: puts in what it takes from the turns before it. Rules only, no model.

The conversation's topic is followed turn by turn: a question that asks about "it" keeps the topic, one that names its own
subject changes it. A question that needs nothing from before is returned unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.asked_again import asked_again, is_bare
from rag.designations import with_another
from rag.errors import InputError
from rag.people import NICKNAME, NICKNAMES, Person
from rag.questions import asks_who
from rag.sections import ask_of_another
from rag.types import Turn
from rag.words import ARTICLES, AUXILIARIES, COPULAS, FUNCTION_WORDS, HE_OR_SHE, INTERROGATIVES, MONTHS, WEEKDAYS

_I = re.IGNORECASE
_OPENING = re.compile(r"^\s*(?:(?:and|but|so|or|also|then|ok|okay|well|now|yes|no|sure|thanks|thank you)\b[\s,.!]*)+", _I)
_ANOTHER_SUBJECT = re.compile(r"^\s*(?:(?:what|how) about|and)\s+(?P<subject>[^?]+?)\s*\??\s*$", _I)
_ABOUT_THE = re.compile(r"^\s*(?:but\s+)?(?:what|how) about the\b", _I)
"""What asks of a thing that has no name: what was asked of one that has need not fit it."""
_MORE = re.compile(
    r"^\s*(?:please\s+)?(?:(?:can|could) you\s+)?(?:tell|say|show|explain|give)(?:\s+me)?\s+(?:some\s+)?more(?:\s+(?:about|on)\s+(?:it|that|this|them))?[\s.!?]*$",
    _I,
)
_THING = re.compile(r"\b(it|its|they|them|their|theirs)\b", _I)
PLURAL = re.compile(r"\b(they|them|their|theirs)\b", _I)
_POSSESSIVE = frozenset(("his", "hers", "its", "their", "theirs"))
_OWN = re.compile(r"(?:his|her|its|their)\s[\w\s-]+$", _I)
_BARE_DEMONSTRATIVE = re.compile(  # Not "do that", which stands for a verb.
    r"(?<!\bdo )(?<!\bdone )(?<!\bdoing )\b(?:this|that|these|those)\b(?=\s*[?.!,]|\s+(?:is|are|was|were|do|does|did|has|have|had|can|will|would|happen|mean|work|in|on|to|for|from)\b|\s*$)",
    _I,
)
_EXPLETIVE = re.compile(
    r"\bit\s+(?:is|was|be|possible|necessary|true|takes?|costs?|means?)\b.*\b(?:to|that)\b|\bit\s+(?:be\s)?(?:rain|snow|hail|thunder|freez)\w*",
    _I,
)
_THERE = re.compile(r"(?<=\w )(?<!\bare )\bthere\b(?=\s*[?.!,]|\s+(?:in|on|with|by|from|after|before|during)\b|\s*$)", _I)
_NAME = re.compile(
    rf"(?:[A-Z][\w’'-]*|(?:[A-Z]\.){{2,}})(?:\s+{NICKNAME}(?:(?:of|the|of the|de|von|van|bin|al)\s+)?(?:[A-Z][\w’'-]*|\d+[A-Z]?\b))*"
)
_CAPITALISED = re.compile(r"(?!^[A-Z]\w*\s+(?:[^A-Z\s]|$))\b[A-Z][\w.’'-]*")  # Not a first word by itself.
_PLACE_PREPOSITION = re.compile(r"\b(?:in|at|to|from|visit(?:ed|s|ing)?|near|around|across)\s+(?:the\s+)?$", _I)
_WHO_IS = re.compile(r"who\s+(?:is|was|are|were)\s+((?:the\s+)?[^?,]+?)\s*\?*$", _I)
_COUNTED = re.compile(
    r"\b(?:how many|which|what)\s+((?:[a-z-]+\s+){0,2}?[a-z-]+s)\b(?=\s+(?:(?:of|in|on|at)\s+(?:the\s+)?[\w-]+\s+)?(?:do|does|did|were|are|have|has|had|was|can|will|took|take)\b)",
    _I,
)
_NEW_CLAUSE = re.compile(r"[,;]|\b(?:that|if|whether|when|because|while|after|before|and|but|which|who)\b", _I)
_PARTICLES = {"on": "off", "off": "on", "up": "down", "down": "up", "in": "out", "out": "in", "open": "close", "close": "open"}
"""Of a verb, and what takes its place in a question that is asked once more: "And off?"."""
_LIGHT_VERBS = frozenset("have get give go come make take put let keep say tell know".split())  # Verbs without content.
_AUXILIARY = frozenset("do does did will would can could should may might".split())
_DEFINITION = re.compile(
    r"^(?:what|who|what's|who's)\s*(?:is|are|was|were|'s|’s)?\s+(?P<a>[^?.]+?)\s*[?.]?\s*$|^(?:tell me(?: more)? about|describe|explain|discuss)\s+(?P<b>[^?.]+?)\s*[?.]?\s*$",
    _I,
)
_QUESTION_OPENING = INTERROGATIVES | AUXILIARIES | frozenset("tell describe explain give list name show".split())
_OWNER = re.compile(  # "the mayor's", "Saudi Arabia's"; not "What's".
    rf"(?<!\w)(?!(?:{'|'.join(sorted(_QUESTION_OPENING))})\b)(?:the\s+(?:[\w-]+\s+){{0,2}}?|(?-i:[A-Z][\w.-]*\s+)*)[\w.-]+(?:['’]s|(?<=s)['’])(?!\w)",
    _I,
)
# Nouns that belong to something: "the symptoms", "the main advantages" leave out of what.
_RELATIONAL = frozenset(
    """type kind example difference cause reason effect symptom sign origin history start beginning purpose role use benefit advantage
    disadvantage impact importance meaning name cost price risk treatment characteristic feature part member result outcome goal
    application factor source rule size capital population author leader founder winner side main important common best biggest
    largest first last different many average famous popular other key good bad long term possible early late new major pro con theme character objective finding criticism
    contribution variation property aim consequence implication alternative competitor way similarity drawback downside explanation""".split()
)
_WHICH_THING = re.compile(r"^\s*(?:which|what)\s+((?:[a-z-]+\s+){0,2}?[a-z-]+(?<!s))\s+(?:did|does|was|had|has|will|took)\b", _I)
_SHORT_NAME_WORDS = 2
_PREPOSITION = re.compile(r"^(?:about|in|on|at|for|during|with|after|before|to|from|by|without|under|per|if|when|while|unless)\b", _I)
_LAST_NOUN = re.compile(r"(?<=\s)(?:an?|the|my|our|your|his|her|its|their|some|any)\s(?P<noun>(?:[\w’'-]+\s){0,2}[\w’'-]+)$", _I)
_INDEFINITE = re.compile(r"(?:an?|any|some|two|three|four|five|six|seven|eight|nine|ten|\d+)\s[a-z]", _I)
_ONE_THING = re.compile(r"\b(?:an?|any|some)\s(?:[\w’'-]+\s){0,2}?[\w’'-]+(?=\s(?:at|by|for|from|in|near|of|on|to|with)\b|\s*\?*$)", _I)
"""What has no name, up to what is said of it."""
_OF_THE = re.compile(r"\bof\s(?:the|an?|my|our|your)\s", _I)
_CALENDAR = MONTHS | WEEKDAYS
_TIME = re.compile(  # "on Mondays", "in May 2019", "during the last winter".
    rf"\b(?:in|on|at|during)\s(?:\w+\s){{0,2}}?(?:(?:{'|'.join(sorted(_CALENDAR))})s?(?:\s\d{{4}}|\s(?:morning|afternoon|evening|night)s?)?|(?:weekend|morning|afternoon|evening|night|spring|summer|autumn|winter)s?|\d{{4}})\b",
    _I,
)


def standalone_question(question: str, history: Sequence[Turn], people: Sequence[Person] = ()) -> str:
    """The question with pronouns, "there" and what it leaves out filled in from earlier turns.

    Args:
        history: earlier turns, oldest first; answers help to fill in names but may be empty.
        people: those of whom it is known that they are "he" or "she" in what the last answer cited, the nearest first.
    """
    question = " ".join(question.split())
    if not history or not question:
        return question
    if asks_for_more(question):
        return _resolve(history)
    topic = _topic(history)
    if subject := another_subject(question):
        for turn in reversed(history):
            if of_another := with_another(turn.question, subject):
                return of_another
        of_another = _ask_about(subject, _asked_of_an_owner(subject, history) or _resolve(history), topic)
        is_of_kind = subject[0].isupper() or not topic[:1].isupper() or not _ABOUT_THE.match(question)
        asks = of_another.removesuffix(f" {subject}?").lower() not in AUXILIARIES  # Not "Is the pool?" for "Is the sauna open?".
        return of_another if is_of_kind and asks else f"What about {subject}?"
    if asked := asked_once_more(question, history):
        return asked
    bare = by_itself(question)
    resolved = _fill(bare, history, topic, people)
    if resolved == bare and topic and _is_relational(bare):
        last = [m for m in re.finditer(r"\w[\w’'-]*", bare) if _singular(m.group()) in _RELATIONAL][-1]
        resolved = f"{bare[: last.end()]} of {topic}{bare[last.end() :]}"
    return resolved[:1].upper() + resolved[1:]


def asked_once_more(question: str, history: Sequence[Turn]) -> str | None:
    """The last question, asked for what this one is nothing but ("Until when?"); None where it is more than that."""
    bare = without_opening(question)
    if not history or not is_bare(bare):
        return None
    last = history[-1].question
    stands_alone = not (references(last) or another_subject(last) or asks_for_more(last) or is_bare(without_opening(last)))
    return asked_again(bare, last if stands_alone else _resolve(history), asked_for_people(history[-1]))


def asks_for_more(question: str) -> bool:
    """Whether a question asks to go on about what was just said ("Yes, tell me more")."""
    return bool(_MORE.match(_OPENING.sub("", question)))


def another_subject(question: str) -> str | None:
    """What the last question is asked of once more ("And in Japan?"); None if the question is one by itself."""
    about = _ANOTHER_SUBJECT.match(question)
    if not about or _refers(about["subject"]) or about["subject"].split()[0].lower() in _QUESTION_OPENING:
        return None
    return about["subject"]


def without_opening(question: str) -> str:
    """The question without "And", "But", "Yes, thanks" before it."""
    return _OPENING.sub("", question) or question


def by_itself(question: str) -> str:
    """The question without its opening and spare white space, with a capital; "And his father?" as "What about his father?"."""
    question = " ".join(question.split())
    about = _ANOTHER_SUBJECT.match(question)
    bare = f"What about {about['subject']}?" if about and _OWN.match(about["subject"]) else without_opening(question)
    return bare[:1].upper() + bare[1:]


def without_addition(question: str, standalone: str) -> str | None:
    """A follow-up as it stands, where it points at nothing before it and yet something was added to make it stand alone; None where it does not say enough by itself."""
    bare = by_itself(question)
    is_whole = not (references(bare) or another_subject(question) or asks_for_more(question) or is_bare(bare))
    return bare if is_whole and bare.rstrip(" ?.!") != standalone.rstrip(" ?.!") else None


def references(question: str) -> list[re.Match[str]]:
    """The pronouns, demonstratives and "there" that stand for something outside the question, in its order."""
    patterns = (HE_OR_SHE, _THING, _BARE_DEMONSTRATIVE, _THERE)
    found = [m for pattern in patterns for m in pattern.finditer(question) if not _stands_for_own_name(question, m)]
    if _EXPLETIVE.search(question):
        found = [m for m in found if m.group().lower() != "it"]
    return sorted(found, key=re.Match.start)


def is_possessive(question: str, pronoun: re.Match[str]) -> bool:
    """Whether a pronoun says whose something is."""
    word = pronoun.group().lower()
    return word in _POSSESSIVE or (word == "her" and bool(re.match(r"\s+[a-z]", question[pronoun.end() :])))


def owned(question: str, start: int) -> str | None:
    """The noun phrase that follows a possessive pronoun: the words up to the next function word or the end."""
    match = re.match(r"\s((?:[\w’'-]+ ?)+)", question[start:])
    phrase: list[str] = []
    for word in match[1].split() if match else []:
        if word.lower() in FUNCTION_WORDS - {"most", "other"}:
            break
        phrase.append(word)
    return " ".join(phrase) or None


def _resolve(history: Sequence[Turn]) -> str:
    """The last question, itself made standalone."""
    return standalone_question(history[-1].question, history[:-1])


def _refers(text: str) -> bool:
    return bool(HE_OR_SHE.search(text) or _THING.search(text) or _BARE_DEMONSTRATIVE.search(text))


def _fill(question: str, history: Sequence[Turn], topic: str, people: Sequence[Person]) -> str:
    """Each reference to something earlier replaced by it, where it is known."""
    counted = asked_for_things(history[-1])
    person = _person(question, history, people)
    thing = _asked_for(history[-1].question) or topic or person
    for m in reversed(references(question)):
        if m.group().lower() == "there":
            place = next((name for name, is_place in _names(history) if is_place), "")
            referent = f"in {place}" if place else ""
        elif HE_OR_SHE.fullmatch(m.group()):
            referent = person or topic
        elif PLURAL.fullmatch(m.group()) and counted:
            referent = f"the {counted}"
        else:
            referent = thing if _THING.fullmatch(m.group()) else topic
        if not referent:
            continue
        possessive = is_possessive(question, m)
        held = owned(question, m.end()) if possessive and not _is_short_name(referent) else None
        if held:
            question = f"{question[: m.start()]}the {held} of {referent}{question[m.end() + 1 + len(held) :]}"
        else:
            question = question[: m.start()] + (_possessive(referent) if possessive else referent) + question[m.end() :]
    return question


def _asked_for(question: str) -> str:
    """The thing that a question asks for ("Which missile did they test?" → "the missile"), which "it" then stands for; empty if it asks for none."""
    match = _WHICH_THING.match(question)
    if not match or any(_singular(w) in _RELATIONAL for w in match[1].split()):
        return ""
    return f"the {match[1]}"


def _stands_for_own_name(question: str, reference: re.Match[str]) -> bool:
    """Whether a pronoun can stand for a name that the question itself holds before it, or "there" for such a place.

    A first word has a capital anyway; alone it is a verb ("Compare its price") unless it owns something. The object of a verb cannot stand for that
    verb's subject (that would be "himself"), unless a new clause begins between them.
    """
    before = question[: reference.start()]
    names = [m for m in _CAPITALISED.finditer(before) if m.group().lower() not in FUNCTION_WORDS | _QUESTION_OPENING]
    if reference.group().lower() == "there":
        names = [m for m in names if _PLACE_PREPOSITION.search(before[: m.start()])]
    if not names:
        return False
    between = before[names[-1].end() :]
    return reference.group().lower() not in ("it", "him", "them") or bool(_NEW_CLAUSE.search(between))


def _is_short_name(referent: str) -> bool:
    return len(referent.split()) <= (_SHORT_NAME_WORDS if referent[0].isupper() else 1)


def _possessive(referent: str) -> str:
    return referent + ("'" if referent.endswith("s") else "'s")


def _names(history: Sequence[Turn]) -> list[tuple[str, bool]]:
    """Names in earlier turns and whether each stands as a place; the latest turn first, in a turn those of the question first."""
    found: list[tuple[str, bool]] = []
    for turn in reversed(history):
        for text in (turn.question, turn.answer):
            for m in _NAME.finditer(text):
                parts = NICKNAMES.sub("", re.sub(r"(?:'s|’s|'|’)$", "", m.group())).split()
                while parts and parts[0] != "US" and parts[0].lower() in FUNCTION_WORDS | _QUESTION_OPENING:
                    parts.pop(0)
                if parts and " ".join(parts).lower() not in _CALENDAR:
                    found.append((" ".join(parts), bool(_PLACE_PREPOSITION.search(text[: m.start()]))))
    return found


def _person(question: str, history: Sequence[Turn], people: Sequence[Person]) -> str:
    """Whom "he" or "she" in a question stands for: a name that the last answer brought in, whom "who is …" asked about, one of ``people`` who is called so, or the
    latest name, those of several words first."""
    if meant := people_meant(question, history, people):
        return meant[0]
    if (asked := _WHO_IS.match(history[-1].question)) and not _refers(asked[1]):
        return asked[1]
    if known := called_so(question, history, people):
        return known[0].name
    names = [name for name, is_place in _names(history) if not is_place and not is_called_otherwise(name, question, people)]
    return next((n for n in names if " " in n), names[0] if names else "")


def people_meant(question: str, history: Sequence[Turn], people: Sequence[Person] = ()) -> list[str]:
    """The names of whom "he" or "she" in a question stands for, as far as the turns before it tell.

    Args:
        people: as in ``standalone_question``.
    """
    meant = _asked_about(history[-1]) or _others_meant(question, history) or asked_for_people(history[-1])
    return [name for name in meant if not is_called_otherwise(name, question, people)]


def called_so(question: str, history: Sequence[Turn], people: Sequence[Person]) -> list[Person]:
    """Those of some people who are what a question calls somebody, "he" or "she": whom the turns before it name, the latest first; else the first of them."""
    fitting = [p for p in people if {p.pronoun} == _called(question)]
    said = [f"{t.question} {t.answer}" for t in reversed(history)]
    named = [p for text in said for p in fitting if re.search(rf"\b{re.escape(p.surname)}\b", text)]
    return list(dict.fromkeys(named)) or fitting[:1]


def is_called_otherwise(name: str, question: str, people: Sequence[Person]) -> bool:
    """Whether a name is that of one of some people who is not what a question calls somebody, "he" or "she"."""
    return any(p.surname in name.split() and p.pronoun not in _called(question) for p in people)


def _called(text: str) -> set[str | None]:
    """What a text calls single people: "he", "she", both or neither."""
    return {m.lastgroup for m in HE_OR_SHE.finditer(text)}


def _others_meant(question: str, history: Sequence[Turn]) -> list[str]:
    """Where "she" has been asked or told of and now "he" is asked about, the names of several words that the last answer brought in; else none."""
    asked, before = _called(question), _called(" ".join((*(t.question for t in history), history[-1].answer)))
    if len(asked) != 1 or not before or asked & before:
        return []
    known = {name for name, _ in _names([*history[:-1], Turn(history[-1].question)])}
    return [name for name in _people_in(history[-1].answer) if name not in known]


def _people_in(answer: str) -> list[str]:
    """The names of several words in an answer but for those that stand as a place."""
    return [name for name, is_place in _names([Turn("", answer)]) if " " in name and not is_place]


def _asked_about(turn: Turn) -> list[str]:
    """The name of whom "who is …" asks about; none where it asks about nobody by name."""
    asked = _WHO_IS.match(turn.question)
    return [asked[1]] if asked and _NAME.fullmatch(asked[1]) else []


def asked_for_people(turn: Turn) -> list[str]:
    """The names of several words that the answer to a question of who brought in, or the name that it asked about: "he" or "she" is mostly one of them."""
    if asked := _asked_about(turn):
        return asked
    return [name for name in _people_in(turn.answer) if name not in turn.question] if asks_who(turn.question) else []


def asked_for_things(turn: Turn) -> str | None:
    """The things that a question asks how many or which of: "they" are mostly these; None where it asks for none."""
    counted = _COUNTED.search(turn.question)
    return counted[1] if counted else None


def _topic(history: Sequence[Turn]) -> str:
    """What the conversation is about after these turns."""
    topic = ""
    for turn in history:
        topic = _next_topic(turn.question, topic)
    return topic


def _next_topic(question: str, topic: str) -> str:
    """The topic after a question, given the one before it."""
    question = _OPENING.sub("", " ".join(question.split()))
    if topic and (_refers(question) or _is_relational(question)):
        return topic
    if m := _DEFINITION.match(question):
        subject = (m["a"] or m["b"]).split(" of ")[-1] if not _NAME.search(m["a"] or m["b"] or "") else (m["a"] or m["b"])
        phrases = _phrases(subject)
        if phrases and len(subject.split()) <= 5:
            return _with_article(phrases[0], question)
    phrases = _phrases(question)
    named = [p for p in phrases if any(w[0].isupper() for w in p.split())]
    if named:
        return _with_article(named[0], question)
    return topic or (_with_article(phrases[0], question) if phrases else "")


def _with_article(phrase: str, question: str) -> str:
    """The phrase with the article that it has in the question."""
    match = re.search(rf"\b(the|an?)\s+{re.escape(phrase)}\b", question, _I)
    return f"{match[1].lower()} {phrase}" if match else phrase


def _phrases(text: str) -> list[str]:
    """Runs of content words, those with a name first, then what is no predicate, then the longest, the last of equal ones."""
    runs: list[list[str]] = [[]]
    subjects: set[int] = set()  # Runs after "did": their last word, or what follows the name, is the verb.
    predicates: set[int] = set()  # Runs after "were" that have a subject before it.
    for token in re.findall(r"(?:[A-Za-z]\.){2,}|\w[\w’'-]*|[^\w\s]", text):
        low = token.lower().replace("’", "'")
        if low in ("of", "the") and runs[-1] and runs[-1][-1][0].isupper():
            runs[-1].append(token)
        elif not re.match(r"\w", token) or low in FUNCTION_WORDS or low in _QUESTION_OPENING:
            if low in _LIGHT_VERBS:  # The verb; so the run before it has none.
                subjects.discard(len(runs) - 1)
            if runs[-1] or low not in ARTICLES:
                runs.append([])
            if low in _AUXILIARY:
                subjects.add(len(runs) - 1)
            elif low in COPULAS and any(runs[:-1]):
                predicates.add(len(runs) - 1)
        else:
            runs[-1].append(token)
    phrases: list[tuple[bool, bool, int, int, str]] = []
    for place, run in enumerate(runs):
        if place in subjects and len(run) > 1:
            run = [w for w in run if not w[0].islower()] if run[0][0].isupper() else run[:-1]
        while run and (_singular(run[0]) in _RELATIONAL or run[0] in ("of", "the")):
            run = run[1:]
        while run and (_singular(run[-1]) in _RELATIONAL or run[-1] in ("of", "the")):
            run = run[:-1] if any(w[0].isupper() for w in run) else []
        if len(run) > 1 and run[-1].endswith("ed") and run[-1].islower():
            run = run[:-1]
        if run:
            has_name = any(w[0].isupper() for w in run)
            phrases.append((has_name, place not in predicates, min(len(run), 3), place, re.sub(r"(?:'s|’s)$", "", " ".join(run))))
    return [p[-1] for p in sorted(phrases, reverse=True)]


def _singular(word: str) -> str:
    low = word.lower()
    return low[:-1] if low.endswith("s") and not low.endswith("ss") else low


def _is_relational(question: str) -> bool:
    """Whether a question speaks of parts or properties ("the main advantages") without saying of what."""
    content = [w for w in re.findall(r"\w[\w’'-]*", question) if w.lower() not in FUNCTION_WORDS | _QUESTION_OPENING]
    return bool(content) and all(_singular(w) in _RELATIONAL for w in content)


def _asked_of_an_owner(subject: str, history: Sequence[Turn]) -> str | None:
    """Where the last question names no owner and a noun's genitive is given ("And the women's?"), the latest question that has another ("the men's race")."""
    if not _OWNER.fullmatch(subject) or not subject.islower() or _OF_THE.search(history[-1].question):
        return None
    return next((t.question for t in reversed(history) if (owner := _OWNER.search(t.question)) and owner.group().islower()), None)


def _ask_about(subject: str, last_question: str, topic: str) -> str:
    """The last question asked again about another subject; another time takes the place of the one asked about."""
    if another_section := ask_of_another(last_question, subject):
        return another_section
    if _TIME.match(subject) and _TIME.search(last_question):
        return _TIME.sub(lambda _: subject, last_question, count=1)
    owns = bool(_OWNER.fullmatch(subject))
    if (owner := _OWNER.search(last_question)) and (owns or subject[0].isupper()):  # "And Spain's?", "And Spain?"
        return f"{last_question[: owner.start()]}{subject if owns else _possessive(subject)}{last_question[owner.end() :]}"
    if owns:
        subject = re.sub(r"['’]s?$", "", subject)
    if (other := _PARTICLES.get(subject.lower())) and (particle := re.search(rf"\b{other}\b(?!.*\b{other}\b)", last_question, _I)):
        return f"{last_question[: particle.start()]}{subject}{last_question[particle.end() :]}"
    if preposition := _PREPOSITION.match(subject):  # In place of what stood after the same one, else added.
        kept = re.sub(rf"\s{preposition[0]}\s(?:(?!\b{preposition[0]}\b).)*$", "", last_question.rstrip(" ?.!"), flags=_I)
        return f"{kept} {subject}?"
    if topic and _is_relational(subject):
        return f"What about {subject} of {topic}?"
    another = _INDEFINITE.match(subject) if topic != topic.lower() else None
    if another and (one := _ONE_THING.search(last_question)):  # "May I keep a cat at Bell Court?" – "And two dogs?"
        return f"{last_question[: one.start()]}{subject}{last_question[one.end() :]}"
    if not topic or topic not in last_question:
        asked = last_question.rstrip(" ?.!")
        last = _LAST_NOUN.search(asked)
        if last and not any(w.lower() in FUNCTION_WORDS for w in last["noun"].split()):
            return f"{asked[: last.start()]}{subject}?"
        return f"{asked}, {subject}?"
    before, after = last_question.split(topic, 1)
    standing = re.search(r"(?:\w+\s+)?(?:the\s+)?$", before, _I)
    for word in standing[0].split() if standing else []:  # "in the" stands there already.
        subject = re.sub(rf"^{re.escape(word)}\s+", "", subject, flags=_I)
    return f"{before}{subject}{after}"


def turns_from(history: object) -> list[Turn]:
    """Turns from earlier questions as strings, or from OpenAI-style messages (``{"role", "content"}``).

    Raises:
        InputError: it is neither.
    """
    if not isinstance(history, list):
        raise InputError('"history" must be a list of strings or of messages')
    turns: list[Turn] = []
    for item in history:
        if isinstance(item, str):
            turns.append(Turn(item))
        elif isinstance(item, dict) and isinstance(item.get("content"), str) and isinstance(item.get("role"), str):
            if item["role"] == "user":
                turns.append(Turn(item["content"]))
            elif item["role"] == "assistant" and turns:
                turns[-1] = Turn(turns[-1].question, f"{turns[-1].answer} {item['content']}".strip())
        else:
            raise InputError('"history" must be a list of strings or of messages with "role" and "content"')
    return turns
