"""Who is the same person, and until when anybody could tell."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.models import ScanVisitor, VisitorSalt
from pitchbar.scans.visitors import StoredSalts, delete_expired_salts
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line, rows_of, stored_days
from tests.support.servers import on_both_databases

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SetTime = Callable[[datetime], None]


@pytest.fixture
def set_time(monkeypatch: pytest.MonkeyPatch) -> SetTime:
    def set_time(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    set_time(START)
    return set_time


def visitors(engine: Engine) -> list[Any]:
    return [row.visitor for row in rows_of(engine)]


def count(engine: Engine, model: Any) -> int:
    with engine.connect() as connection:
        number: int = connection.execute(select(func.count()).select_from(model)).scalar_one()
        return number


def scan_at(ingest: Ingest, set_time: SetTime, at: datetime, **fields: Any) -> None:
    set_time(at)
    ingest(make_line(at, **fields))


@on_both_databases
def test_same_person_is_the_same_visitor_all_day(
    engine: Engine, ingest: Ingest, set_time: SetTime
) -> None:
    for hours in (0, 3, 11):
        scan_at(ingest, set_time, START + timedelta(hours=hours))

    assert len(set(visitors(engine))) == 1


@on_both_databases
def test_next_day_nobody_can_tell(engine: Engine, ingest: Ingest, set_time: SetTime) -> None:
    scan_at(ingest, set_time, START)
    scan_at(ingest, set_time, START + timedelta(days=1))

    assert len(set(visitors(engine))) == 2
    assert {day: three[2] for (_, code, day), three in stored_days(engine).items() if code} == {
        date(2026, 3, 10): 1,
        date(2026, 3, 11): 1,
    }


@on_both_databases
@pytest.mark.parametrize(
    "other",
    [
        {"workspace_id": 2},
        {"address": "81.2.69.2"},
        {"user_agent": "Mozilla/5.0 other"},
        {"language": "de-CH,de;q=0.9,fr;q=0.8"},
        {"hints": '"Chromium";v="137"|?1|"Android"'},
    ],
)
def test_whoever_tells_something_else_is_another_visitor(
    engine: Engine, ingest: Ingest, set_time: SetTime, other: dict[str, Any]
) -> None:
    ingest(make_line(START), make_line(START, **other))

    assert len(set(visitors(engine))) == 2


@on_both_databases
def test_visitor_is_the_same_for_every_worker(
    engine: Engine, settings: Settings, set_time: SetTime
) -> None:
    for seconds in (0, 10):
        make_ingestion(settings, engine, Bus()).ingest_scans(
            make_line(START + timedelta(seconds=seconds))
        )

    assert len(set(visitors(engine))) == 1


@on_both_databases
def test_salt_and_visitor_list_are_destroyed_after_48_hours(
    engine: Engine, ingest: Ingest, set_time: SetTime
) -> None:
    scan_at(ingest, set_time, START)

    set_time(START + timedelta(hours=47, minutes=59))
    with engine.begin() as connection:
        assert delete_expired_salts(connection) == 0
    assert (count(engine, VisitorSalt), count(engine, ScanVisitor)) == (1, 2)

    set_time(START + timedelta(hours=48))
    with engine.begin() as connection:
        assert delete_expired_salts(connection) == 1
    assert count(engine, VisitorSalt) == 0

    set_time(START + timedelta(hours=61))
    with engine.begin() as connection:
        delete_expired_salts(connection)
    assert count(engine, ScanVisitor) == 0


@on_both_databases
@pytest.mark.parametrize("is_destroyed", [True, False])
def test_scan_that_arrives_after_48_hours_has_no_visitor_but_counts(
    engine: Engine,
    settings: Settings,
    ingest: Ingest,
    set_time: SetTime,
    is_destroyed: bool,
) -> None:
    ingest(make_line(START))
    set_time(START + timedelta(hours=48, minutes=1))
    if is_destroyed:
        with engine.begin() as connection:
            delete_expired_salts(connection)

    ingest(make_line(START + timedelta(hours=1)))
    make_ingestion(settings, engine, Bus()).ingest_scans(make_line(START + timedelta(hours=2)))

    assert [visitor is None for visitor in visitors(engine)] == [False, True, True]
    assert stored_days(engine)[1, 1, date(2026, 3, 10)] == (3, 3, 1)


@on_both_databases
def test_late_scan_of_yesterday_still_has_a_visitor(
    engine: Engine, ingest: Ingest, set_time: SetTime
) -> None:
    set_time(START + timedelta(hours=20))
    ingest(make_line(START))

    assert visitors(engine) != [None]


@on_both_databases
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
def test_no_day_ever_gets_a_second_salt(
    engine: Engine, ingest: Ingest, set_time: SetTime, zone: str
) -> None:
    """A second salt would make the same people new again."""
    begins = (
        datetime(2026, 3, 10, tzinfo=UTC)
        - {
            "Pacific/Kiritimati": timedelta(hours=14),
            "UTC": timedelta(0),
            "Pacific/Pago_Pago": timedelta(hours=-11),
        }[zone]
    )
    scan_at(ingest, set_time, begins, time_zone=zone)

    for hours in range(1, 97):
        set_time(begins + timedelta(hours=hours))
        with engine.begin() as connection:
            delete_expired_salts(connection)
        ingest(make_line(begins + timedelta(minutes=hours), time_zone=zone))

    assert stored_days(engine)[1, 1, date(2026, 3, 10)] == (97, 97, 1)


def test_destroyed_salt_does_not_live_on_in_a_workers_memory(
    engine: Engine, set_time: SetTime
) -> None:
    salts = StoredSalts()
    with engine.begin() as connection:
        for workspace_id in range(1, 6):
            assert salts.find_salt(connection, workspace_id, START.date(), "UTC")
        later = START + timedelta(days=3)
        set_time(later)
        salts.find_salt(connection, 1, later.date(), "UTC")

    assert list(salts._known) == [(1, later.date())]


def test_salt_of_a_transaction_that_failed_is_forgotten(engine: Engine, set_time: SetTime) -> None:
    salts = StoredSalts()
    with engine.connect() as connection:
        first = salts.find_salt(connection, 1, START.date(), "UTC")
        connection.rollback()
    salts.discard()
    with engine.begin() as connection:
        second = salts.find_salt(connection, 1, START.date(), "UTC")
        stored = connection.execute(select(VisitorSalt.salt)).scalar_one()

    assert second == stored != first


@on_both_databases
def test_delivery_that_failed_after_it_made_a_salt_leaves_no_trace_of_it(
    engine: Engine,
    ingest: Ingest,
    settings: Settings,
    set_time: SetTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as patch:
        patch.setattr("pitchbar.scans.stored.publish", fail)
        with pytest.raises(RuntimeError):
            ingest(make_line(START))
    ingest(make_line(START))
    other_worker = make_ingestion(settings, engine, Bus())
    other_worker.ingest_scans(make_line(START + timedelta(seconds=10)))

    assert len(visitors(engine)) == 2
    assert len(set(visitors(engine))) == 1
