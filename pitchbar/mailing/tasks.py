from sqlalchemy import update

from pitchbar.clients.mail_format import Mail
from pitchbar.clients.mailer import MailError, make_mailer
from pitchbar.core import clock
from pitchbar.core.encryption import Unreadable
from pitchbar.extensions import db
from pitchbar.jobs import Fail, Queue, task
from pitchbar.mailing.bodies import delete_body, find_body, read_body
from pitchbar.mailing.budgets import spend
from pitchbar.mailing.models import FAILED, HELD_BACK, SENT, MailRecord
from pitchbar.mailing.settings import MailSettings
from pitchbar.settings import current_settings


@task(
    queue=Queue.DEFAULT,
    tries=8,
    first_wait=30,
    cap=3600,
    timeout=60,
    secret=("to", "subject", "text", "html"),
)
def send_mail(
    record_id: int, to: str = "", subject: str = "", text: str = "", html: str = ""
) -> None:
    """Hands a finished message over and notes what became of it. A mail server that is away gets
    about two hours of tries; an address that is refused is given up at once.

    Jobs of earlier releases brought the message along; now it is kept under the record's id.
    """
    mail = Mail(to, subject, text, html) if text else _take_mail(record_id)
    if mail is not None:
        _send(record_id, mail)


def _take_mail(record_id: int) -> Mail | None:
    """None when there is nothing (more) to send.

    Raises:
        Fail: it is not kept any more, or not readable.
    """
    body = find_body(record_id)
    if body is None:
        _require_ended(record_id)
        return None
    if body.to_stranger and not _may_mail_strangers():
        _record_outcome(record_id, HELD_BACK, "too many messages to unknown addresses")
        return None
    try:
        return read_body(body, current_settings().app_keys)
    except Unreadable:
        reason = "the message cannot be read: APP_KEY was replaced since it was written"
        _record_outcome(record_id, FAILED, reason)
        raise Fail(reason) from None


def _require_ended(record_id: int) -> None:
    """An earlier run may have sent it, and died before it could say so."""
    record = db.session.get(MailRecord, record_id)
    if record is None or record.state not in (SENT, HELD_BACK):
        raise Fail("the message is not kept any more")


def _may_mail_strangers() -> bool:
    return spend(current_settings()[MailSettings].ratelimit_mail_strangers, "mail-strangers")


def _send(record_id: int, mail: Mail) -> None:
    settings = current_settings()
    mailer = make_mailer(
        settings[MailSettings].mail_url,
        settings[MailSettings].mail_from,
        settings.data_dir / "mail",
    )
    try:
        mailer.send(mail)
    except MailError as error:
        _record_outcome(record_id, FAILED, str(error))
        if error.permanent:
            raise Fail(str(error)) from error
        raise
    except Exception:
        _record_outcome(record_id, FAILED, "the message could not be made ready for sending")
        raise
    _record_outcome(record_id, SENT)


def _record_outcome(record_id: int, state: str, reason: str = "") -> None:
    outcome = {"state": state, "reason": reason[:500], "finished_at": clock.now()}
    db.session.execute(update(MailRecord).where(MailRecord.id == record_id).values(outcome))
    if state in (SENT, HELD_BACK):
        delete_body(record_id)
    db.session.commit()
