"""The sentences of a passage, each with what it cannot be understood without."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from rag.answer_types import NTH, is_dated
from rag.appositions import OPENING_OF_LIFE, life_told
from rag.definitions import defined_term, named_term
from rag.directives import is_directive
from rag.grounding import denies
from rag.headings import as_line, is_byline, is_heading, is_marked_heading
from rag.lists import ENDINGS, UNFINISHED_ITEM, counts_on, list_around
from rag.markup import ITEM, MARKED_HEADING, indentation, lines_before, without_markup, without_taken_back, words_of_line
from rag.messages import message_header, opens_message, says_who, without_header
from rag.sections import heading_names, is_labelled
from rag.sentences import is_prose, is_question, sentence_before, split_sentences
from rag.tables import is_row, named_row, names_columns
from rag.types import Chunk, Span
from rag.words import (
    Word,
    content_stems,
    follows_in_time,
    has_he_or_she,
    leans_on_context,
    leaves_open_who,
    may_be_name,
    opens_speech,
    words,
)

_DEFINES = 1.5
"""What a sentence gains that says what something is, where that is asked."""
_UNNAMED = 3.0
"""What one loses then that stands where it is not even named."""
_LEAD = re.compile(
    rf"(?:{ITEM.pattern})?[*_\[]*(?:\d{{1,2}}(?:[:.]\d\d){{1,2}}[*_\]]*\s+)?(?=[A-Z\d])(?![^:\n]*(?:n['’]t|\bcannot|\bwill)\b[^:\n]*:)[^.!?:;\n]{{3,40}}:[*_]*(?=\s)|[A-Z]{{2,}}(?:[ '’-][A-Z]+){{0,2}}\.(?=\s)|{ITEM.pattern}[*_]*[A-Z][^\s.!?:;]*(?:\s[^\s.!?:;]+){{0,2}}\s[–—-](?=\s)"
)
"""What the sentences of a line are about, or who says them: "Day 6 (Wed 8 Oct):", "[10:02] Ada Stone:", "- **E20** –"."""
RUN_IN = re.compile(r"(?P<mark>\*\*|__)[^*_\n]{2,100}[.!](?P=mark)")
"""A heading that opens the paragraph below it: "**The lamp is red.** Check the plug."."""
_NEXT_LEAD = re.compile(r"[.!?][*_]*\s+[*_]*[A-Z\d][^.!?:;\n]{2,39}:[*_]*(?=\s)")
"""Where a line goes on about another: which of the two a later sentence is about is not known."""
LONGEST_LINE = 1000
"""Characters that are looked through for it."""
_LONGEST_LIST = 2000
"""Characters that are looked through for what introduces it."""
_WHO = re.compile(r",\swho(?:m|se)?\b")
"""Behind a name."""
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
_RANKS = re.compile(
    rf"\W*(?:it|this|that) (?:is|was|has been|will be|would be) (?:\w+ )?(?:the (?:[\w’']+ )?|(?:his|her|its|their|[\w-]+['’]s) )(?:{NTH}|last|latest|least|only|most|worst|\w+est)\b",
    re.IGNORECASE,
)
"""What opens a paragraph on all that its article tells of: "It was the second accident this year"."""
PUBLISHED = re.compile(r"\W*(?:published|posted|(?:last )?updated)\b", re.IGNORECASE)
_REPLIES = 3
"""Messages after a question which may still answer it."""


@dataclass(frozen=True, slots=True)
class SentenceInContext:
    """A sentence of a passage as it is matched with a question."""

    span: Span
    text: str
    context: Span | None
    """What it cannot be understood without: the sentence before it that it leans on, the question that it answers, what introduces its list or code."""
    whole: str
    """The text together with the question that it answers."""
    around: tuple[str, ...]
    """What tells what it is about: title, headings, what introduces its list or the sentence before."""
    title: str
    """Of its document or article; empty where that gives orders."""
    bonus: float
    """What its score gains or loses where a question asks what something is."""
    lead: Span | None = None
    """Where what its line opens with stands, if the sentence does not open the line itself."""
    above: tuple[str, ...] = ()
    """Title, headings, and what introduces its list."""
    is_heading: bool = False
    section: str = ""
    """Heading that it stands below, if not the title."""


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
        """Below some headings, a line each, of a document with a title; ``label``: as ``sentences_in_context`` has it."""
        *_, last = lines = headings.split("\n")
        asked = [without_markup(line) for line in lines if label and is_labelled(line, label)]
        whole_title = ", ".join(filter(None, [title, *asked]))
        return cls(last, _distinct(title, *lines), whole_title, is_marked_heading(last), bool(heading_names(last)))

    def is_headed_by(self, line: str) -> bool:
        """Whether a line is its own heading, that has a name or a number."""
        return self.is_named and as_line(line) == self.heading


def sentences_in_context(
    chunk: Chunk,
    text_at: Callable[[Span], str],
    tells: Callable[[str, str], bool],
    dates: Callable[[str, str], bool],
    term: AbstractSet[str],
    label: str | None,
) -> Iterator[SentenceInContext]:
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
        return 0.0 if term <= near | {w.stem for w in words(text)} else -_UNNAMED

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
        _, before_it = next(lines_before(span, text_at, LONGEST_LINE))
        if leans and not before_it.strip() and _RANKS.match(text):
            before = _first_sentence(chunk, span, text_at) or previous
        elif leans and previous and told_of and has_he_or_she(text):
            before = _named_above(text, earlier, text_at, told_of)
        elif leans and previous and leaves_open_who(text_at(previous), text):
            before = _named_above(text, earlier[:-1], text_at, told_of) or previous
        may_be_credit = bool(earlier) and (is_byline(text) or bool(PUBLISHED.match(text)))
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
            yield SentenceInContext(span, text, None, text, around, section.title, bonus(text, around), section=section_name(span))
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
                yield SentenceInContext(
                    span, text, None, text, around, section.title, bonus(text, around), is_heading=is_apart, section=section_name(span)
                )
        elif asked and may_reply:
            leans_on = before if before and lines <= 1 and leans_on_context(text) and is_prose(text_at(before)) else asked
            question = text_at(asked)
            yield SentenceInContext(
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
            yield SentenceInContext(
                span, led, before if leans else own, led, around, section.title, gains, lead, above, section=section_name(span)
            )


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
    above = [(s, t, words(t)) for s, t in ((s, text_at(s)) for s in reversed(earlier))]
    known = {w.stem for _, _, said in above for w in said[1:] if may_be_name(w)}

    def names_in(sentence: str, said: Sequence[Word]) -> list[str]:
        """But for a first word, which has a capital anyway, unless it is a name elsewhere."""
        is_named = (i > 0 or w.stem in known or _WHO.match(sentence, w.end) for i, w in enumerate(said))
        return [w.stem for w, is_name in zip(said, is_named, strict=True) if is_name and may_be_name(w)]

    named = ((s, t, names_in(t, said)) for s, t, said in above[:_NAMED_WITHIN])
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
    for n, (start, line) in enumerate(lines_before(place, text_at, LONGEST_LINE)):
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
        or (is_prose(first) and not (denies(heading) or is_dated(words(heading))))
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
    start, line = next(lines_before(sentence, text_at, LONGEST_LINE))
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
