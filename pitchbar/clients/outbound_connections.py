"""Connections that go to the very address that was checked, and end when their time is over."""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from pitchbar.clients.outbound_addresses import Target, is_public
from pitchbar.clients.outbound_errors import OutboundError

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int, float], httpcore.NetworkStream]

_MOST_ADDRESSES_TRIED = 6
# The head of an answer, and what chunks say around their bytes.
_MOST_AROUND_A_BODY = 256 * 1024


class Deadline:
    """When the whole request must be over, whatever it consists of."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Raises httpcore.ReadTimeout when nothing is."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if most is None else min(left, most)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens the connection of one request. Whoever calls it with whatever name: the name is
    resolved once, here; all of its addresses are checked; one of them is connected to.
    """

    def __init__(
        self,
        deadline: Deadline,
        allow: frozenset[str],
        max_bytes: int,
        resolve: Resolve,
        connect: Connect,
    ) -> None:
        self._deadline = deadline
        self._allow = allow
        self._most_bytes = max_bytes + _MOST_AROUND_A_BODY
        self._resolve = resolve
        self._connect = connect

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._checked_addresses(host, port)[:_MOST_ADDRESSES_TRIED]
        for count, address in enumerate(addresses, start=1):
            # One that swallows what is sent leaves time for the others.
            share = self._deadline.left() / (len(addresses) - count + 1)
            try:
                stream = self._connect(address, port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if count == len(addresses):
                    raise
            else:
                return _TimedStream(stream, self._deadline, self._most_bytes)
        raise OutboundError("dns", f"{host} has no address.")

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        addresses = list(dict.fromkeys(_resolve_in_time(self._resolve, host, port, self._deadline)))
        is_allowed = Target("", host, port).pair in self._allow
        if not is_allowed and not all(is_public(address) for address in addresses):
            raise OutboundError(
                "refused_address",
                f"{host} leads to an address that is not on the public internet, so it is not "
                "asked.",
            )
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """Each step gets what is left of the whole time, so that dripping bytes buys none."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, most_bytes: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._bytes_left = most_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._stream.read(max_bytes, self._deadline.left(timeout))
        self._bytes_left -= len(found)
        if self._bytes_left < 0:
            raise OutboundError("too_large", "The answer is too large.")
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # Past the stream, whose time begins anew with each byte that a slow receiver takes.
        sock = self._stream.get_extra_info("socket")
        try:
            while buffer:
                sock.settimeout(self._deadline.left(timeout))
                buffer = buffer[sock.send(buffer) :]
        except TimeoutError:
            raise httpcore.WriteTimeout from None
        except OSError as error:
            raise httpcore.WriteError(str(error)) from None

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(stream, self._deadline, self._bytes_left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine finds for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def system_connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """`address` is one, never a name: nothing is resolved again."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


def _resolve_in_time(resolve: Resolve, host: str, port: int, deadline: Deadline) -> Sequence[str]:
    """The system's resolver knows no time-out; a thread that waits for it is left behind."""
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="outbound-dns").start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise OutboundError("dns", f"The DNS did not answer for {host} in time.") from None
    if isinstance(answer, Exception):
        raise _dns_error(host, answer)
    return answer


def _dns_error(host: str, error: Exception) -> Exception:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return OutboundError("dns", f"The DNS cannot say just now where {host} is.")
    if isinstance(error, (OSError, UnicodeError)):
        return OutboundError("dns", f"The DNS knows no address of {host}.")
    return error
