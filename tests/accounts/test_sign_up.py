import re
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.accounts.models import Person
from pitchbar.accounts.passwords.hashing import verify_password
from pitchbar.extensions import db
from tests.support.browsing import FRAGMENT, FormClient
from tests.support.factories import make_person
from tests.support.servers import on_both_databases

GOOD = {"name": "Ada", "email": "ada@pitchbar.example", "password": "nine quiet horses"}


def count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def sign_up(client: FormClient, **changes: str) -> tuple[int, str]:
    response = client.submit("/signup", {**GOOD, **changes})
    return response.status_code, response.get_data(as_text=True)


def test_sign_up_makes_an_account_and_leads_to_the_first_workspace(client: FormClient) -> None:
    response = client.submit("/signup", GOOD)
    assert (response.status_code, response.location) == (303, "/workspaces/new")
    page = client.get("/workspaces/new")
    assert page.status_code == 200
    assert "Set up your workspace" in page.text


def test_password_is_kept_as_argon2id_only(client: FormClient) -> None:
    client.submit("/signup", GOOD)
    stored = db.session.scalars(select(Person.password_hash)).one()
    assert stored.startswith("$argon2id$")
    assert GOOD["password"] not in stored
    assert verify_password(GOOD["password"], stored)
    assert not verify_password(GOOD["password"] + " ", stored)


@pytest.mark.parametrize(
    "email", ["ada@pitchbar.example", "ADA@Pitchbar.Example", "  ada@pitchbar.example "]
)
def test_address_with_an_account_is_refused_in_any_case(client: FormClient, email: str) -> None:
    make_person(email="ada@pitchbar.example")
    status, page = sign_up(client, email=email)
    assert status == 422
    assert "There is an account with this address already." in page
    assert count_people() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter your name."),
        ("name", "   ", "Enter your name."),
        ("name", "Ada\x00", "This contains characters that cannot be stored."),
        ("name", "Ada\x1b[2J", "This contains characters that cannot be stored."),
        ("name", "a" * 101, "100 characters"),
        ("email", "", "Enter your e-mail address."),
        ("email", "ada", "This is not an e-mail address."),
        ("email", "ada@", "This is not an e-mail address."),
        ("email", "ada@pitchbar", "This is not an e-mail address."),
        ("email", "ada@pitchbar.example\x00", "This is not an e-mail address."),
        ("email", "ada@pitchbar.example\r\nBcc: eve@pitchbar.example", "not an e-mail address."),
        ("email", "a" * 250 + "@pitchbar.example", "254 characters"),
        ("password", "", "Choose a password."),
        ("password", "ninechars", "Use at least 10 characters."),
        ("password", "a" * 201, "Use at most 200 characters."),
    ],
)
def test_wrong_field_is_named_and_nothing_is_stored(
    client: FormClient, field: str, value: str, sentence: str
) -> None:
    status, page = sign_up(client, **{field: value})
    assert status == 422
    assert sentence in page
    assert f'id="{field}-error"' in page
    assert count_people() == 0


def test_all_that_was_typed_stays_and_the_page_is_kept_nowhere(client: FormClient) -> None:
    _, page = sign_up(client, email="ada@", name="Ada <b>Lovelace</b>")
    assert 'value="ada@"' in page
    assert 'value="Ada &lt;b&gt;Lovelace&lt;/b&gt;"' in page
    assert f'type="password" value="{GOOD["password"]}"' in page
    answer = client.submit("/signup", GOOD | {"email": "ada@"})
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_taken_address_and_weak_password_are_said_at_once(client: FormClient) -> None:
    make_person(email=GOOD["email"])
    status, page = sign_up(client, name="", password="password1234")
    assert status == 422
    assert "Enter your name." in page
    assert "There is an account with this address already." in page
    assert "among the first that attackers try" in page
    status, page = sign_up(client, password="short")
    assert "There is an account with this address already." in page
    assert "Use at least 10 characters." in page


def test_first_wrong_field_takes_the_focus_without_scripts(client: FormClient) -> None:
    page = client.get("/signup").text
    assert re.findall(r"<input[^>]*autofocus[^>]*>", page)[0].count('id="name"') == 1
    _, page = sign_up(client, email="ada@", password="short")
    wrong = [
        re.search(r' id="(\w+)"', one) for one in re.findall(r"<input[^>]*aria-invalid[^>]*>", page)
    ]
    assert [one and one[1] for one in wrong] == ["email", "password"]
    focused = re.findall(r"<input[^>]*autofocus[^>]*>", page)
    assert 'id="email"' in focused[0]


@on_both_databases
def test_two_sign_ups_with_one_address_at_once_make_one_account(app: Flask) -> None:
    """The look before the insert cannot see the other; the unique index decides."""
    ready = threading.Barrier(2)
    statuses: list[int] = []

    def send() -> None:
        client = app.test_client()
        assert isinstance(client, FormClient)
        data = {**GOOD, "csrf_token": client.csrf_token()}
        ready.wait()
        statuses.append(client.post("/signup", data=data).status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [303, 422]
    assert count_people() == 1


def test_form_works_as_a_fragment_request_too(client: FormClient) -> None:
    response = client.submit("/signup", GOOD, headers=FRAGMENT)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/workspaces/new"


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_signup="2/minute")
def test_sign_ups_from_one_address_are_limited(client: FormClient) -> None:
    statuses = [sign_up(client, email="nobody")[0] for _ in range(3)]
    assert statuses == [422, 422, 429]
