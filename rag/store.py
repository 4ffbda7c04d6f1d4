"""The Chroma database: chunks with their vectors, and the documents' texts. It is the one source of truth of an index.

Two collections. ``chunks`` is searched by vector. ``documents`` holds each text whole and decides what is valid: a chunk counts
only if its document is there with the same sha256, so an interrupted update never mixes two versions of a file.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import CorpusError, FailureError
from rag.offline import switch_offline
from rag.types import Article, Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 10
_DATABASE = "chroma.sqlite3"


@dataclass(frozen=True, slots=True)
class Origin:
    """What an index was made from and with; kept in the metadata of the ``chunks`` collection."""

    root: str
    embedding: str
    chunk_tokens: int
    generation: str
    """Changes whenever the chunks do."""
    complete: bool
    """False while an update is under way, or after one was cut off."""


def exists(data_dir: Path) -> bool:
    """Whether a data folder holds an index."""
    return (data_dir / _DATABASE).is_file()


class Store:
    """One index on disk.

    Raises:
        CorpusError: at opening, if the folder holds no index and ``create`` is false, or one of another format.
    """

    def __init__(self, data_dir: Path, *, create: bool = False) -> None:
        if not create and not exists(data_dir):
            raise CorpusError(f"{data_dir}: holds no index; make one with: footnote index FOLDER --data {data_dir}")
        switch_offline()
        import chromadb
        from chromadb.config import Settings

        self.data_dir = data_dir
        with _chroma_errors(data_dir):
            try:
                data_dir.mkdir(parents=True, exist_ok=True)
            except OSError as e:
                raise CorpusError(f"{data_dir}: the data folder cannot be made ({e.strerror}); choose another with --data") from e
            self._client = chromadb.PersistentClient(path=str(data_dir), settings=Settings(anonymized_telemetry=False))
            self._batch = self._client.get_max_batch_size()
            self._chunks = self._client.get_or_create_collection(
                "chunks", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            self._documents = self._client.get_or_create_collection("documents", embedding_function=None)

    def close(self) -> None:
        """Closes the database's files."""
        self._client.close()

    # --- what it was made from ---

    def origin(self) -> Origin | None:
        """What the index was made from; None if nothing has been indexed yet."""
        values = self._recorded()
        if values is None:
            return None
        if values.pop("format") != FORMAT:
            raise CorpusError(
                f"{self.data_dir}: made by another version of Footnote; bring it up to date with: footnote index FOLDER --data {self.data_dir}"
            )
        return Origin(**values)

    def is_of_another_version(self) -> bool:
        """Whether another version of Footnote made the index, in a format that this one does not read."""
        values = self._recorded()
        return values is not None and values["format"] != FORMAT

    def _recorded(self) -> dict[str, Any] | None:
        metadata = self._chunks.metadata or {}
        return json.loads(str(metadata["footnote"])) if "footnote" in metadata else None

    def set_origin(self, root: str, embedding: str, chunk_tokens: int, *, complete: bool) -> None:
        """Records what the index is made from; gives it a new generation."""
        values = {
            "format": FORMAT,
            "root": root,
            "embedding": embedding,
            "chunk_tokens": chunk_tokens,
            "generation": uuid.uuid4().hex[:16],
            "complete": complete,
        }
        with _chroma_errors(self.data_dir):
            self._chunks.modify(metadata={"footnote": json.dumps(values)})
            self._chunks = self._client.get_collection("chunks", embedding_function=None)

    def clear(self) -> None:
        """Deletes everything in the index."""
        with _chroma_errors(self.data_dir):
            for name in ("chunks", "documents"):
                self._client.delete_collection(name)
            self._chunks = self._client.get_or_create_collection(
                "chunks", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            self._documents = self._client.get_or_create_collection("documents", embedding_function=None)

    # --- documents ---

    def document_hashes(self) -> dict[str, str]:
        """sha256 of each stored document by its id."""
        return self._of_documents("sha256")

    def document_types(self) -> dict[str, str]:
        """Media type of each stored document by its id."""
        return self._of_documents("media_type")

    def _of_documents(self, key: str) -> dict[str, str]:
        with _chroma_errors(self.data_dir):
            got = self._documents.get(include=["metadatas"])
        return {i: str(m[key]) for i, m in zip(got["ids"], got["metadatas"] or [], strict=True)}

    def document(self, document_id: str) -> Document:
        """A stored document.

        Raises:
            KeyError: there is none with this id.
        """
        with _chroma_errors(self.data_dir):
            got = self._documents.get(ids=[document_id], include=["metadatas", "documents"])
        if not got["ids"]:
            raise KeyError(document_id)
        m: Mapping[str, Any] = (got["metadatas"] or [{}])[0]
        return Document(
            id=document_id,
            title=m["title"],
            text=(got["documents"] or [""])[0],
            sha256=m["sha256"],
            media_type=m["media_type"],
            published=m.get("published"),
            page_offsets=tuple(json.loads(m.get("page_offsets", "[]"))),
            articles=tuple(Article(*a) for a in json.loads(m.get("articles", "[]"))),
        )

    def put(self, documents: Sequence[Document], chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Stores documents with their chunks; earlier versions of these documents go when the new ones are complete.

        Args:
            vectors: unit vectors, shape ``(len(chunks), dimension)``.
        """
        hashes = {d.id: d.sha256 for d in documents}
        with _chroma_errors(self.data_dir):
            for i in range(0, len(chunks), self._batch):
                part = chunks[i : i + self._batch]
                self._chunks.upsert(
                    ids=[c.id for c in part],
                    embeddings=vectors[i : i + self._batch],
                    documents=[c.text for c in part],
                    metadatas=[_chunk_metadata(c, hashes[c.document_id]) for c in part],
                )
            for i in range(0, len(documents), self._batch):
                batch = documents[i : i + self._batch]
                self._documents.upsert(
                    ids=[d.id for d in batch],
                    embeddings=[[1.0]] * len(batch),
                    documents=[d.text for d in batch],
                    metadatas=[_document_metadata(d) for d in batch],
                )
            for d in documents:
                self._chunks.delete(where={"$and": [{"document_id": d.id}, {"sha256": {"$ne": d.sha256}}]})

    def delete_documents(self, document_ids: Sequence[str]) -> None:
        """Deletes documents and their chunks."""
        with _chroma_errors(self.data_dir):
            for document_id in document_ids:
                self._documents.delete(ids=[document_id])
                self._chunks.delete(where={"document_id": document_id})

    def delete_orphans(self) -> None:
        """Deletes chunks that an interrupted update left without their document."""
        hashes = self.document_hashes()
        orphans = [c.id for c, sha256 in self._all_chunks() if hashes.get(c.document_id) != sha256]
        with _chroma_errors(self.data_dir):
            for i in range(0, len(orphans), self._batch):
                self._chunks.delete(ids=orphans[i : i + self._batch])

    # --- chunks ---

    def count(self) -> int:
        """Number of chunks."""
        return int(self._chunks.count())

    def chunks(self) -> Iterator[Chunk]:
        """All valid chunks, ordered by document and place."""
        hashes = self.document_hashes()
        yield from (c for c, sha256 in self._all_chunks() if hashes.get(c.document_id) == sha256)

    def chunks_by_id(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks with these ids; unknown ids are left out."""
        if not ids:
            return {}
        with _chroma_errors(self.data_dir):
            got = self._chunks.get(ids=list(ids), include=["metadatas", "documents"])
        return {i: _chunk(i, t, m) for i, t, m in zip(got["ids"], got["documents"] or [], got["metadatas"] or [], strict=True)}

    def nearest(self, vector: NDArray[np.float32], k: int, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Ids of the ``k`` chunks nearest to a vector of shape ``(dimension,)``, with their cosine similarity, best first.

        Args:
            within: ids of the documents to look in; all if None.
        """
        k = min(k, self.count())
        if k == 0 or (within is not None and not within):
            return []
        where: Any = None if within is None else {"document_id": {"$in": list(within)}}
        with _chroma_errors(self.data_dir):
            got = self._chunks.query(query_embeddings=[vector], n_results=k, where=where, include=["distances"])
        return [(i, 1.0 - float(d)) for i, d in zip(got["ids"][0], (got["distances"] or [[]])[0], strict=True)]

    def _all_chunks(self) -> list[tuple[Chunk, str]]:
        found: list[tuple[Chunk, str]] = []
        with _chroma_errors(self.data_dir):
            for offset in range(0, self.count(), self._batch):
                got = self._chunks.get(limit=self._batch, offset=offset, include=["metadatas", "documents"])
                rows = zip(got["ids"], got["documents"] or [], got["metadatas"] or [], strict=True)
                found += [(_chunk(i, t, m), str(m["sha256"])) for i, t, m in rows]
        return sorted(found, key=lambda row: (row[0].document_id, row[0].start))


def _chunk_metadata(c: Chunk, sha256: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "document_id": c.document_id,
        "sha256": sha256,
        "start": c.start,
        "end": c.end,
        "tokens": c.tokens,
        "heading": c.heading,
        "title": c.title,
        "sentences": json.dumps(c.sentences),
    }
    return metadata | {name: value for name, value in (("page", c.page), ("published", c.published)) if value is not None}


def _chunk(chunk_id: str, text: str, m: Mapping[str, Any]) -> Chunk:
    sentences = tuple((a, b) for a, b in json.loads(m["sentences"]))
    place = (m["document_id"], m["start"], m["end"])
    return Chunk(chunk_id, *place, text, m["tokens"], m["heading"], m.get("page"), m["title"], m.get("published"), sentences)


def _document_metadata(d: Document) -> dict[str, Any]:
    metadata: dict[str, Any] = {"title": d.title, "sha256": d.sha256, "media_type": d.media_type}
    if d.published:
        metadata["published"] = d.published
    if d.articles:
        metadata["articles"] = json.dumps([astuple(a) for a in d.articles])
    if d.page_offsets:
        metadata["page_offsets"] = json.dumps(d.page_offsets)
    return metadata


@contextmanager
def _chroma_errors(data_dir: Path) -> Iterator[None]:
    """Chroma's own exceptions as ours, with the folder that they are about."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as e:
        raise FailureError(
            f"{data_dir}: the index cannot be read or written ({e}); check the disk and its permissions, or index again with --rebuild"
        ) from e
