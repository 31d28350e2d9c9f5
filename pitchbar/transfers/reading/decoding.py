"""The bytes of a table as text: UTF-8 with and without its mark, UTF-16, and what spreadsheets on
Windows write.
"""

import codecs

from pitchbar.transfers.errors import UnreadableTable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED_FROM = 200_000
# What spreadsheets write where nobody chose UTF-8.
_LIKELY = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030", "cp949", "big5"]
_NO_TEXT = "This is no table. Save it as CSV or XLSX and choose it again."


def decode(data: bytes) -> str:
    """Raises UnreadableTable where the bytes are no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if encoding := _find_wide(data):
        return _strictly(data, encoding)
    if data.count(0, 0, _GUESSED_FROM) > len(data[:_GUESSED_FROM]) // 100:
        raise UnreadableTable(_NO_TEXT)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_guess(data), "replace")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableTable("This file is damaged: its letters end in the middle.") from None


def _find_wide(data: bytes) -> str:
    """UTF-16 that lacks its mark: of the letters of a head, every second byte is zero."""
    start = data[:400]
    if len(start) < 8:
        return ""
    if start[1::2].count(0) * 10 > len(start) * 4 and not start[0::2].count(0):
        return "utf-16-le"
    if start[0::2].count(0) * 10 > len(start) * 4 and not start[1::2].count(0):
        return "utf-16-be"
    return ""


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESSED_FROM], cp_isolation=_LIKELY).best()
    return best.encoding if best else "cp1252"
