"""Drafts cases about any folder with the language model: a question and answer for each of some sentences, to be confirmed by a person."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Mapping

from eval.cases import CaseRow, GoldQuote, plain
from rag.config import Config
from rag.documents import stated_title_and_date
from rag.errors import InputError
from rag.llm import ReplyForm, Usage, open_language_model
from rag.prompting import fill_prompt
from rag.sentences import split_sentences
from rag.words import content_stems, leans_on_context

_GRAMMAR = 'root ::= "Question: " [^\\n?]{10,160} "?\\nAnswer: " [^\\n]{1,80} "\\n"'
_FORM = re.compile(r"Question:\s*(?P<question>[^\n]+\?)\s*\n+\s*Answer:\s*(?P<answer>[^\n]+)")
_WORDS = range(8, 60)
_SEED = 0


def draft_cases(texts: Mapping[str, str], config: Config, number: int) -> list[CaseRow]:
    """Up to ``number`` drafts, spread over the documents; halves of them marked ``dev`` and ``test``.

    A draft is kept only if its answer stands in the sentence and its question does not already hold the answer.

    Raises:
        InputError: the engine is the extractive one, which writes no questions.
        FootnoteError: the language model failed.
    """
    from tqdm import tqdm

    model = open_language_model(config)
    if model is None:
        raise InputError("drafting cases needs a language model; use --llm local or --llm openai")
    rows: list[CaseRow] = []
    usage = Usage()
    with tqdm(total=number, desc="footnote eval: drafting", unit="case", file=sys.stderr) as bar:
        for document_id, sentence in _sentences(texts):
            if len(rows) == number:
                break
            title = stated_title_and_date(texts[document_id])[0] or document_id
            prompt = fill_prompt("draft_case", title=title, sentence=" ".join(sentence.split()))
            said = "".join(model.stream([{"role": "user", "content": prompt}], usage, form=ReplyForm(_GRAMMAR), max_tokens=120))
            if row := _parse(said, document_id, sentence):
                rows.append(row.model_copy(update={"id": f"draft-{len(rows) + 1:03d}", "split": ("dev", "test")[len(rows) % 2]}))
                bar.update()
    if not rows:
        raise InputError("no draft could be used: no sentence of the documents led to a question with its answer in it")
    return rows


def _sentences(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Sentences of prose that stand once in their document and can be understood alone, documents taking turns, in an order that is the same every time."""
    draw = random.Random(_SEED)
    by_document: list[list[tuple[str, str]]] = []
    for document_id, text in sorted(texts.items()):
        found = [text[s.start : s.end] for s in split_sentences(text) if s.is_prose]
        usable = [(document_id, s) for s in found if len(s.split()) in _WORDS and text.count(s) == 1 and not leans_on_context(s)]
        draw.shuffle(usable)
        by_document.append(usable)
    longest = max((len(u) for u in by_document), default=0)
    return [usable[i] for i in range(longest) for usable in by_document if i < len(usable)]


def _parse(said: str, document_id: str, sentence: str) -> CaseRow | None:
    m = _FORM.search(said)
    if m is None:
        return None
    question, answer = m["question"].strip(), m["answer"].strip().rstrip(".")
    folded = plain(answer).lower()
    if not content_stems(answer) or folded not in plain(sentence).lower() or folded in plain(question).lower():
        return None
    return CaseRow(
        kind="one fact", question=question, answers=[answer], evidence=[GoldQuote(document_id=document_id, quote=sentence)], draft=True
    )
