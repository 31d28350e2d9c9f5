"""Old scans go by night, with a receipt; figures stay."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.privacy import purge
from pitchbar.privacy.models import PrivacyReceipt
from pitchbar.privacy.purge import purge_scans
from pitchbar.privacy.tasks import purge_old_scans
from pitchbar.scans.models import Scan, ScanDay
from pitchbar.scans.partitions import ensure_partitions
from tests.privacy.factories import make_scan
from tests.support.factories import make_code, make_workspace
from tests.support.servers import on_both_databases, on_postgresql

DAYS = 30


def make_scans(code: Code, count: int, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    ensure_partitions(db.engine, [at])
    for number in range(count):
        make_scan(code, at=at + timedelta(seconds=number))
    db.session.commit()


def count_scans(code: Code) -> int:
    of_code = select(func.count()).select_from(Scan).where(Scan.code_id == code.id)
    return db.session.scalar(of_code) or 0


def receipts() -> list[PrivacyReceipt]:
    return list(db.session.scalars(select(PrivacyReceipt).order_by(PrivacyReceipt.id)))


@on_both_databases
def test_old_scans_go_and_each_workspace_has_a_receipt(app: Flask) -> None:
    code, other = make_code(make_workspace()), make_code(make_workspace())
    make_scans(code, 5, days_ago=DAYS + 40)
    make_scans(code, 2, days_ago=DAYS - 1)
    make_scans(other, 3, days_ago=DAYS + 1)
    assert purge_scans(clock.now(), DAYS) == (8, True)
    assert (count_scans(code), count_scans(other)) == (2, 0)
    told = {one.workspace_id: one for one in receipts()}
    assert told[code.workspace_id].counts == {"scans": 5}
    assert told[other.workspace_id].counts == {"scans": 3}
    for one in told.values():
        assert one.rule == f"PRIVACY_SCAN_RETENTION_DAYS={DAYS}"
        assert one.ended_at is not None
        assert one.before_at == purge.start_of_kept(clock.now(), DAYS)


@on_postgresql
def test_months_of_which_nothing_is_kept_go_whole(app: Flask) -> None:
    code, other = make_code(make_workspace()), make_code(make_workspace())
    make_scans(code, 4, days_ago=DAYS + 100)
    make_scans(other, 2, days_ago=DAYS + 100)
    make_scans(code, 1, days_ago=1)
    month = f"scans_{clock.now() - timedelta(days=DAYS + 100):%Y_%m}"
    assert purge_scans(clock.now(), DAYS) == (6, True)
    found = db.session.execute(text("SELECT to_regclass(:name)"), {"name": month}).scalar()
    assert found is None
    told = {one.workspace_id: one.counts for one in receipts()}
    assert told == {code.workspace_id: {"scans": 4}, other.workspace_id: {"scans": 2}}
    assert count_scans(code) == 1


def test_figures_of_purged_scans_stay(app: Flask) -> None:
    code = make_code(make_workspace())
    make_scans(code, 3, days_ago=DAYS + 5)
    day = (clock.now() - timedelta(days=DAYS + 5)).date()
    figures = {"workspace_id": code.workspace_id, "code_id": code.id, "day": day}
    db.session.add(ScanDay(**figures, hits=3, people=3, unique_people=1))
    db.session.commit()
    purge_scans(clock.now(), DAYS)
    assert db.session.scalars(select(ScanDay.hits)).one() == 3


def test_a_night_without_old_scans_leaves_no_receipt(app: Flask) -> None:
    make_scans(make_code(make_workspace()), 2, days_ago=1)
    assert purge_scans(clock.now(), DAYS) == (0, True)
    assert receipts() == []


def test_zero_keeps_everything(app: Flask) -> None:
    code = make_code(make_workspace())
    make_scans(code, 2, days_ago=4000)
    assert purge_scans(clock.now(), 0) == (0, True)
    assert count_scans(code) == 2


@on_both_databases
def test_a_purge_that_is_killed_in_the_middle_has_told_what_it_did_and_goes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_code(make_workspace())
    make_scans(code, 10, days_ago=DAYS + 2)
    monkeypatch.setattr(purge, "_BATCH", 3)
    batches = []

    def run_out_of_power(workspace_id: int, rule: str, now: datetime) -> PrivacyReceipt:
        batches.append(workspace_id)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return of_before(workspace_id, rule, now)

    of_before = purge._open_receipt
    monkeypatch.setattr(purge, "_open_receipt", run_out_of_power)
    with pytest.raises(KeyboardInterrupt):
        purge_scans(clock.now(), DAYS)
    db.session.rollback()
    # The third batch was deleted and not told: neither is true.
    (receipt,) = receipts()
    assert (count_scans(code), receipt.counts, receipt.ended_at) == (4, {"scans": 6}, None)
    purge_scans(clock.now(), DAYS)
    (receipt,) = receipts()
    assert (count_scans(code), receipt.counts) == (0, {"scans": 10})
    assert receipt.ended_at is not None


@pytest.mark.settings(privacy_scan_retention_days=DAYS)
def test_the_job_goes_on_in_another_when_its_time_is_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_code(make_workspace())
    make_scans(code, 10, days_ago=DAYS + 2)
    monkeypatch.setattr(purge, "_BATCH", 3)
    monkeypatch.setattr(purge, "close_days", lambda *_, **__: True)
    asked: list[object] = []
    monkeypatch.setattr("pitchbar.privacy.tasks.enqueue", asked.append)
    monkeypatch.setattr("pitchbar.privacy.tasks.purge_scans", _without_time)
    purge_old_scans()
    assert (count_scans(code), len(asked)) == (7, 1)


def _without_time(now: datetime, keep_days: int) -> tuple[int, bool]:
    return purge_scans(now, keep_days, seconds=-1)
