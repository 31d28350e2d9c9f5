"""The loop of the embedded server, with sockets that end while it waits for them."""

import selectors
import socket
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from pitchbar.connections.arrival import Arrival
from pitchbar.connections.settings import ConnectionSettings
from pitchbar.connections.thread_worker import BufferingThreadWorker
from pitchbar.settings import load_settings


@pytest.fixture
def worker() -> Any:
    made = BufferingThreadWorker.__new__(BufferingThreadWorker)
    made.poller = selectors.DefaultSelector()
    made._arriving, made._lingering = {}, {}
    made._held_bytes, made.nr_conns = 0, 0
    made._deadlines = load_settings({"APP_ENV": "development"})[ConnectionSettings].deadlines
    yield made
    made.poller.close()


def connection(worker: Any) -> tuple[TConn, socket.socket]:
    ours, theirs = socket.socketpair()
    worker.nr_conns += 1
    return TConn(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2)), theirs


@pytest.mark.parametrize("begin", ["_await_request", "_linger"])
def test_newcomer_gets_the_number_of_a_socket_that_a_websocket_closed(
    worker: Any, begin: str
) -> None:
    old, client = connection(worker)
    worker._linger(old)
    number = old.sock.fileno()
    # As its thread does when the page is left.
    old.sock.close()
    new, visitor = connection(worker)
    assert new.sock.fileno() == number
    getattr(worker, begin)(new)
    assert worker.nr_conns == 1
    assert list(worker._lingering) + list(worker._arriving) == [new]
    assert worker.poller.get_map()[number].fileobj is new.sock
    if begin == "_await_request":
        visitor.sendall(b"GET / HTTP/1.1\r\n")
        worker.wait_for_and_dispatch_events(timeout=1)
        arrival: Arrival = worker._arriving[new]
        assert bytes(arrival.received).startswith(b"GET /")
    worker._drop(new)
    assert worker.nr_conns == 0
    client.close()
    visitor.close()
