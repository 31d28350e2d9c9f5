"""An endpoint on this machine that speaks as OpenAI's does, and does whatever such endpoints do."""

import json
import select
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask

# In place of a piece: says nothing more until the other side leaves.
STALL = b""


@dataclass
class Reply:
    """`pieces` are sent as they stand, one after another, each at once; those of `stream_of` are a
    model's. Without an end, the connection is cut instead of ended.
    """

    pieces: Iterable[bytes]
    status: int = 200
    content_type: str = "text/event-stream"
    has_end: bool = True
    keeps_alive: bool = False


Answer = Callable[[dict[str, Any]], Reply | str]


@dataclass
class FakeModel:
    """`asked` are the bodies of all requests, `callers` the connections they came by; `left` is set
    when somebody went away meanwhile.
    """

    url: str
    answer: Answer
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    callers: set[tuple[str, int]] = field(default_factory=set)
    left: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def settings(self) -> dict[str, Any]:
        """Those that let it answer."""
        return {"llm_base_url": self.url, "llm_model": "fake-1"}

    @property
    def prompts(self) -> list[str]:
        return ["\n".join(one["content"] for one in body["messages"]) for body in self.asked]


def stream_of(
    text: str,
    *,
    size: int = 7,
    usage: tuple[int, int] | None = (100, 20),
    finish: str = "stop",
    is_done: bool = True,
) -> Iterator[bytes]:
    yield event({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
    for at in range(0, len(text), size):
        yield event({"choices": [{"delta": {"content": text[at : at + size]}}]})
    if finish:
        yield event({"choices": [{"delta": {}, "finish_reason": finish}]})
    if usage:
        counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        yield event({"choices": [], "usage": counts})
    if is_done:
        yield b"data: [DONE]\n\n"


def event(told: Any) -> bytes:
    return b"data: " + json.dumps(told, ensure_ascii=False).encode() + b"\n\n"


def escaped_event(told: Any) -> bytes:
    """With letters as escapes, as some endpoints write them."""
    return b"data: " + json.dumps(told).encode() + b"\n\n"


@contextmanager
def language_model(answer: Answer | Reply | str) -> Iterator[FakeModel]:
    """`answer` is what it says, or is called with the body of each request."""
    asked = answer if callable(answer) else lambda _: answer
    model = FakeModel("", asked)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(model))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def model_of(app: Flask, answer: Answer | Reply | str, **settings: Any) -> Iterator[FakeModel]:
    """The application's model for as long as this lasts. It is waited for but a moment, unless
    settings say otherwise.
    """
    before = app.extensions["settings"]
    waits = {"llm_first_token_timeout": 0.2, "llm_stall_timeout": 0.2, "llm_timeout": 1.0}
    with language_model(answer) as model:
        app.extensions["settings"] = before.replaced(**{**model.settings, **waits, **settings})
        try:
            yield model
        finally:
            app.extensions["settings"] = before


def number_of(body: dict[str, Any], words: str) -> int:
    """Of the passage that has these words, as the prompt of a request gives it."""
    before = body["messages"][-1]["content"].partition(words)[0]
    return int(before.rpartition("Material [")[2].partition("]")[0])


def _handler_of(model: FakeModel) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"model": model})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: FakeModel
    client_address: tuple[str, int]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.model.asked.append({**body, "path": self.path})
        self.model.keys.append(self.headers.get("Authorization"))
        self.model.callers.add(self.client_address)
        told = self.model.answer(body)
        try:
            self._send(Reply(stream_of(told)) if isinstance(told, str) else told)
        except OSError:
            self.model.left.set()
            self.close_connection = True

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        if not reply.keeps_alive:
            self.send_header("Connection", "close")
        self.end_headers()
        for piece in reply.pieces:
            if piece == STALL:
                self._wait_until_left()
                return
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        if reply.has_end:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def _wait_until_left(self) -> None:
        self.close_connection = True
        while not self.model.is_over.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable and not self.connection.recv(1):
                self.model.left.set()
                return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""
