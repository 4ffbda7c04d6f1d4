"""The network of the checker, as it is trained: the bundled MiniLM reads (source words, claim or question) and gives two logits.

The first: the words support the claim. The second: the words answer the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

from rag.checker.scorer import MAX_TOKENS
from rag.config import Config
from rag.weights import minilm_folder

LENGTH_STEP = 32
"""Batches are padded to multiples of this many tokens: each new length costs a CPU seconds of compiling kernels."""


class Network(torch.nn.Module):
    """A cross-encoder: BERT's last state of the first token, and a linear layer on it."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        body = str(minilm_folder(Config().cache_dir))
        # Without dropout: one round does not overfit, and drawing the random numbers takes a third of a CPU's time.
        settings = AutoConfig.from_pretrained(body, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager")
        self.body = AutoModel.from_pretrained(body, config=settings, add_pooling_layer=False, dtype=dtype)
        self.head = torch.nn.Linear(settings.hidden_size, 2)
        # Words that are not in the training pairs should keep their place among those that are.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Logits, shape ``(batch, 2)``, of token ids, shape ``(batch, tokens)``."""
        states = self.body(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        logits: torch.Tensor = self.head(states[:, 0].float())
        return logits


class PairTokenizer:
    """Turns (source, claim) pairs into the network's input; the longer is cut where both are too long."""

    def __init__(self) -> None:
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(minilm_folder(Config().cache_dir)))

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> Any:
        """The input ids, attention mask and token types of a batch."""
        sources, claims = zip(*pairs, strict=True)
        return self._tokenizer(
            list(sources),
            list(claims),
            truncation="longest_first",
            max_length=MAX_TOKENS,
            padding=True,
            pad_to_multiple_of=LENGTH_STEP,
            return_tensors="pt",
        )
