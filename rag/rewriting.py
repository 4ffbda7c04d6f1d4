"""Has a language model make a follow-up question stand alone: it chooses what pronouns stand for, and what is left out, among the words said before."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.followup import (
    PLURAL,
    another_subject,
    asked_for_things,
    asked_once_more,
    asks_for_more,
    by_itself,
    called_so,
    is_called_otherwise,
    is_possessive,
    owned,
    people_meant,
    references,
)
from rag.llm import LanguageModel, Message, ReplyForm, Usage
from rag.people import Person
from rag.prompting import fill_prompt
from rag.sentences import is_question
from rag.types import Turn
from rag.words import ARTICLES, AUXILIARIES, FUNCTION_WORDS, INTERROGATIVES, content_stems, has_he_or_she, words

MOST_TURNS = 6
"""How far back the model reads."""
ANSWER_CHARACTERS = 400
"""How much it reads of the last answer."""
LONGEST_PHRASE = 7
"""Words that a pronoun may stand for."""
LONGEST_TAIL = 9
"""Words of the last question, or of its answer, that may be repeated."""
MOST_PEOPLE = 3
"""Of those who may be "he" or "she"."""
MAX_TOKENS = 80
_NOT_NAMED = AUXILIARIES | INTERROGATIVES  # No phrase that names something holds one of these.
_BREAK = re.compile(r"(?:[?!;()\"“”]|[,:](?!\d)|(?<!\d)[,:])+|(?<!\b[DMS]r)(?<!\bM[rs]s)(?<!\bMs)(?<!\bSt)(?<!\bProf)\.(?=\s|$)")
_NUMBERING = re.compile(r"(?:^|(?<=[.:;!?]\s)|(?<=\n))[-*•\s]*\d+(?:\.\d+)*[.)]?\s(?=[A-Z])")
"""Of a section or an item that an answer quotes: "2.1 One shed is allowed."."""
_OWNER = re.compile(r"['’]s?$")
_NAMED = re.compile(r"\s[A-Z]")
_ASKS_FOR_ONE = re.compile(r"\W*(?:and |but |so )?(?:(?:what|which|who|whom|whose|where)\b|tell |describe |explain )", re.IGNORECASE)
"""What the answer to a question may bring in, so that "it" stands for that: not how much something costs, when, or whether."""
_NAMES_ONE = re.compile(r"\b(?:an?|the|my|our|your) \w|\w [A-Z]")
_WITH_VERB = frozenset("do does did can could may might must shall should will would".split())
"""Auxiliaries that stand before a subject and its verb."""
_IT = frozenset(("it", "its"))
_PLURAL = re.compile(r"[a-z-]{2,}[^\Wsui]s|people|police|men|women|children|two|three|four|five|six|seven|eight|nine|ten")
_BODY = re.compile(r"\b[Tt]he\s(?P<name>[A-Z][\w’'-]*(?:\s(?:of\s)?[A-Z][\w’'-]*)*)")
"""A name with an article: hardly a person's."""
_END = ""

_Tree = dict[str, "_Tree"]  # Phrases by their words; ``_END`` where one may end.


def rewrite(
    language_model: Callable[[], LanguageModel | None], question: str, history: Sequence[Turn], usage: Usage, people: Sequence[Person] = ()
) -> str | None:
    """The question with pronouns and what it leaves out filled in from earlier turns; None where that is better done by rule (``standalone_question``).

    Args:
        language_model: opens it, or gives none; called only if it is needed.
        history: as in ``standalone_question``.
        people: as in ``standalone_question``.

    Raises:
        LLMError: as ``LanguageModel.stream``. Also what ``language_model`` raises.
    """
    asked = by_itself(question)
    pointing = references(asked)
    leans = pointing or not _NAMED.search(asked)
    if not history or not leans or another_subject(question) or asks_for_more(question) or asked_once_more(question, history):
        return None
    turns = history[-MOST_TURNS:]
    said = [t.question for t in turns]
    if turns[-1].answer:
        said.append(_NUMBERING.sub("", turns[-1].answer[:ANSWER_CHARACTERS]))
    last = turns[-1].question
    is_of_answer = _ASKS_FOR_ONE.match(last) or not _NAMES_ONE.search(last)
    of_one = said if is_of_answer else said[: len(turns)]
    meant = called_so(asked, turns, people)[:MOST_PEOPLE]
    named = [name.split() for name in people_meant(asked, turns, people)] or _people_named(asked, said, people, meant)
    form = _form(asked, pointing, said, of_one, named, asked_for_things(turns[-1]))
    said += [p.told[:ANSWER_CHARACTERS] for p in meant if not any(p.surname in text for text in said)]
    model = language_model() if form else None
    if model is None:
        return None
    reply = "".join(model.stream(rewriting_messages(" ".join(said), asked), usage, form=form, max_tokens=MAX_TOKENS))
    rewritten = reply.strip().partition("\n")[0]
    return rewritten if _keeps_words(asked, rewritten) else None


