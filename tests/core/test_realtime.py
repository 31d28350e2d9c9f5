"""Sockets on a host of their own (REALTIME_URL)."""

import pytest

from pitchbar import create_app
from pitchbar.live.realtime import WIDE_COOKIE
from pitchbar.settings import SettingsError
from tests.conftest import MakeSettings
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People

LIVE = SITE.replace("://", "://live.")
at_live = pytest.mark.settings(realtime_url=LIVE)


def test_without_it_pages_ask_their_own_host(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    page = client.get(f"/w/{people.workspace.slug}/")
    assert "data-live-origin" not in page.text
    assert "connect-src" not in page.headers["Content-Security-Policy"]


@at_live
def test_pages_name_it_and_may_reach_it(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    page = client.get(f"/w/{people.workspace.slug}/")
    sockets = LIVE.replace("http", "ws", 1)
    assert f'data-live-origin="{sockets}"' in page.text
    assert f"connect-src 'self' {sockets}" in page.headers["Content-Security-Policy"]


@at_live
def test_session_holds_for_both_hosts(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    cookie = client.get_cookie(WIDE_COOKIE, "pitchbar.test")
    assert cookie is not None
    assert not cookie.origin_only


@at_live
@pytest.mark.parametrize(
    ("path", "status"), [("/login", 404), ("/w/cafe/", 404), ("/api/docs", 404), ("/up", 200)]
)
def test_nothing_else_answers_there(client: FormClient, path: str, status: int) -> None:
    assert client.get(path, base_url=LIVE).status_code == status
    assert client.get(path).status_code != 404 or path == "/w/cafe/"


@at_live
def test_socket_is_refused_there_as_it_is_at_home(client: FormClient, people: People) -> None:
    path = f"/w/{people.workspace.slug}/live/socket"
    asked = {"Upgrade": "websocket", "Connection": "Upgrade"}
    assert client.get(path, base_url=LIVE, headers=asked).status_code == 302
    sign_in(client, people.owner)
    asked["Origin"] = "https://elsewhere.example"
    assert client.get(path, base_url=LIVE, headers=asked).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "https://live.elsewhere.example",
        "https://notpitchbar.example",
        "ftp://live.pitchbar.example",
        "https://live.pitchbar.example/path",
        LIVE.replace("http", "https"),
    ],
)
def test_host_that_gets_no_session_stops_the_start(
    make_settings: MakeSettings, origin: str
) -> None:
    with pytest.raises(SettingsError, match="REALTIME_URL"):
        create_app(make_settings(realtime_url=origin))
