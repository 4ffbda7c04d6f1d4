"""The baseline: the usual recipe for retrieval-augmented generation. Recursive splitter, cosine top four, one prompt, no checks.

It uses the same embedding and language models as Footnote, so that what differs is the system around them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence

from eval.metrics.abstention import sounds_like_abstention
from eval.reply import CitedWords, Passage, Reply, ReplySentence, Seconds
from eval.systems import USUAL_RECIPE, complete, honestly_timed, model_tokens
from rag.drafting import parse_draft
from rag.embedding import Embedder
from rag.llm import LanguageModel
from rag.prompting import fill_prompt
from rag.types import Turn

CHUNK_TOKENS = 200
TOP_K = 4
_LEADING_MARKS = re.compile(r"\s*(?:\[\d+\][\s.,:;]*)+")


class CosineIndex:
    """Chunks of LangChain's recursive splitter with their embeddings, searched by cosine similarity."""

    def __init__(self, texts: Mapping[str, str], embedder: Embedder, chunk_tokens: int = CHUNK_TOKENS) -> None:
        """``texts``: documents by their ids."""
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(
            chunk_size=chunk_tokens, chunk_overlap=0, length_function=embedder.count_tokens, add_start_index=True
        )
        self.texts = texts
        self.passages: list[Passage] = []
        for document_id, text in texts.items():
            for part in splitter.create_documents([text]):
                start, content = part.metadata["start_index"], part.page_content
                self.passages.append(Passage(document_id, start, start + len(content), embedder.count_tokens(content)))
        self._embedder = embedder
        self._vectors = embedder.encode([self.text(p) for p in self.passages])

    def text(self, passage: Passage) -> str:
        """The passage's words."""
        return self.texts[passage.document_id][passage.start : passage.end]

    def search(self, question: str, k: int = TOP_K) -> list[Passage]:
        """The ``k`` passages closest to the question, best first."""
        similarity = self._vectors @ self._embedder.encode([question])[0]
        return [self.passages[i] for i in (-similarity).argsort(kind="stable")[:k]]


class UsualRecipe:
    """The whole recipe as a system under evaluation. It cites whole passages, and abstains when its reply says so."""

    name = USUAL_RECIPE

    def __init__(self, texts: Mapping[str, str], embedder: Embedder, model: LanguageModel, jobs: int) -> None:
        self.jobs = jobs
        self._model = model
        self._index = CosineIndex(texts, embedder)

    def ask(self, question: str, history: Sequence[Turn]) -> Reply:
        """See ``System.ask``."""
        started = time.perf_counter()
        hits = self._index.search(question)
        retrieved = time.perf_counter() - started
        numbered = "\n\n".join(f"[{n}] {self._index.text(p)}" for n, p in enumerate(hits, 1))
        prompt = fill_prompt("usual_recipe", passages=numbered, question=question)
        text, usage = complete(self._model, history, prompt)
        abstained = sounds_like_abstention(text)
        sentences = () if abstained else tuple(cited_sentences(text, len(hits)))
        used = sorted({n for s in sentences for n in s.citations})
        reply = Reply(
            text=text,
            abstained=abstained,
            sentences=sentences,
            citations=tuple(CitedWords(n, p.document_id, p.start, p.end, self._index.text(p)) for n in used for p in [hits[n - 1]]),
            hits=tuple(hits),
            model=self._model.name,
            seconds=Seconds(retrieved, None, time.perf_counter() - started),
            tokens=model_tokens(usage),
        )
        return honestly_timed(reply, usage)


def cited_sentences(text: str, known: int) -> Iterator[ReplySentence]:
    """The sentences of a reply with the passages that they cite, numbered 1 to ``known``.

    Read with good will: marks before a line's words count for all its sentences that have none of their own.
    """
    numbers = set(range(1, known + 1))
    for line in text.splitlines():
        leading = _LEADING_MARKS.match(line)
        first = tuple(dict.fromkeys(n for n in map(int, re.findall(r"\d+", leading[0])) if n in numbers)) if leading else ()
        for drafted in parse_draft([line[leading.end() :] if leading else line], numbers):
            yield ReplySentence(drafted.text, drafted.numbers or first)
