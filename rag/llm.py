"""Language models, all through the ``openai`` client: any OpenAI-compatible endpoint, the bundled local model among them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from rag.config import Config
from rag.errors import ConfigError, LLMError

if TYPE_CHECKING:
    import openai

Message = Mapping[str, str]
"""``{"role": "system" | "user" | "assistant", "content": text}``"""


FIRST_TOKENS = 300
"""Tokens of whose probability as the first of the reply the local model tells."""


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """The form that a reply must have, in the two ways in which models can be told."""

    gbnf: str
    """Grammar in llama.cpp's notation."""
    json_schema: Mapping[str, Any] | None = None
    """For endpoints with structured output; their reply is JSON then."""


@dataclass(slots=True)
class Usage:
    """Tokens of all calls for one answer, as the endpoint counted them."""

    tokens: dict[str, int] = field(default_factory=dict)
    """``prompt_tokens``, ``completion_tokens`` and, where told, ``cached_tokens`` (of the prompt's)."""

    def add(self, tokens: Mapping[str, int]) -> None:
        """Adds the tokens of one call."""
        for name, count in tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + count


class LanguageModel(Protocol):
    """Writes text in reply to messages."""

    name: str
    constrained: bool
    """Whether replies obey a grammar."""

    def first_token_logprobs(self, messages: Sequence[Message], usage: Usage) -> Mapping[str, float] | None:
        """Log probabilities of the reply's likeliest first tokens; None where the endpoint does not tell enough of them.

        Raises:
            LLMError: as ``stream``.
        """

    def stream(self, messages: Sequence[Message], usage: Usage, *, form: ReplyForm | None, max_tokens: int) -> Iterator[str]:
        """Yields the reply piece by piece; adds to ``usage`` when it has ended.

        Args:
            form: what the reply must look like; models that cannot be constrained ignore it.

        Raises:
            LLMError: the model cannot be reached, timed out, refused, or broke off.
        """


def choice_probabilities(logprobs: Mapping[str, float], choices: Sequence[str]) -> tuple[float, ...] | None:
    """Probability of each choice as the whole reply, in their order and with the sum 1; None if none of them is among the likeliest first tokens.

    Args:
        choices: different words or digits of one token each; capitals and spaces around them do not count.
    """
    said = [(token.strip().lower(), math.exp(logprob)) for token, logprob in logprobs.items()]
    found = [sum(p for token, p in said if token == choice.lower()) for choice in choices]
    return tuple(p / sum(found) for p in found) if sum(found) else None


def yes_probability(model: LanguageModel, messages: Sequence[Message], usage: Usage) -> float | None:
    """The model's probability, in 0..1, that the reply is Yes rather than No; None where the endpoint does not tell probabilities."""
    logprobs = model.first_token_logprobs(messages, usage)
    found = choice_probabilities(logprobs, ("Yes", "No")) if logprobs else None
    return found[0] if found else None


