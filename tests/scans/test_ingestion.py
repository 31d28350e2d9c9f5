"""From lines to rows and sums, on both databases."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.pipeline import make_ingestion
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import (
    IPHONE,
    assert_sums_equal_rows,
    make_line,
    only_row,
    rows_of,
    stored_days,
    stored_hours,
)
from tests.scans.peers import Line, make_engine
from tests.servers import on_both_databases, on_postgresql

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


@on_both_databases
def test_scan_is_stored_with_all_that_is_known(
    engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    line = make_line(
        noon,
        scan_id="0195800000007abc8000000000000001",
        code_id=7,
        workspace_id=3,
        utm=["print", "qr", "spring", "", "blue"],
        address="8.8.8.8",
        referrer="https://www.instagram.com/p/1",
    )
    assert ingest(line) == 1

    row = only_row(engine)
    assert row.id.hex == "0195800000007abc8000000000000001"
    assert row.scanned_at.replace(tzinfo=UTC) == noon
    assert (row.code_id, row.workspace_id) == (7, 3)
    assert (row.ip, row.country) == ("8.8.8.0", "US")
    assert (row.device, row.os, row.browser) == ("phone", "iOS", "Mobile Safari")
    assert (row.language, row.referrer_host) == ("de-CH", "www.instagram.com")
    assert (row.utm_source, row.utm_medium, row.utm_campaign) == ("print", "qr", "spring")
    assert (row.utm_term, row.utm_content) == (None, "blue")
    assert row.robot_reason is None
    assert len(row.visitor) == 32


@on_both_databases
def test_same_delivery_twice_is_counted_once(engine: Engine, ingest: Ingest) -> None:
    lines = [make_line(address=f"81.2.69.{n}") for n in range(20)]

    assert ingest(*lines) == 20
    assert ingest(*lines) == 0
    assert len(rows_of(engine)) == 20
    assert_sums_equal_rows(engine)


@on_both_databases
def test_overlapping_deliveries_store_each_scan_once(engine: Engine, ingest: Ingest) -> None:
    lines = [make_line(address=f"81.2.69.{n}") for n in range(30)]

    assert [ingest(*lines[:20]), ingest(*lines[10:]), ingest(*lines[5:25])] == [20, 10, 0]
    assert_sums_equal_rows(engine)


@on_both_databases
def test_id_that_repeats_within_a_delivery_is_one_scan(engine: Engine, ingest: Ingest) -> None:
    line = make_line()

    assert ingest(line, line, make_line(address="81.2.69.9"), line) == 2
    assert_sums_equal_rows(engine)


@on_both_databases
def test_delivery_of_any_size_is_stored(engine: Engine, ingest: Ingest) -> None:
    assert ingest(*(make_line(address=f"10.0.{n % 7}.{n % 250}") for n in range(1203))) == 1203
    assert_sums_equal_rows(engine)


def test_blank_lines_are_nothing(ingest: Ingest, rejected: Path) -> None:
    assert ingest(b"\n\n", make_line(), b"\n") == 1
    assert ingest(b"") == 0
    assert not rejected.exists()


@on_both_databases
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"user_agent": "curl/8.5.0"}, "known_agent"),
        ({"user_agent": "WhatsApp/2.24.20.89 A"}, "link_preview"),
        ({"user_agent": ""}, "no_agent"),
        ({"method": "HEAD"}, "head"),
        ({"purpose": "prefetch"}, "prefetch"),
        ({"purpose": "prefetch;prerender"}, "prefetch"),
        ({"purpose": "Preview"}, "prefetch"),
    ],
)
def test_robots_are_hits_but_no_people(
    engine: Engine, ingest: Ingest, noon: datetime, fields: dict[str, Any], reason: str
) -> None:
    ingest(make_line(noon, **fields))

    assert only_row(engine).robot_reason == reason
    assert stored_days(engine)[1, 1, date(2026, 3, 10)] == (1, 0, 0)


@on_both_databases
@pytest.mark.parametrize("deliveries", [1, 4])
def test_repeats_within_two_seconds_are_kept_apart(
    engine: Engine, ingest: Ingest, noon: datetime, deliveries: int
) -> None:
    lines = [make_line(noon + timedelta(seconds=late)) for late in (0, 1.9, 2.5, 4.6)]
    if deliveries == 1:
        ingest(*lines)
    else:
        for line in lines:
            ingest(line)

    # Each is measured against the one before it, repeat or not.
    assert [row.robot_reason for row in rows_of(engine)] == [None, "repeat", "repeat", None]
    assert stored_days(engine)[1, 1, date(2026, 3, 10)] == (4, 2, 1)
    assert_sums_equal_rows(engine)


@on_both_databases
def test_repeat_that_arrives_before_the_first_is_still_a_repeat_of_it(
    engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    ingest(make_line(noon + timedelta(seconds=1)))
    ingest(make_line(noon))
    ingest(make_line(noon + timedelta(seconds=2.5)))

    assert [row.robot_reason for row in rows_of(engine)] == ["repeat", None, "repeat"]
    assert_sums_equal_rows(engine)


@on_both_databases
@pytest.mark.parametrize("other", [{"code_id": 2}, {"address": "81.2.69.2"}, {"workspace_id": 2}])
def test_another_code_or_person_is_no_repeat(
    engine: Engine, ingest: Ingest, other: dict[str, Any]
) -> None:
    ingest(make_line(), make_line(**other))

    assert [row.robot_reason for row in rows_of(engine)] == [None, None]


@on_both_databases
def test_one_person_is_unique_once_for_each_code_and_once_for_the_workspace(
    engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    for hour in (0, 1):
        for code_id in (1, 2):
            ingest(make_line(noon + timedelta(hours=hour), code_id=code_id))

    day, hours = date(2026, 3, 10), stored_hours(engine)
    assert stored_days(engine) == {
        (1, 0, day): (4, 4, 1),
        (1, 1, day): (2, 2, 1),
        (1, 2, day): (2, 2, 1),
    }
    # In the hour in which the day first saw them.
    assert [hours[key][2] for key in sorted(hours, key=str)] == [1, 0, 1, 0, 1, 0]


@on_both_databases
def test_day_is_that_of_the_workspace(engine: Engine, ingest: Ingest, noon: datetime) -> None:
    for workspace_id, zone in ((1, "Pacific/Kiritimati"), (2, "UTC"), (3, "Pacific/Pago_Pago")):
        for at in (noon - timedelta(hours=1, minutes=1), noon):
            fields = {"workspace_id": workspace_id, "time_zone": zone}
            ingest(make_line(at, **fields))

    days = {(key[0], key[2]) for key in stored_days(engine)}
    assert days == {
        (1, date(2026, 3, 11)),
        (2, date(2026, 3, 10)),
        (3, date(2026, 3, 9)),
        (3, date(2026, 3, 10)),
    }
    zones = {1: "Pacific/Kiritimati", 3: "Pacific/Pago_Pago"}
    assert_sums_equal_rows(engine, zones)


@on_both_databases
@pytest.mark.parametrize(
    ("at", "day"),
    [
        # Zurich, the night in which the clock goes forward, and the one in which it goes back.
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 1, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 1, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 1, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_days_of_summer_time_begin_at_their_own_midnight(
    engine: Engine, ingest: Ingest, at: datetime, day: date
) -> None:
    ingest(make_line(at, time_zone="Europe/Zurich"))

    assert {key[2] for key in stored_days(engine)} == {day}


@on_both_databases
@pytest.mark.parametrize("seed", range(4))
def test_sums_equal_the_rows_whatever_arrives_how_often_in_which_order(
    engine: Engine, ingest: Ingest, noon: datetime, seed: int
) -> None:
    dice = random.Random(seed)
    zones = {1: "Europe/Zurich", 2: "America/New_York", 3: "UTC"}
    lines = [_random_line(dice, noon, zones) for _ in range(400)]
    deliveries = [dice.sample(lines, dice.randrange(1, 60)) for _ in range(25)]
    deliveries += [lines[start : start + 40] for start in range(0, 400, 40)]
    dice.shuffle(deliveries)

    stored = sum(ingest(*delivery) for delivery in deliveries)

    assert stored == len(rows_of(engine)) == 400
    assert_sums_equal_rows(engine, zones)


def _random_line(dice: random.Random, around: datetime, zones: dict[int, str]) -> bytes:
    workspace_id = dice.choice(list(zones))
    return make_line(
        around + timedelta(seconds=dice.choice((0, 1, 5, -40_000, 40_000)) + dice.random() * 9),
        workspace_id=workspace_id,
        time_zone=zones[workspace_id],
        code_id=workspace_id * 10 + dice.randrange(3),
        address=f"81.2.69.{dice.randrange(6)}",
        user_agent=dice.choice((IPHONE, IPHONE, "curl/8.5.0", "")),
        method=dice.choice(("GET", "GET", "GET", "HEAD")),
    )


@on_both_databases
def test_two_workers_at_once_count_every_scan_and_person_once(
    engine: Engine, settings: Settings
) -> None:
    lines = [
        make_line(address=f"81.2.{n % 40}.1", code_id=1 + n % 3, workspace_id=1 + n % 2)
        for n in range(600)
    ]
    deliveries = [b"".join(lines[start : start + 60]) for start in range(0, 600, 30)]
    stored: list[int] = []

    def work(order: int) -> None:
        mine = make_engine(settings.database_url)
        ingestion = make_ingestion(settings, mine, Bus())
        for delivery in deliveries[::order]:
            stored.append(_with_patience(ingestion, delivery))
        mine.dispose()

    workers = [threading.Thread(target=work, args=(order,)) for order in (1, 1, -1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sum(stored) == len(rows_of(engine)) == 600
    days = stored_days(engine)
    assert sum(three[2] for key, three in days.items() if key[1] == 0) == 40
    # Repeats may be judged differently by two at once; the sums never differ from the rows.
    assert_sums_equal_rows(engine)


def _with_patience(ingestion: Ingestion, delivery: bytes) -> int:
    """As a worker does: what failed is delivered again."""
    while True:
        try:
            return ingestion.ingest_scans(delivery)
        except OperationalError:
            time.sleep(0.01)


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
    assert_sums_equal_rows(engine)


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
    assert ingest(make_line(**{name: "a\x00b\u2028\ud7ff\uffff😀"})) == 1
    assert not rejected.exists()


@on_both_databases
def test_long_values_fit_their_columns(engine: Engine, ingest: Ingest, rejected: Path) -> None:
    long = "é" * 2000
    assert ingest(make_line(utm=[long] * 5, referrer=f"https://{long}/", language=long)) == 1
    assert ingest(make_line(address=long, user_agent=long)) == 1
    assert not rejected.exists()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-CH,de;q=0.9", "de-CH"),
        ("en;q=0.5", "en"),
        ("*", None),
        ("", None),
        (" fr , en", "fr"),
        ("x" * 64, "x" * 35),
    ],
)
def test_language_is_the_first_one(
    engine: Engine, ingest: Ingest, header: str, language: str | None
) -> None:
    ingest(make_line(language=header))

    assert only_row(engine).language == language


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://WWW.Example.org:8443/x?y#z", "www.example.org"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("not an address", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_referrer_is_kept_as_its_host(
    engine: Engine, ingest: Ingest, referrer: str, host: str | None
) -> None:
    ingest(make_line(referrer=referrer))

    assert only_row(engine).referrer_host == host


@pytest.mark.parametrize(
    ("store", "address", "kept"),
    [
        ("none", "81.2.69.142", None),
        ("truncated", "81.2.69.142", "81.2.69.0"),
        ("truncated", "2a02:1210:4a11:2200::17", "2a02:1210:4a11::"),
        ("truncated", "::ffff:81.2.69.142", "81.2.69.0"),
        ("truncated", "", None),
        ("full", "81.2.69.142", "81.2.69.142"),
        ("full", "2a02:1210:4a11:2200::17", "2a02:1210:4a11:2200::17"),
        ("full", "", None),
    ],
)
def test_address_is_kept_as_the_setting_says(
    make_settings: Callable[..., Settings],
    engine: Engine,
    store: str,
    address: str,
    kept: str | None,
) -> None:
    settings = make_settings(privacy_store_ip=store)
    make_ingestion(settings, engine, Bus()).ingest_scans(make_line(address=address))

    assert only_row(engine).ip == kept


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("8.8.8.8", "US"),
        ("2001:4860:4860::8888", "US"),
        ("81.2.69.142", "GB"),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("::1", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_country_is_known_or_unknown(
    engine: Engine, ingest: Ingest, address: str, country: str | None
) -> None:
    ingest(make_line(address=address))

    assert only_row(engine).country == country


def test_bus_hears_what_is_new_after_it_is_stored(engine: Engine, settings: Settings) -> None:
    bus, heard = Bus(), []
    bus.subscribe("scans", lambda message: heard.append((message, len(rows_of(engine)))))
    ingestion = make_ingestion(settings, engine, bus)
    lines = make_line(code_id=7) + make_line(code_id=8, workspace_id=2)

    ingestion.ingest_scans(lines)
    ingestion.ingest_scans(lines)

    assert heard == [({"workspaces": [1, 2], "codes": [7, 8]}, 2)]


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
    assert_sums_equal_rows(engine)


@on_postgresql
def test_database_that_goes_away_fails_the_delivery_and_stores_it_later(
    settings: Settings, engine: Engine, rejected: Path
) -> None:
    line = Line(settings.database_url)
    far = make_engine(line.url)
    ingestion = make_ingestion(settings, far, Bus())
    lines = b"".join(make_line(address=f"81.2.69.{n}") for n in range(5))

    line.cut()
    with pytest.raises(OperationalError):
        ingestion.ingest_scans(lines)
    line.mend()

    assert ingestion.ingest_scans(lines) == 5
    assert not rejected.exists()
    assert_sums_equal_rows(engine)
    far.dispose()
    line.close()


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
    assert_sums_equal_rows(engine)


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
    spool.forget_parent()
