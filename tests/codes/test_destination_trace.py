"""Where a code led before: what each change leaves, and the way back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from pitchbar.codes.models import Code, CodeDestination
from pitchbar.codes.queries import list_destination_changes, list_earlier_destinations
from pitchbar.codes.services import update_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.servers import on_both_databases

A, B, C = (f"https://shop.example/{name}" for name in ("spring", "summer", "autumn"))


def lead(code: Code, url: str) -> None:
    update_code(code, SYSTEM, current_settings(), destination_url=url)
    db.session.commit()


def earlier(code: Code) -> list[str]:
    return [one.destination_url for one in list_earlier_destinations(code)]


def page_of(code: Code) -> str:
    return f"/w/corner-cafe/codes/{code.id}"


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Menu", destination_url=A)


@on_both_databases
def test_each_change_is_told_with_its_moment(app: Flask, people: People, code: Code) -> None:
    start = clock.now() - timedelta(minutes=1)
    assert list_destination_changes(people.workspace, code.id, start) == []
    lead(code, B)
    lead(code, C)
    first, second = list_destination_changes(people.workspace, code.id, start)
    assert [(one.old_url, one.new_url) for one in (first, second)] == [(A, B), (B, C)]
    assert start < first.at <= second.at <= clock.now()
    assert earlier(code) == [B, A]


def test_changes_before_the_asked_moment_are_left_out(people: People, code: Code) -> None:
    lead(code, B)
    with_time = db.session.scalars(select(CodeDestination).order_by(CodeDestination.id)).all()
    with_time[0].until_at = with_time[1].since_at = clock.now() - timedelta(days=3)
    lead(code, C)
    since = clock.now() - timedelta(days=1)
    changes = list_destination_changes(people.workspace, code.id, since)
    assert [one.new_url for one in changes] == [C]


def test_other_workspaces_see_no_change(people: People, code: Code) -> None:
    lead(code, B)
    start = clock.now() - timedelta(minutes=1)
    assert list_destination_changes(people.elsewhere, code.id, start) == []


def test_other_changes_leave_no_trace(people: People, code: Code) -> None:
    update_code(code, SYSTEM, current_settings(), name="Card", destination_url=f"{A} ")
    db.session.commit()
    assert earlier(code) == []


def test_code_from_before_the_trace_begins_with_its_first_change(
    people: People, code: Code
) -> None:
    db.session.execute(delete(CodeDestination))
    lead(code, B)
    assert earlier(code) == [A]
    spans = db.session.scalars(select(CodeDestination).order_by(CodeDestination.id)).all()
    assert [span.since_at is None for span in spans] == [True, False]


def test_change_by_the_release_before_is_not_taken_for_ours(people: People, code: Code) -> None:
    """Both run side by side during a deploy; the older one writes no trace."""
    code.destination_url = B
    db.session.commit()
    lead(code, C)
    assert earlier(code) == [B, A]


def test_page_says_where_it_led_until_when_and_who_changed_it(
    client: FormClient, people: People, code: Code
) -> None:
    sign_in(client, people.editor)
    assert "Earlier destinations" not in client.get(page_of(code)).text
    client.submit(page_of(code), {"name": "Menu", "destination_url": B, "error_correction": "M"})
    page = client.get(page_of(code)).text
    until_at = list_earlier_destinations(code)[0].until_at
    assert f"{until_at:%-d %B %Y, %H:%M}</time>, changed by The editor" in page
    assert "Lead there again" in page


def test_toast_of_a_change_leads_back(client: FormClient, people: People, code: Code) -> None:
    sign_in(client, people.editor)
    client.submit(page_of(code), {"name": "Menu", "destination_url": B, "error_correction": "M"})
    undo = f"{page_of(code)}/destinations/{list_earlier_destinations(code)[0].id}/restoration"
    page = client.get(page_of(code)).text
    assert "Scans lead to shop.example/summer within two seconds." in page
    toasts = page.split('id="toasts"')[1]
    assert f'action="{undo}"' in toasts
    assert client.submit(undo).status_code == 303
    assert (code.destination_url, earlier(code)) == (A, [B, A])
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_name, entry.after) == (
        "code.updated",
        "The editor",
        {"destination_url": A},
    )


def test_change_without_a_new_destination_offers_no_undo(
    client: FormClient, people: People, code: Code
) -> None:
    sign_in(client, people.editor)
    client.submit(page_of(code), {"name": "Card", "destination_url": A, "error_correction": "M"})
    assert "Undo" not in client.get(page_of(code)).text.split('id="toasts"')[1]


@pytest.mark.settings(qr_destination_host_allowlist="other.example,shop.example")
def test_destination_that_is_not_allowed_any_more_stays_behind(
    client: FormClient, people: People, code: Code
) -> None:
    lead(code, B)
    span = db.session.scalars(select(CodeDestination).order_by(CodeDestination.id)).first()
    assert span is not None
    span.destination_url = "https://refused.example/"
    sign_in(client, people.editor)
    url = f"{page_of(code)}/destinations/{span.id}/restoration"
    assert client.submit(url).status_code == 303
    assert code.destination_url == B
    assert "It cannot lead there any more." in client.get(page_of(code)).text


def test_destination_of_another_code_is_not_found(
    client: FormClient, people: People, code: Code
) -> None:
    other = make_code(people.workspace, destination_url=C)
    span = db.session.scalars(
        select(CodeDestination).where(CodeDestination.code_id == other.id)
    ).one()
    sign_in(client, people.owner)
    for number in (span.id, 10**20):
        url = f"{page_of(code)}/destinations/{number}/restoration"
        assert client.submit(url).status_code == 404
    assert code.destination_url == A


def test_analyst_sees_the_trace_and_cannot_go_back(
    client: FormClient, people: People, code: Code
) -> None:
    lead(code, B)
    sign_in(client, people.analyst)
    page = client.get(page_of(code)).text
    assert "Earlier destinations" in page
    assert "Lead there again" not in page


def test_programs_leave_a_trace_with_their_name(
    client: FormClient, people: People, code: Code
) -> None:
    token = make_token(people.workspace, name="Till")
    url = f"/api/v1/workspaces/{people.workspace.slug}/codes/{code.id}"
    client.patch(url, json={"destination_url": B}, headers=bearer(token))
    assert [(one.destination_url, one.changed_by) for one in list_earlier_destinations(code)] == [
        (A, "Till")
    ]


def test_account_that_is_gone_leaves_the_trace_without_a_name(
    client: FormClient, people: People, code: Code
) -> None:
    sign_in(client, people.editor)
    client.submit(page_of(code), {"name": "Menu", "destination_url": B, "error_correction": "M"})
    db.session.delete(people.editor)
    db.session.commit()
    assert [one.changed_by for one in list_earlier_destinations(code)] == [""]
