"""Signing in with two-factor sign-in on: the code after the password."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.accounts.models import Person, TwoFactor
from pitchbar.core.encryption import encrypt
from pitchbar.extensions import db
from tests.accounts.authenticator import ADA, Phone, give_code, give_password
from tests.accounts.walking import body_text, has_toast, is_signed_in, mails_to
from tests.support.browsing import FormClient
from tests.support.servers import on_both_databases


def test_password_alone_does_not_sign_in(client: FormClient, phone: Phone) -> None:
    assert give_password(client).location == "/login/two-factor"
    assert not is_signed_in(client)


def test_code_signs_in_and_leads_back(client: FormClient, phone: Phone) -> None:
    response = give_password(client, next="/workspaces/new")
    assert response.location == "/login/two-factor?next=/workspaces/new"
    assert 'value="/workspaces/new"' in client.get(response.location).text
    assert give_code(client, phone.code(), next="/workspaces/new").location == "/workspaces/new"
    assert is_signed_in(client)


def test_leads_to_this_site_only(client: FormClient, phone: Phone) -> None:
    give_password(client)
    assert give_code(client, phone.code(), next="//evil.example").location == "/"


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_clock_of_the_phone_may_be_off_by_one_step(
    client: FormClient, phone: Phone, seconds: int
) -> None:
    give_password(client)
    assert give_code(client, phone.code(seconds)).status_code == 303


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90])
def test_but_not_by_more(client: FormClient, phone: Phone, seconds: int) -> None:
    phone.wait(minutes=5)
    give_password(client)
    assert give_code(client, phone.code(seconds)).status_code == 422


def test_spaces_in_the_code_do_not_matter(client: FormClient, phone: Phone) -> None:
    give_password(client)
    code = phone.code()
    assert give_code(client, f" {code[:3]} {code[3:]} ").status_code == 303


def test_code_is_good_once(client: FormClient, phone: Phone) -> None:
    give_password(client)
    code, before = phone.code(), phone.code(-30)
    assert give_code(client, code).status_code == 303
    client.submit("/logout")
    give_password(client)
    for seen in (code, before):
        response = give_code(client, seen)
        assert response.status_code == 422
        assert "was used already" in response.text
    assert not is_signed_in(client)


@on_both_databases
def test_code_sent_twice_at_once_signs_in_once(
    app: Flask, client: FormClient, phone: Phone
) -> None:
    ready, statuses, code = threading.Barrier(2), [], phone.code()

    def send() -> None:
        browser = app.test_client()
        assert isinstance(browser, FormClient)
        give_password(browser)
        data = {"csrf_token": browser.csrf_token(), "code": code}
        ready.wait()
        statuses.append(browser.post("/login/two-factor", data=data).status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [303, 422]


def test_waits_for_ten_minutes(client: FormClient, phone: Phone) -> None:
    give_password(client)
    phone.wait(minutes=9, seconds=58)
    assert client.get("/login/two-factor").status_code == 200
    phone.wait(seconds=3)
    assert client.get("/login/two-factor").location == "/login"
    assert give_code(client, phone.code()).location == "/login"
    assert has_toast(client, "The sign-in took too long")
    assert not is_signed_in(client)


def test_ends_when_the_password_changes(client: FormClient, ada: Person, phone: Phone) -> None:
    give_password(client)
    ada.password_hash = "another"
    assert give_code(client, phone.code()).location == "/login"


def test_is_not_there_without_the_first(client: FormClient, phone: Phone) -> None:
    assert client.get("/login/two-factor").location == "/login"
    assert give_code(client, phone.code()).location == "/login"


def test_planted_session_ends_with_the_first_step(client: FormClient, phone: Phone) -> None:
    with client.session_transaction(base_url="http://pitchbar.test") as session:
        session["planted"] = "yes"
    give_password(client)
    with client.session_transaction(base_url="http://pitchbar.test") as session:
        assert "planted" not in session


def test_reset_of_the_password_does_not_go_around_it(client: FormClient, phone: Phone) -> None:
    client.submit("/password/forgotten", {"email": ADA})
    token = body_text(mails_to(ADA)[-1]).partition("token=")[2].split()[0]
    new = "seven loud geese at noon"
    client.submit("/password/reset", {"token": token, "password": new})
    assert not is_signed_in(client)
    response = client.submit("/login", {"email": ADA, "password": new})
    assert response.location == "/login/two-factor"


@pytest.mark.settings(ratelimit_enabled=True)
def test_guessing_is_throttled_from_everywhere(client: FormClient, phone: Phone) -> None:
    give_password(client)
    statuses = []
    for number in range(6):
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        statuses.append(give_code(client, "000000").status_code)
    assert statuses == [422] * 5 + [429]


def test_secret_under_another_key_leaves_the_recovery_codes(
    app: Flask, client: FormClient, phone: Phone
) -> None:
    give_password(client)
    two_factor = db.session.scalars(select(TwoFactor)).one()
    two_factor.encrypted_secret = encrypt(phone.secret, "the key from before")
    response = give_code(client, phone.code())
    assert response.status_code == 422
    assert "Use a recovery code." in response.text
