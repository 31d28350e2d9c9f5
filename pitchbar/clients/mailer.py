"""Sends a finished message: over SMTP, or into a folder that `/dev/mail` shows.

MAIL_URL says how: `smtp://user:password@host:587` (TLS by STARTTLS whenever the server offers it,
`?tls=required` to insist), `smtps://…:465`; empty: the folder.
"""

import re
import smtplib
import ssl
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pitchbar.clients.mail_format import Mail, compose_message, html_with_pictures

_TIMEOUT_SECONDS = 15
# While somebody waits for a page.
_ASK_SECONDS = 3
# A server that dislikes a link may quote it, and what it says is shown to operators.
_LINK = re.compile(r"\w+://\S+|\S*token=\S*")


class MailError(Exception):
    """The message was not taken. `permanent`: trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Raises MailError when the message was not accepted."""


def make_mailer(url: str, sender: str, box: Path) -> Mailer:
    """The mailer that the settings name; `box` is the folder used without a URL."""
    return SmtpMailer(url, sender) if url else BoxMailer(sender, box)


class SmtpMailer:
    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._tls_required = parse_qs(parts.query).get("tls") == ["required"]
        self._sender = sender

    def send(self, mail: Mail) -> None:
        try:
            with self._connect() as smtp:
                smtp.send_message(compose_message(mail, self._sender))
        except smtplib.SMTPNotSupportedError:
            # Said before anything is sent: of ours, only the address can ask for it.
            raise MailError(
                "the mail server takes no letters like ö or 中 before the @", permanent=True
            ) from None
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise MailError(f"the address was refused ({code})", permanent=code >= 500) from None
        except smtplib.SMTPAuthenticationError:
            raise MailError("the mail server does not accept our sign-in") from None
        except (smtplib.SMTPException, OSError) as error:
            said = _LINK.sub("(a link)", str(error))
            raise MailError(f"the mail server does not take mail: {said}") from None

    def check(self) -> None:
        """Whether the server lets us in; sends nothing. Raises MailError."""
        try:
            with self._connect(_ASK_SECONDS) as smtp:
                smtp.noop()
        except smtplib.SMTPAuthenticationError:
            raise MailError("the mail server does not accept our sign-in") from None
        except (smtplib.SMTPException, OSError) as error:
            said = _LINK.sub("(a link)", str(error))
            raise MailError(f"the mail server does not answer: {said}") from None

    def _connect(self, timeout: float = _TIMEOUT_SECONDS) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._implicit_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=timeout)
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=context)
            elif self._tls_required:
                smtp.close()
                raise MailError("the mail server offers no TLS")
        if self._user:
            smtp.login(self._user, self._password)
        return smtp


def takes_any_letters(url: str) -> bool:
    """Whether the server takes letters like ö before the @; asks it, and believes the best of one
    that does not answer.
    """
    try:
        with SmtpMailer(url, "")._connect(_ASK_SECONDS) as smtp:
            smtp.ehlo_or_helo_if_needed()
            return bool(smtp.has_extn("smtputf8"))
    except (MailError, smtplib.SMTPException, OSError):
        return True


class BoxMailer:
    """Keeps messages as files: nothing leaves the machine."""

    def __init__(self, sender: str, folder: Path) -> None:
        self._sender = sender
        self._folder = folder

    def send(self, mail: Mail) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{uuid.uuid1().time:020d}.eml"
            path.write_bytes(compose_message(mail, self._sender).as_bytes())
        except OSError as error:
            raise MailError(f"the mailbox cannot be written: {error.strerror}") from None


@dataclass(frozen=True)
class BoxedMail:
    """A message in the folder, read again."""

    id: str
    sender: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    html: str


def list_boxed(folder: Path, count: int = 100) -> list[BoxedMail]:
    """The latest messages, newest first."""
    paths = sorted(folder.glob("*.eml"), reverse=True) if folder.exists() else []
    return [_read(path) for path in paths[:count]]


def find_boxed(folder: Path, mail_id: str) -> BoxedMail | None:
    path = folder / f"{mail_id}.eml"
    return _read(path) if mail_id.isdigit() and path.exists() else None


def _read(path: Path) -> BoxedMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # what the default policy makes
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return BoxedMail(
        path.stem,
        str(message["From"]),
        str(message["To"]),
        str(message["Subject"]),
        parsedate_to_datetime(message["Date"]).replace(tzinfo=UTC),
        text.get_content() if text else "",
        html_with_pictures(message) if html else "",
    )
