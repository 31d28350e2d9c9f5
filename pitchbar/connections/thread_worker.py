"""The server of the embedded shape: threads answer, one loop does all waiting for clients.

Gunicorn's own worker hands a connection to a thread with its first byte, so as many slow clients as
there are threads stop everything. Here a request goes to a thread when it is here as a whole, or as
far as anybody will read it; no thread ever waits for a client to send.
"""

import contextlib
import errno
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from pitchbar.connections.arrival import CONTINUE, MOST_FILES, MOST_HELD_BYTES, Arrival
from pitchbar.connections.settings import ConnectionSettings

# An answer up to this size leaves the thread at once, however slowly it is fetched.
_SEND_BUFFER = 256 * 1024
_SEND_SECONDS = 10.0
_LINGER_SECONDS = 2.0
_SWEEP_SECONDS = 0.25
_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class BufferingThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Reads `connections`, its settings, from its gunicorn application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settings: ConnectionSettings = self.app.connections
        self._deadlines = settings.deadlines
        self.worker_connections = settings.count_connections()
        # Both in the order in which they began to wait.
        self._arriving: dict[TConn, Arrival] = {}
        self._lingering: dict[TConn, float] = {}
        self._held_bytes = 0
        self._next_sweep = 0.0
        self._stop_at = float("inf")

    def accept(self, listener: Any) -> None:
        try:
            client, peer = listener.accept()
        except OSError as error:
            if error.errno in _OUT_OF_FILES:
                self._make_room()
                return
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED):
                return
            raise
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        with contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._await_request(TConn(self.cfg, client, peer, listener.getsockname()))

    def handle_request(self, req: Any, conn: TConn) -> Any:
        if not conn.has_whole_request:
            # Where the next request would begin is unknown.
            req.force_close()
        is_upgrade = any(name == "UPGRADE" for name, _ in req.headers)
        conn.sock.settimeout(None if is_upgrade else _SEND_SECONDS)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as error:
            # Who does not fetch the answer is treated, and logged, like who has hung up.
            raise ConnectionResetError(errno.ECONNRESET, str(error)) from None

    def finish_request(self, conn: TConn, fs: Any) -> None:
        is_kept = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if is_kept:
            self._await_request(conn, conn.parser.unreader.take_buffered())
        else:
            self._linger(conn)

    def murder_pending(self) -> None:
        """Called by the loop after each round: cuts what is too late."""
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + _SWEEP_SECONDS
        is_over = now > self._stop_at
        late = [
            conn
            for conn, arrival in self._arriving.items()
            if arrival.seconds_left(now) < 0 or (is_over and not arrival.received)
        ]
        late += [conn for conn, until in self._lingering.items() if now > until]
        for conn in late:
            self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        self._stop_at = deadline

    def _await_request(self, conn: TConn, rest: bytes = b"") -> None:
        conn.sock.setblocking(False)
        arrival = Arrival(time.monotonic(), self._deadlines)
        self._arriving[conn] = arrival
        self._watch(conn, self._receive)
        if rest:
            self._feed(conn, arrival, rest)

    def _watch(self, conn: TConn, act: Callable[[TConn, Any], None]) -> None:
        """Raises OSError or ValueError where its socket is closed."""
        known = self.poller.get_map().get(conn.sock.fileno())
        if known is not None:
            # A websocket closes its socket in a thread of its own, maybe while this loop lingers on
            # it. A newcomer may get its number before that is seen, and must not end the process.
            self.poller.unregister(known.fd)
            self._drop(known.data.args[0])
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(act, conn))

    def _receive(self, conn: TConn, _sock: Any) -> None:
        arrival = self._arriving.get(conn)
        if arrival is None:
            # Cut by an event of the same round.
            return
        try:
            data = conn.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._feed(conn, arrival, data)
        else:
            self._drop(conn)

    def _feed(self, conn: TConn, arrival: Arrival, data: bytes) -> None:
        before = len(arrival.received)
        if arrival.feed(data, time.monotonic()):
            with contextlib.suppress(OSError):
                conn.sock.send(CONTINUE)
        self._held_bytes += len(arrival.received) - before
        if arrival.is_ready:
            self._dispatch(conn, arrival)
        elif arrival.has_file and self._count_files() > MOST_FILES:
            # The others go on, and whoever sent this one may send it again.
            self._drop(conn)
        elif self._held_bytes > MOST_HELD_BYTES:
            self._make_room()

    def _dispatch(self, conn: TConn, arrival: Arrival) -> None:
        self._forget(conn)
        conn.has_whole_request = arrival.is_whole
        # The parser gets what is here and nothing else: its end is the end of the connection.
        conn.parser = http.get_parser(self.cfg, arrival.portions(), conn.client)
        conn.initialized = conn.data_ready = True
        self.enqueue_req(conn)

    def _count_files(self) -> int:
        return sum(one.has_file for one in self._arriving.values())

    def _make_room(self) -> None:
        """Cuts who has waited longest, so that newcomers get their turn."""
        for waiting in (self._lingering, self._arriving):
            for conn in waiting:
                self._drop(conn)
                return

    def _linger(self, conn: TConn) -> None:
        """Closes so that the last answer arrives, without a thread or the loop waiting for it."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self._watch(conn, self._drain)
        except (OSError, ValueError):
            self._drop(conn)
            return
        self._lingering[conn] = time.monotonic() + _LINGER_SECONDS

    def _drain(self, conn: TConn, _sock: Any) -> None:
        if conn not in self._lingering:
            return
        try:
            if conn.sock.recv(65536):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    def _forget(self, conn: TConn) -> None:
        arrival = self._arriving.pop(conn, None)
        if arrival is not None:
            self._held_bytes -= len(arrival.received)
        self._lingering.pop(conn, None)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        if arrival := self._arriving.get(conn):
            arrival.close()
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()
