from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from pitchbar.clients.mail_format import Picture
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.jobs import enqueue, forget_jobs
from pitchbar.mailing.bodies import store_body
from pitchbar.mailing.messages import compose
from pitchbar.mailing.models import MailRecord
from pitchbar.mailing.tasks import send_mail
from pitchbar.settings import current_settings

_LOG_DAYS = 30


def queue_mail(
    template: str,
    *,
    to: str,
    subject: str,
    reference: str = "",
    to_stranger: bool = False,
    unsubscribe_url: str = "",
    pictures: tuple[Picture, ...] = (),
    **context: Any,
) -> None:
    """Queues a message in the caller's transaction; a broken transport never fails the request.

    `template` names `emails/<template>.html` and `.txt`, which are rendered now, with `context`;
    `reference` names what the message is about, for whoever asks the mail log what became of it.
    `to_stranger`: nobody here has the address, so there is a limit in all; it is the job that
    counts, so that the request takes the same time.
    `unsubscribe_url` and `pictures`: see `Mail`; the template knows the former too. What comes by
    itself goes through `workspaces/mailing_lists`, which asks whether it is still wanted.
    The job carries the record's id alone: operators read jobs, and messages hold secrets.
    """
    mail = compose(template, to=to, subject=subject, unsubscribe_url=unsubscribe_url, **context)
    mail = replace(mail, unsubscribe_url=unsubscribe_url, pictures=pictures)
    record = MailRecord(reference=reference, template=template, to=to)
    db.session.add(record)
    db.session.flush()
    store_body(record.id, mail, current_settings().app_key, to_stranger=to_stranger)
    enqueue(send_mail, record.id, tags=["mail", reference] if reference else ["mail"])


def delete_mail(references: Sequence[str]) -> None:
    """Forgets the messages about these things, and the jobs that hold their text."""
    forget_jobs(references, on=db.session())
    changed_rows(db.session, delete(MailRecord).where(MailRecord.reference.in_(references)))


def trim_mail_log(now: datetime) -> int:
    """Forgets messages older than 30 days; returns how many."""
    old = MailRecord.queued_at < now - timedelta(days=_LOG_DAYS)
    return changed_rows(db.session, delete(MailRecord).where(old))
