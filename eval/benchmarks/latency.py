"""``python -m eval bench latency``: seconds of one search by number of chunks, beside what the usual recipe does: Chroma's cosine top alone.

The chunks are made of the words of the documents at hand, drawn at random, with vectors around those of real chunks: what is measured
is the searching, not what is found. Both embed the question first.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.cli import positive
from rag.config import Config, load_config
from rag.documents import list_folder, read_document
from rag.embedding import Embedder
from rag.keywords import open_keyword_index
from rag.resources import shipped
from rag.retrieval import search
from rag.sentences import split_sentences
from rag.store import Store
from rag.types import Chunk, Document

SENTENCES_PER_CHUNK = 3
CHUNKS_PER_DOCUMENT = 20
TOP_K = 8
_BATCH = 5000


@dataclasses.dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of a search over an index, the question's embedding included; medians with 95 % bootstrap intervals."""

    chunks: int
    median_s: float
    low_s: float
    high_s: float
    p90_s: float
    embed_median_s: float
    cosine_median_s: float
    """Of embedding and Chroma's cosine top alone."""
    ratio: float
    """Of the two medians."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="footnote eval bench latency", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, help="folder of text files whose words are used (default: the articles that ship with Footnote)"
    )
    parser.add_argument(
        "--chunks", type=positive, nargs="+", default=[1000, 10000, 100000], metavar="N", help="sizes (default: 1000 10000 100000)"
    )
    parser.add_argument("--questions", type=positive, default=100, metavar="N", help="searches a size (default: 100)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args(argv)
    config = load_config()
    embedder = Embedder(config)
    sentences = _sentences(args.data or shipped("seeds"))
    rng = np.random.default_rng(0)
    results = [_latency(n, *_measure(n, sentences, embedder, config, args.questions, rng)) for n in sorted(args.chunks)]
    if args.json:
        print(json.dumps([dataclasses.asdict(r) for r in results]))
    else:
        print(f"{'chunks':>9}  {'median ms [95 %]':<22} {'90 % ms':>8}  {'embedding':>9}  {'cosine alone':>12}  ratio")
        for r in results:
            interval = f"{r.median_s * 1e3:.1f} [{r.low_s * 1e3:.1f}, {r.high_s * 1e3:.1f}]"
            rest = f"{r.p90_s * 1e3:>8.1f}  {r.embed_median_s * 1e3:>9.1f}  {r.cosine_median_s * 1e3:>12.1f}  {r.ratio:.2f}"
            print(f"{r.chunks:>9,}  {interval:<22} {rest}")
    return 0


def _latency(size: int, embedding: np.ndarray, searching: np.ndarray, cosine: np.ndarray) -> Latency:
    """The figures of one size, from seconds of shape ``(questions,)`` each."""
    total = embedding + searching
    drawn = np.median(np.random.default_rng(0).choice(total, (2000, len(total))), axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    beside = float(np.median(embedding + cosine))
    median, p90, embedded = (float(x) for x in (np.median(total), np.quantile(total, 0.9), np.median(embedding)))
    return Latency(size, median, float(low), float(high), p90, embedded, beside, median / beside)


def _sentences(folder: Path) -> list[str]:
    documents = [read_document(f, f.name) for f in list_folder(folder).files]
    return [d.text[s.start : s.end] for d in documents for s in split_sentences(d.text) if s.is_prose][:5000]


def _measure(
    size: int, sentences: Sequence[str], embedder: Embedder, config: Config, questions: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seconds of embedding, of searching, and of Chroma's cosine top alone, each of shape ``(questions,)``, over an index of ``size`` chunks."""
    words = [w for s in sentences for w in s.split()]
    real = embedder.encode(sentences[:500])
    with tempfile.TemporaryDirectory(prefix="footnote-latency-") as folder:
        store = Store(Path(folder), create=True)
        for first in range(0, size, _BATCH):
            count = min(_BATCH, size - first)
            documents, chunks = _made_up(first, count, words, rng)
            vectors = real[rng.integers(len(real), size=count)] + rng.normal(0, 0.04, (count, real.shape[1]))
            store.put(documents, chunks, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))
        store.set_origin(folder, embedder.identity, config.chunk_tokens, complete=True)
        origin = store.origin()
        assert origin is not None
        made = open_keyword_index(store.data_dir, origin.generation, store.chunks(), embedder.count_tokens_batch)
        del made
        index = open_keyword_index(store.data_dir, origin.generation, (), embedder.count_tokens_batch)
        asked = [f"What is said of {' '.join(rng.choice(words, 6))}?" for _ in range(questions + 3)]
        embedding, searching, cosine = [], [], []
        for question in asked:
            started = time.perf_counter()
            vector = embedder.encode([question])[0]
            embedded = time.perf_counter()
            search(question, vector, store, index, k=TOP_K)
            searched = time.perf_counter()
            store.nearest(vector, TOP_K)
            cosine.append(time.perf_counter() - searched)
            searching.append(searched - embedded)
            embedding.append(embedded - started)
        store.close()
    return np.array(embedding[3:]), np.array(searching[3:]), np.array(cosine[3:])  # The first ones warm up.


def _made_up(first: int, count: int, words: Sequence[str], rng: np.random.Generator) -> tuple[list[Document], list[Chunk]]:
    """Chunks of random words, several a document."""
    documents: list[Document] = []
    chunks: list[Chunk] = []
    for start in range(0, count, CHUNKS_PER_DOCUMENT):
        name = f"{first + start:07d}.txt"
        text = ""
        for _ in range(min(CHUNKS_PER_DOCUMENT, count - start)):
            begin, spans = len(text), []
            for _ in range(SENTENCES_PER_CHUNK):
                sentence = " ".join(rng.choice(words, 18))
                spans.append((len(text) - begin, len(text) - begin + len(sentence)))
                text += sentence + " "
            body = text[begin:-1]
            chunks.append(
                Chunk(f"{name}@0:{begin}-{begin + len(body)}", name, begin, begin + len(body), body, 80, title=name, sentences=tuple(spans))
            )
        documents.append(Document(name, name, text, "0" * 64))
    return documents, chunks
