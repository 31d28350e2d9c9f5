"""Two people act in the same moment, on two connections of their own, on both databases."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import set_committed_value

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.workspaces import access
from pitchbar.workspaces.errors import ConcurrentChange, InvitationClosed, OfferNotFound
from pitchbar.workspaces.invitations.queries import count_seats
from pitchbar.workspaces.invitations.services import revoke_invitation
from pitchbar.workspaces.members.services import (
    change_role,
    leave_workspace,
    remove_member,
    touch_membership,
)
from pitchbar.workspaces.models import Invitation, Membership, OwnershipOffer, Workspace
from pitchbar.workspaces.ownership.queries import find_offer
from pitchbar.workspaces.ownership.services import accept_ownership
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, add_member, make_person, make_workspace
from tests.support.members import (
    audit_entries_of,
    make_invitation,
    make_offer,
    membership_of,
    path_of,
    role_of,
)
from tests.support.servers import on_both_databases

pytestmark = on_both_databases


Post = tuple[Person, str, dict[str, str]]
"""Who sends what to which address."""


def both(app: Flask, *posts: Post) -> list[int]:
    """Sends the forms of all at once, each in their own browser; gives the statuses."""
    ready = threading.Barrier(len(posts))
    statuses: list[int] = []

    def send(client: FormClient, url: str, data: dict[str, str]) -> None:
        form = {**data, "csrf_token": client.csrf_token()}
        ready.wait(20)
        statuses.append(client.post(url, data=form).status_code)

    threads = []
    for person, url, data in posts:
        client = app.test_client()
        assert isinstance(client, FormClient)
        sign_in(client, person)
        threads.append(threading.Thread(target=send, args=(client, url, data)))
    db.session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return sorted(statuses)


def owners_of(people: People) -> list[int]:
    mine = Membership.workspace_id == people.workspace.id
    return list(
        db.session.scalars(select(Membership.person_id).where(mine, Membership.role == "owner"))
    )


def elsewhere(app: Flask, act: Callable[[], None]) -> None:
    """Somebody else does this and commits, on another connection."""

    def run() -> None:
        with app.app_context():
            act()
            db.session.commit()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)


class TestSameMember:
    def test_two_admins_remove_one_member(self, app: Flask, people: People) -> None:
        second = add_member(people.workspace, "admin")
        target = membership_of(people.editor, people.workspace)
        url = f"/w/{people.workspace.slug}/members/{target.id}/removal"
        statuses = both(app, (people.admin, url, {}), (second, url, {}))
        assert statuses[0] == 303
        assert statuses[1] in (404, 409)
        assert role_of(people.editor, people.workspace) is None
        assert len(audit_entries_of(people.workspace, "member.removed")) == 1

    def test_two_admins_give_two_roles(self, app: Flask, people: People) -> None:
        second = add_member(people.workspace, "admin")
        target = membership_of(people.member, people.workspace)
        url = f"/w/{people.workspace.slug}/members/{target.id}/role"
        posts = [(people.admin, url, {"role": "editor"}), (second, url, {"role": "analyst"})]
        statuses = both(app, *posts)
        # One after the other both may; in the same moment the second is told.
        assert statuses in ([303, 303], [303, 409])
        changes = audit_entries_of(people.workspace, "member.role_changed")
        assert len(changes) == statuses.count(303)
        assert role_of(people.member, people.workspace) == changes[0].after["role"]

    def test_role_that_changed_since_it_was_read_is_not_overwritten(
        self, app: Flask, people: People
    ) -> None:
        seen = membership_of(people.member, people.workspace)
        member_id = seen.id

        def promote() -> None:
            other = db.session.get_one(Membership, member_id)
            change_role(other, "admin", SYSTEM, by_role="owner")

        db.session.commit()
        assert seen.role == "member"
        elsewhere(app, promote)
        with pytest.raises(ConcurrentChange):
            change_role(seen, "editor", SYSTEM, by_role="admin")
        db.session.rollback()
        with pytest.raises(ConcurrentChange):
            _with_role(seen, "member", lambda: remove_member(seen, SYSTEM, by_role="admin"))
        db.session.rollback()
        assert role_of(people.member, people.workspace) == "admin"


def _with_role(seen: Membership, role: str, act: Callable[[], None]) -> None:
    """As if `seen` had been read while the role was still that."""
    _ = seen.person
    set_committed_value(seen, "role", role)
    act()


class TestOwner:
    def test_new_owner_leaves_while_accepting(self, app: Flask, people: People) -> None:
        make_offer(people.workspace, people.admin)
        at = f"/w/{people.workspace.slug}"
        both(
            app,
            (people.admin, f"{at}/ownership/acceptance", {}),
            (people.admin, f"{at}/leaving", {}),
        )
        assert len(owners_of(people)) == 1

    def test_old_and_new_owner_act_together(self, app: Flask, people: People) -> None:
        make_offer(people.workspace, people.admin)
        at = f"/w/{people.workspace.slug}/ownership"
        taken, withdrawn = f"{at}/acceptance", f"{at}/withdrawal"
        statuses = both(app, (people.admin, taken, {}), (people.owner, withdrawn, {}))
        assert statuses[0] == 303
        assert statuses[1] in (403, 404)
        assert len(owners_of(people)) == 1

    def test_offer_is_taken_up_once(self, app: Flask, people: People) -> None:
        make_offer(people.workspace, people.admin)
        url = f"/w/{people.workspace.slug}/ownership/acceptance"
        statuses = both(app, (people.admin, url, {}), (people.admin, url, {}))
        assert statuses == [303, 404]
        assert owners_of(people) == [people.admin.id]
        assert role_of(people.owner, people.workspace) == "admin"

    def test_withdrawn_offer_is_not_accepted_by_a_page_that_is_still_open(
        self, app: Flask, people: People
    ) -> None:
        make_offer(people.workspace, people.admin)
        offer = find_offer(people.workspace)
        assert offer
        workspace_id = people.workspace.id
        _ = offer.membership.person.email, people.workspace.name

        def withdraw() -> None:
            db.session.delete(db.session.get_one(OwnershipOffer, workspace_id))

        elsewhere(app, withdraw)
        with pytest.raises(OfferNotFound):
            accept_ownership(people.workspace, offer, SYSTEM)
        db.session.rollback()
        assert owners_of(people) == [people.owner.id]

    def test_person_who_became_owner_meanwhile_is_not_let_go(
        self, app: Flask, people: People
    ) -> None:
        make_offer(people.workspace, people.admin)
        seen = membership_of(people.admin, people.workspace)
        workspace_id = people.workspace.id
        _ = seen.person.email

        def accept() -> None:
            offer = db.session.get_one(OwnershipOffer, workspace_id)
            accept_ownership(db.session.get_one(Workspace, workspace_id), offer, SYSTEM)

        db.session.commit()
        _ = seen.role, seen.person.email
        elsewhere(app, accept)
        with pytest.raises(ConcurrentChange):
            leave_workspace(seen, SYSTEM)
        db.session.rollback()
        assert owners_of(people) == [people.admin.id]


class TestInvitations:
    def test_last_seat_goes_to_one_of_two(self, app: Flask) -> None:
        owner = make_person()
        workspace = make_workspace(owner, plan="starter")
        admin = add_member(workspace, "admin")
        for _ in range(2):
            add_member(workspace, "member")
        url = f"/w/{workspace.slug}/invitations"
        posts = [
            (person, url, {"email": f"{name}@pitchbar.example", "role": "member"})
            for person, name in ((owner, "a"), (admin, "b"))
        ]
        assert both(app, *posts) == [303, 402]
        assert count_seats(workspace) == 5

    def test_one_person_is_invited_once(self, app: Flask, people: People) -> None:
        url = f"/w/{people.workspace.slug}/invitations"
        data = {"email": "new@pitchbar.example", "role": "member"}
        assert both(app, (people.owner, url, data), (people.admin, url, data)) == [303, 422]
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1

    def test_link_is_accepted_once(self, app: Flask, people: People) -> None:
        person = make_person(email="new@pitchbar.example")
        url = path_of(make_invitation(people.workspace)) + "/acceptance"
        statuses = both(app, (person, url, {}), (person, url, {}))
        assert statuses in ([303, 303], [303, 410])
        assert role_of(person, people.workspace) == "editor"
        assert len(audit_entries_of(people.workspace, "invitation.accepted")) == 1

    def test_revoked_while_it_is_accepted(self, app: Flask, people: People) -> None:
        person = make_person(email="new@pitchbar.example")
        invitation = make_invitation(people.workspace)
        revoke = f"/w/{people.workspace.slug}/invitations/{invitation.id}/revocation"
        accept = path_of(invitation) + "/acceptance"
        assert both(app, (person, accept, {}), (people.owner, revoke, {})) == [303, 410]
        assert (role_of(person, people.workspace) is None) is (invitation.state == "revoked")

    def test_accepted_one_cannot_be_revoked_by_a_page_that_is_still_open(
        self, app: Flask, people: People
    ) -> None:
        invitation = make_invitation(people.workspace)
        number = invitation.id

        def accept() -> None:
            db.session.get_one(Invitation, number).accepted_at = clock.now()

        db.session.commit()
        _ = invitation.state
        elsewhere(app, accept)
        with pytest.raises(InvitationClosed):
            revoke_invitation(invitation, SYSTEM, by_role="owner")
        db.session.rollback()
        assert invitation.state == "accepted"


def test_who_is_removed_while_they_are_noted_as_here_is_an_outsider(
    app: Flask, client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, people.editor)
    touch = touch_membership

    def removed_meanwhile(member: Membership) -> bool:
        with db.engine.begin() as other:
            other.execute(delete(Membership).where(Membership.id == member.id))
        return touch(member)

    monkeypatch.setattr(access, "touch_membership", removed_meanwhile)
    assert client.get(f"/w/{people.workspace.slug}/").status_code == 404
