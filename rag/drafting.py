"""Asks the language model: does the evidence answer the question, how, and is that so. Parses its draft into sentences with evidence numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import jiter

from rag.llm import LanguageModel, Message, ReplyForm, Usage, choice_probabilities, yes_probability
from rag.markup import ITEM, without_references
from rag.prompting import fill_prompt
from rag.questions import asks_for_several
from rag.sentences import is_question, split_sentences
from rag.types import Evidence
from rag.words import content_stems, names

DECLINED = "NOT STATED"
SEVERAL_SENTENCES = 3
LONGEST_SENTENCE = 300
"""Characters before the full stop."""
_NONE = "0"
"""What the model replies where no sentence answers."""
WAKING = "Which sentence answers the question:"
"""How the gate's prompt begins: from here on the bundled model reads with its adapter (``rag/adapters``)."""
_MARK = re.compile(r"\s*\[\s*(\d+(?:\s*[,;]\s*\d+)*)\s*\]")
_YES_NO = re.compile(r"^(?:yes|no)\s*[,.:;–—-]\s*", re.IGNORECASE)
_SPACED_ACRONYM = re.compile(r"\b([A-Z]\.) (?=[A-Z]\.)")  # "U. S.", as small models write it.
_STOPS = ".!?。！？"
"""What a sentence ends with; the grammar asks for one of them."""
_GIVEN_UP = re.compile(rf"(?:[,;:]\s*|\s)[{_STOPS}]$")
_MARK_IN_WORDS = re.compile(  # "It is closed (2).", "It is closed in sentences 1 and 2.", before the mark itself.
    rf"\s*(?:\((?:sentences?\s+)?\d+\)|\b(?:in|by|of)\s+sentences?\s+\d+(?:(?:,|\s+and)\s+\d+)*)(?=[{_STOPS}]?$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as the model wrote it, not yet checked."""

    text: str
    numbers: tuple[int, ...]
    """Evidence numbers that it cites; only ones that exist."""

    @property
    def is_given_up(self) -> bool:
        """Whether it ends in the middle: "The towns of Bergen, .", or as long as a sentence may be; or asks."""
        return bool(_GIVEN_UP.search(self.text)) or len(self.text) > LONGEST_SENTENCE or is_question(self.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a language model finds in its evidence before it writes."""

    answered: float
    """Probability, in 0..1, that one of the sentences answers the question."""
    shares: Mapping[int, float]
    """By evidence number: the probability that it is this one, if any does."""


def gate(model: LanguageModel, question: str, evidence: Sequence[Evidence], usage: Usage) -> Reading | None:
    """Whether one of the sentences answers the question, and which, by the model's first token; None if the endpoint does not tell probabilities."""
    logprobs = model.first_token_logprobs(gate_messages(question, evidence), usage)
    told = _numbers_told(evidence)
    found = choice_probabilities(logprobs, (_NONE, *map(str, told))) if logprobs else None
    if found is None:
        return None
    none, *each = found
    some = sum(each)
    shares = {n: p / some if some else 1 / len(each) for n, p in zip(told, each, strict=True)}
    return Reading(1 - none, {e.number: shares.get(e.number, 0.0) for e in evidence})


def gate_messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    """What ``gate`` asks."""
    return _messages(question, evidence, fill_prompt("gate", question=question, none=_NONE))


def confirm(model: LanguageModel, question: str, evidence: Sequence[Evidence], sentence: str, usage: Usage) -> float | None:
    """The model's probability, in 0..1, that the evidence states a drafted sentence and that it answers; None if the endpoint does not tell probabilities."""
    return yes_probability(model, _messages(question, evidence, fill_prompt("confirm", sentence=sentence)), usage)


def draft_answer(
    model: LanguageModel, question: str, evidence: Sequence[Evidence], usage: Usage, max_tokens: int
) -> Iterator[DraftSentence]:
    """The model's answer sentence by sentence, each as soon as it is complete; nothing if it declines."""
    instruction = fill_prompt("draft" if model.constrained else "draft_free")
    told = _numbers_told(evidence)
    pieces = model.stream(
        _messages(question, evidence, instruction),
        usage,
        form=_form(told, SEVERAL_SENTENCES if asks_for_several(question) else 1),
        max_tokens=max_tokens,
    )
    yield from parse_draft(pieces, set(told))


def parse_draft(pieces: Iterable[str], known: set[int]) -> Iterator[DraftSentence]:
    """Sentences with their evidence numbers from a streamed reply, in JSON as ``_form`` asks for it, or in lines with citation marks.

    A mark belongs to the sentence before it, marks at a line's end to all of its unmarked ones.
    """
    pending = ""
    pieces = iter(pieces)
    for piece in pieces:
        pending += piece
        if pending.lstrip().startswith("{"):
            yield from _parse_json(itertools.chain((pending,), pieces), known)
            return
        while "\n" in pending:
            line, pending = pending.split("\n", 1)
            yield from _parse_line(line, known)
    yield from _parse_line(pending, known)


def _parse_json(pieces: Iterable[str], known: set[int]) -> Iterator[DraftSentence]:
    """As ``parse_draft``; a sentence counts once the next one has begun or the reply has ended. What is no JSON, or of another form, gives nothing."""
    text, done = "", 0
    for piece in itertools.chain(pieces, (None,)):
        text += piece or ""
        try:
            reply = jiter.from_json(text.encode(), partial_mode=True)
            items = list(reply["sentences"])
            complete = items if piece is None else items[:-1]
            new = [(str(i["text"]), [n for n in i["evidence"] if n in known]) for i in complete[done:]]
        except (ValueError, TypeError, KeyError):
            continue
        for said, numbers in new:
            marks = "".join(f" [{n}]" for n in numbers)
            yield from _parse_line(f"{' '.join(said.split())}{marks}", known)
        done += len(new)


def _parse_line(line: str, known: set[int]) -> Iterator[DraftSentence]:
    line = line.strip()
    bullet = ITEM.match(line)
    line = _SPACED_ACRONYM.sub(r"\1", line[bullet.end() if bullet else 0 :].replace("**", "").replace("`", ""))
    if not line or DECLINED in line.upper():
        return
    parts: list[tuple[str, tuple[int, ...]]] = []
    position = 0
    for m in _MARK.finditer(line):
        numbers = tuple(n for n in _numbers(m[1]) if n in known)
        text = line[position : m.start()].strip()
        if text.strip(" .,;") or not parts:
            parts.append((text, numbers))
        else:
            parts[-1] = (parts[-1][0], tuple(dict.fromkeys(parts[-1][1] + numbers)))
        position = m.end()
    if rest := line[position:].strip(" ,;"):
        if parts and not re.search(r"\w", rest):
            parts[-1] = (parts[-1][0] + rest if parts[-1][0][-1:] not in _STOPS else parts[-1][0], parts[-1][1])
        else:
            parts.append((rest, ()))
    for text, numbers in parts:
        text = _YES_NO.sub("", text)
        for s in split_sentences(text):
            sentence = _MARK_IN_WORDS.sub(lambda m: "" if known.issuperset(_numbers(m[0])) else m[0], text[s.start : s.end])
            if re.search(r"[^\W\d_]", sentence):
                yield DraftSentence(sentence[:1].upper() + sentence[1:] + ("" if sentence[-1] in f"{_STOPS}\"'”’)" else "."), numbers)


def _numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)]


