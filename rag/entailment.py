"""Models of entailment: the model half of the checker, and judges of the evaluation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from rag.checker.scorer import BundledChecker, excerpt
from rag.config import BUNDLED, RULES, Config
from rag.embedding import load_cross_encoder
from rag.errors import ConfigError
from rag.llm import LanguageModel, Usage, open_language_model, yes_probability
from rag.logistic import logistic, logit
from rag.prompting import fill_prompt
from rag.sentences import sentence_texts

# Of the logits of the bundled checker and of Qwen2.5-Coder-1.5B's Yes; fitted on 229 claims of the seven sets of ``eval bench grounding``, each set
# weighing the same, and as many claims true as false.
_TOGETHER_WEIGHTS, _TOGETHER_BIAS = (0.8, 0.7), -0.55
_LEAST = 0.02
"""Closer to 0 or 1 a probability says no more: endpoints that tell none are taken at their word."""
_MOST_WORDS = 250
"""Of evidence that the language model reads whole. It reads 50 to 80 tokens a second, and of longer evidence the closest words told as much."""
_EXCERPT_WORDS = 160
"""Of longer evidence. Of 150 claims of wice, podcasts and e-mails AUC .698 with 80 words, .763 with these."""


class Entailment(Protocol):
    """Tells how likely evidence supports a claim."""

    def load(self) -> None:
        """Loads the model now, or raises what ``probabilities`` raises."""

    def __call__(self, claim: str, evidence: Sequence[str]) -> float:
        """The probability, in 0..1, that the pieces of evidence together support the claim."""

    def probabilities(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """The same of each claim with its evidence."""


def open_checker(config: Config, *, assisted: bool = False) -> Entailment | None:
    """The configured model half of the checker, not yet loaded; None for the rules alone.

    Args:
        assisted: let the configured language model, which is started, judge too, or alone beside the rules alone.

    Raises:
        WeightsError, ConfigError, LLMError: the language model cannot be started or reached; ``extractive`` has none.
    """
    model = _open_model(config.checker, config.cache_dir)
    if not assisted:
        return model
    if (language_model := open_language_model(config)) is None:
        raise ConfigError("--llm extractive has no language model to judge claims; use --llm local or openai, or leave it out")
    second = LanguageModelEntailment(language_model)
    return Together(model, second) if model else second


@cache
def _open_model(checker: str, cache_dir: Path) -> Entailment | None:
    """The named checker, the same for all that use it: it is loaded once."""
    if checker == BUNDLED:
        return BundledChecker(cache_dir)
    if checker.endswith(".onnx"):
        return BundledChecker(cache_dir, Path(checker))
    return None if checker == RULES else EntailmentModel(checker)


class Together:
    """A checker's model and a language model: one probability from those of both."""

    def __init__(self, model: Entailment, language_model: Entailment) -> None:
        self._models = model, language_model

    def load(self) -> None:
        """Loads the models now, or raises what ``probabilities`` raises."""
        for model in self._models:
            model.load()

    def __call__(self, claim: str, evidence: Sequence[str]) -> float:
        """The probability that the evidence supports the claim."""
        return self.probabilities([(claim, evidence)])[0]

    def probabilities(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """See ``Entailment.probabilities``. Raises what those of both raise."""
        return [together(*both) for both in zip(*(m.probabilities(pairs) for m in self._models), strict=True)]


def together(checker: float, language_model: float) -> float:
    """One probability from those of a checker's model and of a language model."""
    return logistic((logit(checker, _LEAST), logit(language_model, _LEAST)), _TOGETHER_WEIGHTS, _TOGETHER_BIAS)


class LanguageModelEntailment:
    """A language model that is asked Yes or No: its probability of Yes, or 1 and 0 where the endpoint tells no probabilities."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def load(self) -> None:
        """Nothing: a language model runs from when it was opened."""

    def __call__(self, claim: str, evidence: Sequence[str]) -> float:
        """The probability that the evidence supports the claim. Raises what ``LanguageModel.stream`` raises."""
        if sum(len(e.split()) for e in evidence) > _MOST_WORDS:
            evidence = [excerpt([s for e in evidence for s in sentence_texts(e)], claim, _EXCERPT_WORDS)]
        messages = [{"role": "user", "content": fill_prompt("judge", claim=claim, evidence="\n".join(evidence))}]
        usage = Usage()
        probability = yes_probability(self._model, messages, usage)
        if probability is not None:
            return probability
        said = "".join(self._model.stream(messages, usage, form=None, max_tokens=16))
        return float(bool(re.match(r"\W*yes\b", said, re.IGNORECASE)))

    def probabilities(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
        """See ``Entailment.probabilities``. Raises what ``LanguageModel.stream`` raises."""
        return [self(claim, evidence) for claim, evidence in pairs]


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
