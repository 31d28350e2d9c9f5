"""Bodies as they were meant: unpacked within bounds, and read in the right letters."""

import codecs
import re
import zlib
from dataclasses import dataclass

from pitchbar.crawling.errors import CrawlError

# Of what says in which letters a page is written: the beginning of the page.
_HEAD = 4096
_DETECTED_IN = 64 * 1024
_CODINGS = 2
_GZIP, _ZLIB, _RAW = 31, 15, -15
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_HTML = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_IN_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})", re.I)
# What browsers read under these names (WHATWG, Encoding).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Charsets that hold every sequence of bytes; strict decoding tells nothing of them.
_NOT_TEXT = {"rot13", "base64", "hex", "bz2", "zlib", "uu", "quopri", "idna", "punycode", "utf-7"}


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


def charset_of(body: bytes, content_type: str) -> str:
    """In which letters it is written: what it says of itself, unless that cannot be."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    if _is_no_text(body, content_type):
        return "utf-8"
    for label in _said(body, content_type):
        name = _known(label)
        if name and _fits(body, name):
            return name
    return _detected(body)


def _is_no_text(body: bytes, content_type: str) -> bool:
    """To look for letters in a PDF takes seconds, and finds none."""
    kind = content_type.partition(";")[0].strip().lower()
    is_told = not kind or any(word in kind for word in ("text", "html", "xml", "json"))
    return not is_told or body.startswith((b"%PDF", b"PK\x03\x04"))


def _said(body: bytes, content_type: str) -> list[str]:
    found = re.search(r"charset\s*=\s*[\"']?([^\s\"';]+)", content_type, re.I)
    labels = [found[1]] if found else []
    for pattern in (_IN_XML, _IN_HTML):
        if match := pattern.search(body[:_HEAD]):
            labels.append(match[1].decode("ascii"))
    # A page that says UTF-16 in ASCII is not in it.
    return [*labels[:1], *(label for label in labels[1:] if "16" not in label), "utf-8"]


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label.strip()).name.lower()
    except (LookupError, ValueError):
        return ""
    return "" if name in _NOT_TEXT else _MEANT.get(name, name)


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return _fits_but_for_slips(body, name)
    return not name.startswith("utf-16") or body[:2].count(0) == 1


def _fits_but_for_slips(body: bytes, name: str) -> bool:
    """A letter here and there that got in the wrong way does not change what the rest is."""
    try:
        wrong = body.decode(name, "replace").count("\ufffd")
    except (UnicodeError, LookupError, ValueError):
        return False
    beyond_ascii = sum(byte > 127 for byte in body)
    return wrong * 20 < beyond_ascii


def _detected(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_DETECTED_IN]).best()
    return _known(best.encoding) if best is not None else "cp1252"
