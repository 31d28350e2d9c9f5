"""Receivers of webhooks: real servers that answer as a test says."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Reply:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"taken"
    # Before it answers.
    seconds: float = 0.0


@dataclass
class Receiver:
    """Remembers what came; `reply` says how to answer."""

    url: str
    pair: str
    reply: Callable[[Received], Reply] = lambda _received: Reply()
    received: list[Received] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> list[str]:
        return [one.message_id for one in self.received]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body, time.time())
        receiver.received.append(received)
        reply = receiver.reply(received)
        if reply.seconds:
            receiver.is_over.wait(reply.seconds)
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_arguments: Any) -> None:
        """Tests are quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    server = _Server(("127.0.0.1", 0), _Handler)
    pair = f"127.0.0.1:{server.server_address[1]}"
    server.receiver = Receiver(f"http://{pair}/hooks", pair)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.receiver.is_over.set()
        server.shutdown()
        server.server_close()
