"""Marks in a text that say nothing by themselves: of Markdown, reStructuredText, lists, code and references."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from rag.types import Span
from rag.words import MONTHS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LINE = re.compile(r"[^\n]+")
BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t]*\n")
"""Two or more."""
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---(?:\n|\Z)", re.DOTALL)
WORD = re.compile(r"\w")
MARKED_HEADING = re.compile(
    r"^ ?(?P<marks>#{1,6}(?=[ \t])|(?P<signs>={2,6}|=(?: =){0,5}(?= )))[ \t]*(?P<name>(?(signs)[^=\s](?:.*[^=\s])?|\S.*))(?(signs)[ \t]*(?P=signs)[ \t]*)$",
    re.MULTILINE,
)
"""A heading as Markdown ("## Use") or MediaWiki ("== Use ==") marks it."""
_CLOSING = re.compile(r"(?<=\s)#+$")
"""Of a heading: "## Use ##"."""
NUMBER = r"(?:[A-Z]\.)?(?:\d{1,3}\.)*\d{1,3}[.)]"
"""Of an item or a section: "2.", "6.2.2.", "B.1."."""
ITEM = re.compile(rf"(?:[-*•–]|#\.|\(?(?:{NUMBER}|[a-z][.)]))[^\S\n]+(?=\S)")
"""What an item of a list begins with."""
_ITEM_MARK = re.compile(
    rf"(?:(?:#{{1,6}}|#\.|[-*•>]|\.\. [\w-]+::|[QA]:)[^\S\n]+)?(?:{NUMBER}[^\S\n]+(?!(?i:{'|'.join(sorted(MONTHS))})\b))?"
)
"""What marks an item, a heading, or a question and its answer ("Q: …"), its number included, but for "24. December"."""
_TERM = re.compile(rf"^(?!{ITEM.pattern}|#)(?P<term>[^\s.,:;!?][^\n.,:;!?]{{0,39}})\n[^\S\n]+(?=[A-Z\"“(])")
"""A term with its definition, indented, on the next line."""
COLUMN_GAP = re.compile(r"(?<=\S)(?: {4,}| *\t\s*)(?=\S)")
"""Between the cells of a row that is set with spaces."""
_TABLE_ROW = re.compile(r"\|(.+)\|")
NOTE_LABEL = r"\^[^\]\s]{1,20}"
"""Of a note in Markdown, between the brackets: "^4"."""
MARKS = rf"(?:\[(?:(?:note |nb )?\d{{1,3}}|{NOTE_LABEL}|[a-z]|[a-z ]{{3,20}} needed|(?:by )?whom?\?|when\?|where\?|which\?)\])+"
"""Of references: "[4][a]", "[^4]", "[citation needed]"."""
REFERENCES = re.compile(rf"(?:(?<=[.!?])\s{{0,2}}|(?<=[,;:\"”’)])){MARKS}|\[{NOTE_LABEL}\](?::[^\S\n]+)?")
_CUT_WORD = re.compile(r"(?<=[^\W\d_])-\n[^\S\n]*(?=[a-z])")
"""At the end of a line."""
_TAKEN_BACK = re.compile(
    r"<!--.*?-->|(?<!~)~~(?=[^\s~])(?:(?!\n[ \t]*\n).)*?(?<=[^\s~])~~(?!~)|<(?P<tag>del|s|strike)>(?:(?!\n[ \t]*\n).)*?</(?P=tag)>",
    re.DOTALL | re.IGNORECASE,
)
"""Words that a text does not say: struck out, or in a comment."""
QUOTE_MARKS = re.compile(r"^[ \t]*>(?!>>)(?:[ \t]?>)*(?:[ \t]+|(?=\w)|$)", re.MULTILINE)
"""Before the lines of a mail that another one quotes."""
_FENCE = re.compile(r"\s*(?:```[^`]*|~~~.*)")
_LITERAL = re.compile(r"\s*\.\. (?:code|code-block|sourcecode)::.*|(?!\s*\.\. ).*::\s*")
"""What introduces code in reStructuredText."""
_UNDERLINE = re.compile(r"~{5,}\s*")
"""As reStructuredText has it, below a heading."""
_TAG = (
    r"</?(?:a|b|blockquote|br|center|code|dd|details|div|dl|dt|em|h[1-6]|hr|i|img|kbd|li|ol|p|picture|pre|s|small|source|span|strong|sub|summary|sup|"
    r"table|tbody|td|th|thead|tr|u|ul)\b[^>]*>"
)
_MARKUP = re.compile(  # Fences, images and badges, tags, comments, reStructuredText's labels, and directives of code and images or without words.
    r"(?:```|~~~)[^`\n]*|\.\. (?:(?:code|code-block|sourcecode|highlight|image|figure)::[^\n]*|[\w-]+::|_[^\n]*:)|:(?:target|alt|width|height|align|class|name):[^\n]*|"
    rf"(?:\d\d:)?\d\d:\d\d[.,]\d{{3}} --> [^\n]*|(?:\s|\[?!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])(?:\](?:\([^)]*\)|\[[^\]]*\]))?|<!--.*?-->|{_TAG})+",
    re.DOTALL | re.IGNORECASE,
)
_IS_TAG = re.compile(_TAG, re.DOTALL | re.IGNORECASE)
_ROLE = re.compile(  # Of reStructuredText: ":ref:`words <target>`", ":class:`~module.Words`", "`words <address>`_", "Words_".
    r":[a-z][\w:+.-]{0,40}:`(?:~(?:\w+\.){0,9})?(?P<role>[^`<\s][^`<]*?)(?:\s*<[^`<>]*>)?`|(?<![`:])`(?P<link>[^`<\s][^`<]*?)(?:\s*<[^`<>]*>)?`__?(?!\w)|"
    r"\b(?P<name>[A-Z](?=\w{0,40}[a-z])\w{0,40})_(?=[\s.,;:)]|$)"
)


def without_markup(sentence: str) -> str:
    """The words of a sentence, an item, a row or a heading without what marks them as such, in Markdown or by a number, on one line; a heading, or a term
    that is explained on the next line, with a colon."""
    sentence = _TERM.sub(r"\g<term>: ", without_taken_back(sentence).strip())
    heading = MARKED_HEADING.fullmatch(sentence)
    text = without_references(_ITEM_MARK.sub("", _CLOSING.sub("", heading["name"]) if heading else sentence, count=1))
    text = " · ".join(row_cells(text)) or text
    inline = _markdown().parseInline(text)[0].children or []
    said = "".join(token.content for token in inline if not (token.type == "html_inline" and _IS_TAG.fullmatch(token.content))).strip()
    return f"{said}:" if heading and said[-1:] not in ".!?…:;" else said


def without_taken_back(sentence: str) -> str:
    """A sentence without the words that are struck out, or in a comment."""
    return re.sub(r"(?<=\s)[^\S\n]+|\s+$", "", _TAKEN_BACK.sub("", sentence)) if _TAKEN_BACK.search(sentence) else sentence


def blank_taken_back(text: str, code: Collection[int]) -> str:
    """A text with spaces in the place of the words that are struck out, or in a comment; every other character keeps its offset.

    Args:
        code: where its lines of code start; they are left as they are.
    """

    def blank(words: re.Match[str]) -> str:
        is_code = text.rfind("\n", 0, words.start()) + 1 in code
        return words.group() if is_code else re.sub(r"[^\n]", " ", words.group())

    return _TAKEN_BACK.sub(blank, text)


def row_cells(line: str) -> list[str]:
    """The cells of a row of a table as Markdown writes it; none of another line."""
    row = _TABLE_ROW.fullmatch(line.strip())
    return [cell.strip() for cell in row[1].split("|")] if row else []


def without_references(sentence: str) -> str:
    """A sentence on one line, without what points elsewhere, marks such as "[4][a]", which would look like citations of an answer, and reStructuredText's links and
    roles, of which the words stay; nor marks of quoted lines."""
    sentence = " ".join(_CUT_WORD.sub("-", QUOTE_MARKS.sub("", sentence)).split())
    return REFERENCES.sub("", _ROLE.sub(lambda m: m["role"] or m["link"] or m["name"], sentence))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def is_markup(text: str) -> bool:
    """Whether no line says anything: it holds no word, or only a fence, tags or images as Markdown and reStructuredText write them."""
    lines = (line.strip() for line in text.split("\n"))
    return all(not WORD.search(line) or _MARKUP.fullmatch(line) for line in lines) or bool(_MARKUP.fullmatch(text.strip()))


def lines_before(place: Span, text_at: Callable[[Span], str], characters: int) -> Iterator[tuple[int, str]]:
    """What stands before a place in its line, then the lines above, the nearest first, with where they start; within so many characters."""
    start = place.start
    for n, line in enumerate(reversed(text_at(replace(place, start=max(0, start - characters), end=start)).split("\n"))):
        start -= len(line) + (n > 0)
        yield start, line


def indentation(line: str) -> int:
    """The white space that a line opens with, in characters."""
    return len(line) - len(line.lstrip())


def words_of_line(start: int, line: str, place: Span) -> Span:
    """Where a line that starts at ``start`` stands without the white space around it, in the document of ``place``."""
    return replace(place, start=start + indentation(line), end=start + len(line.rstrip()))


def code_lines(text: str) -> set[int]:
    """Where the lines of code start: those between fences, and these; those that are indented below "::". A fence that is not closed opens none."""
    if "```" not in text and "~~~" not in text and "::" not in text:
        return set()
    lines = list(LINE.finditer(text))
    fences = [i for i, line in enumerate(lines) if _FENCE.fullmatch(line.group()) and not _is_underline(lines, i)]
    found = {line.start() for opening, closing in zip(fences[::2], fences[1::2], strict=False) for line in lines[opening : closing + 1]}
    margin: int | None = None  # Of the line that introduces code.
    for line in lines:
        indent = indentation(line.group())
        if margin is not None and indent > margin:
            found.add(line.start())
        elif line.start() not in found and line.group().strip():
            margin = indent if _LITERAL.fullmatch(line.group()) else None
    return found


def _is_underline(lines: Sequence[re.Match[str]], i: int) -> bool:
    return bool(_UNDERLINE.fullmatch(lines[i].group())) and i > 0 and lines[i - 1].end() + 1 == lines[i].start()
