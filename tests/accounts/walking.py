"""What the tests of accounts do again and again."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import httpx
from sqlalchemy import update
from werkzeug.test import TestResponse

from pitchbar.accounts.models import PersonSession
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.support.browsing import SITE, FormClient

_LINK = re.compile(rf"{re.escape(SITE)}(\S+)")


def is_signed_in(client: FormClient) -> bool:
    return client.get("/account").status_code == 200


def has_toast(client: FormClient, sentence: str, page: str = "/login") -> bool:
    return sentence in unescape(client.get(page).text)


def sent_mails() -> list[EmailMessage]:
    """What was sent so far, oldest first."""
    folder = Path(current_settings().data_dir) / "mail"
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def mails_to(address: str) -> list[EmailMessage]:
    return [mail for mail in sent_mails() if str(mail["To"]) == address]


def body_text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def first_link(mail: EmailMessage) -> str:
    """The path of the first link of ours in the text."""
    found = _LINK.search(body_text(mail))
    assert found is not None, body_text(mail)
    return found[1]


def authorize_at_google(client: FormClient, start: str = "/login/google") -> str:
    """Follows the browser to the provider; returns the address that it is sent back to."""
    sent = client.get(start)
    assert sent.status_code == 303, sent.text
    back = httpx.get(sent.location or "", trust_env=False).headers["Location"]
    assert back.startswith(f"{SITE}/login/google/callback?")
    return str(back.removeprefix(SITE))


def sign_in_with_google(client: FormClient, start: str = "/login/google") -> TestResponse:
    return client.get(authorize_at_google(client, start))


def age_authentication(minutes: float = 60) -> None:
    """Since whoever is signed in has last confirmed who they are."""
    at = clock.now() - timedelta(minutes=minutes)
    db.session.execute(update(PersonSession).values(confirmed_at=at))
    db.session.commit()
