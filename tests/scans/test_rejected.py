"""What cannot be stored, now or ever, and what becomes of it."""

import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from pitchbar.core.bus import Bus
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.rejected import RejectedLines
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import (
    assert_rollups_equal_rows,
    make_line,
    rows_of,
)
from tests.scans.peers import DatabaseProxy, make_engine
from tests.support.servers import on_both_databases, on_postgresql

MALFORMED = [
    b"nonsense\n",
    b'["half a li\n',
    b"{}\n",
    b"[]\n",
    b"null\n",
    b"[1,2,3]\n",
    b"\xff\xfe\n",
    make_line(scan_id="not an id"),
    make_line(code_id="x"),
    make_line(code_id=True - 1),
    make_line(code_id=1 << 63),
    make_line(utm=["a"]),
    make_line(utm=None),
    make_line(user_agent=None),
    make_line(user_agent=7),
    make_line(time_zone=None),
    make_line(time_zone="Mars/Olympus"),
    make_line(time_zone="../../etc/passwd"),
    make_line(at=1e15),
]


@on_both_databases
@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_malformed_line_is_set_aside_and_the_rest_is_stored(
    engine: Engine, ingest: Ingest, rejected: Path, number: int
) -> None:
    good = [make_line(address=f"81.2.69.{n}") for n in range(5)]

    assert ingest(*good[:3], MALFORMED[number], *good[3:]) == 5
    assert rejected.read_bytes() == MALFORMED[number]
    assert rejected.stat().st_mode & 0o777 == 0o600
    assert_rollups_equal_rows(engine)


def test_one_bad_line_among_thousands_holds_up_none_of_them(
    engine: Engine, ingest: Ingest, rejected: Path
) -> None:
    bad = make_line(time_zone="Mars/Olympus")
    good = [make_line(address=f"81.2.{n // 250}.{n % 250}") for n in range(1500)]

    assert ingest(*good[:700], bad, *good[700:]) == 1500
    assert rejected.read_bytes() == bad
    assert_rollups_equal_rows(engine)


def test_malformed_line_is_set_aside_once_however_often_it_comes_before_the_rest_is_stored(
    settings: Settings, engine: Engine, ingest: Ingest, rejected: Path
) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    with _locked(settings):
        for _ in range(2):
            with pytest.raises(OperationalError):
                ingest(b"nonsense\n", make_line())
    assert not rejected.exists()


@on_both_databases
@pytest.mark.parametrize("name", ["user_agent", "referrer", "language", "purpose", "address"])
def test_characters_that_databases_refuse_do_not_lose_the_scan(
    engine: Engine, ingest: Ingest, rejected: Path, name: str
) -> None:
    fields: dict[str, Any] = {name: "a\x00b\u2028\ud7ff\uffff😀"}
    assert ingest(make_line(**fields)) == 1
    assert not rejected.exists()


@on_both_databases
def test_long_values_fit_their_columns(engine: Engine, ingest: Ingest, rejected: Path) -> None:
    long = "é" * 2000
    assert ingest(make_line(utm=[long] * 5, referrer=f"https://{long}/", language=long)) == 1
    assert ingest(make_line(address=long, user_agent=long)) == 1
    assert not rejected.exists()


class _locked:
    """Another process holds SQLite's write lock."""

    def __init__(self, settings: Settings) -> None:
        path = settings.database_url.removeprefix("sqlite:///")
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_: object) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()


def test_locked_database_fails_the_delivery_and_stores_it_later(
    settings: Settings, engine: Engine, ingest: Ingest
) -> None:
    lines = [make_line(address=f"81.2.69.{n}") for n in range(5)]
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")

    with _locked(settings), pytest.raises(OperationalError):
        ingest(*lines)

    assert rows_of(engine) == []
    assert ingest(*lines) == 5
    assert_rollups_equal_rows(engine)


@on_postgresql
def test_database_that_goes_away_fails_the_delivery_and_stores_it_later(
    settings: Settings, engine: Engine, rejected: Path
) -> None:
    proxy = DatabaseProxy(settings.database_url)
    far = make_engine(proxy.url)
    ingestion = make_ingestion(settings, far, Bus())
    lines = b"".join(make_line(address=f"81.2.69.{n}") for n in range(5))

    proxy.cut()
    with pytest.raises(OperationalError):
        ingestion.ingest_scans(lines)
    proxy.restore()

    assert ingestion.ingest_scans(lines) == 5
    assert not rejected.exists()
    assert_rollups_equal_rows(engine)
    far.dispose()
    proxy.close()


@on_both_databases
def test_database_that_is_not_migrated_yet_sets_nothing_aside(
    engine: Engine, ingest: Ingest, rejected: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE scan_days RENAME TO later"))
    line = make_line()

    with pytest.raises((OperationalError, ProgrammingError)):
        ingest(line)
    assert not rejected.exists()

    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE later RENAME TO scan_days"))
    assert ingest(line) == 1
    assert_rollups_equal_rows(engine)


def test_rejected_lines_are_read_again_when_the_file_is_renamed(
    ingest: Ingest, rejected: Path, engine: Engine
) -> None:
    from pitchbar.scans.spool import Spool

    ingest(make_line(time_zone="Mars/Olympus", scan_id=uuid4().hex))
    mended = rejected.read_bytes().replace(b"Mars/Olympus", b"Europe/Zurich")
    rejected.with_suffix(".spool").write_bytes(mended)

    spool = Spool(rejected.parent)
    (segment,) = spool.adopt()
    assert ingest(segment.read(10_000)) == 1
    spool.reset_after_fork()


def test_file_that_is_full_makes_room_and_the_oldest_goes(tmp_path: Path) -> None:
    kept = RejectedLines(tmp_path, file_bytes=10)
    for number in range(20):
        kept.keep([(b"line %02d" % number, ValueError())])

    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [*(f"rejected.{number}.ndjson" for number in range(1, 5)), "rejected.ndjson"]
    assert (tmp_path / "rejected.ndjson").read_bytes() == b"line 18\nline 19\n"
    assert (tmp_path / "rejected.4.ndjson").read_bytes() == b"line 10\nline 11\n"
