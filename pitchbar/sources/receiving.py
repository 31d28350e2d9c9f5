"""A file on its way from a browser or a program into the object storage."""

import secrets
from collections.abc import Iterator
from typing import IO

from werkzeug.datastructures import FileStorage

from pitchbar.core import clock
from pitchbar.core.text import storable
from pitchbar.settings import Settings
from pitchbar.sources.crawls.uploads import storage
from pitchbar.sources.errors import InvalidSource
from pitchbar.sources.services import StoredFile
from pitchbar.sources.settings import SourceSettings

_PORTION = 1 << 20


def receive(upload: FileStorage | None, workspace_id: int, settings: Settings) -> StoredFile:
    """Puts it where all processes find it; whoever calls deletes it again when nothing comes of it.

    Raises:
        InvalidSource: there is none, it is empty, or too large.
    """
    name = storable((upload.filename or "") if upload else "").replace("\\", "/").rpartition("/")[2]
    if upload is None or not name:
        raise InvalidSource("file", "Choose a file.")
    most = settings[SourceSettings].max_upload_bytes
    size = _size_of(upload.stream)
    if not size:
        raise InvalidSource("file", "This file is empty.")
    if size > most:
        raise InvalidSource(
            "file", f"This file has {_megabytes(size)} MB. It can be {_megabytes(most)} MB at most."
        )
    key = f"sources/{workspace_id}/{clock.now():%Y%m%d}-{secrets.token_hex(12)}"
    storage().put_stream(key, _portions(upload.stream), announced=size)
    return StoredFile(key, name[:255], upload.mimetype or "", size)


def drop(file: StoredFile) -> None:
    storage().delete([file.key])


def _size_of(stream: IO[bytes]) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def _portions(stream: IO[bytes]) -> Iterator[bytes]:
    while portion := stream.read(_PORTION):
        yield portion


def _megabytes(size: int) -> str:
    return f"{max(size / 1024 / 1024, 0.1):.1f}".removesuffix(".0")
