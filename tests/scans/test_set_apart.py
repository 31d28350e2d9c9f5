"""What counts as no person without being a robot, in rows, sums and the migration that split it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Engine, select, update

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import Scan, ScanDay, ScanHour
from pitchbar.scans.robots import ROBOT_LABELS
from pitchbar.scans.set_apart import SET_APART_LABELS, is_robot
from pitchbar.workspaces.models import Workspace
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line
from tests.support.factories import make_workspace
from tests.support.servers import on_both_databases

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


def counts(engine: Engine, table: Any, bucket: str) -> dict[tuple[int, Any], tuple[int, ...]]:
    """Hits, people, repeats, own and over the limit, by code and bucket; buckets without repeats
    are left out.
    """
    with engine.connect() as connection:
        rows = connection.execute(select(table.__table__).where(table.repeats > 0))
        return {
            (row.code_id, getattr(row, bucket)): (
                row.hits,
                row.people,
                row.repeats,
                row.own,
                row.over_limit,
            )
            for row in rows
        }


def test_every_reason_has_words() -> None:
    assert ROBOT_LABELS.keys() < SET_APART_LABELS.keys()
    assert {reason for reason in SET_APART_LABELS if not is_robot(reason)} == {
        "repeat",
        "own",
        "over_limit",
    }
    assert not is_robot(None)


@on_both_databases
def test_repeats_are_counted_beside_robots(engine: Engine, ingest: Ingest, noon: datetime) -> None:
    ingest(
        *(make_line(noon + timedelta(seconds=late)) for late in (0, 0.5, 1)),
        make_line(noon, method="HEAD"),
    )

    assert counts(engine, ScanDay, "day") == {
        (0, date(2026, 3, 10)): (4, 1, 2, 0, 0),
        (1, date(2026, 3, 10)): (4, 1, 2, 0, 0),
    }
    assert counts(engine, ScanHour, "hour_at")[1, NOON] == (4, 1, 2, 0, 0)


@pytest.fixture
def config(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


@on_both_databases
def test_repeats_of_the_past_are_counted_by_hour_and_by_day_of_the_workspace(
    app: Flask, config: Config, engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    workspace: Workspace = make_workspace(time_zone="Pacific/Auckland")
    own: dict[str, Any] = {"workspace_id": workspace.id, "time_zone": "Pacific/Auckland"}
    db.session.commit()
    # Auckland's 11 March begins at 11:00 UTC.
    for at in (noon - timedelta(hours=2), noon):
        ingest(*(make_line(at + timedelta(seconds=n / 4), **own) for n in range(4)))
    before = counts(engine, ScanHour, "hour_at"), counts(engine, ScanDay, "day")

    db.session.remove()
    command.downgrade(config, "0009")
    command.upgrade(config, "head")

    after = counts(engine, ScanHour, "hour_at"), counts(engine, ScanDay, "day")
    assert after == before
    assert after[1] == {
        (code_id, day): (4, 1, 3, 0, 0)
        for code_id in (0, 1)
        for day in (date(2026, 3, 10), date(2026, 3, 11))
    }


@on_both_databases
def test_repeats_of_the_past_are_never_more_than_what_no_person_made(
    app: Flask, config: Config, engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    """Whoever moved to another zone has days there that hold other scans than were counted."""
    workspace = make_workspace(time_zone="UTC")
    own: dict[str, Any] = {"workspace_id": workspace.id, "time_zone": "UTC"}
    db.session.commit()
    ingest(*(make_line(noon + timedelta(seconds=n / 4), **own) for n in range(4)))
    with engine.begin() as connection:
        connection.execute(update(ScanDay).values(people=2))
        assert connection.execute(select(Scan.set_apart)).scalars().all().count("repeat") == 3

    db.session.remove()
    command.downgrade(config, "0009")
    command.upgrade(config, "head")

    assert set(counts(engine, ScanDay, "day").values()) == {(4, 2, 2, 0, 0)}
