"""The body of a request at the edge: small, and awaited by few."""

import threading
from queue import Empty, SimpleQueue
from typing import Any

from pitchbar.scans.turns import are_few, give_back, take_turn

_TURN_SECONDS = 0.2
_BODY_SECONDS = 5.0
# Threads that wait for bodies of clients that may never send them.
_MOST_WAITING = threading.BoundedSemaphore(64)


class BodyNotRead(Exception):
    """It did not come in time, or others are waited for already."""


class BodyTooLarge(Exception):
    """It is larger than anything that is sent here."""


def read_body(environ: dict[str, Any], most: int) -> bytes:
    """Raises BodyNotRead, BodyTooLarge."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not (length.isascii() and length.isdigit() and int(length) <= most):
        raise BodyTooLarge
    # One without a length, in chunks, ends by itself.
    body = _read(environ["wsgi.input"], int(length) if length else most + 1)
    if len(body) > most:
        raise BodyTooLarge
    return body


def _read(source: Any, length: int) -> bytes:
    if not length:
        return b""
    if not are_few():
        # The server has read it before it asked us, or has a thread for each.
        body: bytes = source.read(length)
        return body
    if not take_turn(_TURN_SECONDS):
        raise BodyNotRead
    try:
        return _read_beside(source, length)
    finally:
        give_back()


def _read_beside(source: Any, length: int) -> bytes:
    """In a thread, which stays behind when the body does not come."""
    if not _MOST_WAITING.acquire(blocking=False):
        raise BodyNotRead
    arrived: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        try:
            arrived.put(source.read(length))
        except Exception:
            arrived.put(b"")
        finally:
            _MOST_WAITING.release()

    threading.Thread(target=read, daemon=True, name="body").start()
    try:
        return arrived.get(timeout=_BODY_SECONDS)
    except Empty:
        raise BodyNotRead from None
