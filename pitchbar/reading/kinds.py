"""What a file is, told by its content: a name can say anything."""

import csv
import re
import zipfile
from collections import Counter

from pitchbar.reading.archives import open_archive
from pitchbar.reading.decoding import decode
from pitchbar.reading.results import Unreadable

PDF, DOCX, PPTX, SHEET, EPUB, HTML, CSV, TEXT = (
    "pdf",
    "docx",
    "pptx",
    "sheet",
    "epub",
    "html",
    "csv",
    "text",
)
KINDS = (PDF, DOCX, PPTX, SHEET, EPUB, HTML, CSV, TEXT)

_CAN_READ = (
    "We read PDF, Word (DOCX), PowerPoint (PPTX), Excel (XLSX), CSV, EPUB, Markdown, HTML and text."
)
_MEDIA_TYPES = {
    b"application/epub+zip": EPUB,
    b"application/vnd.oasis.opendocument.spreadsheet": SHEET,
}
_MAIN_PARTS = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": SHEET}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body)\b",
    re.I | re.S,
)
_TAGS = re.compile(r"</(?:p|div|h[1-6]|li|td|span|a)>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
DELIMITERS = ",;\t|"
_LOOK_AT = 64 * 1024
# A few slip into text by copying.
_ODD_SIGNS = 3


def kind_of(data: bytes, name: str) -> str:
    """One of KINDS; the name decides only between a table and a text of a few lines.

    Raises Unreadable: encrypted, unknown, broken, bomb or empty.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty", "This file is empty.")
    # Some mailers and scanners write a line in front.
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(_COMPOUND):
        return _of_compound(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(data)
    return _of_text(data, name)


def delimiter_of(text: str, name: str) -> str:
    """What stands between the fields of each line; empty for text that is no table."""
    lines = [line for line in text[:_LOOK_AT].splitlines() if line.strip()][:200]
    is_named = name.lower().endswith((".csv", ".tsv"))
    if len(lines) < (1 if is_named else 3):
        return ""
    best, most = "", 0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        width, times = Counter(widths).most_common(1)[0]
        needed = 0.6 if is_named else 0.95
        if width > max(most, 1) and times >= needed * len(widths):
            best, most = delimiter, width
    return best


def _of_compound(data: bytes) -> str:
    """The container of office files before 2007, and of encrypted ones since."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("encrypted", "This file is locked with a password. Save it without one.")
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return SHEET
    raise Unreadable(
        "unknown",
        "This is a file of an office program from before 2007. Save it as DOCX, PPTX or PDF.",
    )


def _of_archive(data: bytes) -> str:
    archive = open_archive(data)
    names = set(archive.namelist())
    if "mimetype" in names and (kind := _MEDIA_TYPES.get(_media_type(archive))):
        return kind
    for part, kind in _MAIN_PARTS.items():
        if part in names:
            return kind
    if "[Content_Types].xml" in names:
        raise Unreadable("broken", "This office file lacks its main part. Open and save it anew.")
    raise Unreadable("unknown", f"This is an archive of a kind that we do not open. {_CAN_READ}")


def _media_type(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as content:
        return content.read(100).strip()


def _of_text(data: bytes, name: str) -> str:
    if data.startswith(
        (b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
    ):
        raise Unreadable("unknown", f"This is no file that we can read. {_CAN_READ}")
    text = decode(data[:_LOOK_AT])
    odd = len(_CONTROL.findall(text))
    if odd > _ODD_SIGNS and odd * 100 > len(text):
        raise Unreadable("unknown", f"This is no file that we can read. {_CAN_READ}")
    if _HTML.match(text) or (name.lower().endswith((".htm", ".html")) and _TAGS.search(text)):
        return HTML
    return CSV if delimiter_of(text, name) else TEXT
