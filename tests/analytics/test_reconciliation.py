"""What was accepted, and whether what is stored comes to the same; with faults that are planted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pitchbar.analytics.reconciliation.models import ReconciledHour
from pitchbar.analytics.reconciliation.rounds import look_at_hour, look_at_hours
from pitchbar.analytics.reconciliation.services import add_up_old_hours, reconcile_hour
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.extensions import db
from pitchbar.operations.alarms import raise_reconciliation_alarm
from pitchbar.scans.factories import make_engine, make_ingestion
from pitchbar.scans.hour_counts import HourCounts
from pitchbar.scans.models import WHOLE_WORKSPACE, AcceptedHour, Scan, ScanDay, ScanHour
from pitchbar.settings import current_settings
from tests.scans.lines import make_line
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import make_code, make_person, make_workspace
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture
from tests.support.servers import on_both_databases

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
Accept = Callable[..., list[bytes]]


@pytest.fixture
def code(app: Flask) -> Code:
    return make_code(make_workspace(time_zone="Asia/Kolkata"))


@pytest.fixture
def accept(code: Code) -> Accept:
    """Counts lines as their process does, and stores them unless told otherwise."""
    settings = current_settings()
    own: dict[str, Any] = {"code_id": code.id, "workspace_id": code.workspace_id}
    own["time_zone"] = "Asia/Kolkata"

    def accept(
        at: datetime = NOON, count: int = 1, *, store: bool = True, **fields: Any
    ) -> list[bytes]:
        engine = make_engine(settings)
        counts, ingestion = HourCounts(engine), make_ingestion(settings, engine, Bus())
        lines = [
            make_line(at + timedelta(minutes=n), **{"address": f"81.2.69.{n}", **own, **fields})
            for n in range(count)
        ]
        counts.add_lines(lines)
        counts.flush(is_last=True)
        if store:
            ingestion.ingest_scans(b"".join(lines))
        engine.dispose()
        return lines

    # Counting began long before.
    accept(NOON - 30 * HOUR)
    return accept


def look(hour: datetime = NOON, **options: Any) -> ReconciledHour:
    return look_at_hour(hour, clock.now(), options.pop("waits_since", None), rebuild=False)


@on_both_databases
def test_an_hour_in_which_nothing_went_wrong_is_equal(accept: Accept) -> None:
    accept(count=5)
    accept(count=2, user_agent=ROBOT)
    accept(method="HEAD")
    row = look()
    assert (row.accepted, row.stored, row.state, row.is_wrong) == (8, 8, "equal", False)
    assert row.reasons[""] == 5
    assert sum(row.reasons.values()) == 8
    assert row.rollup_differences == []


def test_a_line_that_was_set_aside_is_accounted_for(accept: Accept) -> None:
    accept(count=3)
    accept(code_id=-1)
    row = look()
    assert (row.accepted, row.stored, row.rejected, row.state) == (4, 3, 1, "equal")


def test_a_scan_that_is_gone_is_missing(accept: Accept) -> None:
    accept(count=4)
    first = select(Scan.id).order_by(Scan.scanned_at.desc()).limit(1).scalar_subquery()
    db.session.execute(delete(Scan).where(Scan.id == first))
    db.session.commit()
    row = look()
    assert (row.difference, row.state, row.is_wrong) == (1, "missing", True)


def test_scans_that_wait_are_not_missing_until_nothing_waits(accept: Accept) -> None:
    accept(count=3, store=False)
    assert look(waits_since=NOON + HOUR / 2).state == "waiting"
    # What waits is younger than the hour: these are not among it.
    assert look(waits_since=NOON + 2 * HOUR).state == "missing"
    assert look().state == "missing"


def test_what_was_stored_and_not_counted_is_no_loss(accept: Accept) -> None:
    accept(count=3)
    db.session.execute(update(AcceptedHour).where(AcceptedHour.hour_at == NOON).values(scans=2))
    db.session.commit()
    row = look()
    assert (row.difference, row.state, row.is_wrong) == (-1, "uncounted", False)


def test_the_hour_in_which_counting_began_is_not_judged(accept: Accept) -> None:
    accept(NOON - 40 * HOUR, count=2, store=False)
    assert look(NOON - 40 * HOUR).state == "uncounted"


@on_both_databases
def test_rollups_that_differ_are_named_and_set_right(accept: Accept, code: Code) -> None:
    accept(count=4)
    mine = (ScanHour.hour_at == NOON, ScanHour.code_id == code.id)
    db.session.execute(update(ScanHour).where(*mine).values(hits=9, people=1))
    day = (ScanDay.code_id == code.id, ScanDay.day == NOON.date())
    db.session.execute(update(ScanDay).where(*day).values(hits=9, people=1))
    db.session.commit()
    told = [
        {
            "workspace_id": code.workspace_id,
            "code_id": code.id,
            "add": {"hits": -5, "people": 3},
        }
    ]
    row = look()
    assert (row.rollup_differences, row.rebuilt_at, row.is_wrong) == (told, None, True)
    row = look_at_hour(NOON, clock.now(), None, rebuild=True)
    assert (row.rollup_differences, row.is_wrong) == (told, False)
    assert row.rebuilt_at is not None
    figures = db.session.execute(select(ScanHour.hits, ScanHour.people).where(*mine)).one()
    assert tuple(figures) == (4, 4)
    figures = db.session.execute(select(ScanDay.hits, ScanDay.people).where(*day)).one()
    assert tuple(figures) == (4, 4)
    again = look_at_hour(NOON, clock.now(), None, rebuild=True)
    assert (again.rollup_differences, again.is_wrong) == (told, False), "it stays on record"


def test_a_rollup_that_is_gone_is_made_anew(accept: Accept, code: Code) -> None:
    accept(count=2)
    db.session.execute(delete(ScanHour).where(ScanHour.hour_at == NOON))
    db.session.commit()
    look_at_hour(NOON, clock.now(), None, rebuild=True)
    rows = db.session.execute(
        select(ScanHour.code_id, ScanHour.hits).where(ScanHour.hour_at == NOON)
    )
    assert {tuple(row) for row in rows} == {(WHOLE_WORKSPACE, 2), (code.id, 2)}


def test_a_day_with_planted_faults_shows_each_of_them(accept: Accept, code: Code) -> None:
    for hour in range(24):
        accept(NOON + hour * HOUR, count=2)
    gone, double = NOON + 3 * HOUR, NOON + 7 * HOUR
    db.session.execute(delete(Scan).where(Scan.scanned_at == gone))
    of = (ScanHour.hour_at == double, ScanHour.code_id == code.id)
    db.session.execute(update(ScanHour).where(*of).values(repeats=1))
    db.session.commit()
    accept(NOON + 11 * HOUR, store=False)
    accept(NOON + 15 * HOUR, code_id=-1)
    rows = {row.hour_at: row for row in look_at_hours(NOON + 26 * HOUR, 27 * HOUR, rebuild=False)}
    wrong = {at: (row.state, len(row.rollup_differences)) for at, row in rows.items()
             if row.is_wrong}  # fmt: skip
    assert wrong == {
        # The rollups of that hour count a scan that is gone: for the code and for all.
        gone: ("missing", 2),
        double: ("equal", 1),
        NOON + 11 * HOUR: ("missing", 0),
    }
    assert rows[NOON + 15 * HOUR].rejected == 1


def test_settled_hours_are_not_looked_at_again(accept: Accept) -> None:
    now = NOON + 50 * HOUR
    accept(count=2)
    first = {row.hour_at for row in look_at_hours(now, 72 * HOUR, rebuild=False)}
    assert NOON in first
    again = {row.hour_at for row in look_at_hours(now, 72 * HOUR, rebuild=False)}
    assert NOON not in again


def test_old_counts_of_many_processes_become_one(accept: Accept) -> None:
    accept(count=2)
    accept(count=3)
    assert add_up_old_hours(NOON + 80 * HOUR) == 3
    add_up_old_hours(NOON + 80 * HOUR)
    db.session.commit()
    rows = db.session.execute(
        select(AcceptedHour.process, AcceptedHour.scans).where(AcceptedHour.hour_at == NOON)
    )
    assert [tuple(row) for row in rows] == [("", 5)]
    assert look().state == "equal"


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_operators_are_told_once_an_hour(accept: Accept, client: FormClient) -> None:
    accept(count=3, store=False)
    assert not raise_reconciliation_alarm()
    look()
    assert raise_reconciliation_alarm()
    assert not raise_reconciliation_alarm()
    db.session.commit()
    assert "Scans do not come to what was accepted" in client.get("/dev/mail").text


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_the_page_says_what_is_missing_and_why(accept: Accept, client: FormClient) -> None:
    accept(count=3, store=False)
    look()
    accept(NOON + HOUR, count=2)
    reconcile_hour(NOON + HOUR)
    db.session.commit()
    sign_in(client, make_person(email="ops@pitchbar.example"))
    page = " ".join(client.get("/ops/reconciliation").text.split())
    assert "3 missing" in page
    assert "2 hours" in page


def test_the_command_ends_with_one_where_something_is_missing(accept: Accept, app: Flask) -> None:
    from click.testing import CliRunner

    from pitchbar.analytics.reconciliation.commands import reconcile
    from pitchbar.commands import Console

    recent = clock.start_of_hour(clock.now()) - 2 * HOUR
    accept(recent, count=2)
    console = Console(current_settings(), lambda _settings: app)
    assert CliRunner().invoke(reconcile, ["--hours", "3"], obj=console).exit_code == 0
    accept(recent, store=False)
    answer = CliRunner().invoke(reconcile, ["--hours", "3"], obj=console)
    assert answer.exit_code == 1
    assert "1 MISSING" in answer.output
    assert '"missing"' in CliRunner().invoke(reconcile, ["--json"], obj=console).output
