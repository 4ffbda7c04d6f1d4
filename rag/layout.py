"""The layout of a text: several articles in one file, their headlines and dates, and page furniture such as buttons and bylines.

By the shape of lines, their repetition and their place only. The text itself is never changed: spans go on indexing it as it is.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from rag.headings import find_headings, find_pages
from rag.markup import FRONT_MATTER, ITEM, LINE, code_lines, is_markup
from rag.messages import says_who
from rag.sentences import SentenceSpan, is_prose, split_sentences, starts_block, unwrap
from rag.types import Article
from rag.words import FUNCTION_WORDS, MONTH

_HEADLINE_WORDS = range(4, 26)
_DEFINITION = re.compile(
    r"(?P<name>[A-Z][\w'’-]*(?: (?:(?:of|the|and|de|du|del|da|van|von|der|den|al) )*[A-Z\d][\w'’-]*){0,5})(?:,? \([^()\n]{1,200}\)|,(?! and)[^,()\n]{1,60},)?"
    r" (?:(?:is|are|was|were) (?:an?|the|one)|was born) "
)
_SHORT_TITLE = re.compile(r"(?P<title>[^\n]{2,60}?(?<![.,:;!?]))[ \t]*\n(?:[ \t]*\n)+(?P<below>[^\n]*(?:\n[^\n]*\S[^\n]*){0,5})")
_LONG_OPENING = 1000
"""Characters."""
_FEW_WORDS = 3
_LONG_LINE_WORDS = 15
"""A line this long is a sentence, whether or not it ends like one."""
_PROSE_SHARE = 0.6
"""Share of a text's characters that must stand in sentences for its other lines to be judged: tables and lists have their own shape."""
_PROSE_SENTENCES = 3
_SEPARATORS = re.compile(r"\S\s?[/|•·»]\s")
_MANY_SEPARATORS = 3
_BREADCRUMBS = re.compile(r"\w+(?: [\w&'’-]+){0,3}(?: ?[›»>→] \w+(?: [\w&'’-]+){0,3})+")
"""Where a page is on its site: "Home › World › Europe"."""
_KEY_VALUE = re.compile(r"[A-Z][\w /()-]{1,30}:\s+(?!\S+\.\S+$)\S")
_LINK = re.compile(r":\s+\S+\.\S+$")
_DATA = re.compile(r"(?<!\w)\d")
_RIGHTS = re.compile(r"©|\(c\)\s*\d{4}|all rights reserved", re.IGNORECASE)
_BUTTON = re.compile(
    r"(?:(?:post|leave|add|write|show|view|hide|load|join|no|all|\d+)(?: an?| your| more| all)* )?(?:comments?|repl(?:y|ies))(?: yet)?"
    r"|(?:share|tweet|print)(?: this.*| on .+)?|copy link|subscribe.*|sign (?:in|up).*|log ?in|advertise(?:ment)?s?|sponsored.*|(?:read|learn|show|load) more"
    r"|(?:related|recommended|popular|trending|latest|more) (?:articles?|stories|posts|news|videos)|skip to (?:main )?content|loading.{0,10}"
    r"|back to top|(?:accept|manage) (?:all )?cookies|follow us.*|hashtags|(?:our )?newsletters?|you (?:may|might) also like.*|continue reading.*|click here.*",
    re.IGNORECASE,
)
"""A line of a web page around its text."""
_SHORT_LINE_WORDS = 8
_AGE = re.compile(r"\b(?:\d+|an?|one|two|three|few)\s+(?:second|minute|min|hour|hr|day|week|month|year)s?\s+ago\b", re.IGNORECASE)
_SALUTATION = re.compile(r"(?:Dear|Hi|Hello|Good (?:morning|afternoon|evening))\b[^.!?\n]{0,60}[,:]")
_CLOSING = re.compile(r"(?:[A-Z][a-z]+)(?: [a-z]+){0,3},")
"""Of a letter: "With best wishes,"."""
_MOST_LETTER_LINES = 8
"""Above the salutation, or below the closing."""
_BREAK = re.compile(r"\n[ \t]*\n[ \t]*\n\s*")
_DATELINE = re.compile(
    rf"(?:[A-Z][\w.'’-]*(?:[ /][A-Z][\w.'’-]*){{0,3}}, )?{MONTH}\.? \d{{1,2}}(?:, \d{{4}})? \([A-Z][^()]{{1,40}}\) ?[-–—]"
    rf"|[A-Z]{{3,}}(?:[ /-][A-Z]{{2,}}){{0,3}}, {MONTH}\.? \d{{1,2}}, \d{{4}} ?[–—-] "
)
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)|(?P<m>{MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})|(?P<d2>\d{{1,2}}) (?P<m2>{MONTH}),? (?P<y2>\d{{4}}))\b"
)
_DATE_LINE = re.compile(
    r"^(?:(?:published|posted|updated|last updated|date|by\b.{1,40}?[,|–—-])\s*(?:on|at)?\s*:?\s*)?(?:\d{1,2}[.:]\d\d(?:\s*[ap]\.?m\.?)?(?:\s+[A-Z]{2,4})?,?\s+)?(?:(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thurs|Fri|Sat|Satur|Sun)(?:day)?,? )?$",
    re.IGNORECASE,
)
_META = re.compile(r"<meta\b[^>]*\b(?:date|published)[^>]*\bcontent=[\"'](\d{4}-\d\d-\d\d)", re.IGNORECASE)
_LONGEST_TIME = 25
"""Characters behind a date: "2 September 2025 - 10:31"."""
_TOP_LINES = 12
_CODE_OR_LINK = re.compile(r"://|\s--\w")
_CONTENTS = re.compile(r"(?:table of )?contents:?", re.IGNORECASE)
"""Above the names of the parts, none of which is the title."""
_MESSAGE_HEADER = re.compile(r"(?:From|To|Cc|Bcc|Date|Sent|Reply-To|Subject):\s", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:Subject|Topic|Title):\s+(?:(?:Re|Fwd?):\s*)*(\S.*)", re.IGNORECASE)


