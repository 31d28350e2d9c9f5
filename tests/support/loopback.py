"""A small server on this machine that answers as a function says, piece by piece if it likes, and
can be stopped and started again at the same address.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """By their names as browsers write them, such as `Last-Event-ID`."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """A body that comes piece by piece is sent in chunks, each at once; ConnectionAbortedError in
    it cuts the connection instead of ending it.
    """

    status: int
    body: bytes | Iterator[bytes] = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Handle = Callable[[Request], Answer]


class LoopbackServer:
    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._port = 0
        self._server: _Server | None = None
        self.over = threading.Event()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        if self._server is not None:
            return
        self.over.clear()
        self._server = _Server(self._port, self._handle)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Also what is being said is cut."""
        server, self._server = self._server, None
        if server is None:
            return
        self.over.set()
        server.shutdown()
        server.server_close()
        for connection in list(server.opened):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, port: int, handle: Handle) -> None:
        self.handle = handle
        self.opened: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.opened.add(self.connection)

    def finish(self) -> None:
        self.server.opened.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def _answer(self) -> None:
        try:
            self._send(self.server.handle(self._request()))
        except OSError:
            # The other side left, or the answer is to be cut.
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.title().replace("-Id", "-ID"): self.headers[name] for name in self.headers}
        return Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if isinstance(answer.body, bytes):
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in answer.body:
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_DELETE = do_OPTIONS = _answer

    def log_message(self, format: str, *args: Any) -> None:
        pass
