"""Bodies as they were meant: unpacked, but within bounds."""

import zlib
from dataclasses import dataclass

from pitchbar.crawling.errors import CrawlError

_CODINGS = 2
_GZIP, _ZLIB, _RAW = 31, 15, -15


@dataclass(frozen=True)
class Inflated:
    data: bytes
    was_cut: bool = False


def inflated(body: bytes, coding: str, most: int, is_cut: bool = False) -> Inflated:
    """What `Content-Encoding` says was done to it, undone; cut after `most` bytes.

    Args:
        is_cut: what came is not all there was.

    Raises:
        CrawlError: it is broken, or in a coding that nobody asked for.
    """
    names = [name.strip().lower() for name in coding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > _CODINGS:
        raise CrawlError("encoding", "The page is packed several times over.")
    found = Inflated(body)
    for name in reversed(codings):
        found = _undone(found.data, name, most, is_cut or found.was_cut)
    return found


def gunzipped(body: bytes, most: int, is_cut: bool = False) -> Inflated:
    """A file that is packed itself, such as sitemap.xml.gz."""
    return inflated(body, "gzip" if body.startswith(b"\x1f\x8b") else "", most, is_cut)


def _undone(body: bytes, name: str, most: int, is_cut: bool) -> Inflated:
    if name in ("gzip", "x-gzip"):
        return _inflate(body, _GZIP, most, is_cut)
    if name == "deflate":
        # Some send what the name says, some what the standard says.
        has_head = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
        return _inflate(body, _ZLIB if has_head else _RAW, most, is_cut)
    raise CrawlError("encoding", "The page came packed in a way that was not asked for.")


def _inflate(body: bytes, window: int, most: int, is_cut: bool) -> Inflated:
    data = bytearray()
    while body:
        unpacker = zlib.decompressobj(window)
        try:
            data += unpacker.decompress(body, most + 1 - len(data))
        except zlib.error:
            raise CrawlError("encoding", "The page came packed, and broken.") from None
        if len(data) > most:
            return Inflated(bytes(data[:most]), was_cut=True)
        if not unpacker.eof:
            if is_cut:
                return Inflated(bytes(data), was_cut=True)
            raise CrawlError("reset", "The page ended before all of it was there.")
        # A file may be several, one after the other; other bytes behind it are nobody's.
        body = unpacker.unused_data if window == _GZIP else b""
        body = body if body.startswith(b"\x1f\x8b") else b""
    return Inflated(bytes(data))
