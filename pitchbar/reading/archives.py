"""Files that are archives inside, opened only where they unpack to what one may hold."""

import io
import re
import zipfile
from collections.abc import Iterator

from pitchbar.reading.results import Unreadable

MOST_ENTRIES = 10_000
MOST_BYTES = 300 * 1024 * 1024
# Text and tables shrink to a thirtieth; what shrinks further by far was made to burst.
MOST_RATIO = 150
_RATIO_COUNTS_FROM = 10 * 1024 * 1024
_PORTION = 1 << 16
_OVERLAP = 32
# Neither office files nor books need entities of their own; in any of the encodings of XML.
_ENTITY = re.compile(rb"<!ENTITY|<\x00!\x00E\x00N\x00T\x00I\x00T\x00Y", re.IGNORECASE)

_BOMB = "This file unpacks to far more than it seems to hold, so we did not open it."
_BROKEN = "This file is damaged: it could not be unpacked. Opening and saving it anew often helps."


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Raises Unreadable: broken, bomb or encrypted."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable("broken", _BROKEN) from None
    entries = archive.infolist()
    total = sum(one.file_size for one in entries)
    if len(entries) > MOST_ENTRIES or total > MOST_BYTES:
        raise Unreadable("bomb", _BOMB)
    if total > _RATIO_COUNTS_FROM and total > MOST_RATIO * len(data):
        raise Unreadable("bomb", _BOMB)
    if any(one.flag_bits & 1 for one in entries):
        raise Unreadable("encrypted", "This file is locked with a password. Save it without one.")
    return archive


def refuse_entities(archive: zipfile.ZipFile) -> None:
    """What is small and grows by entities that stand for others; and what lies about its size."""
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(
            (".xml", ".rels", ".opf", ".xhtml", ".html", ".ncx", ".htm")
        ):
            continue
        before = b""
        for portion in _portions(archive, entry):
            if _ENTITY.search(before + portion):
                raise Unreadable("bomb", _BOMB)
            before = portion[-_OVERLAP:]


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """Raises KeyError for one that is not there."""
    return b"".join(_portions(archive, archive.getinfo(name)))


def _portions(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as content:
            while portion := content.read(_PORTION):
                yield portion
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
        raise Unreadable("broken", _BROKEN) from None
    except Exception as error:
        # zlib's own error is no subclass of these.
        if type(error).__name__ != "error":
            raise
        raise Unreadable("broken", _BROKEN) from None