def rewriting_messages(earlier: str, question: str) -> list[Message]:
    """What ``rewrite`` asks."""
    return [{"role": "user", "content": fill_prompt("rewrite", earlier=earlier, question=question)}]


def _keeps_words(question: str, rewritten: str) -> bool:
    """Whether a question with all content words of this one is there: a model that has no grammar to keep to may answer instead."""
    kept = set(content_stems(question)) <= {w.stem for w in words(rewritten)}
    return kept and (is_question(rewritten) or not is_question(question))


def _form(
    question: str,
    pointing: Sequence[re.Match[str]],
    said: Sequence[str],
    said_of_one: Sequence[str],
    people: Sequence[Sequence[str]],
    things: str | None,
) -> ReplyForm | None:
    """The question, a phrase that was said in the place of each reference in it, one of some people in that of "he", some things in that of "they", no plural in
    that of "it", which is one of ``said_of_one`` if that names any; if it has none, with an addition at its end. Where it has "they" and "it", these are not the
    same. None if nothing was named."""
    phrases = _tree(phrase for text in said for phrase in _phrases(text))
    singular = (_tree(p for text in texts for p in _phrases(text) if not _is_plural(p)) for texts in (said_of_one, said))
    ones = next(filter(None, singular), {})
    if not phrases:
        return None
    if any(reference.group().lower() in _IT for reference in pointing):
        several = _tree(p for text in said for p in _phrases(text) if _is_plural([w.lower() for w in p]))
    else:
        several = phrases
    question = question.rstrip(" ?.!")
    parts: list[str] = []
    done = 0
    for reference in pointing:
        parts.append(_literal(question[done : reference.start()]))
        done = reference.end()
        pronoun = reference.group().lower()
        is_person = has_he_or_she(pronoun)
        phrase = "person" if people and is_person else "one" if is_person or pronoun in _IT else "phrase"
        if PLURAL.fullmatch(pronoun):
            phrase = "things" if things else "several"
        if pronoun == "there":
            parts.append("place")
        elif not is_possessive(question, reference):
            parts.append(phrase)
        elif thing := owned(question, done):
            parts.append(f"({phrase} owns {_literal(f' {thing}')} | {_literal(f'the {thing} of ')} {phrase})")
            done += 1 + len(thing)
        else:
            parts.append(f"{phrase} owns")
    rest = _literal(question[done:])
    if not parts:
        tails = _written(_tree(tail for text in said[-2:] for tail in _tails(text)))
        rest += f' (" " ({_one_of("of for at in on".split())} " " phrase{f" | {tails}" if tails else ""}))?'
    parts.append(rest)
    grammar = "\n".join(
        (
            f'root ::= {" ".join(parts)} "?"',
            f"phrase ::= {_written(phrases)}",
            f"one ::= {_written(ones) or 'phrase'}",
            f"several ::= {_written(several) or 'phrase'}",
            f"things ::= {_literal(f'the {things}')}",
            f"person ::= {_written(_tree(people)) or 'phrase'}",
            'owns ::= ("\'s" | "\'")',
            f'place ::= {_one_of("in at on".split())} " " phrase',
        )
    )
    return ReplyForm(grammar)