def content_sentences(text: str, articles: Sequence[Article] = (), headings: Collection[int] = ()) -> list[SentenceSpan]:
    """The sentences, headings, list items and data lines of a text in order, without front matter, lines of nothing but markup and the furniture around them.

    Furniture is looked for only in texts that are mostly prose and hold lines that only web pages have. There, a line that does not end like a sentence is kept if it is a list
    item of some length or of a list that is introduced, a "key: value" line, long, or a heading, which is what stands before prose; what tells an age ("18 minutes ago"), rights, or
    a row of links never is. The letterhead and the signature of a letter are kept, the signature as one.

    Args:
        articles: those of ``find_articles``; what ends one does not introduce the next.
        headings: where those start that the text marks, or names: they are kept.
    """
    front = FRONT_MATTER.match(text)
    sentences = [s for s in split_sentences(text) if front is None or s.start >= front.end()]
    sentences = [s for s in sentences if not is_markup(text[s.start : s.end])] or sentences
    body, signature = _letter_body([text[s.start : s.end] for s in sentences])
    if signature < len(sentences):
        sentences = [*sentences[:signature], replace(sentences[signature], end=sentences[-1].end)]
    prose = [s for s in sentences if s.is_prose]
    if len(prose) < _PROSE_SENTENCES or sum(s.end - s.start for s in prose) < _PROSE_SHARE * sum(s.end - s.start for s in sentences):
        return sentences
    if not any(_is_of_page(text[s.start : s.end]) for s in sentences if not s.is_prose):
        return sentences
    starts = {article.start for article in articles}
    kept = [
        s
        for i, s in enumerate(sentences)
        if s.start in headings or not body <= i < signature or not _is_furniture(text, sentences, i, starts)
    ]
    return kept or sentences


def _letter_body(lines: Sequence[str]) -> tuple[int, int]:
    """Between which lines or sentences of a text the body of a letter stands, its salutation included: between letterhead and signature; all if it is no letter."""
    top = next((i for i, line in enumerate(lines[: _MOST_LETTER_LINES + 1]) if _SALUTATION.fullmatch(line)), None)
    closings = (i for i in range(top + 1, len(lines)) if _CLOSING.fullmatch(lines[i])) if top is not None else iter(())
    end = next((i for i in closings if len(lines) - i <= _MOST_LETTER_LINES + 1 and not any(map(is_prose, lines[i:]))), len(lines))
    return top or 0, end


