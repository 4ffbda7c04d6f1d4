"""Brings an index into step with a folder: new and changed files are embedded, vanished ones go, the rest is not touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from rag.chunking import chunk_document
from rag.documents import list_folder, read_document
from rag.embedding import Embedder
from rag.errors import CorpusError, DocumentError
from rag.keywords import open_keyword_index
from rag.store import Store
from rag.types import Chunk, Document

Progress = Callable[[int, int, str], None]
"""Called with the number of files done, the number of files, and the name of the one at hand."""

_FLUSH_CHUNKS = 256


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What an update did."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    chunks: int
    """In the index after the update."""
    embedded: int
    """Chunks that were embedded by this update."""
    skipped: tuple[Path, ...] = ()
    """Files of types that are not read."""
    problems: tuple[str, ...] = field(default=())
    """One line for each file that could not be read. What was stored of it before stays."""


def sync_folder(
    root: Path,
    store: Store,
    embedder: Embedder,
    chunk_tokens: int,
    *,
    replace: bool = False,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> SyncReport:
    """Makes ``store`` hold exactly the documents below ``root``.

    Args:
        replace: allow documents of another folder, which the index was made from, to be removed.
        rebuild: make the index anew, whatever it holds.

    Raises:
        DocumentError: nothing below ``root`` can be read as a document.
        CorpusError: the index belongs to another folder or embedding model, or another process is updating it.
    """
    listing = list_folder(root)
    try:
        with FileLock(str(store.data_dir / "index.lock"), timeout=0):
            return _sync(listing.root.resolve(), listing.files, listing.skipped, store, embedder, chunk_tokens, replace, rebuild, progress)
    except Timeout as e:
        raise CorpusError(
            f"{store.data_dir}: another process is indexing into this data folder; wait for it, or choose another --data"
        ) from e


def _sync(
    root: Path,
    files: tuple[Path, ...],
    skipped: tuple[Path, ...],
    store: Store,
    embedder: Embedder,
    chunk_tokens: int,
    replace: bool,
    rebuild: bool,
    progress: Progress | None,
) -> SyncReport:
    documents, problems = _read(root, files)
    if not documents:
        raise DocumentError(
            problems[0] if len(problems) == 1 else f"{root}: none of its {len(problems)} documents can be read; the first: {problems[0]}"
        )

    rebuild = rebuild or store.is_of_another_version()
    origin = None if rebuild else store.origin()
    stored = {} if rebuild else store.document_hashes()
    if origin and origin.embedding != embedder.identity:
        raise CorpusError(
            f"{store.data_dir}: was indexed with the embedding model {origin.embedding}, this run uses {embedder.identity}; choose another --data, or add --rebuild"
        )
    unreadable = {_id(root, f) for f in files} - set(documents)
    removed = tuple(i for i in stored if i not in documents and i not in unreadable)
    if removed and origin and origin.root != str(root) and not replace:
        raise CorpusError(
            f"{store.data_dir}: holds the index of {origin.root} ({len(stored)} documents); choose another --data for {root}, or add --replace to let it take that one's place"
        )
    if rebuild:
        store.clear()
    elif origin and not origin.complete:
        store.delete_orphans()

    rechunk = bool(origin and origin.chunk_tokens != chunk_tokens)
    todo = [d for d in documents.values() if rechunk or stored.get(d.id) != d.sha256]
    added = tuple(d.id for d in todo if d.id not in stored)
    changed = tuple(d.id for d in todo if d.id in stored)
    embedded = 0
    if todo or removed or origin is None or not origin.complete or origin.root != str(root):
        store.set_origin(str(root), embedder.identity, chunk_tokens, complete=False)
        if rechunk:
            store.delete_documents(changed)
        embedded = _embed(todo, store, embedder, chunk_tokens, progress)
        store.delete_documents(removed)
        store.set_origin(str(root), embedder.identity, chunk_tokens, complete=True)
        if (current := store.origin()) is not None:
            open_keyword_index(store.data_dir, current.generation, store.chunks(), embedder.count_tokens_batch)
    return SyncReport(added, changed, removed, len(documents) - len(todo), store.count(), embedded, skipped, tuple(problems))


def _id(root: Path, file: Path) -> str:
    return file.resolve().relative_to(root).as_posix() if file.resolve().is_relative_to(root) else file.name


def _read(root: Path, files: tuple[Path, ...]) -> tuple[dict[str, Document], list[str]]:
    documents: dict[str, Document] = {}
    problems: list[str] = []
    for file in files:
        try:
            document = read_document(file, _id(root, file))
        except DocumentError as e:
            problems.append(str(e))
        else:
            documents[document.id] = document
    return documents, problems


def _embed(documents: list[Document], store: Store, embedder: Embedder, chunk_tokens: int, progress: Progress | None) -> int:
    """Chunks, embeds and stores documents, several small ones at a time; returns the number of chunks."""
    batch: list[Document] = []
    chunks: list[Chunk] = []
    embedded = 0
    for n, document in enumerate(documents):
        if progress:
            progress(n, len(documents), document.id)
        batch.append(document)
        chunks += chunk_document(document, chunk_tokens, embedder.count_tokens)
        if len(chunks) >= _FLUSH_CHUNKS or n == len(documents) - 1:
            store.put(batch, chunks, embedder.encode([c.text for c in chunks]))
            embedded += len(chunks)
            batch, chunks = [], []
    if progress and documents:
        progress(len(documents), len(documents), "")
    return embedded
