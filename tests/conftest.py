"""Shared parts: the real embedding model, the indexed seed articles, and a scripted language model that keeps the real contract."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.config import Config, load_config
from rag.embedding import Embedder
from rag.llm import Message, ReplyForm, Usage
from rag.pipeline import Corpus, index

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"


class ScriptedModel:
    """A language model that replies what it is told to. ``reply`` may use ``{n}`` for the number of the evidence that holds ``cites``.

    ``yes`` is its probability of Yes and of that a sentence answers, of all alike or of the one that holds ``chooses``; ``confirms`` the same when it is
    asked about its own sentence.
    """

    name = "scripted"

    def __init__(
        self,
        reply: str,
        *,
        cites: str = "",
        chooses: str = "",
        yes: float | None = 1.0,
        confirms: float = 1.0,
        error: Exception | None = None,
        constrained: bool = False,
    ) -> None:
        self.chooses = chooses
        self.reply, self.cites, self.yes, self.confirms, self.error, self.constrained = reply, cites, yes, confirms, error, constrained
        self.seen: list[Sequence[Message]] = []
        self.read: list[list[str]] = []
        """The sentences that each question of which one answers was asked about."""

    def first_token_logprobs(self, messages: Sequence[Message], usage: Usage) -> Mapping[str, float] | None:
        if self.yes is None:
            return None
        asked = messages[-1]["content"]
        yes = self.confirms if "Proposed answer" in asked else self.yes
        if "Which sentence answers" in asked:
            numbered = re.findall(r"^\[(\d+)\] (.*)$", asked, re.MULTILINE)
            self.read.append([text for _, text in numbered])
            numbers = [n for n, text in numbered if self.chooses in text]
            choices = {"0": 1 - yes} | {n: yes / len(numbers) for n in numbers}
        else:
            choices = {"Yes": yes, "No": 1 - yes}
        return {token: math.log(max(p, 1e-12)) for token, p in choices.items()}

    def stream(self, messages: Sequence[Message], usage: Usage, *, form: ReplyForm | None, max_tokens: int) -> Iterator[str]:
        self.seen.append(messages)
        numbered = re.findall(r"^\[(\d+)\] (.*)$", messages[-1]["content"], re.MULTILINE)
        number = next((n for n, text in numbered if self.cites and self.cites in text), "1")
        yield from re.findall(r".{1,7}", self.reply.replace("{n}", number), re.DOTALL)
        usage.add({"prompt_tokens": 10, "completion_tokens": 5})
        if self.error:
            raise self.error


def tiny_cross_encoder(folder: Path, labels: Sequence[str] = ("relevance",)) -> Path:
    """Writes a tiny, untrained cross-encoder with these labels into a folder."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "herons",
        "nest",
        "here",
        "otters",
        "swim",
        "harbour",
        "ships",
        "museum",
        "master",
    ]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        id2label=dict(enumerate(labels)),
        label2id={label: n for n, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder(load_config({}))


@pytest.fixture(scope="session")
def seeds_config(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Config:
    config = load_config({}, data_dir=tmp_path_factory.mktemp("seeds-index"), llm="extractive")
    index(SEEDS, config, embedder=embedder)
    return config


@pytest.fixture(scope="session")
def seeds(seeds_config: Config, embedder: Embedder) -> Iterator[Corpus]:
    """The seed articles, answered with their own sentences."""
    with Corpus(seeds_config, embedder=embedder) as corpus:
        yield corpus


@pytest.fixture
def answered_by(seeds_config: Config, embedder: Embedder) -> Iterator[object]:
    """Opens the seed articles with a language model in place."""
    opened: list[Corpus] = []

    def open_with(model: ScriptedModel) -> Corpus:
        opened.append(Corpus(seeds_config, embedder=embedder, model=model))
        return opened[-1]

    yield open_with
    for corpus in opened:
        corpus.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Headless Chromium. Without one the tests that need it are skipped, but fail where ``REQUIRE_BROWSER_TESTS`` is set."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None and not os.environ.get("REQUIRE_BROWSER_TESTS"):
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


class Endpoint(BaseHTTPRequestHandler):
    fault = ""
    requests: list = []  # noqa: RUF012

    def log_message(self, *args):
        pass

    def reply(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        self.reply(
            200,
            json.dumps(
                {
                    "object": "list",
                    "data": [] if self.fault == "no models" else [{"id": "toy", "object": "model", "created": 0, "owned_by": "x"}],
                }
            ),
        )

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).requests.append((request, self.headers))
        match self.fault:
            case "429" | "500":
                return self.reply(int(self.fault), json.dumps({"error": {"message": "busy"}}))
            case "silence":
                time.sleep(3)
                return None
            case "nonsense":
                return self.reply(200, "data: {not json}\n\n", "text/event-stream")
            case "no schema" if "response_format" in request:
                return self.reply(400, json.dumps({"error": {"message": "response_format is not supported"}}))
            case "options" if "temperature" in request:
                return self.reply(400, json.dumps({"error": {"message": "temperature is not supported"}}))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.fault == "cut":
            self.send_header("Content-Length", "100000")
        self.end_headers()
        said = ["Herons nest ", "on the pier. [1]"]
        if "response_format" in request:
            said = re.findall(r".{1,9}", json.dumps({"sentences": [{"text": "Herons nest on the pier.", "evidence": [1]}]}))
        for i, piece in enumerate(said):
            self.event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
            if self.fault == "cut" and i == 0:
                return None
        self.event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11}})
        self.wfile.write(b"data: [DONE]\n\n")
        return None

    def event(self, value):
        self.wfile.write(
            f"data: {json.dumps({'id': 'x', 'object': 'chat.completion.chunk', 'created': 0, 'model': 'toy'} | value)}\n\n".encode()
        )


@pytest.fixture
def endpoint():
    handler = type("Handler", (Endpoint,), {"requests": [], "fault": ""})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True).start()
    handler.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield handler
    server.shutdown()
    server.server_close()
