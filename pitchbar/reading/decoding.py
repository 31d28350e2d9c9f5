"""Bytes to text, whatever their sender says of them."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In the page itself, or in the first line of XML.
_DECLARED = re.compile(
    rb"""(?:charset|encoding)\s{0,20}=\s{0,20}["']?\s{0,20}([\w:.-]{1,40})""", re.I
)
_LOOK_AT = 4096
# What browsers read instead: pages that claim the first are written in the second.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
# Of a few words they look likely, and hardly anybody has written them for decades.
_NOBODYS = ("cp437", "cp850", "cp858", "cp775", "cp852", "cp86", "mac_", "cp500", "cp037", "hp_")
_GUESSED_FROM = 200_000


def decode(body: bytes, charset: str = "") -> str:
    """By its mark, by what its sender says, by what it says itself; and where none of these fits
    the bytes, by what they look like.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    declared = _DECLARED.search(body[:_LOOK_AT])
    for named in (charset, declared[1].decode("ascii", "ignore") if declared else "", "utf-8"):
        text = _strictly(body, named)
        if text is not None:
            return text
    # UTF-8 that was cut, or with a few broken signs, is read all the same.
    return body.decode("utf-8" if _is_nearly_utf8(body) else _guess(body), "replace")


def _strictly(body: bytes, charset: str) -> str | None:
    """None where that is no text of this charset. UTF-8 is tried before all that fits any bytes."""
    try:
        encoding = codecs.lookup(charset).name
        encoding = _MEANT.get(encoding, encoding)
        if encoding.startswith("cp125"):
            try:
                return body.decode("utf-8")
            except UnicodeDecodeError:
                pass
        return body.decode(encoding)
    except (LookupError, UnicodeError, ValueError, TypeError):
        # Among the codecs are some that make no text at all.
        return None


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_GUESSED_FROM]).best()
    if best is None or best.encoding.startswith(_NOBODYS):
        return "cp1252"
    return str(_MEANT.get(codecs.lookup(best.encoding).name, best.encoding))


def _is_nearly_utf8(body: bytes) -> bool:
    text = body[:_GUESSED_FROM].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(letter > "\x7f" for letter in text) > 5 * broken