def _messages(question: str, evidence: Sequence[Evidence], instruction: str) -> list[Message]:
    """System, evidence and question are the same for gate, draft and confirmation, so that the model reads them once."""
    body = fill_prompt("evidence", evidence="\n".join(_numbered(question, evidence)), question=question)
    return [{"role": "system", "content": fill_prompt("system")}, {"role": "user", "content": f"{body}\n\n{instruction}"}]


def _numbered(question: str, evidence: Sequence[Evidence]) -> Iterator[str]:
    """The sentences with their numbers, those of one article below its title and date, and below their heading where that may tell them apart."""
    by_section, told = _told_apart(question, evidence), set(_numbers_told(evidence))

    def source(e: Evidence) -> tuple[str, str, str | None]:
        section = e.section if e.span.document_id in by_section else ""
        return e.span.document_id, ": ".join(filter(None, (e.title, section))), e.published

    for (_, name, published), sentences in itertools.groupby(evidence, source):
        if name:
            yield f'From "{name}"{f", {published}" if published else ""}:'
        asked = ""
        for e in sentences:
            text = without_references(e.text)
            if e.number in told:
                yield f"[{e.number}] {asked}{text}"
            asked = "" if e.number in told else f"{text} "


def _numbers_told(evidence: Sequence[Evidence]) -> list[int]:
    """The numbers of the evidence but for questions in a text: such a one is read with the number of the sentence after it, which answers it."""
    answered = {a.span for a, b in itertools.pairwise(evidence) if b.context == a.span and is_question(a.text)}
    return [e.number for e in evidence if e.span not in answered]


def _told_apart(question: str, evidence: Sequence[Evidence]) -> set[str]:
    """The documents of which some sentences stand below a heading that names what is asked for, which the title does not, and others do not ("Early care")."""
    # A name tells no kind of thing, and "§ 2" nothing of two years.
    asked = {s for s in content_stems(question) if not s.isdigit()} - names(question)
    named: dict[str, set[frozenset[str]]] = {}
    for e in evidence:
        named.setdefault(e.span.document_id, set()).add(frozenset(asked & ({*content_stems(e.section)} - {*content_stems(e.title)})))
    return {document_id for document_id, each in named.items() if len(each) > 1}


def _form(numbers: Sequence[int], sentences: int) -> ReplyForm:
    """Up to ``sentences`` sentences, each with the numbers of its evidence; in JSON an empty list says that the evidence does not state the answer."""
    number = {"type": "integer", "enum": list(numbers)}
    sentence = {"text": {"type": "string"}, "evidence": {"type": "array", "items": number}}
    item = {"type": "object", "properties": sentence, "required": list(sentence), "additionalProperties": False}
    schema = {
        "type": "object",
        "properties": {"sentences": {"type": "array", "items": item}},
        "required": ["sentences"],
        "additionalProperties": False,
    }
    return ReplyForm(_grammar(numbers, sentences), schema)


def _grammar(numbers: Sequence[int], sentences: int) -> str:
    """GBNF: up to ``sentences`` sentences, each with an ending and then the number of its evidence; no round brackets, which small models put it in."""
    choices = " | ".join(f'"{n}"' for n in numbers)
    return f'root ::= item{" item?" * (sentences - 1)}\nitem ::= [^\\n[\\]()]{{8,{LONGEST_SENTENCE}}} [{_STOPS}] " [" ({choices}) "]\\n"'
