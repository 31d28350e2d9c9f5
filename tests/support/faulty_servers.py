"""Servers on this machine that answer as strangers' servers do: late, drop by drop, too much."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Handle = Callable[[socket.socket, bytes, threading.Event], None]
"""Answers a request, whose head it gets; the event says that the test is over."""


@dataclass
class FaultyServer:
    """`heads` are those of the requests that came, as they were sent."""

    port: int
    heads: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.pair}/"


@contextmanager
def faulty_server(handle: Handle, tls: ssl.SSLContext | None = None) -> Iterator[FaultyServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = FaultyServer(listener.getsockname()[1])
        over = threading.Event()

        def serve(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                secured = tls.wrap_socket(connection, server_side=True) if tls else connection
                with secured:
                    head = _read_head(secured)
                    server.heads.append(head.decode("latin-1"))
                    handle(secured, head, over)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    server.connections += 1
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            over.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def answer(
    status: int = 200, body: bytes = b"hello", headers: tuple[tuple[str, str], ...] = ()
) -> Handle:
    """A whole answer, always the same."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return say("\r\n".join([*lines, "", ""]).encode() + body)


def say(what: bytes) -> Handle:
    """These bytes, and then the end."""
    return lambda connection, _head, _over: connection.sendall(what)


def hang(_connection: socket.socket, _head: bytes, over: threading.Event) -> None:
    """Takes the request and says nothing."""
    over.wait(30)


def drip(start: bytes = b"", drop: bytes = b"x", every: float = 0.02) -> Handle:
    """A byte now and then, for ever."""

    def handle(connection: socket.socket, _head: bytes, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(every):
            connection.sendall(drop)

    return handle


def pour(start: bytes, megabytes: int) -> Handle:
    """As much as the other end takes."""

    def handle(connection: socket.socket, _head: bytes, _over: threading.Event) -> None:
        connection.sendall(start)
        for _ in range(megabytes * 16):
            connection.sendall(b"x" * 65536)

    return handle


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            break
        head += part
    return head
