"""One view, two forms: the page, or the fragment that htmx asked for."""

import re

import pytest

from pitchbar.core.assets import STATIC, asset_path
from pitchbar.core.sockets import WholeSends
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code


@pytest.fixture
def codes_url(client: FormClient, people: People) -> str:
    sign_in(client, people.owner)
    make_code(people.workspace)
    return f"/w/{people.workspace.slug}/codes"


def varies(headers: object) -> bool:
    return {"hx-request", "hx-request-type"} <= {name.lower() for name in headers}  # type: ignore[attr-defined]


def test_page_is_whole(client: FormClient, codes_url: str) -> None:
    answer = client.get(codes_url)
    assert "<html" in answer.text
    assert 'id="code-list"' in answer.text
    assert varies(answer.vary)


def test_fragment_is_its_one_root_element(client: FormClient, codes_url: str) -> None:
    answer = client.get(codes_url, headers=FRAGMENT)
    assert "<html" not in answer.text
    assert re.match(r"""\s*<\w+[^>]*\sid="code-list\"""", answer.text)
    assert varies(answer.vary)


def test_boosted_link_gets_the_page(client: FormClient, codes_url: str) -> None:
    assert "<html" in client.get(codes_url, headers={"HX-Request": "true"}).text


def test_back_in_history_gets_the_page(client: FormClient, codes_url: str) -> None:
    headers = {"HX-Request-Type": "partial"}
    assert "<html" in client.get(codes_url, headers=headers).text


def test_form_leads_on_with_303(client: FormClient) -> None:
    answer = client.submit("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_htmx_is_led_on_by_a_header(client: FormClient) -> None:
    answer = client.submit("/logout", fragment=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")
    assert "Location" not in answer.headers


def test_invalid_form_is_422_and_only_the_form(client: FormClient, codes_url: str) -> None:
    answer = client.submit(codes_url, {"name": ""}, fragment=True)
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert re.match(r"""\s*<\w+[^>]*\sid="code-form\"""", answer.text)


def test_address_of_an_asset_changes_with_its_content() -> None:
    path, _, version = asset_path("css/base.css").partition("?v=")
    assert path == "/static/css/base.css"
    assert len(version) == 10
    assert version != asset_path("css/app.css").partition("?v=")[2]
    assert (STATIC / "css" / "base.css").is_file()


class LazySocket:
    """Takes three bytes at a time, as a full network buffer does."""

    def __init__(self) -> None:
        self.taken = b""

    def send(self, data: bytes) -> int:
        self.taken += data[:3]
        return len(data[:3])

    def sendall(self, data: bytes) -> None:
        self.taken += data

    def fileno(self) -> int:
        return 42


def test_socket_sends_everything() -> None:
    lazy = LazySocket()
    whole = WholeSends(lazy)
    assert whole.send(b"a long message") == 14
    assert lazy.taken == b"a long message"
    assert whole.fileno() == 42
