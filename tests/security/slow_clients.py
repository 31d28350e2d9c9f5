"""Clients that take their time, many at once, and what everybody else gets meanwhile."""

import contextlib
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
)
CHUNKED = BODY.replace(b"Content-Length: 100000", b"Transfer-Encoding: chunked").replace(
    b"email=", b"fffff\r\n"
)
SILENT = b""


def room_for(wanted: int) -> int:
    """How many sockets this process may open; raises its soft limit as far as it can."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + 200:
        soft = min(wanted + 200, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, soft - 200)


@dataclass
class SlowClients:
    """Open connections that send a byte now and then, until the server has had enough."""

    port: int
    sockets: list[socket.socket] = field(default_factory=list)

    def open(self, count: int, *beginnings: bytes) -> None:
        for number in range(count):
            client = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            client.sendall(beginnings[number % len(beginnings)])
            client.setblocking(False)
            self.sockets.append(client)

    def trickle(self) -> None:
        for client in self.sockets:
            with contextlib.suppress(OSError):
                client.send(b"x")

    def count_open(self) -> int:
        """How many the server has not cut; what it answers before is read away."""
        still_open = []
        for client in self.sockets:
            if _is_cut(client):
                client.close()
            else:
                still_open.append(client)
        self.sockets = still_open
        return len(still_open)

    def close(self) -> None:
        for client in self.sockets:
            client.close()


def _is_cut(client: socket.socket) -> bool:
    try:
        while client.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def slow_clients(port: int) -> Iterator[SlowClients]:
    clients = SlowClients(port)
    try:
        yield clients
    finally:
        clients.close()


def slowest_answer(base: str, *paths: str) -> float:
    """Asks for each path on a connection of its own; returns the longest time, in seconds."""
    times = []
    for path in paths:
        started = time.monotonic()
        answer = httpx.get(base + path, timeout=5)
        times.append(time.monotonic() - started)
        assert answer.status_code in (200, 302), (path, answer.status_code)
    return max(times)


def wait_until_answered(clients: SlowClients, seconds: float) -> None:
    """Until the answer of each has begun: so many at once are a queue, however quick each is."""
    until = time.monotonic() + seconds
    for client in clients.sockets:
        assert is_readable(client, max(0.0, until - time.monotonic()))


def wait_until_cut(clients: SlowClients, seconds: float) -> int:
    """Trickles on until all are cut or the time is over; returns how many are left."""
    until = time.monotonic() + seconds
    while clients.count_open() and time.monotonic() < until:
        clients.trickle()
        time.sleep(0.1)
    return clients.count_open()


def is_readable(client: socket.socket, seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ)
        return bool(selector.select(seconds))
