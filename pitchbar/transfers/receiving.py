"""A table on its way from a browser or a program: read as a whole once, then stored."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.core import clock
from pitchbar.core.text import storable
from pitchbar.settings import Settings, current_settings
from pitchbar.transfers.errors import UnreadableTable
from pitchbar.transfers.models import CodeImport
from pitchbar.transfers.reading.recognition import recognise
from pitchbar.transfers.reading.tables import Table, read_table
from pitchbar.transfers.settings import TransferSettings

# Beside the file: the choices, the frame of the form.
_FRAME_BYTES = 1024 * 1024
_SAMPLE_ROWS = 3
_SAMPLE_CHARACTERS = 200
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class ReceivedTable:
    """A file that is a table, with what its head tells."""

    data: bytes
    name: str
    columns: list[str]
    first_rows: list[list[str]]
    rows: int
    origin: str
    mapping: Mapping[str, int]


def take_table(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form of a request is read: a table may be long."""
    if endpoint and endpoint.endswith(".create"):
        request.max_content_length = most_body(current_settings())


def most_body(settings: Settings) -> int:
    """Bytes of a whole request with a table."""
    return settings[TransferSettings].code_import_bytes + _FRAME_BYTES


def receive(upload: FileStorage | None, settings: Settings) -> ReceivedTable:
    """Raises UnreadableTable."""
    name = storable((upload.filename or "") if upload else "").replace("\\", "/").rpartition("/")[2]
    if upload is None or not name:
        raise UnreadableTable("Choose a file.")
    most = settings[TransferSettings].code_import_bytes
    data = upload.stream.read(most + 1)
    if len(data) > most:
        raise UnreadableTable(
            f"This file has more than the {most // _MEGABYTE} MB that an import takes. Split it."
        )
    return look_at(data, name, settings)


def look_at(data: bytes, name: str, settings: Settings) -> ReceivedTable:
    """Reads all of its rows, so that what is broken is said at once.

    Raises:
        UnreadableTable
    """
    table = open_table(data, settings)
    first: list[list[str]] = []
    count = 0
    for _number, cells in table.rows:
        count += 1
        if len(first) < _SAMPLE_ROWS:
            first.append([storable(cell)[:_SAMPLE_CHARACTERS] for cell in cells])
    columns = [storable(column)[:_SAMPLE_CHARACTERS] for column in table.columns]
    origin, mapping = recognise(columns)
    return ReceivedTable(data, name[:255], columns, first, count, origin, mapping)


def open_table(data: bytes, settings: Settings) -> Table:
    """Raises UnreadableTable."""
    return read_table(data, settings[TransferSettings].code_import_rows)


def store_table(workspace_id: int, data: bytes) -> str:
    """Returns its key; whoever calls deletes it again when nothing comes of it."""
    key = f"transfers/{workspace_id}/{clock.now():%Y%m%d}-{secrets.token_hex(12)}"
    files().put(key, data)
    return key


def load_table(an_import: CodeImport) -> bytes:
    """Raises FileNotFoundError."""
    return b"".join(files().read(an_import.file_key))


def drop_file(an_import: CodeImport) -> None:
    if an_import.file_key:
        files().delete([an_import.file_key])
        an_import.file_key = ""


def files() -> ObjectStorage:
    return open_storage(current_settings().storage_url)
