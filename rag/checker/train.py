"""Trains the checker: ``python -m rag.checker.train PAIRS --out OUT``, resumable (run the same command again), on a CPU or a GPU.

PyTorch's own loop instead of sentence-transformers' trainer: with weights of 16 bits, masters of 32 and batches of as many tokens, two cores read
81 pairs a second, the trainer 50. Needs the extra ``train``.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from sklearn.metrics import roc_auc_score
from torch.nn.functional import binary_cross_entropy_with_logits

from rag.checker.export import read_weights
from rag.checker.network import Network, PairTokenizer
from rag.checker.pairs import (
    LONGEST_CLAIM,
    Pair,
    claim_pairs,
    edited_claims,
    edited_pairs,
    is_validation,
    read_claims,
    read_pairs,
    read_questions,
    short_claims,
    training_pairs,
)
from rag.checker.scorer import ANSWERS, SUPPORTS, BundledChecker
from rag.checker.scorer import MODEL as SHIPPED
from rag.config import Config
from rag.offline import switch_offline

TOKENS_A_BATCH = 4600
CHARACTERS_A_TOKEN = 4.3
WARM_UP = 0.04
"""Share of the batches in which the learning rate rises."""
CHECK_EVERY = 400
"""Batches between two measurements on unseen sets; each leaves a checkpoint."""
_log = logging.getLogger(__name__)
STATE, MODEL, LOG = "state.pt", "model.pt", "log.jsonl"


def batches_of(pairs: Sequence[Pair], rng: random.Random) -> list[list[Pair]]:
    """Batches of about ``TOKENS_A_BATCH`` tokens of pairs of about the same length, in random order."""
    found: list[list[Pair]] = []
    for pair in sorted(pairs, key=lambda p: (len(p.source) + len(p.claim)) * rng.uniform(0.85, 1.15)):
        tokens = (len(pair.source) + len(pair.claim)) / CHARACTERS_A_TOKEN + 3
        if not found or (len(found[-1]) + 1) * tokens > TOKENS_A_BATCH:
            found.append([])
        found[-1].append(pair)
    rng.shuffle(found)
    return found


class Trainer:
    """Trains the network on batches; AdamW steps on copies of 32 bits, as mixed precision does, without casts in the forward pass."""

    def __init__(
        self, batches: Sequence[Sequence[Pair]], checks: dict[str, list[Pair]], out: Path, rate: float, seed: int, start: Path | None = None
    ) -> None:
        """``checks``: pairs of sets that are not trained on, by set. ``start``: the weights to go on from (a ``model.pt``)."""
        torch.manual_seed(seed)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._batches, self._checks, self._out, self._rate = batches, checks, out, rate
        self._network = Network(torch.bfloat16).to(self._device)
        if start:
            self._network.load_state_dict(read_weights(start))
        self._encode = PairTokenizer()
        self._weights = [w for w in self._network.parameters() if w.requires_grad]
        self._masters = [w.detach().float().clone().requires_grad_() for w in self._weights]
        self._optimizer = torch.optim.AdamW(self._masters, lr=rate, weight_decay=0.01, fused=True)
        self._done = 0
        if (out / STATE).exists():
            self._resume(torch.load(out / STATE, map_location=self._device))

    def run(self) -> None:
        """Trains to the end; leaves ``model.pt`` and ``log.jsonl``."""
        started, losses = time.time(), []
        for number, batch in enumerate(self._batches[self._done :], self._done + 1):
            losses.append(self._step(number, batch))
            if number % CHECK_EVERY == 0 or number == len(self._batches):
                found: dict[str, Any] = {"batch": number, "of": len(self._batches), "seconds": round(time.time() - started)}
                found |= {"loss": round(sum(losses) / len(losses), 4), "auc": self._aucs()}
                with (self._out / LOG).open("a", encoding="utf-8") as log:
                    log.write(json.dumps(found) + "\n")
                _log.info("%s", found)
                losses = []
                self._save(number)
        torch.save(self._network.state_dict(), self._out / MODEL)

    def _step(self, number: int, batch: Sequence[Pair]) -> float:
        progress = number / len(self._batches)
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))
        labels = torch.tensor([float(p.supported) for p in batch], device=self._device)
        loss = binary_cross_entropy_with_logits(self._logits(batch), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        with torch.no_grad():
            for weight, master in zip(self._weights, self._masters, strict=True):
                master.grad = weight.grad.float() if weight.grad is not None else None
            self._optimizer.step()
            for weight, master in zip(self._weights, self._masters, strict=True):
                weight.copy_(master)
                weight.grad = None
        return loss.item()

    def _logits(self, batch: Sequence[Pair]) -> torch.Tensor:
        columns = torch.tensor([[ANSWERS if p.is_question else SUPPORTS] for p in batch], device=self._device)
        logits: torch.Tensor = self._network(**self._encode([(p.source, p.claim) for p in batch]).to(self._device))
        return logits.gather(1, columns)[:, 0]

    def _aucs(self) -> dict[str, float]:
        found = {}
        with torch.no_grad():
            for name, pairs in self._checks.items():
                logits = torch.cat([self._logits(pairs[i : i + 50]) for i in range(0, len(pairs), 50)]).cpu()
                found[name] = round(float(roc_auc_score([p.supported for p in pairs], logits)), 4)
        return found

    def _save(self, done: int) -> None:
        state = {"done": done, "network": self._network.state_dict(), "masters": self._masters, "optimizer": self._optimizer.state_dict()}
        torch.save(state, self._out / f"{STATE}.new")
        (self._out / f"{STATE}.new").replace(self._out / STATE)

    def _resume(self, state: dict[str, Any]) -> None:
        self._done = state["done"]
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        with torch.no_grad():
            for master, kept in zip(self._masters, state["masters"], strict=True):
                master.copy_(kept)


def _drawn(draw: Callable[[int], list[Pair]], wanted: int | None, seed: int) -> list[Pair]:
    """So many pairs, drawn anew with the next seed until there are enough; what the first seed draws if no number is given."""
    found = [*draw(seed)]
    while wanted is not None and found and len(found) < wanted:
        seed += 1
        found += draw(seed)
    return found[:wanted]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m rag.checker.train", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of <set>.jsonl.gz files with premise, hypothesis, label")
    parser.add_argument("--out", type=Path, required=True, help="folder for state, model and log")
    parser.add_argument("--questions", type=Path, help="folder with SQuAD 2.0 as docs.jsonl and questions.jsonl")
    parser.add_argument(
        "--leave-out", nargs="*", default=(), help="articles of --questions that are measured, not trained on (doc_id up to its _)"
    )
    parser.add_argument("--claims", type=Path, help="claims that people judged (rows: set, claim, evidence, supported)")
    parser.add_argument(
        "--leave-out-sets", nargs="*", default=(), help="sets of --claims that are measured, not trained on; * for all of them"
    )
    parser.add_argument("--pairs", type=int, help="number of pairs of the sets, drawn anew each round; all of one round if not given")
    parser.add_argument("--edited", type=int, default=14000, help="number of pairs made by editing sentences")
    parser.add_argument(
        "--edited-claims", type=int, default=0, help="number of pairs made by editing supported claims, each beside the claim as it is"
    )
    parser.add_argument(
        "--question-pairs", type=int, help="number of pairs of --questions, drawn anew each round; all of one round if not given"
    )
    parser.add_argument("--start", type=Path, help="weights to go on from: the model.pt of another --out, or a model.onnx")
    parser.add_argument("--rate", type=float, default=2e-4, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    switch_offline()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    sets = read_pairs(options.folder)
    pairs = _drawn(lambda seed: training_pairs(sets, seed), options.pairs, options.seed)
    later = edited_pairs(sets, options.edited, options.seed + 1) + edited_claims(sets, options.edited_claims, options.seed + 2)
    checks: dict[str, list[Pair]] = {}
    if options.claims:
        claims = read_claims(options.claims)
        left_out = list(claims) if "*" in options.leave_out_sets else options.leave_out_sets
        if unknown := set(left_out) - claims.keys():
            parser.error(f"--leave-out-sets {' '.join(sorted(unknown))}: {options.claims} has only {', '.join(claims)}")
        checks |= short_claims({name: claims[name] for name in left_out}, per_set=150, seed=options.seed)
        starts_from_onnx = options.start and options.start.suffix == SHIPPED.suffix
        checker = BundledChecker(Config().cache_dir, options.start if starts_from_onnx else SHIPPED)
        later += claim_pairs({name: c for name, c in claims.items() if name not in left_out}, checker)
    if options.questions:
        questions = cache(lambda seed: read_questions(options.questions, options.leave_out, seed))
        later += _drawn(lambda seed: questions(seed)[0], options.question_pairs, options.seed)
        measured = questions(options.seed)[1]
        checks |= {"questions": measured} if measured else {}
    usable = [[p for p in part if not is_validation(p.claim) and len(p.claim) < LONGEST_CLAIM] for part in (pairs, later)]
    # What is hard to learn waits until the network has learnt to compare at all: from the start it kept it from doing so.
    easy = 0 if options.start else int(0.6 * len(usable[0]))
    parts = (usable[0][:easy], usable[0][easy:] + usable[1])
    batches = [batch for part in parts for batch in batches_of(part, rng)]
    _log.info("%d pairs in %d batches", sum(map(len, batches)), len(batches))
    Trainer(batches, checks, options.out, options.rate, options.seed, options.start).run()


if __name__ == "__main__":
    main()
