"""Nobody gets a second helping of a limit by the way an address is written."""

from collections.abc import Callable

import pytest
from flask import Flask, request

from pitchbar.core.addresses import client_address, read_address
from tests.support.browsing import FormClient

VISITOR = "203.0.113.5"
SPELLINGS = [
    VISITOR,
    f" {VISITOR} ",
    f"{VISITOR}:4711",
    f"{VISITOR}:",
    f"[{VISITOR}]:4711",
    f'"{VISITOR}:4711"',
    f"::ffff:{VISITOR}",
    f"[::ffff:{VISITOR}]:4711",
    "::FFFF:CB00:7105",
    f"::ffff:{VISITOR}%eth0",
]
HOUSEHOLD = [
    "2001:db8::5",
    "2001:0DB8:0:0::5",
    "[2001:db8::5]:4711",
    "[2001:db8::5%1]",
    '"[2001:db8::5]"',
]


@pytest.mark.parametrize("written", SPELLINGS)
def test_every_spelling_of_an_ipv4_address_is_one_address(written: str) -> None:
    assert read_address(written) == VISITOR
    assert client_address({"REMOTE_ADDR": written}, 0) == VISITOR
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"6.6.6.6, {written}"}
    assert client_address(environ, 1) == VISITOR


@pytest.mark.parametrize("written", HOUSEHOLD)
def test_every_spelling_of_an_ipv6_address_is_one_address(written: str) -> None:
    assert read_address(written) == "2001:db8::5"


@pytest.mark.parametrize(
    "written", ["", "unknown", "_hidden", "1.2.3.4.5", ":80", "[]", "1.2.3.4:8o"]
)
def test_what_is_no_address_is_none(written: str) -> None:
    assert read_address(written) == ""


@pytest.mark.settings(trusted_proxies=1, ratelimit_enabled=True, ratelimit_login="3/minute")
def test_changing_ports_do_not_pass_the_limit_of_sign_in(client: FormClient) -> None:
    def attempt(number: int) -> int:
        form = {"email": f"nobody{number}@pitchbar.example", "password": "wrong"}
        headers = {"X-Forwarded-For": f"{VISITOR}:{4000 + number}"}
        return client.submit("/login", form, headers=headers).status_code

    assert [attempt(number) for number in range(5)] == [422, 422, 422, 429, 429]


@pytest.fixture
def seen(app: Flask) -> Callable[..., str]:
    """The address that sessions, limits and the audit log get to see."""
    app.add_url_rule("/seen", "seen", lambda: str(request.remote_addr))

    def ask(peer: str, **headers: str) -> str:
        return (
            app.test_client().get("/seen", environ_base={"REMOTE_ADDR": peer}, headers=headers).text
        )

    return ask


def test_a_mapped_peer_is_the_same_person_on_pages(seen: Callable[..., str]) -> None:
    assert seen("::ffff:8.8.8.8") == "8.8.8.8"


@pytest.mark.settings(trusted_proxies=1)
def test_pages_see_no_port(seen: Callable[..., str]) -> None:
    assert seen("10.0.0.1", **{"X-Forwarded-For": "6.6.6.6, 203.0.113.5:4711"}) == VISITOR
    assert seen("10.0.0.1", **{"X-Forwarded-For": "[2001:db8::5]:4711"}) == "2001:db8::5"


@pytest.mark.settings(trusted_proxies=2)
def test_pages_and_redirects_agree_when_a_proxy_was_passed_by(seen: Callable[..., str]) -> None:
    assert seen("10.0.0.1", **{"X-Forwarded-For": "6.6.6.6"}) == "10.0.0.1"
