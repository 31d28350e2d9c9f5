import shutil
from pathlib import Path
from typing import Any

from flask import Flask

from pitchbar.clients.mail_format import Mail
from pitchbar.clients.mailer import make_mailer
from pitchbar.mailing.settings import MailSettings
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    return {
        "mail_id": _make_mail(app),
        "queue": "crawl",
        "job_id": 0,
        "name": "jobs.trim",
        "service_key": "stripe",
    }


def _make_mail(app: Flask) -> str:
    """The only message of the mailbox."""
    settings = app.extensions["settings"]
    box = Path(settings.data_dir) / "mail"
    shutil.rmtree(box, ignore_errors=True)
    mailer = make_mailer("", settings[MailSettings].mail_from, box)
    mailer.send(Mail("a@pitchbar.example", "Hello", "x", "x"))
    return next(box.iterdir()).stem
