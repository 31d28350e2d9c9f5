"""Messages go through the ledger, over a real SMTP server or into the folder."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from pitchbar.clients.mailer import Mail, MailError, list_boxed, make_mailer
from pitchbar.extensions import db
from pitchbar.jobs import Fail
from pitchbar.jobs.ledger.models import Job
from pitchbar.mailing.services import queue_mail
from pitchbar.mailing.tasks import send_mail
from tests.support.servers import free_port

LETTER = Mail("ada@pitchbar.example", "Grüße\nBcc: x@y.example", "Plain ü", "<p>Rich ü</p>")


class Postbox:
    """Takes mail for everybody but one."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_a_message_arrives_with_both_bodies_and_one_subject_line(
    postbox: tuple[Postbox, str], settings: Any
) -> None:
    box, url = postbox
    make_mailer(url, "Pitchbar <hello@pitchbar.example>", settings.data_dir).send(LETTER)
    message = message_from_bytes(box.taken[0], policy=policy.default)
    assert message["Subject"] == "Grüße Bcc: x@y.example"
    assert message["Bcc"] is None
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert [body.get_content().strip() for body in bodies if body] == ["Plain ü", "<p>Rich ü</p>"]


def test_a_refused_address_is_permanent(postbox: tuple[Postbox, str], settings: Any) -> None:
    mailer = make_mailer(postbox[1], "hello@pitchbar.example", settings.data_dir)
    with pytest.raises(MailError) as error:
        mailer.send(Mail("nobody@pitchbar.example", "s", "t", "h"))
    assert error.value.permanent


def test_a_server_that_is_away_is_tried_again(settings: Any) -> None:
    mailer = make_mailer(f"smtp://127.0.0.1:{free_port()}", "a@b.example", settings.data_dir)
    with pytest.raises(MailError) as error:
        mailer.send(LETTER)
    assert not error.value.permanent


def test_tls_can_be_insisted_on(postbox: tuple[Postbox, str], settings: Any) -> None:
    mailer = make_mailer(postbox[1] + "?tls=required", "a@b.example", settings.data_dir)
    with pytest.raises(MailError, match="offers no TLS"):
        mailer.send(LETTER)


def test_the_job_gives_up_on_a_refused_address(
    postbox: tuple[Postbox, str], make_settings: Any, app: Flask
) -> None:
    app.extensions["settings"] = make_settings(mail_url=postbox[1])
    with pytest.raises(Fail, match="refused"):
        send_mail(0, "nobody@pitchbar.example", "s", "t", "h")


def test_mail_of_a_transaction_that_is_rolled_back_is_not_sent(app: Flask) -> None:
    _queue()
    db.session.rollback()
    assert db.session.query(Job).count() == 0


def test_without_a_server_messages_land_in_the_folder(app: Flask, settings: Any) -> None:
    _queue()
    db.session.commit()
    boxed = list_boxed(settings.data_dir / "mail")
    assert [mail.to for mail in boxed] == ["ada@pitchbar.example"]
    assert "style=" in boxed[0].html


def _queue() -> None:
    queue_mail(
        "operations/queue_waits",
        to="ada@pitchbar.example",
        subject="A queue waits",
        queue={"name": "crawl", "workers": 0, "figures": {"depth": 2}},
        minutes=3,
        threshold=60,
        link="http://pitchbar.test/ops/queues/crawl",
        link_label="Open the queue",
    )
