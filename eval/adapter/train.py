"""Trains the adapter of the bundled language model: ``python -m eval.adapter.train --data FOLDER OUT.gguf``. Needs the extra ``train``.

FOLDER holds ``squad2/``, ``clapnq/`` and ``spans/``. About 9 GB of memory, for a while 20 GB of disk (in ``TMPDIR``), and 80 minutes on two cores that
multiply 16-bit matrices (AMX), longer on others. ``FOOTNOTE_ADAPTER=OUT.gguf`` uses what it wrote.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from eval.adapter.examples import Example, squad_examples, suite_examples, training_examples
from eval.adapter.network import Adapter, State, load, mean, read, read_adapter, write
from rag.config import Config, load_config
from rag.drafting import WAKING, gate_messages
from rag.embedding import Embedder
from rag.local_model import find_weights, start_local_model
from rag.offline import switch_offline

EPOCHS, BATCH, SEED = 2, 16, 1
RATE, LATER_RATE = 1e-3, 7e-4
"""Highest learning rate of a new adapter, and of one that has learnt before."""
TOGETHER = 4
"""Prompts that are read at once."""
WARM_UP = 20
"""Batches in which the learning rate rises; from there on it falls as a cosine does."""
CERTAIN = 0.98
"""What the probability of an answer is trained towards: some labels are wrong."""
WHICH = 0.5
"""Weight of which sentence answers, beside whether any does."""
MOST_VALIDATION = 130
_log = logging.getLogger(__name__)


class Tokenizer:
    """The tokens that llama.cpp makes of messages."""

    def __init__(self, config: Config) -> None:
        endpoint = start_local_model(config)
        self._root, self._key = endpoint.base_url.removesuffix("/v1"), endpoint.api_key

    def words(self, text: str) -> list[int]:
        """Of a text, special tokens among them."""
        found: list[int] = self._post("tokenize", {"content": text, "parse_special": True, "add_special": False})["tokens"]
        return found

    def prompt(self, example: Example) -> list[int]:
        """Of what the gate asks about an example."""
        messages = list(gate_messages(example.question, example.evidence))
        return self.words(self._post("apply-template", {"messages": messages})["prompt"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        request = urllib.request.Request(f"{self._root}/{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as reply:
            found: dict[str, Any] = json.load(reply)
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """An example as it is trained on."""

    state: State
    sentences: int
    answering: frozenset[int]
    right: frozenset[int]
    """``answering``, and what is doubtful."""


def rows_of(examples: Sequence[Example], model: Any, tokenizer: Tokenizer, folder: Path) -> list[Row]:
    """Reads the prompts up to where the adapter wakes. What the model makes of them, 6 MB each, is kept in files of a new folder."""
    folder.mkdir()
    wakes = tokenizer.words(WAKING)
    prompts = [tokenizer.prompt(example) for example in examples]
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    rows: list[Row] = []
    for at in range(0, len(order), TOGETHER):
        batch = order[at : at + TOGETHER]
        starts = [max(i for i in range(len(prompts[n])) if prompts[n][i : i + len(wakes)] == wakes) for n in batch]
        for n, state in zip(batch, read(model, [prompts[n] for n in batch], starts), strict=True):
            example = examples[n]
            file = str(folder / f"{n}.bin")
            kept = torch.from_file(file, shared=True, size=state.cache.numel(), dtype=state.cache.dtype).view(state.cache.shape)
            kept.copy_(state.cache)
            right = example.answering | example.in_doubt
            rows.append(Row(State(kept, state.rest), len(example.evidence), example.answering, right))
        if at % (25 * TOGETHER) == 0:
            _log.info("read %d of %d prompts", at, len(order))
    return rows


def log_probabilities(adapter: Adapter, rows: Sequence[Row]) -> torch.Tensor:
    """Of 0, 1, …, shape ``(rows, choices)``; numbers that no sentence has are ruled out."""
    logits: torch.Tensor = adapter([r.state for r in rows])
    known = torch.arange(logits.shape[1]) <= torch.tensor([r.sentences for r in rows])[:, None]
    found: torch.Tensor = logits.masked_fill(~known, -1e4).log_softmax(-1)
    return found


def loss_of(found: torch.Tensor, rows: Sequence[Row], weight: float) -> torch.Tensor:
    """Whether a sentence answers (cross-entropy, answered rows weighing ``weight``), and which."""
    none = found[:, 0]
    some = torch.log1p(-none.exp().clamp(max=1 - 1e-6))
    answered = torch.tensor([float(bool(r.answering)) for r in rows])
    target = answered * (2 * CERTAIN - 1) + 1 - CERTAIN
    whether = -(target * some + (1 - target) * none) * (1 + (weight - 1) * answered)
    which = [some[i] - found[i, sorted(r.right)].logsumexp(0) if r.answering else 0 * some[i] for i, r in enumerate(rows)]
    return (whether + WHICH * torch.stack(which)).mean()


def train(adapter: Adapter, rows: Sequence[Row], validation: dict[str, list[Row]], *, seed: int, rate: float) -> None:
    """AdamW on batches of prompts of about the same length, in random order. ``rate``: the highest learning rate."""
    rng = random.Random(seed)
    share = sum(bool(r.answering) for r in rows) / len(rows)
    optimizer = torch.optim.AdamW(adapter.parameters(), lr=rate, weight_decay=0.0, betas=(0.9, 0.98))
    steps, step = EPOCHS * math.ceil(len(rows) / BATCH), 0
    for _ in range(EPOCHS):
        ordered = sorted(rows, key=lambda r: r.state.cache.shape[3] * rng.uniform(0.8, 1.2))
        batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
        rng.shuffle(batches)
        for batch in batches:
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1, step / WARM_UP) * max(0.02, (1 + math.cos(math.pi * step / steps)) / 2)
            loss = loss_of(log_probabilities(adapter, batch), batch, min(1.5, (1 - share) / share))
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(adapter.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            if step % 20 == 0:
                _log.info("batch %d of %d: loss %.3f", step, steps, loss.item())
            if step % 80 == 0 or step == steps:
                _log.info("%s", {name: area(adapter, asked) for name, asked in validation.items()})


@torch.no_grad()
def area(adapter: Adapter, rows: Sequence[Row]) -> float:
    """Area under the ROC curve of the probability that the evidence answers."""
    from sklearn.metrics import roc_auc_score

    found = torch.cat([log_probabilities(adapter, rows[i : i + BATCH])[:, 0] for i in range(0, len(rows), BATCH)])
    return round(float(roc_auc_score([bool(r.answering) for r in rows], -found.numpy())), 3)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.adapter.train", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="where the adapter goes (.gguf)")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds squad2/, clapnq/ and spans/")
    parser.add_argument("--mean-with", type=Path, action="append", default=[], metavar="GGUF", help="write the mean with this adapter")
    parser.add_argument("--start", type=Path, metavar="GGUF", help="go on from this adapter")
    parser.add_argument(
        "--runs", type=int, default=1, help="train so many, each from other random draws, and write their mean (default: 1)"
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    switch_offline()
    config = load_config(llm="local")
    embedder, tokenizer = Embedder(config), Tokenizer(config)
    held_out = list(squad_examples(options.data, embedder, held_out=True, limit=MOST_VALIDATION))
    checks = {"squad2": held_out, **suite_examples("dev", embedder)}
    examples = training_examples(options.data, embedder)
    model = load(find_weights(config))
    adapters = [read_adapter(model, file) for file in options.mean_with]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        validation = {
            name: rows_of([replace(e, evidence=e.found.likeliest) for e in asked], model, tokenizer, folder / name)
            for name, asked in checks.items()
        }
        rows = rows_of(examples, model, tokenizer, folder / "training")
        for seed in range(SEED, SEED + options.runs):
            torch.manual_seed(seed)
            adapters.append(read_adapter(model, options.start) if options.start else Adapter(model))
            train(adapters[-1], rows, validation, seed=seed, rate=LATER_RATE if options.start else RATE)
            found = mean(model, adapters)
            _log.info("mean of %d: %s", len(adapters), {name: area(found, asked) for name, asked in validation.items()})
            write(found, tokenizer.words(WAKING), options.out)


if __name__ == "__main__":
    main()
