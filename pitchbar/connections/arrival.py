"""One request on its way in: what has come of it, what is missing, and until when."""

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
        self._deadlines = deadlines
        self._head_end = self._searched = 0
        self._chunks: ChunkedBody | None = None
        self._is_body_wanted = True
        self._until = now + deadlines.head
        self._idle_until = self._until

    def feed(self, data: bytes, now: float) -> bool:
        """Returns whether the client now waits for a word that it may send the body."""
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
        return not had_head and self.head.expects_continue and not self.is_ready

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
        return self._is_body_wanted and max(head.length, here) <= MOST_BODY_BYTES
