"""Operators see every job. Whoever reads the ledger must not be able to take an account by it."""

import logging
import re
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask, current_app
from sqlalchemy import select

from pitchbar.accounts.passwords.services import request_password_reset
from pitchbar.clients.mailer import MailError, list_boxed
from pitchbar.core.logs import set_up_logs
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.jobs import Fail
from pitchbar.jobs.ledger.models import Job
from pitchbar.mailing.models import MailBody, MailRecord
from pitchbar.mailing.tasks import send_mail
from pitchbar.settings import Settings, current_settings
from tests.conftest import MakeSettings
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FormClient
from tests.support.factories import make_person
from tests.support.servers import free_port

VICTIM = "victim@pitchbar.example"
JOBS = "/ops/queues/jobs"
# As jobs of the release before have it.
OLD = {
    "record_id": 1,
    "to": VICTIM,
    "subject": "Set a new password",
    "text": "Open http://pitchbar.test/password/reset?token=SECRETSECRET",
    "html": "<a href='http://pitchbar.test/password/reset?token=SECRETSECRET'>Choose</a>",
}


@pytest.fixture
def job(app: Flask) -> Job:
    """Sends a reset link; no worker has taken it yet."""
    make_person(email=VICTIM)
    request_password_reset(VICTIM, current_settings())
    db.session.commit()
    return db.session.scalars(select(Job)).one()


def mail_job(state: str = "failed", **arguments: object) -> Job:
    return make_job(state, queue="default", task=send_mail.name, arguments={**OLD, **arguments})


def test_job_of_a_message_carries_an_id_alone(job: Job) -> None:
    assert job.task == "mailing.send_mail"
    assert set(job.arguments) == {"record_id"}


def test_no_table_holds_the_link_in_plain_text(job: Job) -> None:
    for table in db.metadatas[None].sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            assert "token=" not in str(dict(row)), table.name


def test_message_is_sent_once_and_then_forgotten(job: Job, settings: Settings) -> None:
    send_mail(**job.arguments)
    send_mail(**job.arguments)  # as a worker does that has lost the first one's end
    [mail] = list_boxed(settings.data_dir / "mail")
    assert "/password/reset?token=" in mail.text
    assert db.session.scalars(select(MailBody)).all() == []


def test_message_that_failed_can_be_sent_again(
    job: Job, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def send(self, _mail: object) -> None:
            raise ValueError("away")

    with monkeypatch.context() as broken:
        broken.setattr("pitchbar.mailing.tasks.make_mailer", lambda *_: Broken())
        with pytest.raises(ValueError, match="away"):
            send_mail(**job.arguments)
    send_mail(**job.arguments)
    assert len(list_boxed(settings.data_dir / "mail")) == 1


def test_message_of_a_lost_key_says_so(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.scalars(select(MailBody)).one().encrypted = "gAAAA"
    with pytest.raises(Fail, match="APP_KEY"):
        send_mail(**job.arguments)


def test_job_of_the_release_before_still_runs(app: Flask, settings: Settings) -> None:
    record = MailRecord(reference="", template="x", to=VICTIM)
    db.session.add(record)
    db.session.commit()
    send_mail(**{**OLD, "record_id": record.id})
    [mail] = list_boxed(settings.data_dir / "mail")
    assert mail.to == VICTIM
    db.session.expire_all()
    assert record.state == "sent"


class TestOldJobs:
    """Their messages are still in the ledger, and nobody sees them."""

    def test_page_hides_them(self, client: FormClient) -> None:
        page = client.get(f"{JOBS}/{mail_job().id}").text
        assert "SECRET" not in page
        assert VICTIM not in page
        assert "(hidden)" in page

    @pytest.mark.parametrize("word", ["SECRETSECRET", "SECRETS", "victim"])
    def test_search_does_not_tell_letter_by_letter(self, client: FormClient, word: str) -> None:
        job = mail_job()
        assert f"job-{job.id}" not in client.get(JOBS, query_string={"q": word}).text
        assert f"job-{job.id}" in client.get(JOBS, query_string={"q": "send_mail"}).text

    def test_hook_of_a_failed_job_hides_what_it_carries(self, client: FormClient) -> None:
        arguments = {"task": send_mail.name, "arguments": OLD, "failure": {}}
        job = make_job("failed", task="jobs.run_failed_hook", arguments=arguments)
        assert "SECRET" not in client.get(f"{JOBS}/{job.id}").text
        assert f"job-{job.id}" not in client.get(JOBS, query_string={"q": "SECRETS"}).text

    def test_task_that_nobody_knows_hides_all(self, client: FormClient) -> None:
        job = make_job("failed", task="tests.of_another_release", arguments={"link": "SECRET"})
        assert "SECRET" not in client.get(f"{JOBS}/{job.id}").text

    def test_they_cannot_be_sent_elsewhere(self, client: FormClient) -> None:
        job = mail_job()
        arguments = '{"record_id": 1, "to": "eve@pitchbar.example", "text": "(hidden)"}'
        answer = client.submit(f"{JOBS}/{job.id}/retry", {"arguments": arguments})
        assert answer.status_code == 422
        assert "only be retried as it is" in answer.text
        kept = db.session.get_one(Job, job.id, populate_existing=True)
        assert kept.arguments == OLD

    def test_they_can_be_retried_as_they_are(self, client: FormClient) -> None:
        job = mail_job()
        assert client.submit(f"{JOBS}/{job.id}/retry").status_code == 303
        again = db.session.get_one(Job, job.id, populate_existing=True)
        assert (again.state, again.arguments) == ("queued", OLD)

    def test_audit_log_hides_them(self, client: FormClient) -> None:
        job = mail_job()
        client.submit(f"{JOBS}/{job.id}/retry")
        client.submit(f"{JOBS}/{job.id}/deletion")
        entries = db.session.scalars(select(AuditEntry)).all()
        assert [entry.action for entry in entries] == ["job.retried", "job.deleted"]
        assert not any("SECRET" in str((entry.before, entry.after)) for entry in entries)


def test_failed_statement_does_not_show_what_it_was_given(app: Flask) -> None:
    """Errors of jobs stand on their pages, and a database's errors quote the values."""
    with pytest.raises(Exception) as error:
        db.session.execute(db.text("SELECT :secret FROM nowhere"), {"secret": "SECRETSECRET"})
    assert "SECRETSECRET" not in str(error.value)


class Quoting:
    """A mail server that dislikes links, and says which."""

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        link = re.search(rb"http\S+token=\S+", envelope.content)
        assert link
        return f"554 blocked: {link[0].decode()}"


def test_mail_server_that_quotes_a_link_does_not_tell_operators(
    job: Job, make_settings: MakeSettings
) -> None:
    controller = Controller(Quoting(), hostname="127.0.0.1", port=free_port())
    controller.start()
    current_app.extensions["settings"] = make_settings(
        mail_url=f"smtp://127.0.0.1:{controller.port}"
    )
    try:
        with pytest.raises(MailError, match="blocked") as error:
            send_mail(**job.arguments)
    finally:
        controller.stop()
    assert "token=" not in str(error.value)
    assert "token=" not in db.session.scalars(select(MailRecord.reason)).one()


def test_log_of_an_error_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("INFO", as_json=False)
    password = "SECRET" + "SECRET"
    try:
        raise ValueError(len(password))
    except ValueError:
        logging.getLogger("x").exception("unexpected error")
    shown = capsys.readouterr().err
    assert "ValueError: 12" in shown
    assert password not in shown