def find_articles(text: str) -> tuple[Article, ...]:
    """The articles of a text that holds several, in order, without gaps between them; none if it is a single one.

    A part after two blank lines is an article of its own if it has a headline before its prose, and either the prose opens with a dateline
    ("WASHINGTON, Aug 4 (Reuters) -") or another part opens with lines of the same shape (byline, age, headline). Where headings are marked,
    parts are sections, and articles are the pages of MediaWiki alone.
    """
    text = _with_code_crossed_out(text)
    parts = [0, *(m.end() for m in _BREAK.finditer(text)), len(text)]
    openings = [(a, *_opening(text, a, b)) for a, b in itertools.pairwise(parts[1:])]
    headings = find_headings(text)
    has_sections = len(headings) > 1
    shapes = Counter(shape for _, shape, _, _ in openings if "H" in shape and len(shape) > 1 and not has_sections)
    found = [(start, headline, date) for start, shape, headline, date in openings if headline and (date is not None or shapes[shape] > 1)]
    found = [(start, title, None) for start, title in find_pages(text, headings)] or found
    if not found:
        return ()
    first = found[0][0]
    articles: list[Article] = []
    if text[:first].strip():
        title, published = title_and_date(text[:first])
        articles.append(Article(0, first, title or "", published))
    for (start, headline, dated), end in zip(found, [f[0] for f in found[1:]] + [len(text)], strict=True):
        articles.append(Article(start if articles else 0, end, headline, dated or None))
    return tuple(articles)


def title_and_date(text: str) -> tuple[str | None, str | None]:
    """The headline of an article and the ISO date that it states at its top; None where it states none: no date is better than a wrong one.

    The headline is the subject of a message, a first line of fewer words with a blank line and then prose below, else the first line of 4 to 25 words that
    reads as one, among the first lines or at the very end, else the name of what the first sentence says what it is.
    The date is that of a ``<meta>`` tag, of a dateline with its year, or of a line among the first that holds nothing but a date, "Published" and
    the like.
    """
    text = _with_code_crossed_out(text)
    lines = [" ".join(x.split()) for x in text.split("\n") if x.strip()]
    contents = next((i for i, line in enumerate(lines[:_TOP_LINES]) if _CONTENTS.fullmatch(line)), _TOP_LINES)
    subject = next((m[1] for x in lines[:_TOP_LINES] if (m := _SUBJECT.match(x))), None)
    headline = (
        subject
        or _short_title(text)
        or next((x for x in lines[:contents] + lines[-1:] if _is_headline(x) and not _MESSAGE_HEADER.match(x)), None)
        or _defined_first(lines)
    )
    published: str | None = None
    if meta := _META.search(text[:5000]):
        published = iso_date(meta[1])
    for line in [x.strip("*_# ") for x in lines[:_TOP_LINES]]:
        if published:
            break
        match = _DATE.search(line)
        if match and (_DATELINE.match(line) or _is_date(line)):
            published = _date_of(match)
    return headline, published


def _with_code_crossed_out(text: str) -> str:
    """A text as ``unwrap`` has it, with nothing to read in its lines of code: none of these is a headline or a date."""
    code = code_lines(text)
    return LINE.sub(lambda line: "`" * len(line.group()) if line.start() in code else line.group(), unwrap(text, code))


def _is_date(line: str) -> bool:
    """Whether a line holds nothing but when its text was published."""
    found = _DATE.search(line)
    return found is not None and bool(_DATE_LINE.match(line[: found.start()])) and len(line) - found.end() < _LONGEST_TIME


def _short_title(text: str) -> str | None:
    opening = _SHORT_TITLE.match(text.lstrip()[:_LONG_OPENING])
    if not opening or is_prose(opening["title"]) or starts_block(opening["title"]) or not opening["title"][0].isalnum():
        return None
    following = split_sentences(opening["below"])
    return opening["title"] if following and following[0].is_prose and len(opening["title"].split()) < _HEADLINE_WORDS.start else None


def _defined_first(lines: Sequence[str]) -> str | None:
    """What the first line of a text without a headline says what it is: "Ada Lovelace (1815–1852) was an …"."""
    opening = _DEFINITION.match(lines[0]) if lines else None
    return opening["name"] if opening and opening["name"].lower() not in FUNCTION_WORDS else None


def _is_headline(line: str) -> bool:
    few_links = len(_SEPARATORS.findall(line)) < _MANY_SEPARATORS
    return (
        len(line.split()) in _HEADLINE_WORDS
        and (line[0].isalnum() or line[0] in "\"“‘'")
        and (line[-1].isalnum() or line[-1] in '?!’”")')
        and few_links
        and not _BREADCRUMBS.fullmatch(line)
        and not _is_date(line)
        and not is_prose(line)
        and not says_who(line)
        and not _CODE_OR_LINK.search(line)
    )


