"""The client against a real server on loopback that speaks the protocol, and that fails in the ways servers fail."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.config import load_config
from rag.errors import ConfigError, LLMError
from rag.llm import Usage, open_language_model


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
            case "options" if "temperature" in request:
                return self.reply(400, json.dumps({"error": {"message": "temperature is not supported"}}))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.fault == "cut":
            self.send_header("Content-Length", "100000")
        self.end_headers()
        for i, piece in enumerate(["Herons nest ", "on the pier. [1]"]):
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
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield handler
    server.shutdown()
    server.server_close()


def ask(endpoint, **settings):
    config = load_config({"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "k3y"}, **settings)
    usage = Usage()
    model = open_language_model(config)
    return "".join(model.stream([{"role": "user", "content": "Where?"}], usage, grammar=None, max_tokens=50)), usage.tokens, model


def test_a_reply_is_streamed_with_its_usage(endpoint):
    text, usage, model = ask(endpoint)
    assert text == "Herons nest on the pier. [1]"
    assert usage == {"prompt_tokens": 7, "completion_tokens": 4}
    assert model.name == "toy"
    request, headers = endpoint.requests[0]
    assert request["stream"] is True
    assert headers["Authorization"] == "Bearer k3y"


def test_a_named_model_is_the_one_asked(endpoint):
    ask(endpoint, openai_model="other")
    assert endpoint.requests[0][0]["model"] == "other"


def test_options_that_a_model_refuses_are_left_out(endpoint):
    endpoint.fault = "options"
    assert ask(endpoint)[0] == "Herons nest on the pier. [1]"


@pytest.mark.parametrize(
    ("fault", "says"),
    [("429", "429"), ("500", "500"), ("silence", "in time"), ("nonsense", "no sense"), ("cut", "broke off"), ("no models", "OPENAI_MODEL")],
)
def test_each_fault_becomes_one_line_with_a_way_out(endpoint, fault, says):
    endpoint.fault = fault
    with pytest.raises(LLMError) as error:
        ask(endpoint, llm_timeout_s=0.5)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert endpoint.url in str(error.value)


def test_an_endpoint_that_is_not_there_is_reported():
    config = load_config({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    with pytest.raises(LLMError, match="cannot be reached"):
        open_language_model(config)


def test_openai_without_key_or_address_is_a_usage_error():
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        open_language_model(load_config({}, llm="openai"))


def test_extractive_needs_no_model():
    assert open_language_model(load_config({}, llm="extractive")) is None