def _phrases(text: str) -> Iterator[list[str]]:
    """Runs of words that may name something: from an article or a content word to a content word, which may be somebody's."""
    for run in _runs(text):
        for start, first in enumerate(run):
            has_article = first.lower() in ARTICLES
            if (first.lower() in FUNCTION_WORDS and not has_article) or _is_predicate(run, start):
                continue
            for end in range(start, min(start + LONGEST_PHRASE, len(run))):
                last = run[end]
                if _has_verb_behind_subject(run, start, end):
                    break
                if last.lower() in _NOT_NAMED or references(f" {last}"):
                    break
                if last.lower() in FUNCTION_WORDS or (len(last) == 1 and last.isalpha()):
                    continue
                for ending in dict.fromkeys((last, _OWNER.sub("", last))):
                    body = [*run[start + has_article : end], ending]
                    if not has_article:
                        yield body
                    if has_article or first[0].islower():
                        yield ["the", *body]


def _people_named(question: str, said: Sequence[str], people: Sequence[Person], meant: Sequence[Person]) -> list[list[str]]:
    """What "he" or "she" in a question may stand for, by words, where it is known who of some people is called so: the names of those who are meant, and what was said
    that may be a person's name and is not that of another; none where nothing is known."""
    if not people:
        return []
    bodies = {m["name"].lower() for text in said for m in _BODY.finditer(text)} if meant else set()
    others = [
        phrase
        for text in said
        for phrase in _phrases(text)
        if not (_is_plural(phrase) or is_called_otherwise(" ".join(phrase), question, people))
        if not any(body in (said_so := " ".join(phrase).lower()) or said_so.removeprefix("the ") in body for body in bodies)
    ]
    return [*(p.name.split() for p in meant), *others]


def _is_plural(phrase: Sequence[str]) -> bool:
    """Whether what names something names several ("the guides from Italy"), as far as its spelling tells."""
    head = next((a for a, b in itertools.pairwise([*phrase, "of"]) if b.lower() in FUNCTION_WORDS and a.lower() not in ARTICLES), "")
    return bool(_PLURAL.fullmatch(head))


def _is_predicate(run: Sequence[str], place: int) -> bool:
    """Whether a word tells what something is or was: "broken" of "How many panes were broken?"."""
    has_subject = any(w.lower() not in FUNCTION_WORDS for w in run[: max(0, place - 1)])
    return has_subject and run[place - 1].lower() in AUXILIARIES and run[place].islower() and run[place] not in ARTICLES


def _has_verb_behind_subject(run: Sequence[str], start: int, end: int) -> bool:
    """Whether some words of a question hold the verb that belongs to "did" before it, as far as its place tells: "two firefighters die"."""
    auxiliary = next((i for i in range(start - 1, -1, -1) if run[i].lower() in _WITH_VERB), None)
    if auxiliary is None:
        return False
    subject = auxiliary + 1 + (run[auxiliary + 1].lower() in ARTICLES)
    if run[subject : subject + 1] and run[subject][0].isupper():
        return start <= next((i for i in range(subject, len(run)) if not run[i][0].isupper()), len(run)) <= end
    is_last = end == len(run) - 1 and not any(w.lower() in FUNCTION_WORDS for w in run[subject:])
    return is_last and (start < end or end == subject + 1)


def _tails(text: str) -> Iterator[list[str]]:
    """Runs of words with which what was said may be taken up again: "does the ferry to Oslo leave"."""
    for run in _runs(text):
        for start in range(1, len(run)):
            for end in range(start, min(start + LONGEST_TAIL, len(run))):
                if run[end].lower() not in FUNCTION_WORDS and not references(" ".join(["", *run[start : end + 1]])):
                    yield run[start : end + 1]


def _runs(text: str) -> Iterator[list[str]]:
    """The words of a text between its marks."""
    return (run.split() for run in _BREAK.split(text) if run.strip())


def _tree(phrases: Iterable[Sequence[str]]) -> _Tree:
    tree: _Tree = {}
    for phrase in phrases:
        node = tree
        for word in phrase:
            node = node.setdefault(word, {})
        node[_END] = {}
    return tree


def _written(tree: _Tree, before: str = "") -> str:
    """GBNF of the phrases in a tree: words that several begin with stand once, so that few ways are open at a time."""
    ways = [_literal(before + word) + " " + _written(node, " ") for word, node in tree.items() if word != _END]
    return f"({' | '.join(ways)}){'?' if _END in tree else ''}" if ways else ""


def _one_of(choices: Sequence[str]) -> str:
    return f"({' | '.join(map(_literal, choices))})"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
