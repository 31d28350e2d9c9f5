"""What every answer carries: safe headers, an id, a line in the log."""

import json
import logging
from collections.abc import Callable

import pytest
from flask import Flask, request

from pitchbar import create_app
from pitchbar.core.logs import set_up_logs
from tests.conftest import MakeSettings
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People

ALL_PLACES = ["/", "/login", "/no/such/page", "/up", "/static/css/base.css", "/api/nothing"]


@pytest.mark.parametrize("place", ALL_PLACES)
def test_answer_has_safe_headers(client: FormClient, place: str) -> None:
    headers = client.get(place).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_page_of_a_workspace_is_kept_by_no_cache(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    answer = client.get(f"/w/{people.workspace.slug}/")
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_static_file_is_kept_for_a_year(client: FormClient) -> None:
    assert "max-age=31536000" in client.get("/static/css/base.css").headers["Cache-Control"]


def test_tls_is_demanded_only_where_there_is_tls(make_settings: MakeSettings) -> None:
    def demands_tls(url: str) -> bool:
        answer = create_app(make_settings(app_url=url)).test_client().get("/up")
        return "Strict-Transport-Security" in answer.headers

    assert [demands_tls(url) for url in (SITE, "https://pitchbar.test", SITE)] == [
        False,
        True,
        False,
    ]


def test_session_cookie_is_kept_from_scripts_and_other_sites(client: FormClient) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("pitchbar_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.settings(app_url="https://pitchbar.test")
def test_session_cookie_of_a_site_with_tls_goes_over_tls_only(client: FormClient) -> None:
    assert "Secure" in client.get("/login").headers["Set-Cookie"]


def test_request_gets_an_id_of_its_own(client: FormClient) -> None:
    first, second = (client.get("/up").headers["X-Request-Id"] for _ in range(2))
    assert len(first) == 32
    assert first != second


def test_id_of_a_proxy_is_kept(client: FormClient) -> None:
    answer = client.get("/up", headers={"X-Request-Id": "proxy-4711.abc"})
    assert answer.headers["X-Request-Id"] == "proxy-4711.abc"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space in it", "<script>alert"])
def test_strange_id_is_replaced(client: FormClient, given: str) -> None:
    assert len(client.get("/up", headers={"X-Request-Id": given}).headers["X-Request-Id"]) == 32


@pytest.fixture
def whoami(app: Flask) -> Callable[[str], str]:
    """What the app takes for the client's address and scheme, given X-Forwarded-For."""
    app.add_url_rule("/whoami", "whoami", lambda: f"{request.scheme} {request.remote_addr}")

    def ask(forwarded: str) -> str:
        headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
        return app.test_client().get("/whoami", headers=headers).text

    return ask


def test_forged_address_is_not_believed(whoami: Callable[[str], str]) -> None:
    assert whoami("203.0.113.5") == "http 127.0.0.1"


@pytest.mark.settings(trusted_proxies=1)
def test_trusted_proxy_is_believed_for_its_own_entry(whoami: Callable[[str], str]) -> None:
    assert whoami("6.6.6.6, 203.0.113.5") == "https 203.0.113.5"


@pytest.mark.settings(app_env="production", log_level="INFO")
def test_request_is_one_line_of_json(client: FormClient, capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO", as_json=True)
    answer = client.get("/up?secret=in-the-query")
    client.get("/static/css/base.css")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["path"] for line in lines] == ["/up"]
    assert lines[0] | {"event": "request", "method": "GET", "status": 200} == lines[0]
    assert lines[0]["request_id"] == answer.headers["X-Request-Id"]
    assert "in-the-query" not in json.dumps(lines)


def test_line_of_a_library_is_json_too(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO", as_json=True)
    logging.getLogger("some.library").warning("disk is %s", "full")
    line = json.loads(capfd.readouterr().err)
    assert (line["event"], line["level"]) == ("disk is full", "warning")


@pytest.mark.parametrize("as_json", [True, False])
def test_exception_is_logged_with_its_traceback(
    capfd: pytest.CaptureFixture[str], as_json: bool
) -> None:
    set_up_logs("INFO", as_json=as_json)
    try:
        raise RuntimeError("disk is full")
    except RuntimeError:
        logging.getLogger("some.library").exception("it failed")
    printed = capfd.readouterr().err
    assert "disk is full" in printed
    assert "test_exception_is_logged" in printed
    assert "Logging error" not in printed
