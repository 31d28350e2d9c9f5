"""Whose access ends has none left: no token, no token of a token, no invitation, no open page."""

import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from simple_websocket import ConnectionClosed
from sqlalchemy import delete, select

from pitchbar.accounts.models import Person, PersonSession
from pitchbar.accounts.passwords.services import make_reset_token
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.errors import InvitationClosed
from pitchbar.workspaces.members.services import change_role, remove_member
from pitchbar.workspaces.models import ApiToken, Invitation, Workspace
from pitchbar.workspaces.tokens.services import create_token
from tests.pages.watching import Served, serve
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People, bearer, make_code, make_person
from tests.support.members import (
    audit_entries_of,
    make_invitation,
    make_offer,
    membership_of,
    path_of,
)
from tests.support.scans import store, visits
from tests.support.servers import on_both_databases
from tests.support.sockets import Client

WAIT = 2.0


def actor(person: Person) -> Actor:
    return Actor("person", person.id, person.name)


def token_by(person: Person, workspace: Workspace, name: str = "theirs") -> str:
    by = actor(person)
    _, secret = create_token(workspace, name=name, scope="read-write", by=by)
    db.session.commit()
    return secret


def token_by_token(client: FormClient, workspace: Workspace, secret: str) -> str:
    answer = client.post(
        f"/api/v1/workspaces/{workspace.slug}/tokens",
        json={"name": "of a token", "scope": "read-write"},
        headers=bearer(secret),
    )
    assert answer.status_code == 201
    return str((answer.json or {})["secret"])


def status_of(client: FormClient, workspace: Workspace, secret: str) -> int:
    url = f"/api/v1/workspaces/{workspace.slug}/codes"
    return client.get(url, headers=bearer(secret)).status_code


def member_url(people: People, person: Person) -> str:
    member = membership_of(person, people.workspace)
    return f"/w/{people.workspace.slug}/members/{member.id}"


