"""Stored scans and conversions as columns for ClickHouse."""

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    Select,
    String,
    TypeDecorator,
    Uuid,
    and_,
    any_,
    bindparam,
    select,
    type_coerce,
)

from pitchbar.analytics.columnar.schema import IDS, WORDS
from pitchbar.conversions.models import Conversion
from pitchbar.scans.models import Scan

NOBODY = UUID(int=0)
# What its times can hold.
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_HEX = re.compile(r"[0-9a-f]{32}")
# SQLite takes so many values in one question.
_AT_ONCE = 500

_SCAN: Any = Scan.__table__
_CONVERSION: Any = Conversion.__table__
_OF_SCAN = ("visitor", "domain_id", *WORDS)
SCAN_NAMES = ("workspace_id", "code_id", "scanned_at", "id", "rule_id", "variant", *_OF_SCAN)
# Code and rule are the conversion's own, so that they outlive the scan.
_OWN = 10
CONVERSION_NAMES = (
    "workspace_id",
    "code_id",
    "occurred_at",
    "id",
    "scan_id",
    "scanned_at",
    "currency",
    "value_minor",
    "rule_id",
    "variant",
    *_OF_SCAN,
)
Rows = Sequence[Sequence[Any]]


def _scan_columns(names: Sequence[str]) -> list[Any]:
    """Names of systems and browsers as they are stored: what they are called today is found out
    when they are shown.
    """
    columns = [_SCAN.c[name] for name in names]
    return [
        type_coerce(column, String)
        if isinstance(column.type, TypeDecorator) and isinstance(column.type.impl, String)
        else column
        for column in columns
    ]


def scans_query() -> Select[Any]:
    return select(*_scan_columns(SCAN_NAMES))


def conversions_query() -> Select[Any]:
    """With the properties of their scans, as far as those are there; the last column says so."""
    own = [_CONVERSION.c[name] for name in CONVERSION_NAMES[:_OWN]]
    is_its = and_(
        _SCAN.c.id == _CONVERSION.c.scan_id, _SCAN.c.scanned_at == _CONVERSION.c.scanned_at
    )
    return select(*own, *_scan_columns(_OF_SCAN), _SCAN.c.id).select_from(
        _CONVERSION.outerjoin(_SCAN, is_its)
    )


def read_by_ids(
    connection: Connection, query: Select[Any], column: Any, ids: Sequence[UUID], *where: Any
) -> list[Any]:
    query = query.where(*where)
    if connection.dialect.name == "postgresql":
        wanted = column == any_(bindparam("ids", type_=ARRAY(Uuid)))
        return list(connection.execute(query.where(wanted), {"ids": list(ids)}))
    found: list[Any] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = column.in_(ids[start : start + _AT_ONCE])
        found += connection.execute(query.where(some))
    return found


def read_scans(
    connection: Connection, ids: Sequence[UUID], first: datetime, last: datetime
) -> list[Any]:
    # The time is part of the key, and tells PostgreSQL which months to look into.
    return read_by_ids(
        connection, scans_query(), _SCAN.c.id, ids, _SCAN.c.scanned_at.between(first, last)
    )


def read_conversions(connection: Connection, ids: Sequence[UUID]) -> list[Any]:
    return read_by_ids(connection, conversions_query(), _CONVERSION.c.id, ids)


def as_columns(names: Sequence[str], rows: Rows) -> tuple[list[str], list[list[Any]]]:
    """Names and columns, and when they were written: the later one of two equal rows stays."""
    columns = [
        [_encode(name, value) for value in column] if name in _ENCODERS else list(column)
        for name, column in zip(names, zip(*rows, strict=True), strict=False)
    ]
    return [*names, "written"], [*columns, [time.time_ns() // 1000] * len(rows)]


def visitor_id(visitor: str | None) -> UUID:
    """As ClickHouse holds it."""
    if not visitor:
        return NOBODY
    if _HEX.fullmatch(visitor):
        return UUID(hex=visitor)
    return UUID(bytes=hashlib.blake2b(visitor.encode(), digest_size=16).digest())


def _encode(name: str, value: Any) -> Any:
    return _ENCODERS[name](value)


def _word(value: str | None) -> str:
    return value or ""


def _number(value: int | None) -> int:
    return value or 0


def _variant(value: int | None) -> int:
    return -1 if value is None else value


def _time(value: datetime) -> datetime:
    return min(max(value, _FIRST), _LAST)


_ENCODERS: dict[str, Callable[[Any], Any]] = {
    "visitor": visitor_id,
    "variant": _variant,
    "value_minor": _number,
    "currency": _word,
    "scanned_at": _time,
    "occurred_at": _time,
    **dict.fromkeys(IDS, _number),
    **dict.fromkeys(WORDS, _word),
}
