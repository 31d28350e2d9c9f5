"""Each error takes the form that was asked for: page, fragment or JSON."""

import re
from contextvars import Context
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
from flask import Flask, abort
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError

from pitchbar import create_app
from pitchbar.errors import DomainError, Forbidden, NotFound
from tests.conftest import MakeSettings
from tests.support.browsing import FRAGMENT, SITE, FormClient, sign_in
from tests.support.factories import PASSWORD, People

SECRET = "the text of an exception is for the log"

# What is raised for each status, and the code that programs see.
BROKEN: dict[int, tuple[Exception | None, str]] = {
    400: (None, "bad_request"),
    403: (Forbidden(), "forbidden"),
    404: (NotFound(), "not_found"),
    405: (None, "method_not_allowed"),
    413: (None, "too_large"),
    419: (CSRFError(SECRET), "expired"),
    422: (DomainError("Say it otherwise.", fields={"name": "Too long."}), "invalid"),
    429: (None, "rate_limited"),
    500: (RuntimeError(SECRET), "internal"),
    503: (OperationalError("SELECT", {}, Exception(SECRET)), "unavailable"),
}
each_status = pytest.mark.parametrize("status", BROKEN)


@pytest.fixture
def broken(app: Flask, client: FormClient) -> FormClient:
    """A client of an app in which /broken/<status> and /api/broken/<status> fail that way."""

    def fail(status: int) -> NoReturn:
        error = BROKEN[status][0]
        if error is not None:
            raise error
        abort(status)

    app.add_url_rule("/broken/<int:status>", "broken", fail)
    app.add_url_rule("/api/broken/<int:status>", "api_broken", fail)
    return client


@each_status
def test_page_says_what_happened(broken: FormClient, status: int) -> None:
    answer = broken.get(f"/broken/{status}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "<html" in answer.text
    assert re.search(r"<h1[^>]*>[^<]+</h1>", answer.text)


@pytest.mark.parametrize("status", [500, 503])
def test_page_of_our_fault_names_the_request(broken: FormClient, status: int) -> None:
    answer = broken.get(f"/broken/{status}")
    assert answer.headers["X-Request-Id"] in answer.text


@each_status
def test_boosted_page_is_a_whole_page(broken: FormClient, status: int) -> None:
    answer = broken.get(f"/broken/{status}", headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert "<html" in answer.text


@each_status
def test_fragment_is_one_element(broken: FormClient, status: int) -> None:
    answer = broken.get(f"/broken/{status}", headers=FRAGMENT)
    assert answer.status_code == status
    assert "<html" not in answer.text
    assert answer.text.strip().startswith("<")
    assert {"hx-request", "hx-request-type"} <= {name.lower() for name in answer.vary}


@each_status
def test_api_answers_json(broken: FormClient, status: int) -> None:
    answer = broken.get(f"/api/broken/{status}")
    assert answer.status_code == status
    assert answer.is_json
    error = answer.get_json()["error"]
    assert error["code"] == BROKEN[status][1]
    assert error["message"].endswith(".")
    assert error["fields"] == ({"name": "Too long."} if status == 422 else {})


@each_status
@pytest.mark.parametrize("prefix", ["", "/api"])
def test_text_of_an_exception_is_never_shown(broken: FormClient, status: int, prefix: str) -> None:
    assert SECRET not in broken.get(f"{prefix}/broken/{status}").text


def test_unexpected_error_is_logged(broken: FormClient, caplog: pytest.LogCaptureFixture) -> None:
    broken.get("/broken/500")
    assert SECRET in caplog.text


def test_database_that_is_gone_asks_to_come_back(broken: FormClient) -> None:
    assert broken.get("/broken/503").headers["Retry-After"] == "5"


def test_unknown_address_is_404(client: FormClient) -> None:
    assert client.get("/no/such/page").status_code == 404
    assert client.get("/api/no/such/thing").get_json()["error"]["code"] == "not_found"


def test_wrong_method_is_405(client: FormClient) -> None:
    assert client.submit("/up").status_code == 405


def test_form_without_a_token_is_419(client: FormClient) -> None:
    assert client.post("/login", data={"email": "a@b.example"}).status_code == 419


def test_form_with_a_token_of_another_session_is_419(client: FormClient, people: People) -> None:
    token = client.csrf_token()
    sign_in(client, people.owner)
    assert client.post("/logout", data={"csrf_token": token}).status_code == 419


def test_too_large_a_body_is_413(client: FormClient) -> None:
    form = {"email": "x" * 1_100_000}
    assert client.submit("/login", form).status_code == 413


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_login="2/minute")
def test_too_many_tries_are_429(client: FormClient) -> None:
    form = {"email": "ada@pitchbar.example", "password": PASSWORD}
    statuses = [client.submit("/login", form).status_code for _ in range(3)]
    assert statuses == [422, 422, 429]
    assert client.submit("/login", form, fragment=True).status_code == 429
    assert int(client.submit("/login", form).headers["Retry-After"]) <= 60


def test_without_a_database_pages_say_so(
    client: FormClient, people: People, make_settings: MakeSettings
) -> None:
    sign_in(client, people.owner)
    cookie = client.get_cookie("pitchbar_session", domain=urlsplit(SITE).netloc)
    gone = create_app(make_settings(database_url="postgresql://127.0.0.1:1/nothing"))
    assert cookie is not None
    headers = {"Cookie": f"pitchbar_session={cookie.value}"}
    answer = Context().run(
        gone.test_client(use_cookies=False).get, "/workspaces/new", headers=headers
    )
    assert answer.status_code == 503
    assert "<html" in answer.text
    assert answer.headers["Retry-After"] == "5"
