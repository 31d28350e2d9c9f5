from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, update

from pitchbar.clients.mailer import Mail, MailError, make_mailer
from pitchbar.core import clock
from pitchbar.core.database import after_commit, changed_rows
from pitchbar.extensions import db
from pitchbar.mailing.messages import compose
from pitchbar.mailing.models import FAILED, SENT, MailRecord
from pitchbar.settings import Settings

_LOG_DAYS = 30


def queue_mail(
    template: str, *, to: str, subject: str, reference: str = "", **context: Any
) -> None:
    """Sends a message once the transaction is committed; a broken transport never fails the
    request. `template` names `emails/<template>.html` and `.txt`; `reference` names what the
    message is about, for whoever asks the mail log later what became of it.
    """
    mail = compose(template, to=to, subject=subject, **context)
    record = MailRecord(reference=reference, template=template, to=to)
    db.session.add(record)
    db.session.flush()
    record_id, settings = record.id, _settings()
    after_commit(db.session(), lambda: deliver(record_id, mail, settings))


def deliver(record_id: int, mail: Mail, settings: Settings) -> None:
    """Hands the message over and notes what became of it. Never raises: nobody waits for it."""
    mailer = make_mailer(settings.mail_url, settings.mail_from, settings.data_dir / "mail")
    try:
        mailer.send(mail)
    except MailError as error:
        current_app.logger.error("mail %s failed: %s", record_id, error)
        note_outcome(record_id, FAILED, str(error))
    except Exception:
        current_app.logger.exception("mail %s failed", record_id)
        note_outcome(record_id, FAILED, "the message could not be made ready for sending")
    else:
        note_outcome(record_id, SENT)


def note_outcome(record_id: int, state: str, reason: str = "") -> None:
    """On a connection of its own: it runs after a commit, or in another process."""
    outcome = {"state": state, "reason": reason[:500], "finished_at": clock.now()}
    try:
        with db.engine.begin() as connection:
            connection.execute(update(MailRecord).where(MailRecord.id == record_id).values(outcome))
    except Exception:
        current_app.logger.exception("the outcome of mail %s is not noted", record_id)


def trim_mail_log(now: datetime) -> int:
    """Forgets messages older than 30 days; returns how many."""
    old = MailRecord.queued_at < now - timedelta(days=_LOG_DAYS)
    return changed_rows(db.session, delete(MailRecord).where(old))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