def _opening(text: str, start: int, end: int) -> tuple[str, str | None, str | None]:
    """How a part opens: the shape of its lines before the first prose (S short, A age, I item, H headline), its headline, and the date
    of its dateline ('' for a dateline without a year, None without a dateline)."""
    shape, headline = "", None
    for line in (x.strip() for x in text[start:end].split("\n")):
        if not line:
            continue
        words = len(line.split())
        sentences = split_sentences(line)
        if sentences and sentences[0].is_prose and (words not in _HEADLINE_WORDS or _DATELINE.match(line) or line.rstrip()[-1] in '.!?”"'):
            date = None
            if dateline := _DATELINE.match(line):
                match = _DATE.search(dateline.group())
                date = (_date_of(match) or "") if match else ""
            return (shape, headline, date) if shape.endswith("H") else (shape, None, None)
        kind = (
            "A" if _AGE.search(line) else "I" if ITEM.match(line) else "H" if words in _HEADLINE_WORDS and not line.endswith(":") else "S"
        )
        headline = line if kind == "H" else headline
        shape += kind
    return shape, None, None


def _is_of_page(line: str) -> bool:
    """Whether a line tells that a text was taken from a web page: a button's label, or an age ("18 minutes ago")."""
    return len(line.split()) <= _SHORT_LINE_WORDS and bool(_BUTTON.fullmatch(line.strip(" .…:!>»")) or _AGE.search(line))


def _is_furniture(text: str, sentences: Sequence[SentenceSpan], i: int, article_starts: set[int]) -> bool:
    s = sentences[i]
    line = text[s.start : s.end]
    alone = all(not (0 <= j < len(sentences)) or sentences[j].line != s.line for j in (i - 1, i + 1))
    following = sentences[i + 1] if i + 1 < len(sentences) else None
    if following and any(s.start < start <= following.start for start in article_starts):
        following = None
    if not alone or s.is_code:
        return False
    if s.is_prose:  # "Explore what it can do for you:" with nothing to introduce.
        return line.endswith(":") and (following is None or not (following.is_prose or ITEM.match(text[following.start : following.end])))
    words = line.split()
    if _AGE.search(line) or _RIGHTS.search(line) or (len(_SEPARATORS.findall(line)) >= _MANY_SEPARATORS and not line.startswith("|")):
        return True
    if _LINK.search(line):
        return True
    is_data = len(words) >= _FEW_WORDS and _DATA.search(line)
    if line.startswith(("#", "=", "|")) or _KEY_VALUE.match(line) or len(words) >= _LONG_LINE_WORDS or is_data:
        return False
    if ITEM.match(line):
        return len(words) <= _FEW_WORDS and not _is_introduced(text, sentences, i)
    if len(words) > _FEW_WORDS and _leads_to_prose(text, sentences, i, article_starts):
        return False
    introduced = following is not None and (following.is_prose or _is_item(text, following))
    return not introduced or (following is not None and text[following.start : following.end].endswith(":"))


def _is_item(text: str, s: SentenceSpan) -> bool:
    line = text[s.start : s.end]
    return bool(ITEM.match(line)) and len(line.split()) > _FEW_WORDS


def _is_introduced(text: str, sentences: Sequence[SentenceSpan], i: int) -> bool:
    """Whether the line before an item and the items above it ends with a colon."""
    before = next((s for s in reversed(sentences[:i]) if not ITEM.match(text[s.start : s.end])), None)
    return before is not None and text[before.start : before.end].endswith(":")


def _leads_to_prose(text: str, sentences: Sequence[SentenceSpan], i: int, article_starts: set[int]) -> bool:
    """Whether at most two more lines that are not prose stand between a line and the prose of its article."""
    for s in sentences[i + 1 : i + 4]:
        if any(sentences[i].start < start <= s.start for start in article_starts):
            return False
        if s.is_prose or _is_item(text, s):
            return not text[s.start : s.end].endswith(":")
    return False


def _date_of(match: re.Match[str]) -> str | None:
    if match["iso"]:
        return iso_date(match["iso"])
    month, day, year = (match["m"], match["d"], match["y"]) if match["m"] else (match["m2"], match["d2"], match["y2"])
    try:
        return datetime.strptime(f"{day} {month[:3]} {year}", "%d %b %Y").date().isoformat()
    except ValueError:
        return None


def iso_date(text: str) -> str | None:
    """The ISO date that a text opens with, or None."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None
