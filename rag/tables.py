"""Rows of tables, as Markdown writes them, read with the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rag.markup import row_cells
from rag.types import Span

FEWEST_COLUMNS = 2
_SAYS_NOTHING = frozenset("data description detail details field item key name parameter property setting value".split())
"""As the name of a column."""
_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?")
"""Below the names of the columns."""
_LONGEST_RULE = 1000
"""Characters."""
_LONGEST_TABLE = 10_000
"""Characters above a row."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    return bool(row_cells(line))


def names_columns(row: Span, text_at: Callable[[Span], str]) -> bool:
    """Whether a row holds the names of its table's columns."""
    below = text_at(replace(row, start=row.end, end=row.end + _LONGEST_RULE)).split("\n")
    return len(below) > 1 and bool(_RULE.fullmatch(below[1]))


def column_names(row: Span, text_at: Callable[[Span], str]) -> Span | None:
    """Where the names of the columns of a row's table stand; None if it has none."""
    *lines, indent = text_at(replace(row, start=max(0, row.start - _LONGEST_TABLE), end=row.start)).split("\n")
    end = row.start - len(indent)
    for above, line in zip(lines[-2::-1], lines[:0:-1], strict=True):
        end -= len(line) + 1
        if not is_row(line):
            return None
        if _RULE.fullmatch(line) and is_row(above):
            start = end - 1 - len(above)
            return replace(row, start=start + len(above) - len(above.lstrip()), end=start + len(above.rstrip()))
    return None


def named_row(row: Span, text_at: Callable[[Span], str]) -> tuple[Span, str] | None:
    """Where the names of a row's columns stand, and the row with them; None of a line that is no row, or has none."""
    text = text_at(row)
    names = column_names(row, text_at) if is_row(text) else None
    said = with_column_names(text, text_at(names)) if names else None
    return (names, said) if names and said else None


def with_column_names(row: str, names: str) -> str | None:
    """The cells of a row, each after the name of its column; None where these are not as many, or few, or say nothing ("Property", "Value")."""
    cells, columns = row_cells(row), row_cells(names)
    if len(cells) != len(columns) or len(cells) < FEWEST_COLUMNS:
        return None
    columns = ["" if name.lower() in _SAYS_NOTHING else name for name in columns]
    if not any(columns):
        return None
    return " · ".join(f"{name}: {cell}" if name else cell for name, cell in zip(columns, cells, strict=True) if cell)
