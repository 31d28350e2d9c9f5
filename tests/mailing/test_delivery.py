"""Mail over SMTP: taken, refused, or nobody there. Whatever happens, the request goes on."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.clients.mail_format import Mail
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.mailing.queries import latest_mail_records
from pitchbar.mailing.services import queue_mail, trim_mail_log
from pitchbar.mailing.tasks import send_mail
from pitchbar.workspaces.models import Invitation
from tests.conftest import MakeSettings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.mail_servers import Post, mail_server
from tests.support.members import copied_path_of, make_invitation, membership_of, path_of
from tests.support.servers import free_port, on_both_databases

MAIL = Mail("ada@pitchbar.example", "Hello", "Hello", "<p>Hello</p>")


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as running:
        yield running


@pytest.fixture
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> object:
    """The app of these tests talks to the server, or to a port where nobody listens."""
    if "post" in request.fixturenames:
        url = request.getfixturevalue("post").url
    else:
        url = f"smtp://127.0.0.1:{free_port()}"
    return make_settings(mail_url=url, mail_from="Pitchbar <mail@pitchbar.example>")


def invite(client: FormClient, people: People, email: str = "new@pitchbar.example") -> int:
    sign_in(client, people.owner)
    data = {"email": email, "role": "editor"}
    return client.submit(f"/w/{people.workspace.slug}/invitations", data).status_code


def the_record() -> MailRecord:
    return db.session.scalars(select(MailRecord)).one()


def members_page(client: FormClient, people: People) -> str:
    return client.get(f"/w/{people.workspace.slug}/members").text


class TestTaken:
    @on_both_databases
    def test_message_arrives_in_text_and_html(
        self, client: FormClient, people: People, post: Post
    ) -> None:
        assert invite(client, people) == 303
        [message] = post.messages
        assert post.recipients == ["new@pitchbar.example"]
        assert message["From"] == "Pitchbar <mail@pitchbar.example>"
        assert message["Subject"] == "The owner invites you to Corner Café"
        assert message["Message-ID"].endswith("@pitchbar.example>")
        assert message["Auto-Submitted"] == "auto-generated"
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        assert text
        assert html
        link = path_of(db.session.scalars(select(Invitation)).one())
        assert f"http://pitchbar.test{link}" in text.get_content()
        assert f'href="http://pitchbar.test{link}"' in html.get_content()
        assert "style=" in html.get_content()
        assert "<link" not in html.get_content()
        assert (the_record().state, the_record().reason) == ("sent", "")
        assert "failed" not in members_page(client, people)

    @pytest.mark.parametrize("email", ["ada+qr@pitchbar.example", "zoë@pitchbar.example"])
    def test_unusual_addresses_arrive(
        self, client: FormClient, people: People, post: Post, email: str
    ) -> None:
        assert invite(client, people, email) == 303
        assert post.recipients == [email]
        assert the_record().state == "sent"

    def test_name_with_line_breaks_stays_one_header(self, people: People, post: Post) -> None:
        people.workspace.name = "Menu\r\nBcc: eve@pitchbar.example"
        make_invitation(people.workspace)
        [message] = post.messages
        assert message["Bcc"] is None
        assert post.recipients == ["new@pitchbar.example"]

    def test_name_of_a_workspace_is_no_html(self, people: People, post: Post) -> None:
        people.workspace.name = "<img src=x onerror=alert(1)>"
        make_invitation(people.workspace)
        html = post.messages[0].get_body(("html",))
        assert html
        assert "<img" not in html.get_content()

    def test_nothing_is_sent_when_the_transaction_fails(self, people: People, post: Post) -> None:
        queue_mail(
            "workspaces/invitation", to="a@b.example", subject="x", link="http://x", role="admin"
        )
        db.session.rollback()
        assert post.messages == []


class TestFailed:
    @on_both_databases
    def test_refused_address_stands_on_the_page(
        self, client: FormClient, people: People, post: Post
    ) -> None:
        post.refused["new@pitchbar.example"] = "550 no such user"
        assert invite(client, people) == 303
        invitation = db.session.scalars(select(Invitation)).one()
        assert invitation.state == "open"
        page = members_page(client, people)
        assert "The mail to new@pitchbar.example failed: the address was refused (550)" in page
        assert copied_path_of(invitation) in page
        assert (the_record().state, the_record().finished_at is not None) == ("failed", True)

    @on_both_databases
    def test_dead_port_fails_no_request(self, client: FormClient, people: People) -> None:
        started = time.monotonic()
        assert invite(client, people) == 303
        assert time.monotonic() - started < 5
        invitation = db.session.scalars(select(Invitation)).one()
        assert invitation.state == "open"
        page = members_page(client, people)
        assert "failed: the mail server does not take mail" in page
        assert client.application.test_client().get(path_of(invitation)).status_code == 200

    def test_sent_again_it_is_well(self, client: FormClient, people: People, post: Post) -> None:
        post.refused["new@pitchbar.example"] = "451 try later"
        invite(client, people)
        invitation = db.session.scalars(select(Invitation)).one()
        assert "(451)" in members_page(client, people)
        post.refused.clear()
        url = f"/w/{people.workspace.slug}/invitations/{invitation.id}/delivery"
        assert client.submit(url).status_code == 303
        assert len(post.messages) == 1
        assert "failed:" not in members_page(client, people)

    def test_ownership_is_offered_all_the_same(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        member = membership_of(people.admin, people.workspace)
        url = f"/w/{people.workspace.slug}/members/{member.id}/ownership"
        assert client.submit(url, {"confirmation": people.workspace.name}).status_code == 303
        assert the_record().state == "failed"


class TestLog:
    def test_outcome_can_come_from_another_process(self, app: Flask, post: Post) -> None:
        """A job knows the record's id and the message; the page asks by reference."""
        record = MailRecord(reference="invitation:7", template="x", to=MAIL.to)
        db.session.add(record)
        db.session.commit()
        assert latest_mail_records(["invitation:7"])["invitation:7"].state == "queued"
        send_mail(record.id, MAIL.to, MAIL.subject, MAIL.text, MAIL.html)
        db.session.expire_all()
        assert latest_mail_records(["invitation:7"])["invitation:7"].state == "sent"
        assert len(post.messages) == 1

    def test_newest_message_about_a_thing_counts(self, app: Flask) -> None:
        for state in ("failed", "sent", "failed"):
            db.session.add(MailRecord(reference="a:1", template="x", to="a", state=state))
        db.session.add(MailRecord(reference="a:2", template="x", to="a", state="sent"))
        db.session.commit()
        found = latest_mail_records(["a:1", "a:2", "a:3"])
        assert {name: one.state for name, one in found.items()} == {"a:1": "failed", "a:2": "sent"}

    def test_unexpected_error_is_noted_too(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pitchbar.mailing.tasks.make_mailer", lambda *_: Broken())
        record = MailRecord(reference="", template="x", to=MAIL.to)
        db.session.add(record)
        db.session.commit()
        with pytest.raises(ValueError, match="a bug"):
            send_mail(record.id, MAIL.to, MAIL.subject, MAIL.text, MAIL.html)
        db.session.expire_all()
        assert record.state == "failed"
        assert "a bug of ours" not in record.reason

    def test_old_records_go(self, app: Flask) -> None:
        now = clock.now()
        for days in (0, 29, 31):
            at = now - timedelta(days=days)
            db.session.add(MailRecord(reference="", template="x", to="a", queued_at=at))
        db.session.flush()
        assert trim_mail_log(now) == 1
        assert db.session.scalar(select(func.count()).select_from(MailRecord)) == 2


class Broken:
    """A mailer with a defect."""

    def send(self, mail: Mail) -> None:
        raise ValueError("a bug of ours")
