from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from pitchbar.accounts.models import EmailChange, Person, PersonSession
from pitchbar.core import clock
from pitchbar.core.mail_addresses import with_ascii_domain
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.accounts.walking import body_text, first_link, has_toast, mails_to, sent_mails
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, make_person
from tests.support.servers import on_both_databases

OLD, NEW = "ada@pitchbar.example", "countess@pitchbar.example"


@pytest.fixture
def ada(client: FormClient) -> Person:
    person = make_person(email=OLD)
    sign_in(client, person)
    return person


def ask(client: FormClient, email: str = NEW) -> TestResponse:
    return client.submit("/account/email", {"email": email})


def confirm(client: FormClient, link: str) -> TestResponse:
    return client.submit("/account/email/confirm", {"token": link.partition("?token=")[2]})


@on_both_databases
def test_link_to_the_new_address_changes_it(client: FormClient, ada: Person) -> None:
    assert ask(client).location == "/account"
    assert ada.email == OLD
    assert NEW in client.get("/account").text
    link = first_link(mails_to(NEW)[0])
    assert NEW in client.get(link).text
    assert ada.email == OLD, "a mail scanner that opens the link must not change anything"
    assert confirm(client, link).location == "/account"
    assert ada.email == NEW
    form = {"email": NEW, "password": PASSWORD}
    assert client.submit("/login", form).status_code == 303
    assert client.submit("/login", {**form, "email": OLD}).status_code == 422


def test_both_addresses_are_told(client: FormClient, ada: Person) -> None:
    ask(client)
    assert [mail["Subject"] for mail in mails_to(OLD)] == ["A change of your address was asked for"]
    assert NEW in body_text(mails_to(OLD)[0])
    confirm(client, first_link(mails_to(NEW)[0]))
    for address in (OLD, NEW):
        assert mails_to(address)[-1]["Subject"] == "Your address was changed"
    assert "/password/forgotten" in body_text(mails_to(NEW)[-1])
    assert "/password/forgotten" not in body_text(mails_to(OLD)[-1])
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.action == "account.email_changed"
    assert (entry.before, entry.after) == ({"email": OLD}, {"email": NEW})


class TestTakenAddress:
    def test_page_tells_nothing(self, client: FormClient, ada: Person) -> None:
        make_person(email="taken@pitchbar.example")
        free, taken = ask(client, "frees@pitchbar.example"), ask(client, "Taken@pitchbar.example")
        assert (free.status_code, free.location) == (taken.status_code, taken.location)
        assert has_toast(
            client, "Open the link that we sent to taken@pitchbar.example.", "/account"
        )
        assert len(sent_mails()) == 4

    def test_its_owner_is_told_and_gets_no_link(self, client: FormClient, ada: Person) -> None:
        make_person(email="taken@pitchbar.example")
        ask(client, "taken@pitchbar.example")
        (mail,) = mails_to("taken@pitchbar.example")
        assert mail["Subject"] == "You have a Pitchbar account already"
        assert "token" not in body_text(mail)

    def test_taken_meanwhile_is_refused(self, client: FormClient, ada: Person) -> None:
        ask(client)
        make_person(email=NEW)
        response = confirm(client, first_link(mails_to(NEW)[0]))
        assert response.status_code == 422
        assert "The address was not changed" in response.text
        assert ada.email == OLD


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada+Codes@Pitchbar.Example", "ada+codes@pitchbar.example"),
        ("ZOE\u0308@pitchbar.example", "zoë@pitchbar.example"),
        ("ada@xn--bcher-kva.example", "ada@bücher.example"),
    ],
)
def test_address_is_kept_in_one_form(
    client: FormClient, ada: Person, typed: str, kept: str
) -> None:
    ask(client, typed)
    confirm(client, first_link(mails_to(with_ascii_domain(kept))[0]))
    assert ada.email == kept


@pytest.mark.parametrize("email", ["", "x", "ADA@pitchbar.example ", "a" * 250 + "@b.example"])
def test_address_that_cannot_be_is_refused_at_the_field(
    client: FormClient, ada: Person, email: str
) -> None:
    response = ask(client, email)
    assert response.status_code == 422
    assert 'id="email-error"' in response.text
    assert sent_mails() == []


class TestLinksThatDoNotWork:
    def assert_dead(self, client: FormClient, link: str, sentence: str) -> None:
        for response in (client.get(link), confirm(client, link)):
            assert response.status_code == 410
            assert sentence in response.text
            assert 'href="/account/email"' in response.text

    def test_used(self, client: FormClient, ada: Person) -> None:
        ask(client)
        link = first_link(mails_to(NEW)[0])
        confirm(client, link)
        self.assert_dead(client, link, "This link was used already")

    @pytest.mark.parametrize("token", ["", "x", "pb_email_x", "\x00", "é"])
    def test_tampered(self, client: FormClient, ada: Person, token: str) -> None:
        ask(client)
        self.assert_dead(client, f"/account/email/confirm?token={token}", "This link was used")
        assert ada.email == OLD

    def test_expired(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(client)
        later = clock.now() + timedelta(minutes=60)
        monkeypatch.setattr(clock, "now", lambda: later)
        self.assert_dead(client, first_link(mails_to(NEW)[0]), "This link is too old.")
        assert NEW not in client.get("/account").text

    def test_replaced_by_a_newer_one(self, client: FormClient, ada: Person) -> None:
        ask(client)
        ask(client, "another@pitchbar.example")
        self.assert_dead(client, first_link(mails_to(NEW)[0]), "replaced by a newer one")

    def test_given_up(self, client: FormClient, ada: Person) -> None:
        ask(client)
        client.submit("/account/email/cancel")
        self.assert_dead(client, first_link(mails_to(NEW)[0]), "This link was used already")

    def test_ended_by_a_change_of_the_password(self, client: FormClient, ada: Person) -> None:
        ask(client)
        form = {"current_password": PASSWORD, "password": "seven loud geese at noon"}
        client.submit("/account/password", form)
        self.assert_dead(client, first_link(mails_to(NEW)[0]), "This link was used already")

    def test_of_another_account(self, app: Flask, client: FormClient, ada: Person) -> None:
        """Whoever reads the new mailbox must not get the account with it."""
        ask(client)
        link = first_link(mails_to(NEW)[0])
        eve = make_person(email="eve@pitchbar.example")
        sign_in(client, eve)
        self.assert_dead(client, link, "This link belongs to another account.")
        assert (ada.email, eve.email) == (OLD, "eve@pitchbar.example")

    def test_signed_out_is_led_to_the_sign_in_and_back(
        self, app: Flask, client: FormClient, ada: Person
    ) -> None:
        ask(client)
        link = first_link(mails_to(NEW)[0])
        client.submit("/logout")
        response = client.get(link)
        assert response.status_code == 302
        assert "next=/account/email/confirm" in (response.location or "")
        assert confirm(client, link).location == "/login"
        assert ada.email == OLD


def test_asks_who_it_is_after_a_while(client: FormClient, ada: Person) -> None:
    db.session.execute(update(PersonSession).values(confirmed_at=clock.now() - timedelta(hours=1)))
    assert client.get("/account/email").location == "/login/confirm?next=/account/email"
    assert (ask(client).location or "").startswith("/login/confirm")
    assert db.session.scalars(select(EmailChange)).all() == []


@pytest.mark.settings(ratelimit_enabled=True)
def test_asking_is_throttled(client: FormClient, ada: Person) -> None:
    statuses = [ask(client, f"a{n}@pitchbar.example").status_code for n in range(6)]
    assert statuses == [303] * 5 + [429]
