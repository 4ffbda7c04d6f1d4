"""Reads the files that benchmarks are published in; an unreadable one is one clear error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import InputError


def read_rows(file: Path) -> Iterator[tuple[int, Any]]:
    """The values of a JSON-lines file with their line numbers.

    Raises:
        InputError: it cannot be read, or a line is not JSON.
    """
    for number, line in enumerate(read_text(file).splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as e:
                raise InputError(f"{file}, line {number}: is not JSON ({e})") from e


def read_json(file: Path) -> Any:
    """The value in a JSON file. Raises InputError."""
    try:
        return json.loads(read_text(file))
    except ValueError as e:
        raise InputError(f"{file}: is not JSON ({e})") from e


def read_text(file: Path) -> str:
    """The text of a UTF-8 file. Raises InputError."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{file}: cannot be read ({e}); give the benchmark's files as they are published") from e
