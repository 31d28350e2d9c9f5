"""Months of scans on PostgreSQL."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.partitions import (
    drop_partitions_before,
    ensure_partitions,
    prepare_partitions,
)
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import assert_rollups_equal_rows, make_line, rows_of
from tests.scans.peers import make_engine
from tests.support.servers import on_postgresql

pytestmark = on_postgresql
MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)


def partitions(engine: Engine) -> dict[str, int]:
    """How many scans each one holds."""
    with engine.connect() as connection:
        names = connection.execute(
            text(
                "SELECT inhrelid::regclass::text FROM pg_inherits "
                "WHERE inhparent = 'scans'::regclass"
            )
        ).scalars()
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in sorted(names)
        }


def test_delivery_across_the_end_of_a_month_goes_to_both(engine: Engine, ingest: Ingest) -> None:
    seconds = (-1, -0.001, 0, 1)
    ingest(*(make_line(MIDNIGHT + timedelta(seconds=s), address=f"81.2.69.{s}") for s in seconds))

    assert partitions(engine) == {"scans_2026_01": 2, "scans_2026_02": 2}
    assert_rollups_equal_rows(engine)


def test_december_is_followed_by_january(engine: Engine, ingest: Ingest) -> None:
    ingest(make_line(datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)))
    ingest(make_line(datetime(2026, 1, 1, tzinfo=UTC)))

    assert partitions(engine) == {"scans_2025_12": 1, "scans_2026_01": 1}


def test_partition_has_the_key_and_the_indexes_of_the_table(engine: Engine, ingest: Ingest) -> None:
    ingest(make_line(MIDNIGHT))

    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT indexdef FROM pg_indexes WHERE tablename = 'scans_2026_02'")
        ).scalars()
        columns = sorted(definition.rpartition("(")[2] for definition in found)
        attached = connection.execute(
            text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'ix_scans_of_code'::regclass")
        ).scalar_one()
    assert columns == ["code_id, scanned_at)", "id, scanned_at)", "workspace_id, scanned_at)"]
    assert attached == 1


def test_two_workers_that_meet_in_a_new_month_both_succeed(
    engine: Engine, settings: Settings
) -> None:
    problems: list[Exception] = []
    gate = threading.Barrier(4)

    def work(number: int) -> None:
        mine = make_engine(settings.database_url)
        ingestion = make_ingestion(settings, mine, Bus())
        try:
            for month in range(1, 7):
                gate.wait(10)
                at = datetime(2026, month, 1, tzinfo=UTC)
                ingestion.ingest_scans(make_line(at, address=f"81.2.69.{number}"))
        except Exception as error:
            problems.append(error)
        mine.dispose()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert problems == []
    assert set(partitions(engine).values()) == {4}
    assert_rollups_equal_rows(engine)


def test_somebody_who_reads_all_scans_does_not_hold_up_a_new_month(
    engine: Engine, ingest: Ingest
) -> None:
    ingest(make_line(MIDNIGHT))
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM scans"))
        done = threading.Thread(
            target=ingest, args=(make_line(MIDNIGHT + timedelta(days=40)),), daemon=True
        )
        done.start()
        done.join(5)
        assert not done.is_alive()

    assert "scans_2026_03" in partitions(engine)


def test_month_whose_first_delivery_failed_is_made_by_the_next(
    engine: Engine, ingest: Ingest, rejected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(MIDNIGHT)

    def fail(*_: object) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as patch:
        patch.setattr("pitchbar.scans.stored.publish", fail)
        with pytest.raises(RuntimeError):
            ingest(line)

    assert ingest(line) == 1
    assert not rejected.exists()


def test_month_that_was_dropped_is_made_again_and_nothing_is_set_aside(
    engine: Engine, ingest: Ingest, rejected: Path
) -> None:
    ingest(make_line(MIDNIGHT))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE scans_2026_02"))

    late = [make_line(MIDNIGHT, address=f"81.2.69.{n}") for n in range(5)]
    assert ingest(*late) == 5
    assert not rejected.exists()
    assert len(rows_of(engine)) == 5


def test_known_months_cost_no_statement(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MIDNIGHT)
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    ensure_partitions(engine, [MIDNIGHT])
    before = len(asked)
    ensure_partitions(engine, [MIDNIGHT, MIDNIGHT + timedelta(days=3)])

    assert before > 0
    assert len(asked) == before


def test_the_months_ahead_are_made_before_they_come(engine: Engine) -> None:
    prepare_partitions(engine, datetime(2025, 11, 30, 23, 59, tzinfo=UTC))
    assert list(partitions(engine)) == [
        "scans_2025_11",
        "scans_2025_12",
        "scans_2026_01",
        "scans_2026_02",
    ]


def test_months_that_are_over_are_dropped_whole(engine: Engine, ingest: Ingest) -> None:
    seconds = (-1, 0, 1)
    ingest(*(make_line(MIDNIGHT + timedelta(seconds=s), address=f"81.2.69.{s}") for s in seconds))
    with engine.begin() as connection:
        assert drop_partitions_before(connection, MIDNIGHT - timedelta(seconds=1)) == []
        assert drop_partitions_before(connection, MIDNIGHT) == [("scans_2026_01", 1)]
    assert partitions(engine) == {"scans_2026_02": 2}
    # A late scan of that month makes its partition again.
    ingest(make_line(MIDNIGHT - timedelta(seconds=2), address="81.2.69.9"))
    assert partitions(engine) == {"scans_2026_01": 1, "scans_2026_02": 2}


def test_a_reader_of_the_table_is_not_waited_for_long(engine: Engine, ingest: Ingest) -> None:
    ingest(make_line(MIDNIGHT - timedelta(days=40)))
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM scans")).scalar_one()
        with pytest.raises(OperationalError), engine.begin() as connection:
            drop_partitions_before(connection, MIDNIGHT, seconds=0.05)
    assert partitions(engine) == {"scans_2025_12": 1}
