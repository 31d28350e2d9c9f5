"""Messages that wait to be sent, kept where nobody can read them."""

import json
from dataclasses import asdict

from sqlalchemy import delete

from pitchbar.clients.mailer import Mail
from pitchbar.core.encryption import decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.mailing.models import MailBody


def store_body(record_id: int, mail: Mail, app_key: str, *, to_stranger: bool) -> None:
    encrypted = encrypt(json.dumps(asdict(mail)), app_key)
    db.session.add(MailBody(record_id=record_id, encrypted=encrypted, to_stranger=to_stranger))
    db.session.flush()


def find_body(record_id: int) -> MailBody | None:
    """None for one that was sent, or has been forgotten."""
    return db.session.get(MailBody, record_id)


def read_body(body: MailBody, app_key: str) -> Mail:
    """Raises Unreadable."""
    return Mail(**json.loads(decrypt(body.encrypted, app_key)))


def delete_body(record_id: int) -> None:
    db.session.execute(delete(MailBody).where(MailBody.record_id == record_id))
