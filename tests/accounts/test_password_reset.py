import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from pitchbar.accounts.models import NO_PASSWORD, Person
from pitchbar.accounts.passwords.hashing import verify_password
from pitchbar.core import clock
from pitchbar.core.mail_addresses import with_ascii_domain
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.accounts.walking import (
    body_text,
    first_link,
    has_toast,
    is_signed_in,
    mails_to,
    sent_mails,
)
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, make_person
from tests.support.servers import on_both_databases

ADA, NEW = "ada@pitchbar.example", "seven loud geese at noon"


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(email=ADA)


def ask(client: FormClient, email: str = ADA) -> TestResponse:
    return client.submit("/password/forgotten", {"email": email})


def link_for(client: FormClient, email: str = ADA) -> str:
    ask(client, email)
    return first_link(mails_to(email)[-1])


def token_in(link: str) -> str:
    return link.partition("?token=")[2]


def set_password(client: FormClient, link: str, password: str = NEW) -> TestResponse:
    return client.submit("/password/reset", {"token": token_in(link), "password": password})


def test_link_sets_a_new_password_once(client: FormClient, ada: Person) -> None:
    link = link_for(client)
    assert client.get(link).status_code == 200
    response = set_password(client, link)
    assert (response.status_code, response.location) == (303, "/login")
    assert has_toast(client, "Your password is changed. Sign in with the new one.")
    assert verify_password(NEW, ada.password_hash)
    assert client.submit("/login", {"email": ADA, "password": PASSWORD}).status_code == 422
    assert client.submit("/login", {"email": ADA, "password": NEW}).status_code == 303
    for again in (client.get(link), set_password(client, link, "another good password")):
        assert again.status_code == 410
        assert "This link was used already" in again.text
        assert 'href="/password/forgotten"' in again.text
    assert verify_password(NEW, ada.password_hash)


def test_all_sessions_end(app: Flask, client: FormClient, ada: Person) -> None:
    elsewhere = app.test_client()
    assert isinstance(elsewhere, FormClient)
    sign_in(elsewhere, ada)
    sign_in(client, ada)
    set_password(client, link_for(client))
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)


@pytest.mark.usefixtures("ada")
def test_person_is_told_and_the_audit_log_too(client: FormClient) -> None:
    set_password(client, link_for(client))
    last = mails_to(ADA)[-1]
    assert last["Subject"] == "Your password was changed"
    assert "/password/forgotten" in body_text(last)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_name, entry.ip) == (
        "account.password_reset",
        ADA,
        "127.0.0.1",
    )
    assert (entry.before, entry.after) == ({}, {})