def remove(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    assert client.submit(member_url(people, people.admin) + "/removal").status_code == 303


def lower(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    url = member_url(people, people.admin) + "/role"
    data = {"role": "editor", "confirmed": "yes"}
    assert client.submit(url, data).status_code == 303


def leave(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    assert client.submit(f"/w/{people.workspace.slug}/leaving").status_code == 303


ENDS = pytest.mark.parametrize("end", [remove, lower, leave])
End = Callable[[FormClient, People], None]


class TestTokens:
    @ENDS
    def test_tokens_and_theirs_end_with_the_right_to_make_them(
        self, client: FormClient, people: People, end: End
    ) -> None:
        first = token_by(people.admin, people.workspace)
        second = token_by_token(client, people.workspace, first)
        third = token_by_token(client, people.workspace, second)
        others = token_by(people.owner, people.workspace)
        end(client, people)
        found = [status_of(client, people.workspace, one) for one in (first, second, third, others)]
        assert found == [401, 401, 401, 200]
        assert len(audit_entries_of(people.workspace, "token.revoked")) == 3

    def test_tokens_in_other_workspaces_stay(self, client: FormClient, people: People) -> None:
        elsewhere = token_by(people.outsider, people.elsewhere)
        remove(client, people)
        assert status_of(client, people.elsewhere, elsewhere) == 200

    def test_role_that_may_make_tokens_keeps_them(self, people: People) -> None:
        secret = token_by(people.admin, people.workspace)
        member = membership_of(people.editor, people.workspace)
        change_role(member, "admin", SYSTEM, by_role="owner")
        assert db.session.scalars(select(ApiToken)).one().revoked_at is None
        assert secret

    @pytest.mark.parametrize(("values", "status"), [({}, 401), ({"keep_tokens": "yes"}, 200)])
    def test_old_owners_tokens_are_asked_about(
        self, client: FormClient, people: People, values: dict[str, str], status: int
    ) -> None:
        secret = token_by(people.owner, people.workspace, "Nightly report")
        make_offer(people.workspace, people.admin)
        sign_in(client, people.admin)
        url = f"/w/{people.workspace.slug}/ownership"
        assert "Nightly report" in client.get(url).text
        assert client.submit(url + "/acceptance", values).status_code == 303
        assert status_of(client, people.workspace, secret) == status

    def test_page_names_them_beforehand(self, client: FormClient, people: People) -> None:
        token_by(people.admin, people.workspace, "Nightly report")
        sign_in(client, people.owner)
        page = client.get(member_url(people, people.admin) + "/remove").text
        assert "Nightly report" in page
        sign_in(client, people.admin)
        assert "Nightly report" in client.get(f"/w/{people.workspace.slug}/leave").text

    @on_both_databases
    def test_revoked_token_makes_none_in_the_same_moment(self, people: People) -> None:
        """Its request had found it in force, and goes on after the removal."""
        token_by(people.admin, people.workspace)
        token = db.session.scalars(select(ApiToken)).one()
        by = Actor("token", token.id, token.name)
        remove_member(
            membership_of(people.admin, people.workspace), actor(people.owner), by_role="owner"
        )
        db.session.commit()
        with pytest.raises(Exception, match="revoked"):
            create_token(people.workspace, name="late", scope="read", by=by)

    def test_person_who_was_lowered_makes_none_in_the_same_moment(self, people: People) -> None:
        with pytest.raises(Exception, match="may not"):
            create_token(people.workspace, name="late", scope="read", by=actor(people.editor))


class TestInvitations:
    @ENDS
    def test_invitations_by_them_are_withdrawn(
        self, client: FormClient, people: People, end: End
    ) -> None:
        """One of the addresses may be their own."""
        make_invitation(people.workspace, email="eve@pitchbar.example")
        invitation = db.session.scalars(select(Invitation)).one()
        invitation.invited_by_id = people.admin.id
        db.session.commit()
        end(client, people)
        assert invitation.state == "revoked"
        sign_in(client, make_person(email="eve@pitchbar.example"))
        assert client.get(path_of(invitation)).status_code == InvitationClosed.status


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    with serve(app) as served:
        yield served


@pytest.fixture
def page(served: Served, people: People) -> Client:
    """The admin's open page, with its first figures."""
    page = served.open(f"/w/{people.workspace.slug}/live/socket", people.admin)
    assert page.receive(timeout=10)
    return page


def closed_with(page: Client) -> int | None:
    """Why the server closed the socket, within two seconds."""
    until = time.monotonic() + WAIT
    try:
        while time.monotonic() < until:
            page.receive(timeout=0.1)
    except ConnectionClosed as end:
        reason: int = end.reason
        return reason
    return None


def sign_out_everywhere_else(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    client.submit("/account/sessions/end-others")


def end_that_session(client: FormClient, people: People) -> None:
    oldest = db.session.scalars(
        select(PersonSession.id).where(PersonSession.person_id == people.admin.id)
    ).first()
    sign_in(client, people.admin)
    client.submit(f"/account/sessions/{oldest}/end")


def change_password(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    form = {"current_password": PASSWORD, "password": "another quiet horse counts"}
    assert client.submit("/account/password", form).status_code == 303


def reset_password(client: FormClient, people: People) -> None:
    token = make_reset_token(people.admin, current_settings())
    form = {"token": token, "password": "another quiet horse counts"}
    assert client.submit("/password/reset", form).status_code == 303


@pytest.fixture
def slow_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each drawing is followed by a long pause."""
    monkeypatch.setattr("pitchbar.live.panels.pause_after", lambda *_: 60.0)


class TestOpenPages:
    @pytest.mark.parametrize(
        "end",
        [
            remove,
            leave,
            sign_out_everywhere_else,
            end_that_session,
            change_password,
            reset_password,
        ],
    )
    def test_page_ends_at_once(
        self, client: FormClient, people: People, page: Client, end: End
    ) -> None:
        end(client, people)
        assert closed_with(page) == 1008

    def test_a_page_that_is_costly_to_draw_ends_at_once(
        self, slow_pages: None, client: FormClient, people: People, page: Client
    ) -> None:
        remove(client, people)
        assert closed_with(page) == 1008

    def test_signing_out_ends_the_page(self, app: Flask, served: Served, people: People) -> None:
        cookie = served.cookie_of(people.admin)
        path = f"/w/{people.workspace.slug}/live/socket"
        page = Client(served.at + path, headers={**cookie, "Origin": "http://pitchbar.test"})
        served.opened.append(page)
        assert page.receive(timeout=10)
        browser = app.test_client()
        assert isinstance(browser, FormClient)
        browser.set_cookie(
            "pitchbar_session", cookie["Cookie"].partition("=")[2], domain="pitchbar.test"
        )
        browser.submit("/logout")
        assert closed_with(page) == 1008

    def test_session_that_ended_gets_no_more_figures(self, people: People, page: Client) -> None:
        """Also when the message that told of it was lost: it is looked up before each push."""
        db.session.execute(delete(PersonSession))
        db.session.commit()
        store(*visits(make_code(people.workspace), 1))
        assert closed_with(page) == 1008

    def test_page_of_somebody_else_stays_open(
        self, client: FormClient, served: Served, people: People, page: Client
    ) -> None:
        other = served.open(f"/w/{people.workspace.slug}/live/socket", people.editor)
        assert other.receive(timeout=10)
        remove(client, people)
        assert closed_with(page) == 1008
        assert other.connected
