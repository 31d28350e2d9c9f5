"""`pitchbar analytics backfill` and `pitchbar analytics drift`."""

import json
import time
from datetime import date, timedelta

import click

from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.analytics.columnar.copying import Copier, is_planned, plan_all, waiting_ranges
from pitchbar.analytics.columnar.drift import Difference, days_with_rows, find_drift, repair
from pitchbar.analytics.columnar.models import CopyRange
from pitchbar.analytics.columnar.schema import upgrade_schema
from pitchbar.analytics.columnar.turns import Turn
from pitchbar.analytics.columnar.writing import Writer
from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.clients.scan_store import ScanStore, ScanStoreUnavailable
from pitchbar.commands import in_app
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import current_settings

_TURN_SECONDS = 1.0


@click.group()
def analytics() -> None:
    """Statistics past one database."""


@analytics.command()
@click.option("--again", is_flag=True, help="Copy all anew, also what was copied before.")
@in_app
def backfill(again: bool) -> None:
    """Copy the history to ClickHouse. It goes on where it was when it is called again."""
    store = _connect()
    try:
        upgrade_schema(store)
        if again or not is_planned(db.session()):
            plan_all(db.session())
        db.session.commit()
        copied = _copy_all(store)
    except ScanStoreUnavailable as error:
        raise click.ClickException(
            f"ClickHouse does not take it: {error}. Call this again to go on where it was."
        ) from None
    click.echo(f"{copied} rows were copied. All of the history is there.")


@analytics.command()
@click.option("--days", type=click.IntRange(1), help="Look at the last so many days only.")
@click.option("--repair", "mends", is_flag=True, help="Have the days that differ copied again.")
@click.option("--json", "as_json", is_flag=True, help="Tell it to a program.")
@in_app
def drift(days: int | None, mends: bool, as_json: bool) -> None:
    """Compare the rows of each day with ClickHouse; ends with 1 where they differ."""
    store = _connect()
    try:
        span = _days(store, days)
        found = find_drift(db.engine, store, *span) if span else []
    except ScanStoreUnavailable as error:
        raise click.ClickException(f"ClickHouse does not answer: {error}.") from None
    if mends:
        repair(db.session(), found)
        db.session.commit()
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found]))
    else:
        _tell(found, mends=mends)
    if found:
        raise SystemExit(1)


def _connect() -> ScanStore:
    settings = current_settings()
    if not settings[AnalyticsSettings].clickhouse_url:
        raise click.ClickException("CLICKHOUSE_URL is not set: there is no ClickHouse.")
    return connect_store(settings)


def _copy_all(store: ScanStore) -> int:
    turn, copier, copied = Turn(db.engine), Copier(db.engine, Writer(db.engine, store)), 0
    shown: tuple[object, ...] = ()
    try:
        while waiting := waiting_ranges(db.session()):
            db.session.commit()
            if not turn.take():
                # A worker's: it copies, too.
                time.sleep(_TURN_SECONDS)
                continue
            stretch = waiting[0]
            copied += copier.copy(stretch)
            if shown != (shown := (stretch.kind, stretch.start_at)):
                _tell_progress(stretch, len(waiting))
    finally:
        turn.give_back()
    return copied


def _tell_progress(stretch: CopyRange, count: int) -> None:
    first, last = stretch.start_at.date(), (stretch.end_at - timedelta(days=1)).date()
    click.echo(f"{stretch.kind} of {first} to {last}; {count} stretches are left.", err=True)


def _days(store: ScanStore, days: int | None) -> tuple[date, date] | None:
    if days is None:
        return days_with_rows(db.engine, store)
    today = clock.now().date()
    return today - timedelta(days=days - 1), today


def _tell(found: list[Difference], *, mends: bool) -> None:
    for one in found:
        click.echo(
            f"{one.day} {one.kind}: {one.database[0]} in the database, "
            f"{one.clickhouse[0]} in ClickHouse"
        )
    if not found:
        click.echo("Both sides have the same.")
    elif mends:
        click.echo("These days are copied again within minutes.")


def _as_json(one: Difference) -> dict[str, object]:
    return {
        "day": one.day.isoformat(),
        "kind": one.kind,
        "database": one.database[0],
        "clickhouse": one.clickhouse[0],
    }
