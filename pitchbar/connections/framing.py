"""Where a request's head and body end (RFC 9112), found as they arrive.

Only that: what they say is judged by the server's own parser, once they are there. Where the two
should disagree, the parser finds the end of what is here and the connection is closed.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

MAX_HEAD_BYTES = 64 * 1024
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*$", re.I | re.M)
_CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:.*\bchunked\b", re.I | re.M)
_CONTINUE = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*$", re.I | re.M)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\n]{0,200}\r\n")
_LONGEST_SIZE_LINE = 256
# Stands for itself in a request's target, or is refused by the parser.
_ASCII = "".join(map(chr, range(0x80)))


class Malformed(Exception):
    """The body's frame is broken; no more of it needs to be waited for."""


@dataclass(frozen=True)
class Head:
    method: str
    path: str
    length: int
    is_chunked: bool
    expects_continue: bool

    @property
    def has_body(self) -> bool:
        return self.is_chunked or self.length > 0


def find_head_end(received: bytearray, searched: int = 0) -> int:
    """The index behind the head, -1 while it is not here."""
    found = received.find(b"\r\n\r\n", max(0, searched - 3))
    return found + 4 if found >= 0 else -1


def encode_target(received: bytearray) -> int:
    """Writes what the request line has of bytes beyond ASCII as "%C3%A9", in place; returns by how
    much that is longer.

    Texts and scanners hand on addresses as people typed them; the parser refuses such a request as
    a whole, and a printed code would lead nowhere. Bytes that are not UTF-8 are taken for Latin-1,
    as old pages sent them.
    """
    end = received.find(b"\r\n")
    line = bytes(received[:end])
    if line.isascii():
        return 0
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    if not target:
        return 0
    try:
        text = target.decode()
    except UnicodeDecodeError:
        text = target.decode("latin-1")
    encoded = quote(text, safe=_ASCII).encode()
    received[:end] = b" ".join((method, encoded, version))
    return len(encoded) - len(target)


def read_head(head: bytes) -> Head:
    line, _, fields = head.replace(b"\r\n", b"\n").partition(b"\n")
    method, _, rest = line.partition(b" ")
    target = rest.partition(b" ")[0].partition(b"?")[0]
    lower = fields.lower()
    # Most requests have neither; looking for a text is faster than looking for a pattern.
    length = _LENGTH.search(fields) if b"content-length" in lower else None
    return Head(
        method=method.decode("latin-1"),
        path=unquote(target.decode("latin-1"), errors="replace"),
        length=int(length[1]) if length else 0,
        is_chunked=b"chunked" in lower and _CHUNKED.search(fields) is not None,
        expects_continue=b"100-continue" in lower and _CONTINUE.search(fields) is not None,
    )


class ChunkedBody:
    """Walks from chunk to chunk; `find_end` goes on where it stopped last."""

    def __init__(self, start: int) -> None:
        self._next = start
        self._is_in_trailer = False

    def find_end(self, received: bytearray) -> int:
        """The index behind the body, -1 while it is not here. Raises Malformed."""
        while not self._is_in_trailer:
            match = _CHUNK_SIZE.match(received, self._next)
            if match is None:
                if len(received) - self._next > _LONGEST_SIZE_LINE:
                    raise Malformed
                return -1
            size = int(match[1], 16)
            # Behind a chunk's data stands another line end; behind the last chunk, the trailer.
            after = match.end() + size + 2
            if size == 0:
                self._is_in_trailer = True
            elif after > len(received):
                return -1
            self._next = match.end() if size == 0 else after
        return self._find_trailer_end(received)

    def _find_trailer_end(self, received: bytearray) -> int:
        if received[self._next : self._next + 2] == b"\r\n":
            return self._next + 2
        if len(received) - self._next > MAX_HEAD_BYTES:
            raise Malformed
        return find_head_end(received, self._next + 3)
