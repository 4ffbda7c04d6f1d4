"""How well a sentence matches a question token by token: late interaction of contextual embeddings (ColBERT: Khattab and Zaharia, SIGIR 2020).

Words that mean the same match without sharing a letter, and a single word without a counterpart is seen, which one vector a text hides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from rag.words import Word

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The contextual embeddings of a text's tokens, special tokens left out."""

    vectors: NDArray[np.float32]
    """Unit vectors, shape ``(tokens, dimension)``."""
    ranges: NDArray[np.intp]
    """Half-open ranges of characters, shape ``(tokens, 2)``."""


@dataclass(frozen=True, slots=True)
class Match:
    """Cosine similarities of a question with the tokens of a sentence that are closest to it, in -1..1."""

    words: float
    """Mean over the question's content words, weighted by rarity; over all its words, where it has none of these ("What do I do if I cannot come?")."""
    least: float
    """Of the one of these that matches least."""
    tokens: float
    """Mean over all tokens of the question."""


CONTEXT_SHARE = 0.8
"""How much of a match in what stands around a sentence counts as its own."""


def match_tokens(
    question: Sequence[Word],
    tokens: TokenVectors,
    sentences: Sequence[TokenVectors],
    rarity: Callable[[str], float],
    contexts: Sequence[Sequence[TokenVectors]] = (),
) -> list[Match]:
    """How well each sentence matches a question of these words and tokens; all 0 where either side has none.

    Args:
        rarity: inverse document frequency of a stem.
        contexts: what stands around each sentence, if that is to count too, for less (``CONTEXT_SHARE``).
    """
    starts, ends = tokens.ranges[:, 0], tokens.ranges[:, 1]
    weighed = [w for w in question if w.is_content] or question
    content = [(w, np.flatnonzero((starts < w.end) & (ends > w.start))) for w in weighed]
    content = [(w, inside) for w, inside in content if len(inside)]
    weights = [rarity(w.stem) for w, _ in content]
    found: list[Match] = []
    for sentence, context in zip(sentences, contexts or repeat(()), strict=False):
        if not len(tokens.vectors) or not len(sentence.vectors):
            found.append(Match(0.0, 0.0, 0.0))
            continue
        closest = (tokens.vectors @ sentence.vectors.T).max(axis=1)
        for text in context:
            if len(text.vectors):
                closest = np.maximum(closest, CONTEXT_SHARE * (tokens.vectors @ text.vectors.T).max(axis=1))
        by_word = [float(closest[inside].mean()) for _, inside in content]
        weighted = float(np.average(by_word, weights=weights)) if content and sum(weights) else 0.0
        found.append(Match(weighted, min(by_word, default=0.0), float(closest.mean())))
    return found


def cosine(a: TokenVectors, b: TokenVectors) -> float:
    """Of the mean vectors of two texts' tokens, in -1..1; 0 where either has none."""
    if not len(a.vectors) or not len(b.vectors):
        return 0.0
    x, y = a.vectors.mean(axis=0), b.vectors.mean(axis=0)
    return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))
