"""Each role and each view that belongs to a workspace, as a table."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.workspaces.roles import ROLES, role_may
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases

EDITORS = {"owner", "admin", "editor"}
# endpoint, method, who may, the status for those who may
VIEWS = [
    ("pages.overview", "GET", set(ROLES), 200),
    ("codes.index", "GET", set(ROLES), 200),
    ("codes.show", "GET", set(ROLES), 200),
    ("board_live.live_fragments", "GET", set(ROLES), 200),
    ("codes.qr", "GET", set(ROLES), 200),
    ("codes.new", "GET", EDITORS, 200),
    ("codes.create", "POST", EDITORS, 303),
    ("codes.edit", "GET", EDITORS, 200),
    ("codes.update", "POST", EDITORS, 303),
    ("codes.archive", "POST", EDITORS, 303),
    ("codes.restore", "POST", EDITORS, 303),
    ("codes.confirm_delete", "GET", {"owner"}, 200),
    ("codes.delete", "POST", {"owner"}, 303),
]
FORM = {"name": "Menu", "destination_url": "https://changed.example/", "confirmation": "Menu"}
Address = Callable[[str], str]


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Menu", short_code="menu")


@pytest.fixture
def address(app: Flask, people: People, code: Code) -> Address:
    """The address of an endpoint, for the code of these tests."""
    values: dict[str, Any] = {"slug": people.workspace.slug, "code_id": code.id, "format": "svg"}

    def make(endpoint: str) -> str:
        rules = app.url_map.iter_rules(endpoint)
        needed = set().union(*(rule.arguments for rule in rules))
        with app.test_request_context():
            return url_for(endpoint, **{k: v for k, v in values.items() if k in needed})

    return make


def call(client: FormClient, method: str, url: str) -> int:
    response = client.get(url) if method == "GET" else client.submit(url, FORM)
    return response.status_code


def facts(code: Code) -> tuple[object, ...]:
    return code.name, code.destination_url, code.status, code.deleted_at


def test_table_knows_every_view_of_a_workspace(app: Flask) -> None:
    known = {endpoint for endpoint, *_ in VIEWS} | {"board_live.live"}
    # What is there beyond codes and scans has its own tests, and the table of the guards.
    blueprints = ("pages", "codes", "board_live")
    rules = [r for r in app.url_map.iter_rules() if r.rule.startswith("/w/<slug>/")]
    assert {r.endpoint for r in rules if r.endpoint.startswith(blueprints)} == known


@pytest.mark.parametrize("role", ROLES)
def test_role_may_what_the_table_says_and_nothing_more(
    client: FormClient, people: People, address: Address, code: Code, role: str
) -> None:
    sign_in(client, getattr(people, role))
    for endpoint, method, allowed, status in VIEWS:
        before = facts(code)
        expected = status if role in allowed else 403
        assert (endpoint, call(client, method, address(endpoint))) == (endpoint, expected)
        if role not in allowed:
            assert facts(code) == before


def test_outsider_gets_404_everywhere(
    client: FormClient, people: People, address: Address, code: Code
) -> None:
    before = facts(code)
    sign_in(client, people.outsider)
    for endpoint, method, *_ in VIEWS:
        assert (endpoint, call(client, method, address(endpoint))) == (endpoint, 404)
    assert facts(code) == before


def test_outsider_cannot_tell_a_workspace_from_none(client: FormClient, people: People) -> None:
    sign_in(client, people.outsider)
    real = client.get(f"/w/{people.workspace.slug}/").text
    none = client.get("/w/there-is-none/").text
    assert real == none


def test_signed_out_is_led_to_the_sign_in(
    client: FormClient, people: People, address: Address, code: Code
) -> None:
    before = facts(code)
    for endpoint, method, *_ in VIEWS:
        assert (endpoint, call(client, method, address(endpoint))) == (endpoint, 302)
    assert facts(code) == before


def test_signed_out_fragment_request_is_led_by_htmx(client: FormClient, people: People) -> None:
    url = f"/w/{people.workspace.slug}/codes?q=menu"
    response = client.get(url, headers=FRAGMENT)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith("/login?next=/w/")


def test_code_of_another_workspace_gets_404_everywhere(
    client: FormClient, people: People, address: Address, code: Code
) -> None:
    before = facts(code)
    sign_in(client, people.outsider)
    for endpoint, method, *_ in VIEWS:
        url = address(endpoint)
        if f"/codes/{code.id}" in url:
            borrowed = url.replace(people.workspace.slug, people.elsewhere.slug)
            assert (endpoint, call(client, method, borrowed)) == (endpoint, 404)
    assert facts(code) == before


@on_both_databases
@pytest.mark.parametrize("slug", ["%00", "a%00b", "%ff", "a" * 3000, "..%2f..", "%F0%9F%8D%8E"])
def test_nonsense_for_a_slug_gets_404(client: FormClient, people: People, slug: str) -> None:
    sign_in(client, people.owner)
    assert client.get(f"/w/{slug}/").status_code == 404


@on_both_databases
@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 19, "9" * 40])
def test_number_of_no_code_gets_404(client: FormClient, people: People, number: str) -> None:
    sign_in(client, people.owner)
    at = f"/w/{people.workspace.slug}"
    assert client.get(f"{at}/codes/{number}").status_code == 404
    assert client.get(f"{at}/live/fragments?of={number}").status_code == 404


def test_forbidden_page_says_so_and_offers_nothing(
    client: FormClient, people: People, code: Code
) -> None:
    sign_in(client, people.member)
    response = client.get(f"/w/{people.workspace.slug}/codes/new")
    assert response.status_code == 403
    assert "Your role in this workspace does not allow this." in response.text


def test_pages_offer_only_what_the_role_may(
    client: FormClient, people: People, address: Address, code: Code
) -> None:
    archive_code(code, SYSTEM)
    db.session.commit()
    for role in ROLES:
        sign_in(client, getattr(people, role))
        page = client.get(address("codes.show")).text
        may_edit = role_may(role, "edit_codes")
        assert (f'href="{address("codes.edit")}"' in page) is may_edit
        assert (f'action="{address("codes.restore")}"' in page) is may_edit
        assert (address("codes.confirm_delete") in page) is role_may(role, "delete_codes")
        assert (address("codes.new") in client.get(address("codes.index")).text) is may_edit


def test_unknown_right_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        role_may("owner", "edit_code")
