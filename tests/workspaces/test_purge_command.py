from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from pitchbar import create_app
from pitchbar.commands import Console
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.mailing.models import MailBody, MailRecord
from pitchbar.workspaces.commands import purge
from pitchbar.workspaces.models import Workspace
from tests.support.factories import People
from tests.support.members import make_invitation


@pytest.mark.settings(audit_retention_days=30)
def test_one_command_removes_all_that_is_past_its_time(app: Flask, people: People) -> None:
    make_invitation(people.elsewhere)
    entry, record = db.session.query(AuditEntry).one(), db.session.query(MailRecord).one()
    entry.at = record.queued_at = clock.now() - timedelta(days=31)
    people.workspace.deletion_asked_at = clock.now() - timedelta(days=8)
    workspace_id = people.workspace.id
    db.session.commit()
    done = CliRunner().invoke(purge, obj=Console(app.extensions["settings"], create_app))
    assert done.output == "Audit entries: 1. Mail records: 1. Workspaces: 1.\n"
    db.session.expire_all()
    assert db.session.get_one(Workspace, workspace_id).purged_at
    assert db.session.query(MailRecord).count() == 0
    assert db.session.query(MailBody).count() == 0
