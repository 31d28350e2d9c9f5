"""Deleting one's own account: what has to be settled first, what goes, and what stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchbar.accounts.models import Person, PersonSession
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken, Membership, Workspace
from pitchbar.workspaces.tokens.services import create_token
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import (
    PASSWORD,
    People,
    add_member,
    bearer,
    make_code,
    make_person,
    make_workspace,
)
from tests.support.mailbox import sent_mails
from tests.support.members import audit_entries_of, make_invitation
from tests.support.servers import on_both_databases

URL = "/account/deletion"


def find_person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def delete_account_of(client: FormClient, person: Person) -> int:
    sign_in(client, person)
    return client.submit(URL, {"confirmation": f" {person.email.upper()} "}).status_code


def test_page_names_what_goes(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    page = client.get(URL).text
    assert f"<strong>{people.workspace.name}</strong>" in page
    assert people.admin.email in page
    assert "You own" not in page
    assert 'href="/account/deletion"' in client.get("/account").text


def test_owner_settles_the_workspaces_first(client: FormClient, people: People) -> None:
    second = make_workspace(people.owner, name="The <b>second</b>")
    sign_in(client, people.owner)
    page = client.get(URL).text
    assert "You own 2 workspaces" in page
    assert "The &lt;b&gt;second&lt;/b&gt;" in page
    for each in (people.workspace, second):
        assert f'href="/w/{each.slug}/members"' in page
        assert f'href="/w/{each.slug}/delete"' in page
    refused = client.submit(URL, {"confirmation": people.owner.email})
    assert refused.status_code == 422
    assert people.workspace.name in refused.text
    assert find_person(people.owner.id)


@pytest.mark.parametrize("typed", ["", "somebody@pitchbar.example", "The admin"])
def test_address_has_to_be_typed(client: FormClient, people: People, typed: str) -> None:
    sign_in(client, people.admin)
    refused = client.submit(URL, {"confirmation": typed})
    assert refused.status_code == 422
    assert "This is not the address of your account." in refused.text
    assert find_person(people.admin.id)


def test_person_proves_anew_who_they_are(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    record = db.session.scalars(select(PersonSession)).one()
    record.confirmed_at = clock.now() - timedelta(hours=1)
    assert client.get(URL).location.startswith("/login/confirm")
    answer = client.submit(URL, {"confirmation": people.admin.email})
    assert answer.location.startswith("/login/confirm")
    assert find_person(people.admin.id)


@on_both_databases
def test_account_goes_with_sessions_tokens_and_memberships(
    client: FormClient, people: People
) -> None:
    person_id, email = people.admin.id, people.admin.email
    sign_in(client, people.admin)
    client.submit(f"/w/{people.workspace.slug}/tokens", {"name": "Till", "scope": "read"})
    client.submit("/account/name", {"name": "The admin"})
    token = db.session.scalars(select(ApiToken)).one()
    code = make_code(people.workspace)
    code.created_by_id = person_id
    answer = client.submit(URL, {"confirmation": email})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "Your account is deleted" in client.get("/login").text
    assert find_person(person_id) is None
    assert client.get("/account").status_code == 302
    assert db.session.scalars(select(Membership.person_id)).all().count(person_id) == 0
    assert token.revoked_at
    assert code.created_by_id is None
    assert code.status == "active"
    assert client.submit("/login", {"email": email, "password": PASSWORD}).status_code == 422
    mail = sent_mails()[0]
    assert (mail.to, mail.subject) == (email, "Your account is deleted")


def test_token_opens_nothing_any_more(client: FormClient, people: People) -> None:
    by = Actor("person", people.admin.id, people.admin.name)
    _, secret = create_token(people.workspace, name="Till", scope="read", by=by)
    db.session.commit()
    api = f"/api/v1/workspaces/{people.workspace.slug}"
    assert client.get(api, headers=bearer(secret)).status_code == 200
    assert delete_account_of(client, people.admin) == 303
    assert client.get(api, headers=bearer(secret)).status_code == 401


def test_log_of_a_workspace_keeps_the_name_and_that_of_the_account_goes(
    client: FormClient, people: People
) -> None:
    person_id, email = people.admin.id, people.admin.email
    sign_in(client, people.admin)
    make_invitation(people.workspace)
    client.submit("/account/name", {"name": "A newer name"})
    client.submit(URL, {"confirmation": email})
    left = audit_entries_of(people.workspace, "member.left")
    assert [entry.actor_name for entry in left] == ["A newer name"]
    own = db.session.scalars(select(AuditEntry).where(AuditEntry.workspace_id.is_(None))).all()
    mine = [entry for entry in own if entry.subject_id == str(person_id)]
    assert [entry.action for entry in mine] == ["account.deleted"]
    texts = [mine[0].actor_name, mine[0].subject_name, mine[0].ip, mine[0].user_agent]
    assert texts == ["A deleted account", "A deleted account", "", ""]


def test_workspace_that_is_being_deleted_holds_nobody(client: FormClient, people: People) -> None:
    mine = make_workspace(people.admin, name="Going away")
    mine.deletion_asked_at = clock.now()
    sign_in(client, people.admin)
    page = client.get(URL).text
    assert "Going away" in page
    assert "nobody can undo that any more" in page
    workspace_id = mine.id
    assert delete_account_of(client, people.admin) == 303
    assert db.session.get_one(Workspace, workspace_id).deletion_asked_at


def test_others_keep_their_accounts_and_logs(client: FormClient, people: People) -> None:
    other = add_member(people.workspace, "editor", make_person())
    sign_in(client, other)
    client.submit("/account/name", {"name": "Somebody else"})
    assert delete_account_of(client, people.admin) == 303
    assert find_person(other.id)
    own = select(AuditEntry).where(AuditEntry.subject_id == str(other.id))
    assert [one.action for one in db.session.scalars(own)] == ["account.renamed"]
    assert db.session.scalars(select(Code)).all() == []
