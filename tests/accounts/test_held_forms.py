"""A form that comes when the session has ended, or with a token of another one, is kept in the page
that says so.
"""

import re
from html import unescape
from typing import NoReturn

import pytest
from flask import Flask, abort
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from pitchbar.accounts.models import PersonSession
from pitchbar.codes.models import Code
from pitchbar.extensions import db
from tests.support.browsing import FRAGMENT, SITE, FormClient, sign_in
from tests.support.factories import PASSWORD, People

OWN = {"Origin": SITE}
TYPED = {
    "name": 'Spring "menu"',
    "destination_url": "https://shop.example/",
    "error_correction": "M",
    "notes": "By the door.\r\n\r\nSecond <line>.",
}


@pytest.fixture
def url(client: FormClient, people: People) -> str:
    sign_in(client, people.owner)
    return f"/w/{people.workspace.slug}/codes"


def end_sessions() -> None:
    db.session.execute(delete(PersonSession))
    db.session.commit()


def held_fields(page: str) -> dict[str, str]:
    form = page.partition('<form class="row"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in found}


def test_session_that_ended_keeps_what_was_typed(
    client: FormClient, people: People, url: str
) -> None:
    end_sessions()
    answer = client.submit(url, TYPED, headers=OWN)
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    held = held_fields(answer.text)
    assert {name: held[name] for name in TYPED} == TYPED
    assert f'action="{url}"' in answer.text
    assert re.search(r'href="/login" target="_blank"', answer.text)
    # Signed in again in another tab, the form is sent from this one.
    form = {"email": people.owner.email, "password": PASSWORD}
    assert client.submit("/login", form).status_code == 303
    refused = client.post(url, data=held, headers=OWN)
    assert refused.status_code == 419
    again = held_fields(refused.text)
    assert client.post(url, data=again, headers=OWN).status_code == 303
    assert db.session.query(Code).one().notes == TYPED["notes"]


def test_token_of_another_session_keeps_what_was_typed(client: FormClient, url: str) -> None:
    answer = client.post(url, data=TYPED | {"csrf_token": "old"}, headers=OWN)
    assert answer.status_code == 419
    assert 'class="rail"' in answer.text
    assert "Send it again" in answer.text
    assert client.post(url, data=held_fields(answer.text), headers=OWN).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": SITE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": SITE, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_words_of_another_site_are_put_into_no_hands(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    expired = client.post(url, data=TYPED | {"csrf_token": "old"}, headers=headers)
    assert expired.status_code == 419
    assert "shop.example" not in expired.text
    end_sessions()
    assert "shop.example" not in client.submit(url, TYPED, headers=headers).text


def test_htmx_is_led_to_the_sign_in_as_ever(client: FormClient, url: str) -> None:
    end_sessions()
    answer = client.submit(url, TYPED, headers=OWN | FRAGMENT)
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_session_is_told_to_its_own_page(client: FormClient, people: People) -> None:
    signed_out = client.get("/session").get_json()
    assert signed_out["person"] is None
    sign_in(client, people.owner)
    told = client.get("/session")
    assert told.get_json()["person"] == people.owner.id
    assert told.headers["Cache-Control"] == "no-store, private"
    form = {"csrf_token": told.get_json()["csrf_token"]}
    assert client.post("/logout", data=form).status_code == 303


@pytest.mark.parametrize("status", [429, 500, 503])
def test_fault_of_the_moment_keeps_what_was_typed(
    client: FormClient, app: Flask, url: str, status: int
) -> None:
    def create(slug: str) -> NoReturn:
        if status == 503:
            raise OperationalError("INSERT", {}, Exception("gone"))
        abort(status)

    app.view_functions["codes.create"] = create
    answer = client.submit(url, TYPED, headers=OWN)
    assert answer.status_code == status
    held = held_fields(answer.text)
    assert {name: held[name] for name in TYPED} == TYPED
    assert "Send it again" in answer.text


def test_refusal_that_another_try_does_not_change_keeps_nothing(
    client: FormClient, app: Flask, url: str
) -> None:
    def create(slug: str) -> NoReturn:
        abort(409)

    app.view_functions["codes.create"] = create
    assert "Send it again" not in client.submit(url, TYPED, headers=OWN).text
