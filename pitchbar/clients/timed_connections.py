"""Connections to services of the operator, each read of which waits no longer than its request may.

A time-out of a library is for one read: whoever drips a byte at a time is never late. Here the
`timeout` that travels with a request is the request's own clock.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

# Servers close what is idle, many of them after five seconds.
_IDLE_SECONDS = 4.0


class Patience:
    """How long a request may still take: for its next step, and as a whole."""

    def __init__(self, whole: float) -> None:
        self.is_stopped = False
        self._until = self._step_until = time.monotonic() + whole
        self._socket: socket.socket | None = None

    def wait_for_step(self, seconds: float) -> None:
        """From now on for the next one, whatever was left of the one before."""
        self._step_until = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._until

    def left(self) -> float:
        """Raises httpcore.ReadTimeout when nothing is."""
        left = min(self._until, self._step_until) - time.monotonic()
        if left <= 0 or self.is_stopped:
            raise httpcore.ReadTimeout
        return left

    def reads_from(self, sock: socket.socket | None) -> None:
        self._socket = sock

    def stop(self) -> None:
        """From any thread: wakes whoever waits for the next byte."""
        self.is_stopped = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def timeouts_of(patience: Patience, connect: float) -> dict[str, Any]:
    """What goes into a request's `extensions` as its `timeout`."""
    return {"connect": connect, "read": patience, "write": patience, "pool": connect}


def timed_pool() -> httpcore.ConnectionPool:
    """Connections that are used again; requests in it carry `timeouts_of` a patience."""
    return httpcore.ConnectionPool(
        ssl_context=_usual_tls(),
        max_connections=None,
        keepalive_expiry=_IDLE_SECONDS,
        network_backend=_TimedBackend(),
    )


@cache
def _usual_tls() -> ssl.SSLContext:
    """Made once: it reads the certificates of all authorities."""
    return httpx.create_ssl_context()


class _TimedBackend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        options = list(socket_options or ())
        stream = self._backend.connect_tcp(host, port, timeout, local_address, options)
        return _TimedStream(stream)


class _TimedStream(httpcore.NetworkStream):
    """Takes a `Patience` wherever a time-out is handed on."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        if not isinstance(timeout, Patience):
            return self._stream.read(max_bytes, timeout)
        timeout.reads_from(self._stream.get_extra_info("socket"))
        try:
            return self._stream.read(max_bytes, timeout.left())
        finally:
            timeout.reads_from(None)

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        seconds = timeout.left() if isinstance(timeout, Patience) else timeout
        self._stream.write(buffer, seconds)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
