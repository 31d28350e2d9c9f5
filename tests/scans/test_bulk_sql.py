"""Rows written many at once are as SQLAlchemy writes them, and fail as it does."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from pitchbar.scans import bulk_sql
from pitchbar.scans.bulk_sql import insert_new, insert_or_add, insert_or_replace_older, look_up
from pitchbar.scans.models import FIGURES, ScanHour, ScanVisitor
from tests.support.servers import on_both_databases, on_postgresql

AT = datetime(2026, 3, 10, 12, 0, 0, 120_000, tzinfo=UTC)
KEY = ("workspace_id", "code_id", "day", "visitor")


@pytest.fixture(params=["few", "many"], autouse=True)
def _few_or_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL takes many rows by another way than few; both are to do the same."""
    if request.param == "many":
        monkeypatch.setattr(bulk_sql, "MANY", 1)


def visitor(code_id: int, at: datetime = AT, network: str | None = "ab") -> dict[str, Any]:
    key = {"workspace_id": 1, "code_id": code_id, "day": date(2026, 3, 10), "visitor": "v"}
    return {**key, "last_at": at, "network": network}


@on_both_databases
def test_only_rows_that_were_not_there_are_new(engine: Engine) -> None:
    with engine.begin() as connection:
        assert insert_new(connection, ScanVisitor, [visitor(1)], KEY) == [visitor(1)]
        rows = [visitor(1), visitor(2), visitor(3, network=None)]
        assert insert_new(connection, ScanVisitor, rows, KEY) == rows[1:]
        found = look_up(connection, ScanVisitor, [{"code_id": 3}], ("day", "last_at", "network"))
    assert [tuple(row) for row in found] == [(date(2026, 3, 10), AT, None)]


@on_both_databases
def test_what_is_written_is_as_sqlalchemy_writes_it(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(ScanVisitor), [visitor(1)])
        insert_new(connection, ScanVisitor, [visitor(2)], KEY)
        rows = connection.execute(text("SELECT day, last_at, network FROM scan_visitors")).all()
    assert len(rows) == 2
    assert rows[0] == rows[1]


@on_both_databases
def test_times_of_other_zones_are_the_same_moments(engine: Engine) -> None:
    elsewhere = datetime.fromisoformat("2026-03-10T13:00:00.120+01:00")
    with engine.begin() as connection:
        insert_new(connection, ScanVisitor, [visitor(1, elsewhere)], KEY)
        ((at,),) = look_up(connection, ScanVisitor, [{"code_id": 1}], ("last_at",))
    assert at == AT


@on_both_databases
def test_older_row_is_replaced_and_younger_one_stays(engine: Engine) -> None:
    later, earlier = AT.replace(hour=13), AT.replace(hour=11)
    with engine.begin() as connection:
        insert_new(connection, ScanVisitor, [visitor(1), visitor(2)], KEY)
        rows = [visitor(1, later, "cd"), visitor(2, earlier, "cd")]
        insert_or_replace_older(connection, ScanVisitor, rows, "last_at")
        found = look_up(
            connection, ScanVisitor, [{"visitor": "v"}], ("code_id", "last_at", "network")
        )
    assert sorted(tuple(row) for row in found) == [(1, later, "cd"), (2, AT, "ab")]


@on_both_databases
def test_figures_are_added(engine: Engine) -> None:
    row = {"workspace_id": 1, "code_id": 1, "hour_at": AT.replace(microsecond=0), "hits": 2}
    rest = dict.fromkeys(FIGURES[1:], 1)
    with engine.begin() as connection:
        for _ in range(3):
            insert_or_add(connection, ScanHour, [row | rest], ("hits", "people"))
        ((hits, people, own),) = look_up(
            connection, ScanHour, [{"code_id": 1}], ("hits", "people", "own")
        )
    assert (hits, people, own) == (6, 3, 1)


@on_both_databases
def test_row_that_does_not_fit_fails_as_everywhere(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        insert_new(connection, ScanVisitor, [visitor(1) | {"visitor": None}], KEY)


@on_both_databases
def test_texts_stay_as_they_are(engine: Engine) -> None:
    hostile = ['a"b', "a,b", "tab\t", "a\nb", "\\.", "\\N", "'; --", "é☃", " x ", '""', "NULL"]
    rows = [visitor(number + 1, network=text) for number, text in enumerate(hostile)]
    with engine.begin() as connection:
        assert insert_new(connection, ScanVisitor, rows, KEY) == rows
        found = look_up(connection, ScanVisitor, [{"visitor": "v"}], ("code_id", "network"))
    assert [network for _, network in sorted(tuple(row) for row in found)] == hostile


@on_postgresql
def test_text_that_is_too_long_is_about_data_and_undoes_the_batch(engine: Engine) -> None:
    rows = [visitor(1), visitor(2, network="x" * 17)]
    with pytest.raises(DataError), engine.begin() as connection:
        insert_new(connection, ScanVisitor, rows, KEY)
    with engine.begin() as connection:
        assert insert_new(connection, ScanVisitor, rows[:1], KEY) == rows[:1]


@on_postgresql
def test_none_of_many_is_new_the_second_time(engine: Engine) -> None:
    rows = [visitor(number) for number in range(1, 300)]
    with engine.begin() as connection:
        assert insert_new(connection, ScanVisitor, rows, KEY) == rows
    with engine.begin() as connection:
        assert insert_new(connection, ScanVisitor, rows, KEY) == []
        assert insert_new(connection, ScanVisitor, [*rows, visitor(300)], KEY) == [visitor(300)]
        left = connection.execute(text("SELECT count(*) FROM scan_visitors")).scalar()
    assert left == 300


@on_postgresql
def test_server_that_is_gone_is_not_about_data(engine: Engine) -> None:
    end = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid != pg_backend_pid() AND datname = current_database()"
    )
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with engine.connect() as other:
            other.execute(end)
        with pytest.raises(OperationalError):
            insert_new(connection, ScanVisitor, [visitor(1)], KEY)


@on_both_databases
def test_what_went_in_the_same_transaction_does_not_come_back(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_new(connection, ScanVisitor, [visitor(1)], KEY)
        connection.execute(text("DELETE FROM scan_visitors"))
        assert insert_new(connection, ScanVisitor, [visitor(2)], KEY) == [visitor(2)]
        found = look_up(connection, ScanVisitor, [{"visitor": "v"}], ("code_id",))
    assert [tuple(row) for row in found] == [(2,)]
