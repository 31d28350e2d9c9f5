"""Every address has an access rule, and the rule holds for every method of every address."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from pitchbar.accounts.models import Person
from pitchbar.workspaces.roles import RIGHTS, ROLES, role_may
from tests.support.addresses import build_path, make_all_parts, rules_below
from tests.support.browsing import FRAGMENT, SITE, FormClient, sign_in, without_tokens
from tests.support.factories import People, bearer, make_token

# A socket asks where it was opened before it asks who opened it.
ORIGIN = {"Origin": SITE}
# For the operator's own machines, not for a workspace's programs.
INTERNAL = "/api/v1/internal/"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}


@dataclass(frozen=True)
class Address:
    """One method of one rule, with a URL on the workspace `slug` and its code."""

    method: str
    url: str
    access: str
    is_socket: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.url} ({self.access})"


def access_of(app: Flask, rule: Rule) -> str | None:
    access: str | None = getattr(app.view_functions[rule.endpoint], "access", None)
    return access


def addresses(app: Flask, prefix: str, parts: dict[str, Any]) -> list[Address]:
    return [
        Address(
            method, build_path(app, rule, parts), access_of(app, rule) or "nothing", rule.websocket
        )
        for rule in rules_below(app, prefix)
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
    ]


@pytest.fixture
def parts(app: Flask, people: People) -> dict[str, Any]:
    return make_all_parts(app, people)


def send(client: FormClient, address: Address, headers: dict[str, str]) -> TestResponse:
    if address.is_socket:
        headers = headers | UPGRADE
    if address.method in ("GET", "HEAD"):
        return client.open(address.url, method=address.method, headers=headers)
    return client.submit(address.url, headers=headers)


@pytest.fixture
def pages(app: Flask, parts: dict[str, Any]) -> list[Address]:
    found = addresses(app, "/w/", parts)
    assert len(found) > 10
    return found


@pytest.fixture
def api(app: Flask, parts: dict[str, Any]) -> list[Address]:
    api = addresses(app, "/api/v1/workspaces/", parts)
    assert len(api) > 5
    return api


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and access_of(app, rule) is None
    ]
    assert not silent, "mark these views with open_to_all, signed_in, requires or requires_token"


def test_every_page_of_a_workspace_asks_for_a_right(pages: list[Address]) -> None:
    assert [str(page) for page in pages if page.access not in RIGHTS] == []


def test_every_address_of_the_api_asks_for_a_token(api: list[Address]) -> None:
    scopes = {"token:read", "token:read-write"}
    assert [str(one) for one in api if one.access not in scopes] == []


def test_internal_addresses_ask_for_the_operators_token(app: Flask, parts: dict[str, Any]) -> None:
    found = addresses(app, INTERNAL, parts)
    assert found
    assert [str(one) for one in found if one.access != "token:internal"] == []


def test_what_changes_something_is_not_open_to_a_token_that_reads(api: list[Address]) -> None:
    changing = [one for one in api if one.method not in ("GET", "HEAD")]
    assert changing
    assert [str(one) for one in changing if one.access == "token:read"] == []


def test_outsider_gets_404_everywhere(
    client: FormClient, pages: list[Address], people: People
) -> None:
    sign_in(client, people.outsider)
    answers = {str(page): send(client, page, ORIGIN).status_code for page in pages}
    assert {where: status for where, status in answers.items() if status != 404} == {}


def test_outsider_cannot_tell_a_workspace_from_none(client: FormClient, people: People) -> None:
    sign_in(client, people.outsider)
    headers = {"X-Request-Id": "the-same-for-both"}
    real = client.get(f"/w/{people.workspace.slug}/", headers=headers)
    none = client.get("/w/no-such-workspace/", headers=headers)
    assert real.status_code == none.status_code == 404
    assert without_tokens(real.text) == without_tokens(none.text)


def test_signed_out_is_led_to_the_sign_in(client: FormClient, pages: list[Address]) -> None:
    for page in pages:
        # A form of our own page is kept for after the sign-in: tests/accounts/test_held_forms.py.
        answer = send(client, page, ORIGIN if page.is_socket else {})
        assert answer.status_code == 302, page
        assert answer.headers["Location"].startswith("/login"), page


def test_signed_out_htmx_is_led_to_the_sign_in(client: FormClient, pages: list[Address]) -> None:
    for page in pages:
        answer = send(client, page, ORIGIN | FRAGMENT)
        assert answer.headers.get("HX-Redirect", "").startswith("/login"), page


@pytest.mark.parametrize("role", ROLES)
def test_member_without_the_right_gets_403(
    client: FormClient, pages: list[Address], people: People, role: str
) -> None:
    person: Person = getattr(people, role)
    sign_in(client, person)
    for page in pages:
        if not role_may(role, page.access):
            assert send(client, page, ORIGIN).status_code == 403, page


def test_no_form_is_taken_without_its_token(
    client: FormClient, app: Flask, parts: dict[str, Any], people: People
) -> None:
    sign_in(client, people.owner)
    posts = [
        one
        for one in addresses(app, "/", parts)
        # A page that sets no cookie has no session that a forged form could use.
        if one.method == "POST" and not one.url.startswith(("/api/", "/s/"))
        # Its forms carry the visitor's own token; without it they answer 422.
        if not one.url.startswith("/c/")
        # Mail programs post there, and the address itself is signed.
        if not re.fullmatch("/unsubscribe/[^/]+", one.url)
        # Browsers post there by themselves, and nothing of anybody changes.
        if one.url != "/csp-report"
        # Stripe posts there, and signs what it sends.
        if one.url != "/billing/webhook"
    ]
    assert len(posts) > 5
    for post in posts:
        assert client.post(post.url).status_code == 419, post


def test_api_without_a_token_is_401(client: FormClient, api: list[Address]) -> None:
    for one in api:
        answer = client.open(one.url, method=one.method)
        assert answer.status_code == 401, one


def test_token_of_another_workspace_gets_404(
    client: FormClient, api: list[Address], people: People
) -> None:
    headers = bearer(make_token(people.elsewhere, "read-write"))
    for one in api:
        assert client.open(one.url, method=one.method, headers=headers).status_code == 404, one


def test_token_that_reads_cannot_write(
    client: FormClient, api: list[Address], people: People
) -> None:
    headers = bearer(make_token(people.workspace, "read"))
    for one in api:
        if one.access == "token:read-write":
            answer = client.open(one.url, method=one.method, headers=headers)
            assert answer.status_code == 403, one


def test_session_does_not_open_the_api(
    client: FormClient, api: list[Address], people: People
) -> None:
    sign_in(client, people.owner)
    for one in api:
        assert client.open(one.url, method=one.method).status_code == 401, one
