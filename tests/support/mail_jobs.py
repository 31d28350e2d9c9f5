"""Mail as if a worker stood ready: each message goes out right after its transaction's commit."""

from collections.abc import Iterable

import pytest
from flask import current_app

from pitchbar.clients.mailer import MailError
from pitchbar.extensions import db
from pitchbar.jobs import Fail
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.transport import transport
from pitchbar.mailing.tasks import send_mail


@pytest.fixture(autouse=True)
def mail_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the jobs of `send_mail`, once each; others wait, as no worker is there."""
    monkeypatch.setattr(transport, "send", _deliver)


def _deliver(_queue: str, messages: Iterable[tuple[int, int]]) -> bool:
    for job_id, _ in messages:
        # A session of its own: the one that has just committed cannot be used yet.
        with current_app.app_context():
            job = db.session.get(Job, job_id)
            if job is not None and job.task == send_mail.name:
                _run(job)
    return True


def _run(job: Job) -> None:
    try:
        send_mail(**job.arguments)
        job.state = "done"
    except (MailError, Fail):
        job.state = "failed"
    db.session.commit()
