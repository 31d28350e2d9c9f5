from typing import Any

from flask import current_app

from pitchbar.clients.mailer import Mail, MailError, make_mailer
from pitchbar.core.database import after_commit
from pitchbar.extensions import db
from pitchbar.mailing.messages import compose
from pitchbar.settings import Settings


def queue_mail(template: str, *, to: str, subject: str, **context: Any) -> None:
    """Sends a message once the transaction is committed; a broken transport never fails the
    request. `template` names `emails/<template>.html` and `.txt`.
    """
    mail = compose(template, to=to, subject=subject, **context)
    settings: Settings = current_app.extensions["settings"]
    after_commit(db.session(), lambda: _send(mail, settings))


def _send(mail: Mail, settings: Settings) -> None:
    mailer = make_mailer(settings.mail_url, settings.mail_from, settings.data_dir / "mail")
    try:
        mailer.send(mail)
    except MailError as error:
        current_app.logger.error("mail to %s failed: %s", mail.to, error)
