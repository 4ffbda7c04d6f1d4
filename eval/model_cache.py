"""Remembers what a language model replied, by the content of the call, so that a run can be repeated without waiting for it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.llm import LanguageModel, Message, ReplyForm, Usage

REPLAYED = "replayed_calls"
"""Counted in the usage of an answer in which remembered calls took part: its seconds are not the model's."""


class CachedModel:
    """A language model whose calls are remembered, a JSON file each. Calls that fail or are broken off are not."""

    def __init__(self, model: LanguageModel, folder: Path, identity: str, *, fresh: bool = False) -> None:
        """Wraps a model.

        Args:
            identity: tells this model from others of the same name: its endpoint, or the hash of its weights.
            fresh: do not look at what is remembered; remember anew.
        """
        self.name = model.name
        self.constrained = model.constrained
        self._model = model
        self._folder = folder
        self._identity = identity
        self._fresh = fresh

    def first_token_logprobs(self, messages: Sequence[Message], usage: Usage) -> Mapping[str, float] | None:
        """See ``LanguageModel.first_token_logprobs``."""
        file = self._file("first token", messages)
        remembered = self._read(file, usage)
        if remembered is not None:
            return remembered["logprobs"]  # type: ignore[no-any-return]
        own = Usage()
        logprobs = self._model.first_token_logprobs(messages, own)
        _write(file, {"logprobs": logprobs and {token: round(p, 4) for token, p in logprobs.items()}, "tokens": own.tokens})
        usage.add(own.tokens)
        return logprobs

    def stream(self, messages: Sequence[Message], usage: Usage, *, form: ReplyForm | None, max_tokens: int) -> Iterator[str]:
        """See ``LanguageModel.stream``."""
        file = self._file("stream", messages, form.gbnf if form else None, max_tokens)
        remembered = self._read(file, usage)
        if remembered is not None:
            yield remembered["text"]
            return
        own = Usage()
        pieces: list[str] = []
        for piece in self._model.stream(messages, own, form=form, max_tokens=max_tokens):
            pieces.append(piece)
            yield piece
        _write(file, {"text": "".join(pieces), "tokens": own.tokens})
        usage.add(own.tokens)

    def _file(self, kind: str, messages: Sequence[Message], *options: object) -> Path:
        content = json.dumps([self._identity, self.name, kind, [dict(m) for m in messages], *options], ensure_ascii=False)
        digest = hashlib.sha256(content.encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest[2:]}.json"

    def _read(self, file: Path, usage: Usage) -> Any:
        if self._fresh:
            return None
        try:
            remembered = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        usage.add(remembered["tokens"] | {REPLAYED: 1})
        return remembered


def _write(file: Path, content: dict[str, Any]) -> None:
    """Whole or not at all: a run may be stopped at any time, and several may share the folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as f:
        json.dump(content, f, ensure_ascii=False)
    Path(f.name).replace(file)
