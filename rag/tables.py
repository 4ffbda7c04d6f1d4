"""Rows of tables, as Markdown writes them or set in columns with spaces or tabs, read with the names of their columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from rag.markup import COLUMN_GAP, WORD, lines_before, row_cells, words_of_line
from rag.types import Span
from rag.words import words

FEWEST_COLUMNS = 2
_FEWEST_SET = 3
"""Columns of a table that is set: two are as often a name and what it stands for."""
_SAYS_NOTHING = frozenset("data description detail details field item key name parameter property setting value".split())
"""As the name of a column."""
_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?")
"""Below the names of the columns."""
_SET_CELL = re.compile(r"\S+(?: \S+)*")
_TABS = re.compile(r" *\t\s*")
_DIGIT = re.compile(r"\d")
_SET_NAME = re.compile(r"[^\W\d_a-z][^\d]{0,29}|[€$£¥%][^\d]{0,29}|(?:19|20)\d\d|[HQ][1-4](?:[ /](?:19|20)?\d\d)?")
"""A word with a capital, a unit, or a time: "Unit price", "£ million", "2023", "Q1 2024"."""
_LONGEST_INDENT = 200
"""Characters."""
_LONGEST_RULE = 1000
"""Characters."""
_BETWEEN_CELLS = " · "
_LONGEST_TABLE = 10_000
"""Characters above a row."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    return bool(row_cells(line)) or len(_set_cells(line)) >= _FEWEST_SET


def names_columns(row: Span, text_at: Callable[[Span], str]) -> bool:
    """Whether a row holds the names of its table's columns."""
    line, *below = text_at(replace(row, end=row.end + _LONGEST_RULE)).split("\n")
    if row_cells(line):
        return bool(below) and bool(_RULE.fullmatch(below[0]))
    first = next((x for x in below if WORD.search(x)), "")
    _, above = next(_lines_above(row, text_at), (0, ""))
    return _may_name_columns(line) and is_row(first) and bool(_DIGIT.search(first)) and not COLUMN_GAP.search(above)


def column_names(row: Span, text_at: Callable[[Span], str]) -> Span | None:
    """Where the names of the columns of a row's table stand; None if it has none."""
    text = text_at(row)
    above = _lines_above(row, text_at)
    found = _above_rule(above) if row_cells(text) else _top_of_set_rows(above) if _DIGIT.search(text) else None
    if found is None:
        return None
    return words_of_line(*found, row)


def _lines_above(row: Span, text_at: Callable[[Span], str]) -> Iterator[tuple[int, str]]:
    return itertools.islice(lines_before(row, text_at, _LONGEST_TABLE), 1, None)


def _above_rule(lines: Iterable[tuple[int, str]]) -> tuple[int, str] | None:
    is_ruled = False
    for start, line in lines:
        if not row_cells(line):
            return None
        if is_ruled:
            return start, line
        is_ruled = bool(_RULE.fullmatch(line))
    return None


def _top_of_set_rows(lines: Iterable[tuple[int, str]]) -> tuple[int, str] | None:
    """The first row, if it may hold the names of the columns; it may stand apart from the others, above a rule or an empty line."""
    is_apart = False
    for (says_something, is_set), group in itertools.groupby(lines, lambda x: (bool(WORD.search(x[1])), bool(COLUMN_GAP.search(x[1])))):
        rows = list(group)
        if not says_something:
            is_apart = True
        elif not is_set:
            break
        elif _may_name_columns(rows[-1][1]) and (len(rows) == 1 or not is_apart):
            return rows[-1]
        elif is_apart:
            break
    return None


def _may_name_columns(line: str) -> bool:
    cells = _set_cells(line)
    return len(cells) >= _FEWEST_SET and all(_SET_NAME.fullmatch(c) for c in cells)


def named_row(row: Span, text_at: Callable[[Span], str]) -> tuple[Span, str] | None:
    """Where the names of a row's columns stand, and the row with them; None of a line that is no row, or has none."""
    names = column_names(row, text_at) if is_row(text_at(row)) else None
    if names is None:
        return None
    line, above = (text_at(replace(s, start=max(0, s.start - _LONGEST_INDENT))).rpartition("\n")[-1] for s in (row, names))
    said = with_column_names(line, above)
    return (names, said) if said else None


def with_column_names(row: str, names: str) -> str | None:
    """The cells of a row, each after the name of its column; None where these are not as many, or few, or say nothing ("Property", "Value").

    Args:
        row, names: whole lines, for of a row that is set with spaces the columns tell which cells it leaves out.
    """
    cells, columns = (row_cells(row), row_cells(names)) if row_cells(row) else _matched(row, names)
    if len(cells) != len(columns) or len(cells) < FEWEST_COLUMNS:
        return None
    columns = ["" if name.lower() in _SAYS_NOTHING else name for name in columns]
    if not any(columns):
        return None
    return _BETWEEN_CELLS.join(f"{name}: {cell}" if name else cell for name, cell in zip(columns, cells, strict=True) if cell)


def read_cells(row: str) -> list[str]:
    """The cells of a row as it is read, or as it stands; none of what is no row."""
    return row_cells(row) or _set_cells(row) or (row.split(_BETWEEN_CELLS) if _BETWEEN_CELLS in row else [])


def has_cell(row: str, stems: AbstractSet[str]) -> bool:
    """Whether some stems hold all of a cell of a row, as it stands or with the names of its columns: of a number its column's name too ("week 5")."""
    for name, _, cell in (cell.rpartition(": ") for cell in read_cells(row)):
        held = {w.stem for w in words(cell) if w.is_content}
        is_number = all(stem.isdigit() for stem in held)
        if held and held <= stems and (not is_number or any(w.stem in stems for w in words(name))):
            return True
    return False


def _set_cells(line: str) -> list[str]:
    """The cells of a row that is set with spaces or tabs; none of another line."""
    if not COLUMN_GAP.search(line):
        return []
    return _TABS.split(line.strip()) if "\t" in line.strip() else _SET_CELL.findall(line)


def _matched(row: str, names: str) -> tuple[Sequence[str], Sequence[str]]:
    """The cells of a row that is set, and the name above each; as many only where that is sure."""
    if "\t" in row.strip():
        return _set_cells(row), _set_cells(names)
    columns = list(_SET_CELL.finditer(names.expandtabs()))
    cells = list(_SET_CELL.finditer(row.expandtabs()))
    first = columns[0].start()
    places = [-1 if cell.end() <= first else min(range(len(columns)), key=lambda n: _distance(columns[n], cell)) for cell in cells]
    in_order = all(a < b for a, b in itertools.pairwise(places))
    return [c.group() for c in cells], [columns[n].group() if n >= 0 else "" for n in places] if in_order else []


def _distance(name: re.Match[str], cell: re.Match[str]) -> int:
    """How far a cell stands from below a name: columns are set flush left or right; the more of it stands below, the less than 0."""
    overlap = min(name.end(), cell.end()) - max(name.start(), cell.start())
    return -overlap if overlap > 0 else min(abs(name.start() - cell.start()), abs(name.end() - cell.end()))
