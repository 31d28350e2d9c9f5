"""Errors within a workspace keep its frame for members, and name who can help."""

from typing import NoReturn

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError

from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.workspaces.plan_limits import PlanLimitReached
from pitchbar.workspaces.plans import CODES, FREE, find_plan
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code

RAIL = 'class="rail"'
ASKED = "The owner owns this workspace and can help"


def fail_with(app: Flask, error: Exception | int) -> None:
    def overview(slug: str) -> NoReturn:
        if isinstance(error, int):
            abort(error)
        raise error

    app.view_functions["pages.overview"] = overview


@pytest.mark.parametrize("status", [402, 403, 404, 405, 409, 410, 413, 429, 500, 503])
def test_member_keeps_the_frame(
    app: Flask, client: FormClient, people: People, status: int
) -> None:
    refused = DomainError("Not so.")
    refused.status = status
    fail_with(app, status if status not in (402,) else refused)
    sign_in(client, people.editor)
    answer = client.get(f"/w/{people.workspace.slug}/")
    assert answer.status_code == status
    assert RAIL in answer.text
    assert people.workspace.name in answer.text
    assert f'href="/w/{people.workspace.slug}/codes"' in answer.text


def test_outsider_sees_no_frame_whatever_fails(
    app: Flask, client: FormClient, people: People
) -> None:
    sign_in(client, people.outsider)
    for status in (403, 404, 409, 429, 500, 503):
        fail_with(app, status)
        text = client.get(f"/w/{people.workspace.slug}/").text
        assert RAIL not in text
        assert people.workspace.name not in text


def test_unknown_address_within_the_workspace_keeps_the_frame(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.member)
    base = f"/w/{people.workspace.slug}"
    answer = client.get(f"{base}/codes/999999")
    assert answer.status_code == 404
    assert RAIL in answer.text
    assert f'href="{base}/codes">' in answer.text
    assert RAIL in client.get(f"{base}/no/such/page").text


def test_whoever_lacks_a_right_is_told_whom_to_ask(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    answer = client.get(f"/w/{people.workspace.slug}/members")
    assert answer.status_code == 403
    assert RAIL in answer.text
    assert ASKED in answer.text
    toast = client.get(f"/w/{people.workspace.slug}/members", headers=FRAGMENT).text
    assert ASKED in toast
    assert "<html" not in toast


def test_owner_is_not_told_to_ask_the_owner(app: Flask, client: FormClient, people: People) -> None:
    fail_with(app, PlanLimitReached(find_plan(FREE), CODES, 5, 5))
    sign_in(client, people.owner)
    answer = client.get(f"/w/{people.workspace.slug}/")
    assert answer.status_code == 402
    assert "owns this workspace" not in answer.text
    sign_in(client, people.admin)
    assert ASKED in client.get(f"/w/{people.workspace.slug}/").text


def test_form_that_meets_the_plan_names_the_owner(client: FormClient, people: People) -> None:
    people.workspace.plan = FREE
    for _ in range(5):
        make_code(people.workspace)
    form = {"name": "One more", "destination_url": "https://a.example/", "error_correction": "M"}
    url = f"/w/{people.workspace.slug}/codes"
    sign_in(client, people.editor)
    assert ASKED in client.submit(url, form).text
    sign_in(client, people.owner)
    assert "owns this workspace" not in client.submit(url, form).text


def test_other_errors_name_nobody(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    assert "owns this workspace" not in client.get(f"/w/{people.workspace.slug}/none").text


def test_frame_that_cannot_be_drawn_is_left_out(
    app: Flask, client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, people.owner)
    monkeypatch.setitem(app.jinja_env.globals, "palette", None)
    answer = client.get(f"/w/{people.workspace.slug}/no/such/page")
    assert answer.status_code == 404
    assert "<h1>Page not found</h1>" in answer.text
    assert RAIL not in answer.text


def test_database_that_is_gone_shows_the_plain_page(
    app: Flask, client: FormClient, people: People
) -> None:
    fail_with(app, OperationalError("SELECT", {}, Exception("gone")))
    sign_in(client, people.owner)
    answer = client.get(f"/w/{people.workspace.slug}/")
    assert answer.status_code == 503
    assert RAIL not in answer.text


def test_broken_transaction_does_not_break_the_page_of_the_error(
    app: Flask, client: FormClient, people: People
) -> None:
    def overview(slug: str) -> NoReturn:
        db.session.execute(db.text("SELECT no_such_column FROM people"))
        raise AssertionError

    app.view_functions["pages.overview"] = overview
    sign_in(client, people.owner)
    answer = client.get(f"/w/{people.workspace.slug}/")
    assert answer.status_code in (500, 503)
    assert "<h1>" in answer.text


def test_account_and_operations_keep_theirs(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    assert 'class="account-page"' in client.get("/account/no/such/page").text
    assert '<span class="rail-button rail-name">Operations' in client.get("/ops/no/such").text


def test_signed_out_visitor_sees_the_plain_page(client: FormClient, people: People) -> None:
    for url in (f"/w/{people.workspace.slug}/none", "/account/none"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert RAIL not in answer.text


def test_form_that_stood_open_while_the_address_changed_keeps_the_frame(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.owner)
    old = people.workspace.slug
    typed = {"name": people.workspace.name, "slug": "moved-on", "time_zone": "UTC"}
    client.submit(f"/w/{old}/settings", typed)
    answer = client.submit(f"/w/{old}/settings", typed)
    assert answer.status_code == 404
    assert RAIL in answer.text
    assert 'href="/w/moved-on/settings"' in answer.text
    sign_in(client, people.outsider)
    assert RAIL not in client.submit(f"/w/{old}/settings", typed).text
