"""History is copied and compared by commands that may be ended at any moment."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, func, select

from pitchbar import create_app
from pitchbar.analytics.columnar import copying
from pitchbar.analytics.columnar.commands import backfill, drift
from pitchbar.analytics.columnar.consumer import Consumer
from pitchbar.analytics.columnar.feed import feed
from pitchbar.analytics.columnar.models import CopyRange
from pitchbar.clients.scan_store import ScanStore, ScanStoreUnavailable
from pitchbar.codes.models import Code
from pitchbar.commands import Console
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.operations.tasks import compare_scan_store
from pitchbar.scans.models import Scan
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.conftest import MakeSettings
from tests.support.clickhouse import ClickHouse
from tests.support.factories import make_code, make_workspace
from tests.support.made_up_scans import make_up
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # for this file
from tests.support.mailbox import sent_mails
from tests.support.servers import on_both_databases

TODAY = clock.now().date()
FIRST = TODAY - timedelta(days=40)


@pytest.fixture
def settings(make_settings: MakeSettings, clickhouse: ClickHouse) -> Settings:
    return make_settings(
        clickhouse_url=clickhouse.new_url(),
        clickhouse_timeout=1,
        ops_email_allowlist="ops@example.com",
    )


@pytest.fixture
def code(app: Flask) -> Code:
    """With forty days of history from before ClickHouse was there."""
    feed.is_on = False
    made = make_code(make_workspace(plan="scale"))
    make_up(db.session.get_one(Workspace, made.workspace_id), 600, first=FIRST, days=40)
    feed.is_on = True
    db.session.commit()
    return made


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(settings: Settings) -> Run:
    def run(command: object, *options: str) -> tuple[int, str]:
        # In an application of its own, as from a shell.
        app = create_app(settings)
        result = CliRunner().invoke(
            command,  # type: ignore[arg-type]  # click decorates it
            list(options),
            obj=Console(settings, lambda _: app),
        )
        with app.app_context():
            db.engine.dispose()
        db.session.rollback()
        return result.exit_code, result.stdout

    return run


def counts(store: ScanStore) -> list[int]:
    return [
        store.query(f"SELECT count() FROM {table} FINAL")[0][0]
        for table in ("scans", "conversions")
    ]


def here() -> list[int]:
    return [
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Scan, Conversion)
    ]


@on_both_databases
def test_history_is_copied_and_nothing_differs_then(code: Code, store: ScanStore, run: Run) -> None:
    status, said = run(drift)
    assert (status, "in ClickHouse" in said) == (1, True)
    status, said = run(backfill)
    assert status == 0
    assert f"{sum(here())} rows were copied" in said
    assert counts(store) == here()
    assert run(drift) == (0, "Both sides have the same.\n")
    assert "0 rows were copied" in run(backfill)[1]
    assert f"{sum(here())} rows were copied" in run(backfill, "--again")[1]
    assert counts(store) == here()


def test_backfill_that_was_ended_goes_on_where_it_was(
    code: Code, store: ScanStore, run: Run, clickhouse: ClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 100)
    copied: list[int] = []
    copy = copying.Copier.copy

    def copy_three_times(self: copying.Copier, stretch: CopyRange) -> int:
        if len(copied) == 3:
            clickhouse.tell("fail")
        copied.append(copy(self, stretch))
        return copied[-1]

    monkeypatch.setattr(copying.Copier, "copy", copy_three_times)
    status, _ = run(backfill)
    assert status == 1
    before = sum(copied)
    assert 0 < before < sum(here())

    clickhouse.tell("ok")
    store.resume()
    monkeypatch.setattr(copying.Copier, "copy", copy)
    status, said = run(backfill)
    assert (status, f"{sum(here()) - before} rows were copied" in said) == (0, True)
    assert counts(store) == here()


@on_both_databases
def test_days_that_differ_are_told_and_mended(
    code: Code, store: ScanStore, consumer: Consumer, run: Run
) -> None:
    run(backfill)
    at = db.session.scalars(select(Scan.scanned_at).order_by(Scan.scanned_at)).all()
    lost, gone = at[0].date(), at[-1].date()
    assert lost != gone
    store.command(f"DELETE FROM scans WHERE toDate(scanned_at) = '{lost}'")
    midnight = at[-1].replace(hour=0, minute=0, second=0, microsecond=0)
    db.session.execute(delete(Scan).where(Scan.scanned_at >= midnight))
    db.session.commit()

    status, said = run(drift, "--json", "--repair")
    found = {one["day"]: one for one in json.loads(said)}
    assert (status, set(found)) == (1, {str(lost), str(gone)})
    assert found[str(lost)]["clickhouse"] == found[str(gone)]["database"] == 0
    while consumer.drain_once() or consumer.copy_once():
        pass
    assert run(drift, "--days", "60") == (0, "Both sides have the same.\n")
    assert counts(store)[0] == here()[0]


def test_what_still_waits_is_no_difference(
    code: Code, store: ScanStore, consumer: Consumer, run: Run
) -> None:
    run(backfill)
    make_up(make_workspace(), 50, first=TODAY, days=1, seed=2)
    assert run(drift)[0] == 0
    while consumer.drain_once():
        pass
    assert run(drift)[0] == 0
    assert counts(store) == here()


def test_commands_say_it_when_clickhouse_does_not_answer(
    code: Code, store: ScanStore, run: Run, clickhouse: ClickHouse
) -> None:
    clickhouse.tell("fail")
    for command in (backfill, drift):
        status, said = run(command)
        assert (status, said) == (1, "")
    with pytest.raises(ScanStoreUnavailable):
        store.query("SELECT 1")


def test_commands_say_it_when_there_is_no_clickhouse(make_settings: MakeSettings) -> None:
    console = Console(make_settings(), create_app)
    result = CliRunner().invoke(drift, obj=console)
    assert result.exit_code == 1
    assert "CLICKHOUSE_URL is not set" in result.stderr


def test_operators_hear_at_night_of_days_that_differ_and_these_are_mended(
    code: Code, store: ScanStore, consumer: Consumer, run: Run, clickhouse: ClickHouse
) -> None:
    run(backfill)
    compare_scan_store()
    assert sent_mails() == []
    lost = (TODAY - timedelta(days=20)).isoformat()
    store.command(f"DELETE FROM scans WHERE toDate(scanned_at) < '{lost}'")
    store.command(f"DELETE FROM conversions WHERE toDate(occurred_at) < '{lost}'")

    compare_scan_store()
    (mail,) = sent_mails()
    assert mail.subject == "ClickHouse and the database differ"
    assert "in ClickHouse" in mail.text
    while consumer.drain_once() or consumer.copy_once():
        pass
    compare_scan_store()
    assert len(sent_mails()) == 1

    clickhouse.tell("fail")
    compare_scan_store()
    assert sent_mails()[0].subject == "ClickHouse does not answer"
