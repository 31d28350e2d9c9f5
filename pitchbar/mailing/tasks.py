from sqlalchemy import update

from pitchbar.clients.mailer import Mail, MailError, make_mailer
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Fail, Queue, task
from pitchbar.mailing.models import FAILED, SENT, MailRecord
from pitchbar.mailing.settings import MailSettings
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=8, first_wait=30, cap=3600, timeout=60)
def send_mail(record_id: int, to: str, subject: str, text: str, html: str) -> None:
    """Hands a finished message over and notes what became of it. A mail server that is away gets
    about two hours of tries; an address that is refused is given up at once.
    """
    settings = current_settings()
    mailer = make_mailer(
        settings[MailSettings].mail_url,
        settings[MailSettings].mail_from,
        settings.data_dir / "mail",
    )
    try:
        mailer.send(Mail(to, subject, text, html))
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
    db.session.commit()
