"""`/dev/mail`: what would have been sent, when no mail server is configured."""

from pathlib import Path

from flask import Blueprint, Response, make_response

from pitchbar.accounts.access import open_to_all
from pitchbar.clients.mailer import BoxedMail, find_boxed, list_boxed
from pitchbar.core.htmx import render
from pitchbar.errors import NotFound
from pitchbar.mailing.settings import MailSettings
from pitchbar.operations.access import is_operator
from pitchbar.settings import current_settings

bp = Blueprint("mailbox", __name__, url_prefix="/dev/mail")

# A message is shown as a mail program would: its own styles, nothing from outside, no script.
_MESSAGE_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@bp.before_request
def _only_in_development() -> None:
    # Its messages carry links that open accounts: for whoever runs this, and nobody else.
    if not current_settings().is_development or not is_operator():
        raise NotFound


@bp.get("")
@open_to_all
def index() -> Response:
    return render(
        "operations/mailbox.html",
        mails=list_boxed(_box()),
        is_used=not current_settings()[MailSettings].mail_url,
    )


@bp.get("/<mail_id>")
@open_to_all
def show(mail_id: str) -> Response:
    return render("operations/message.html", mail=_get(mail_id))


@bp.get("/<mail_id>/html")
@open_to_all
def html(mail_id: str) -> Response:
    # Its links lead the window on, not the frame: our own pages refuse to stand in one.
    page = _get(mail_id).html.replace("<head>", '<head><base target="_top">', 1)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _MESSAGE_CSP
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _get(mail_id: str) -> BoxedMail:
    mail = find_boxed(_box(), mail_id)
    if mail is None:
        raise NotFound("There is no such message in the mailbox.")
    return mail


def _box() -> Path:
    return current_settings().data_dir / "mail"
