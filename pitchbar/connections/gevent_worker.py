"""The server at scale: gevent's, where a request begins when it is here.

Gunicorn's own worker starts the application with the head and lets it wait for the body, holding
what it holds by then. Here a greenlet waits alone, only for so long, and when all places are taken,
who has waited longest makes room.
"""

import contextlib
import errno
import socket
import time
from typing import Any

import gevent
from gunicorn import http, util
from gunicorn.workers.ggevent import GeventWorker

from pitchbar.connections.arrival import CONTINUE, MOST_FILES, MOST_HELD_BYTES, Arrival
from pitchbar.connections.settings import ConnectionSettings
from pitchbar.settings import load_settings

_SEND_SECONDS = 30.0
# The pool must have places left for newcomers, for whom others are cut.
_SPARE = 50
_HUNG_UP = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)


class PatientGeventWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settings = load_settings()[ConnectionSettings]
        self._deadlines = settings.deadlines
        self._most = settings.count_connections()
        self.worker_connections = self._most + _SPARE
        self._open = 0
        self._held_bytes = 0
        # Who waits for its client to send, in the order in which they began.
        self._waiting: dict[Any, Arrival] = {}

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        self._open += 1
        if self._open > self._most:
            self._make_room()
        try:
            self._serve(listener.getsockname(), client, addr)
        except OSError as error:
            if error.errno not in _HUNG_UP:
                self.log.exception("Socket error processing request.")
        finally:
            self._open -= 1
            util.close_graceful(client)

    def _serve(self, listener_name: Any, client: Any, addr: Any) -> None:
        rest, is_kept = b"", True
        while is_kept:
            arrival = self._receive(client, rest)
            if arrival is None:
                # At once: lingering, as below, would take the place of a newcomer.
                util.close(client)
                return
            # The parser gets what is here and nothing else: its end is the connection's end.
            parser = http.get_parser(self.cfg, arrival.portions(), addr)
            is_kept = self._answer(listener_name, parser, client, addr, arrival)
            rest = parser.unreader.take_buffered()

    def _answer(
        self, listener_name: Any, parser: Any, client: Any, addr: Any, arrival: Arrival
    ) -> bool:
        """Returns whether another request may follow."""
        req = None
        try:
            req = next(parser)
            if not arrival.is_whole:
                # Where the next request would begin is unknown.
                req.force_close()
            is_upgrade = any(name == "UPGRADE" for name, _ in req.headers)
            client.settimeout(None if is_upgrade else _SEND_SECONDS)
            self.handle_request(listener_name, req, client, addr)
            return arrival.is_whole and bool(parser.finish_body())
        except (StopIteration, http.errors.NoMoreData, TimeoutError):
            # Said to be the last, broken off, or not fetched.
            return False
        except OSError:
            raise
        except Exception as error:
            self.handle_error(req, client, addr, error)
            return False

    def _receive(self, client: Any, rest: bytes) -> Arrival | None:
        """The next request, None when the client hung up, was late, or had to make room."""
        arrival = self._waiting[client] = Arrival(time.monotonic(), self._deadlines)
        data: bytes | None = rest
        try:
            while True:
                if data:
                    self._feed(client, arrival, data)
                if arrival.is_ready:
                    return arrival
                if arrival.has_file and self._count_files() > MOST_FILES:
                    # The others go on, and whoever sent this one may send it again.
                    return None
                data = self._wait_for_data(client, arrival)
                if not data:
                    return None
        finally:
            self._held_bytes -= len(arrival.received)
            self._waiting.pop(client, None)
            if not arrival.is_ready:
                arrival.close()

    def _wait_for_data(self, client: Any, arrival: Arrival) -> bytes | None:
        data = None
        left = arrival.seconds_left(time.monotonic())
        if left > 0:
            client.settimeout(None)
            with gevent.Timeout(left, False):
                data = client.recv(65536)
        return data

    def _feed(self, client: Any, arrival: Arrival, data: bytes) -> None:
        before = len(arrival.received)
        if arrival.feed(data, time.monotonic()):
            client.sendall(CONTINUE)
        self._held_bytes += len(arrival.received) - before
        if self._held_bytes > MOST_HELD_BYTES:
            self._make_room()

    def _count_files(self) -> int:
        return sum(one.has_file for one in self._waiting.values())

    def _make_room(self) -> None:
        for client in self._waiting:
            del self._waiting[client]
            # Ends its wait as if the client had hung up.
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            return