class TestLinksThatDoNotWork:
    @pytest.mark.usefixtures("ada")
    def test_expired_link_says_so(
        self, client: FormClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        link, now = link_for(client), clock.now()
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=59))
        assert client.get(link).status_code == 200
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=60))
        for response in (client.get(link), set_password(client, link)):
            assert response.status_code == 410
            assert "This link is too old." in response.text

    def test_tampered_link_says_so(self, client: FormClient, ada: Person) -> None:
        token = token_in(link_for(client))
        for wrong in ("", "x", token[:-1], "W" + token, token.replace(".", "", 1), "\x00", "é"):
            link = f"/password/reset?token={wrong}"
            for response in (client.get(link), set_password(client, link)):
                assert response.status_code == 410, wrong
                assert "This link is not complete." in response.text
        assert verify_password(PASSWORD, ada.password_hash)

    @pytest.mark.usefixtures("ada")
    def test_link_dies_with_the_password_or_address_that_it_was_made_for(
        self, client: FormClient, ada: Person
    ) -> None:
        older, newer = link_for(client), link_for(client)
        ada.email = "ada.l@pitchbar.example"
        db.session.commit()
        assert client.get(newer).status_code == 410
        ada.email = ADA
        db.session.commit()
        set_password(client, newer)
        assert client.get(older).status_code == 410

    @pytest.mark.usefixtures("ada")
    def test_token_of_a_session_is_no_link(self, client: FormClient) -> None:
        client.get("/login")
        cookie = client.get_cookie("pitchbar_session", domain="pitchbar.test")
        assert cookie is not None
        assert client.get(f"/password/reset?token={cookie.value}").status_code == 410

    def test_link_is_of_our_site_whatever_the_request_calls_it(
        self, client: FormClient, ada: Person
    ) -> None:
        """Else somebody could have the token sent to a host of theirs."""
        there = "http://evil.example"
        found = re.search(
            r'"csrf_token" value="([^"]+)"', client.get("/login", base_url=there).text
        )
        assert found is not None
        form = {"email": ADA, "csrf_token": found[1]}
        assert client.post("/password/forgotten", data=form, base_url=there).status_code == 200
        assert first_link(mails_to(ADA)[0]).startswith("/password/reset?token=")
        assert "evil.example" not in body_text(mails_to(ADA)[0])


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Choose a password."),
        ("ninechars", "Use at least 10 characters."),
        ("a" * 201, "Use at most 200 characters."),
        ("QwertyUIOP", "among the first that attackers try"),
        ("ada@pitchbar.example!", "Do not use your name or e-mail address"),
    ],
)
def test_wrong_password_is_named_and_the_link_still_works(
    client: FormClient, password: str, sentence: str
) -> None:
    link = link_for(client)
    refused = set_password(client, link, password)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert set_password(client, link).status_code == 303


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("ada+codes@pitchbar.example", "ADA+Codes@Pitchbar.Example"),
        ("zoë@pitchbar.example", "ZOE\u0308@pitchbar.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("kim@pitchbar.example", "\u212aim@pitchbar.example"),
    ],
)
def test_address_is_found_however_it_is_written_and_mail_goes_to_the_stored_one(
    client: FormClient, stored: str, typed: str
) -> None:
    make_person(email=stored)
    ask(client, typed)
    assert [mail["Subject"] for mail in sent_mails()] == ["Set a new password"]
    assert str(sent_mails()[0]["To"]) == with_ascii_domain(stored)


def test_plus_address_is_another_account(client: FormClient, ada: Person) -> None:
    ask(client, "ada+x@pitchbar.example")
    assert sent_mails()[0]["Subject"] == "There is no Pitchbar account with this address"


def test_person_without_a_password_sets_one(client: FormClient) -> None:
    person = make_person(email=ADA, password_hash=NO_PASSWORD)
    set_password(client, link_for(client))
    assert verify_password(NEW, person.password_hash)


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@b.example\r\nBcc: eve@pitchbar.example"])
def test_what_is_no_address_is_refused(client: FormClient, email: str) -> None:
    assert ask(client, email).status_code == 422
    assert sent_mails() == []


def test_broken_mail_does_not_fail_the_request(app: Flask, client: FormClient, ada: Person) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.replaced(mail_url="smtp://127.0.0.1:9")
    assert ask(client).status_code == 200


def test_token_is_not_in_the_log(
    client: FormClient, ada: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    link = link_for(client)
    client.get(link)
    out = capfd.readouterr()
    assert token_in(link) not in out.out + out.err


@on_both_databases
def test_two_uses_of_one_link_at_once_set_one_password(app: Flask) -> None:
    make_person(email=ADA)
    first = app.test_client()
    assert isinstance(first, FormClient)
    link, ready, statuses = link_for(first), threading.Barrier(2), []

    def use(password: str) -> None:
        client = app.test_client()
        assert isinstance(client, FormClient)
        data = {"csrf_token": client.csrf_token(), "token": token_in(link), "password": password}
        ready.wait()
        statuses.append(client.post("/password/reset", data=data).status_code)

    threads = [threading.Thread(target=use, args=(f"good password {n}",)) for n in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [303, 410]
