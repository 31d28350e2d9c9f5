"""From lines to rows and sums, on both databases."""

import random
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.ingestion import Ingestion
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import (
    IPHONE,
    assert_rollups_equal_rows,
    make_line,
    only_row,
    rows_of,
    stored_days,
    stored_hours,
)
from tests.scans.peers import make_engine
from tests.support.servers import on_both_databases

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
    assert (row.device, row.os, row.browser) == ("phone", "iOS", "Safari")
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
    assert_rollups_equal_rows(engine)


@on_both_databases
def test_overlapping_deliveries_store_each_scan_once(engine: Engine, ingest: Ingest) -> None:
    lines = [make_line(address=f"81.2.69.{n}") for n in range(30)]

    assert [ingest(*lines[:20]), ingest(*lines[10:]), ingest(*lines[5:25])] == [20, 10, 0]
    assert_rollups_equal_rows(engine)


@on_both_databases
def test_id_that_repeats_within_a_delivery_is_one_scan(engine: Engine, ingest: Ingest) -> None:
    line = make_line()

    assert ingest(line, line, make_line(address="81.2.69.9"), line) == 2
    assert_rollups_equal_rows(engine)


@on_both_databases
def test_delivery_of_any_size_is_stored(engine: Engine, ingest: Ingest) -> None:
    assert ingest(*(make_line(address=f"10.0.{n % 7}.{n % 250}") for n in range(1203))) == 1203
    assert_rollups_equal_rows(engine)


def test_blank_lines_are_nothing(ingest: Ingest, rejected: Path) -> None:
    assert ingest(b"\n\n", make_line(), b"\n") == 1
    assert ingest(b"") == 0
    assert not rejected.exists()


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
            ingest(make_line(at, workspace_id=workspace_id, time_zone=zone))

    days = {(key[0], key[2]) for key in stored_days(engine)}
    assert days == {
        (1, date(2026, 3, 11)),
        (2, date(2026, 3, 10)),
        (3, date(2026, 3, 9)),
        (3, date(2026, 3, 10)),
    }
    zones = {1: "Pacific/Kiritimati", 3: "Pacific/Pago_Pago"}
    assert_rollups_equal_rows(engine, zones)


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
    assert_rollups_equal_rows(engine, zones)


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
    assert_rollups_equal_rows(engine)


def _with_patience(ingestion: Ingestion, delivery: bytes) -> int:
    """As a worker does: what failed is delivered again."""
    while True:
        try:
            return ingestion.ingest_scans(delivery)
        except OperationalError:
            time.sleep(0.01)


def test_bus_hears_what_is_new_after_it_is_stored(engine: Engine, settings: Settings) -> None:
    bus, heard = Bus(), []
    bus.subscribe("scans", lambda message: heard.append((message, len(rows_of(engine)))))
    ingestion = make_ingestion(settings, engine, bus)
    lines = make_line(code_id=7) + make_line(code_id=8, workspace_id=2)

    ingestion.ingest_scans(lines)
    ingestion.ingest_scans(lines)

    assert heard == [({"workspaces": [1, 2], "codes": [7, 8]}, 2)]
