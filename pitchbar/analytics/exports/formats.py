"""The kinds of files: each is written in parts that make one file when they are put together."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pitchbar.analytics.exports.columns import COLUMNS, NUMBERS, Row
from pitchbar.core.csv_export import safe_cell

Parts = Iterable[Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """Attributes:
    write: rows as a part of the file.
    join: the whole file from all of its parts, in their order, and what its columns are called.
    """

    label: str
    mimetype: str
    write: Callable[[Sequence[Row]], bytes]
    join: Callable[[Parts, Sequence[str]], Iterator[bytes]]


def _write_csv(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([safe_cell(_plain(value)) for value in row.values()])
    return out.getvalue().encode()


def _join_csv(parts: Parts, columns: Sequence[str]) -> Iterator[bytes]:
    # A mark by which spreadsheets know the encoding.
    yield "\ufeff".encode() + (",".join(columns) + "\r\n").encode()
    for part in parts:
        yield from part


def _write_json(rows: Sequence[Row]) -> bytes:
    """Each row with the comma and line feed before it."""
    return b"".join(b",\n" + orjson.dumps(dict(row), option=orjson.OPT_UTC_Z) for row in rows)


def _join_json(parts: Parts, _columns: Sequence[str]) -> Iterator[bytes]:
    yield b"["
    is_first = True
    for part in parts:
        for portion in part:
            yield portion[1:] if is_first else portion
            is_first = False
    yield b"\n]\n"


def _schema() -> Any:
    import pyarrow

    kinds: Mapping[str, Any] = {"at": pyarrow.timestamp("us", tz="UTC")}
    return pyarrow.schema(
        [
            (name, kinds.get(name) or (pyarrow.int64() if name in NUMBERS else pyarrow.string()))
            for name in COLUMNS
        ]
    )


def _write_parquet(rows: Sequence[Row]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.Table.from_pylist([dict(row) for row in rows], schema=_schema())
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _join_parquet(parts: Parts, _columns: Sequence[str]) -> Iterator[bytes]:
    """One row group for each part; only one is in memory at a time."""
    from pyarrow import parquet

    with tempfile.TemporaryFile() as file:
        with parquet.ParquetWriter(file, _schema(), compression="zstd") as writer:
            for part in parts:
                writer.write_table(parquet.read_table(io.BytesIO(b"".join(part))))
        file.seek(0)
        while portion := file.read(1 << 20):
            yield portion


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


FORMATS: Mapping[str, Format] = {
    "csv": Format("CSV", "text/csv", _write_csv, _join_csv),
    "json": Format("JSON", "application/json", _write_json, _join_json),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", _write_parquet, _join_parquet),
}
