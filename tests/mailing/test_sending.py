"""Messages go through the ledger, over a real SMTP server or into the folder."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from pitchbar.clients.mail_format import Mail
from pitchbar.clients.mailer import MailError, list_boxed, make_mailer
from pitchbar.extensions import db
from pitchbar.jobs import Fail
from pitchbar.jobs.ledger.models import Job
from pitchbar.mailing.services import queue_mail
from pitchbar.mailing.tasks import send_mail
from tests.support.browsing import FormClient
from tests.support.mail_servers import Post, mail_server
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


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@例え.jp", "ada@xn--r8jz45g.jp"),
        ("ada@MÜNCHEN.example", "ada@xn--mnchen-3ya.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_sent_in_ascii_to_a_server_that_knows_nothing_else(
    settings: Any, typed: str, sent: str
) -> None:
    with mail_server(enable_SMTPUTF8=False) as post:
        letter = replace(LETTER, to=typed)
        make_mailer(post.url, "Büro <hallo@büro.example>", settings.data_dir).send(letter)
    assert post.recipients == [sent]
    assert post.messages[0]["To"] == sent
    assert post.messages[0]["From"] == "Büro <hallo@xn--bro-hoa.example>"
    assert post.messages[0]["Message-ID"].endswith("@xn--bro-hoa.example>")


def test_letters_before_the_at_are_given_up_where_the_server_takes_none(settings: Any) -> None:
    letter = replace(LETTER, to="jörg@pitchbar.example")
    with mail_server(enable_SMTPUTF8=False) as post, pytest.raises(MailError) as refused:
        make_mailer(post.url, "pitchbar@localhost", settings.data_dir).send(letter)
    assert refused.value.permanent
    assert "before the @" in str(refused.value)
    with mail_server(enable_SMTPUTF8=True) as post:
        make_mailer(post.url, "pitchbar@localhost", settings.data_dir).send(letter)
    assert post.recipients == ["jörg@pitchbar.example"]


@pytest.fixture
def simple_server() -> Iterator[Post]:
    """A mail server that takes plain letters alone."""
    with mail_server(enable_SMTPUTF8=False) as post:
        yield post


@pytest.mark.parametrize(
    ("address", "odd"), [("jörg@pitchbar.example", "ö"), ("用户@例え.jp", "用")]
)
def test_address_that_cannot_be_sent_to_is_said_at_the_field(
    app: Flask, simple_server: Post, client: FormClient, address: str, odd: str
) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.replaced(mail_url=simple_server.url)
    form = {"name": "Ada", "email": address, "password": "nine quiet horses"}
    page = client.submit("/signup", form)
    assert page.status_code == 422
    assert f"with “{odd}” before the @" in page.text
    assert f'value="{address}"' in page.text


def test_account_at_a_domain_of_any_letters_gets_its_mail(
    client: FormClient, mail_at_once: None, settings: Any
) -> None:
    form = {"name": "Ada", "email": "ada@bücher.example", "password": "nine quiet horses"}
    assert client.submit("/signup", form).status_code == 303
    box = list_boxed(settings.data_dir / "mail")
    assert [mail.to for mail in box] == ["ada@xn--bcher-kva.example"]


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
