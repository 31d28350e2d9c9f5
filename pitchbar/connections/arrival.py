"""One request on its way in: what has come of it, what is missing, and until when."""

import tempfile
from collections.abc import Iterator
from typing import IO

from pitchbar.connections.bodies import body_readers
from pitchbar.connections.framing import (
    MAX_HEAD_BYTES,
    ChunkedBody,
    Head,
    Malformed,
    encode_target,
    find_head_end,
    read_head,
)
from pitchbar.connections.settings import BYTES_PER_SECOND, Deadlines

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# As the application takes at most (MAX_CONTENT_LENGTH), and of all connections of a process.
MOST_BODY_BYTES = 1024 * 1024
MOST_HELD_BYTES = 64 * 1024 * 1024
# A longer body goes to a file on its way, so many at a time in a process.
MOST_FILES = 8
_PORTION = 256 * 1024


class Arrival:
    """Ready when it is here as a whole, or as far as anybody will read it.

    `now` is in seconds of a monotonic clock, here and in every call.
    """

    def __init__(self, now: float, deadlines: Deadlines) -> None:
        self.received = bytearray()
        self.head: Head | None = None
        self.is_ready = False
        # Whether the request's end is here, so that another can follow on the connection.
        self.is_whole = False
        self._file: IO[bytes] | None = None
        self._in_file = 0
        self._most = MOST_BODY_BYTES
        self._deadlines = deadlines
        self._head_end = self._searched = 0
        self._chunks: ChunkedBody | None = None
        self._is_body_wanted = True
        self._until = now + deadlines.head
        self._idle_until = self._until

    def feed(self, data: bytes, now: float) -> bool:
        """Returns whether the client now waits for a word that it may send the body."""
        if self._file is not None:
            return self._feed_file(data, now)
        self.received += data
        if not self.head and self.received.startswith((b"\r", b"\n")):
            # Line ends before a request are passed over (RFC 9112, 2.2).
            self.received = self.received.lstrip(b"\r\n")
        self._idle_until = now + self._deadlines.idle
        had_head = self.head is not None
        if had_head:
            self._until += len(data) / BYTES_PER_SECOND
        else:
            self._look_for_head(now)
        if self.head is None:
            return False
        self._look_for_end()
        if not self.is_ready and self.head.length > MOST_BODY_BYTES:
            self._open_file()
        return not had_head and self.head.expects_continue and not self.is_ready

    @property
    def has_file(self) -> bool:
        return self._file is not None

    def portions(self) -> Iterator[bytes]:
        """All that is here."""
        yield bytes(self.received)
        if self._file is not None:
            self._file.seek(0)
            while portion := self._file.read(_PORTION):
                yield portion
            self._file.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open_file(self) -> None:
        """The head stays; what follows goes to a file without a name."""
        body = bytes(self.received[self._head_end :])
        del self.received[self._head_end :]
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the request
        self._write(body)

    def _feed_file(self, data: bytes, now: float) -> bool:
        self._idle_until = now + self._deadlines.idle
        self._until += len(data) / BYTES_PER_SECOND
        self._write(data)
        return False

    def _write(self, data: bytes) -> None:
        assert self.head is not None and self._file is not None  # noqa: S101, PT018  # by construction
        room = self.head.length - self._in_file
        self._file.write(data[:room])
        self._in_file += min(len(data), room)
        self.is_ready = self._in_file == self.head.length
        # What follows at once, if anything does, is not kept: the connection ends with this one.
        self.is_whole = self.is_ready and len(data) == min(len(data), room)

    def seconds_left(self, now: float) -> float:
        return min(self._until, self._idle_until) - now

    def _look_for_head(self, now: float) -> None:
        end = find_head_end(self.received, self._searched)
        self._searched = len(self.received)
        if end < 0:
            # The parser says what is wrong with a head that does not end.
            self.is_ready = len(self.received) > MAX_HEAD_BYTES
            return
        end += encode_target(self.received)
        self.head, self._head_end = read_head(bytes(self.received[:end])), end
        self._until = now + self._deadlines.body
        if self.head.has_body:
            head = self.head
            self._is_body_wanted = body_readers.wants(head.method, head.path, head.length)
            self._most = body_readers.most_of(head.method, head.path, MOST_BODY_BYTES)
        if self.head.is_chunked:
            self._chunks = ChunkedBody(end)

    def _look_for_end(self) -> None:
        assert self.head is not None  # noqa: S101  # by construction
        try:
            end = self._find_end(self.head)
        except Malformed:
            self.is_ready = True
            return
        self.is_whole = 0 <= end <= len(self.received)
        self.is_ready = self.is_whole or not self._is_worth_waiting(self.head)

    def _find_end(self, head: Head) -> int:
        if self._chunks is not None:
            return self._chunks.find_end(self.received)
        return self._head_end + head.length

    def _is_worth_waiting(self, head: Head) -> bool:
        here = len(self.received) - self._head_end
        most = MOST_BODY_BYTES if head.is_chunked else self._most
        return self._is_body_wanted and max(head.length, here) <= most
