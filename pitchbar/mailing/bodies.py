"""Messages that wait to be sent, kept where nobody can read them."""

import json
from base64 import b64decode, b64encode
from typing import Any

from sqlalchemy import delete

from pitchbar.clients.mail_format import Mail, Picture
from pitchbar.core.encryption import Keys, decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.mailing.models import MailBody


def store_body(record_id: int, mail: Mail, app_key: str, *, to_stranger: bool) -> None:
    encrypted = encrypt(json.dumps(_as_values(mail)), app_key)
    db.session.add(MailBody(record_id=record_id, encrypted=encrypted, to_stranger=to_stranger))
    db.session.flush()


def find_body(record_id: int) -> MailBody | None:
    """None for one that was sent, or has been forgotten."""
    return db.session.get(MailBody, record_id)


def read_body(body: MailBody, keys: Keys) -> Mail:
    """Raises Unreadable."""
    return _from_values(json.loads(decrypt(body.encrypted, keys)))


def delete_body(record_id: int) -> None:
    db.session.execute(delete(MailBody).where(MailBody.record_id == record_id))


def _as_values(mail: Mail) -> dict[str, Any]:
    """What is empty is left out: a worker of the release before reads the rest as it did."""
    pictures = [[one.name, b64encode(one.content).decode()] for one in mail.pictures]
    further = {"unsubscribe_url": mail.unsubscribe_url, "pictures": pictures}
    values = {"to": mail.to, "subject": mail.subject, "text": mail.text, "html": mail.html}
    return values | {name: value for name, value in further.items() if value}


def _from_values(values: dict[str, Any]) -> Mail:
    pictures = tuple(Picture(name, b64decode(png)) for name, png in values.pop("pictures", ()))
    return Mail(**values, pictures=pictures)
