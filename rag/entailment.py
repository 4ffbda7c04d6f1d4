"""Models of entailment: the model half of the checker, and judges of the evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from rag.checker.scorer import BundledChecker
from rag.config import BUNDLED_CHECKER, RULES, Config
from rag.embedding import load_cross_encoder
from rag.errors import ConfigError


def open_checker(config: Config) -> BundledChecker | EntailmentModel | None:
    """The configured model half of the checker, not yet loaded; None for the rules alone."""
    if config.checker == RULES:
        return None
    return BundledChecker(config.cache_dir) if config.checker == BUNDLED_CHECKER else EntailmentModel(config.checker)


class EntailmentModel:
    """A sentence-transformers ``CrossEncoder`` for (evidence, claim); loaded at its first use."""

    def __init__(self, name: str) -> None:
        """``name``: a path, or a name in the local cache."""
        self._name = name

    def load(self) -> None:
        """Loads the model now, or raises what ``probabilities`` raises."""
        _ = self._entailment

    def __call__(self, claim: str, evidence: Sequence[str]) -> float:
        """The probability that the evidence entails the claim."""
        return self.probabilities([(claim, evidence)])[0]

    def probabilities(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """The probability of each claim; of a model with a single output, its sigmoid.

        Raises:
            ConfigError: there is no such model, or none of its labels is entailment.
        """
        if not pairs:
            return []
        import torch

        logits = self._model.predict(
            [(" ".join(evidence), claim) for claim, evidence in pairs],
            activation_fn=torch.nn.Identity(),
            convert_to_tensor=True,
            show_progress_bar=False,
        )
        if self._entailment is None:
            return [float(p) for p in torch.sigmoid(logits.reshape(-1))]
        return [float(p) for p in torch.softmax(logits, dim=-1)[:, self._entailment]]

    @cached_property
    def _model(self) -> Any:
        return load_cross_encoder(self._name)

    @cached_property
    def _entailment(self) -> int | None:
        """Which output stands for entailment; None where there is only one output."""
        labels = {int(i): str(label).lower() for i, label in self._model.config.id2label.items()}
        if len(labels) == 1:
            return None
        for i, label in labels.items():
            if label.startswith(("entail", "support")):
                return i
        raise ConfigError(
            f"cross-encoder {self._name}: none of its labels ({', '.join(labels.values())}) is entailment; use an NLI cross-encoder"
        )
