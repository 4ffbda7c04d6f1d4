"""Reads a folder of text files as documents. Offsets index the text exactly as Python's text mode reads it (UTF-8, universal newlines)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rag.errors import DocumentError
from rag.headings import find_headings, title_among
from rag.layout import find_articles, iso_date, title_and_date
from rag.markup import FRONT_MATTER
from rag.types import Document

MEDIA_TYPES = {".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown", ".rst": "text/x-rst"}
_STATED = re.compile(r"^(title|date|published)\s*:\s*[\"']?(.+?)[\"']?\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FolderListing:
    """The files of a folder, sorted by path."""

    root: Path
    files: tuple[Path, ...]
    """Files of a type that is read."""
    skipped: tuple[Path, ...]
    """Files of other types."""


def list_folder(root: Path) -> FolderListing:
    """The files below ``root`` (or ``root`` itself, if it is a file); hidden ones are left out.

    Raises:
        DocumentError: ``root`` does not exist, cannot be listed, or holds no file of a type that is read.
    """
    if not root.exists():
        raise DocumentError(f"{root}: no such folder; give the path of a folder that holds your documents")
    known = ", ".join(MEDIA_TYPES)
    if root.is_file():
        if root.suffix.lower() not in MEDIA_TYPES:
            raise DocumentError(f"{root}: this type of file is not read; known: {known}")
        return FolderListing(root.parent, (root,), ())
    paths = sorted(_walk(root), key=lambda p: p.relative_to(root).as_posix())
    files = tuple(p for p in paths if p.suffix.lower() in MEDIA_TYPES)
    if not files:
        raise DocumentError(f"{root}: holds no documents; put text files there ({known})")
    return FolderListing(root, files, tuple(p for p in paths if p.suffix.lower() not in MEDIA_TYPES))


def _walk(root: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise DocumentError(f"{error.filename}: the folder cannot be listed ({error.strerror}); check its permissions") from error

    for folder, subfolders, names in os.walk(root, onerror=fail):
        subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
        yield from (Path(folder, n) for n in names if not n.startswith("."))


def read_document(path: Path, document_id: str) -> Document:
    """The document in the file at ``path``.

    Raises:
        DocumentError: the file cannot be read, is not text, is not UTF-8, or is empty.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise DocumentError(f"{path}: cannot be read ({e.strerror}); check that it exists and its permissions") from e
    if b"\0" in data:
        raise DocumentError(f"{path}: is not text (byte {data.index(0)} is zero); remove it or convert it to UTF-8 text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise DocumentError(
            f"{path}: is not UTF-8 (byte {e.start} is 0x{data[e.start]:02x}); convert it, e.g. iconv -f WINDOWS-1252 -t UTF-8"
        ) from e
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \t\n"):
        raise DocumentError(f"{path}: is empty; add text or remove it")
    articles = find_articles(text)
    title, published = stated_title_and_date(text[: articles[0].end] if articles else text)
    title = title or path.stem.replace("_", " ")
    if articles:  # The first has what the file states for itself.
        articles = (replace(articles[0], title=title, published=published), *articles[1:])
    return Document(
        id=document_id,
        title=title,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=MEDIA_TYPES[path.suffix.lower()],
        published=published,
        articles=articles,
    )


def stated_title_and_date(text: str) -> tuple[str | None, str | None]:
    """The title and the ISO date that a text states for itself; None where it states none.

    Both are those of the front matter, else the title is a heading or headline and the date that of ``layout.title_and_date``.
    """
    stated: dict[str, str] = {}
    front = FRONT_MATTER.match(text)
    if front:
        stated = {m[1].lower(): m[2] for m in _STATED.finditer(front[1])}
    published = iso_date(stated.get("date") or stated.get("published") or "")
    body = text[front.end() if front else 0 :]
    headline, dated = title_and_date(body)
    headings = find_headings(body)
    if title := title_among(body, headings):
        headline = title
    elif any(body[start] in "#=" for start in headings):
        headline = None
    return stated.get("title") or headline, published or dated