def open_language_model(config: Config) -> LanguageModel | None:
    """The configured model, started if it is the local one; None for ``extractive``.

    Raises:
        WeightsError, ConfigError: the local model's weights are missing or wrong.
        LLMError: the endpoint lists no model to use.
    """
    if config.llm == "extractive":
        return None
    import openai

    if config.llm == "local":
        from rag.local_model import start_local_model

        endpoint = start_local_model(config)
        client = openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, timeout=config.llm_timeout_s, max_retries=0)
        return OpenAIModel(client, endpoint.model, where="the local model", constrained=True)
    if config.openai_api_key is None and config.openai_base_url is None:
        raise ConfigError(
            "--llm openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for another endpoint; set one, or use --llm local or extractive"
        )
    key = config.openai_api_key.get_secret_value() if config.openai_api_key else "none"
    client = openai.OpenAI(base_url=config.openai_base_url, api_key=key, timeout=config.llm_timeout_s)
    where = config.openai_base_url or "api.openai.com"
    return OpenAIModel(client, config.openai_model or _first_model(client, where), where=where, constrained=False)


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint."""

    def __init__(self, client: openai.OpenAI, name: str, *, where: str, constrained: bool) -> None:
        self.name = name
        self._client = client
        self._where = where
        self.constrained = constrained
        self._takes_schema = True

    def first_token_logprobs(self, messages: Sequence[Message], usage: Usage) -> Mapping[str, float] | None:
        """See ``LanguageModel.first_token_logprobs``; ``FIRST_TOKENS`` of them."""
        if not self.constrained:
            return None
        with _openai_errors(self._where):
            reply = self._client.chat.completions.create(
                model=self.name,
                messages=list(messages),
                temperature=0,
                max_tokens=1,
                logprobs=True,
                top_logprobs=FIRST_TOKENS,
                extra_body={"cache_prompt": True},  # type: ignore[arg-type]
            )
            if reply.usage:
                usage.add(_tokens(reply.usage))
            logprobs = reply.choices[0].logprobs
            tokens = logprobs.content[0].top_logprobs if logprobs and logprobs.content else []
            return {t.token: t.logprob for t in reversed(tokens)} or None

    def stream(self, messages: Sequence[Message], usage: Usage, *, form: ReplyForm | None, max_tokens: int) -> Iterator[str]:
        """See ``LanguageModel.stream``."""
        with _openai_errors(self._where), self._open(messages, form, max_tokens) as chunks:
            for chunk in chunks:
                if chunk.usage:
                    usage.add(_tokens(chunk.usage))
                for choice in chunk.choices[:1]:
                    if choice.delta.content:
                        yield choice.delta.content

    def _open(self, messages: Sequence[Message], form: ReplyForm | None, max_tokens: int) -> openai.Stream[Any]:
        """Asks for the reply; options that an endpoint refuses are left out, first the schema, then all."""
        import openai

        required: dict[str, Any] = {"model": self.name, "messages": list(messages), "stream": True}
        options: dict[str, Any] = {"temperature": 0, "max_tokens": max_tokens, "stream_options": {"include_usage": True}}
        if self.constrained:
            extra = {"grammar": form.gbnf, "cache_prompt": True} if form else {"cache_prompt": True}
            return self._client.chat.completions.create(**required, **options, seed=0, extra_body=extra)  # type: ignore[no-any-return]
        if form and form.json_schema and self._takes_schema:
            schema = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": form.json_schema}}
            try:
                return self._client.chat.completions.create(**required, **options, response_format=schema)  # type: ignore[no-any-return]
            except openai.BadRequestError:
                self._takes_schema = False
        try:
            return self._client.chat.completions.create(**required, **options)  # type: ignore[no-any-return]
        except openai.BadRequestError:
            return self._client.chat.completions.create(**required)  # type: ignore[no-any-return]


def _tokens(usage: Any) -> dict[str, int]:
    details = usage.prompt_tokens_details
    cached = {"cached_tokens": details.cached_tokens} if details and details.cached_tokens is not None else {}
    return {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens} | cached


def _first_model(client: openai.OpenAI, where: str) -> str:
    with _openai_errors(where):
        for model in client.models.list():
            return str(model.id)
    raise LLMError(f"{where}: lists no model; name one with OPENAI_MODEL")


@contextmanager
def _openai_errors(where: str) -> Iterator[None]:
    """The client's exceptions, and those of a stream that breaks off, as ours."""
    import httpx2
    import openai

    try:
        yield
    except openai.APITimeoutError as e:
        raise LLMError(f"{where}: no reply in time; try again, raise FOOTNOTE_LLM_TIMEOUT_S, or use --llm extractive") from e
    except openai.APIConnectionError as e:
        raise LLMError(
            f"{where}: cannot be reached, or the connection broke off; check OPENAI_BASE_URL and the network, or use --llm extractive"
        ) from e
    except openai.APIStatusError as e:
        raise LLMError(
            f"{where}: refused with status {e.status_code} ({_first_line(e.message)}); check OPENAI_API_KEY and OPENAI_MODEL, or use --llm extractive"
        ) from e
    except (openai.OpenAIError, httpx2.HTTPError, ValueError, AttributeError, TypeError) as e:
        raise LLMError(f"{where}: the reply broke off or makes no sense ({type(e).__name__}); try again, or use --llm extractive") from e


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:120] if text.strip() else "no message"
