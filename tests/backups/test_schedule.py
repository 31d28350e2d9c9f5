"""What comes by itself: the backup of the night, and the mail when something went wrong."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.backups.checks import look_at_backup, look_at_drill
from pitchbar.backups.errors import BackupError
from pitchbar.backups.models import BackupRun
from pitchbar.backups.settings import BackupSettings
from pitchbar.backups.tasks import create_daily
from pitchbar.core import clock
from pitchbar.core.checks import Circumstances
from pitchbar.extensions import db
from pitchbar.operations.backup_alarm import raise_backup_alarm
from pitchbar.settings import Settings
from tests.backups.conftest import Run
from tests.support.mailbox import sent_mails

HERE = Circumstances("http://localhost")


def test_one_is_made_each_night(app: Flask, settings: Settings) -> None:
    create_daily()
    (made,) = db.session.scalars(select(BackupRun))
    assert (made.kind, made.state, made.started_by) == ("create", "done", "schedule")


@pytest.mark.settings(backup_daily=False)
def test_where_it_is_off_none_is_made(app: Flask) -> None:
    create_daily()
    assert db.session.scalars(select(BackupRun)).all() == []
    assert "BACKUP_DAILY is off" in look_at_backup(HERE).remedy


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_failed_one_is_mailed_once(app: Flask, settings: Settings) -> None:
    kept = Path(settings[BackupSettings].backup_url.removeprefix("file://"))
    # Where the folder should be, there is a file.
    kept.touch()
    with pytest.raises(BackupError):
        create_daily()
    assert raise_backup_alarm()
    assert not raise_backup_alarm()
    db.session.commit()
    (mail,) = sent_mails()
    assert mail.to == "ops@pitchbar.example"
    assert mail.subject == "A backup failed"
    assert "BACKUP_URL" in mail.text


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_backups_that_stopped_are_mailed_once_a_day(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_daily()
    assert not raise_backup_alarm()
    now = clock.now()
    for hours, is_told in ((30, True), (31, False), (60, True)):
        monkeypatch.setattr(clock, "now", lambda hours=hours: now + timedelta(hours=hours))
        assert raise_backup_alarm() is is_told
        db.session.commit()
    assert [one.subject for one in sent_mails()] == ["No backup was made"] * 2


class TestChecks:
    def test_none_yet(self, app: Flask) -> None:
        assert look_at_backup(HERE).state == "failed"
        assert look_at_drill(HERE).state == "failed"

    def test_of_today_and_tried(self, run: Run) -> None:
        run("create")
        run("drill")
        assert look_at_backup(HERE).state == "ok"
        assert look_at_drill(HERE).state == "ok"

    def test_of_the_day_before_yesterday(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        run("create")
        run("drill")
        now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=49))
        found = look_at_backup(HERE)
        assert found.state == "failed"
        assert "49 hours ago" in found.sentence
        assert look_at_drill(HERE).state == "ok"
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=40))
        assert look_at_drill(HERE).state == "warning"
