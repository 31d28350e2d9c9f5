import pytest
from sqlalchemy import func, select

from pitchbar.accounts.models import Person
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership
from pitchbar.workspaces.roles import ROLES
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, add_member, make_person
from tests.support.members import audit_entries_of, make_offer, membership_of, role_of


def act(client: FormClient, people: People, target: Person, act: str, **data: str) -> int:
    member = membership_of(target, people.workspace)
    url = f"/w/{people.workspace.slug}/members/{member.id}/{act}"
    return client.submit(url, data).status_code


def count_members(people: People) -> int:
    mine = Membership.workspace_id == people.workspace.id
    return db.session.scalar(select(func.count()).select_from(Membership).where(mine)) or 0


class TestPage:
    @pytest.mark.parametrize("role", ["owner", "admin"])
    def test_managers_see_everybody_with_their_role(
        self, client: FormClient, people: People, role: str
    ) -> None:
        sign_in(client, getattr(people, role))
        page = client.get(f"/w/{people.workspace.slug}/members").text
        for each in ROLES:
            assert getattr(people, each).email in page
        assert people.outsider.email not in page
        assert "<strong>5</strong> of 15 seats" in page

    @pytest.mark.parametrize("role", ["editor", "analyst", "member"])
    def test_others_may_not_look(self, client: FormClient, people: People, role: str) -> None:
        sign_in(client, getattr(people, role))
        assert client.get(f"/w/{people.workspace.slug}/members").status_code == 403

    @pytest.mark.parametrize("role", ROLES)
    def test_rail_shows_the_pages_that_the_role_may_open(
        self, client: FormClient, people: People, role: str
    ) -> None:
        sign_in(client, getattr(people, role))
        page = client.get(f"/w/{people.workspace.slug}/").text
        for name in ("members", "audit", "settings"):
            shown = f'href="/w/{people.workspace.slug}/{name}"' in page
            assert shown is (role in ("owner", "admin"))

    def test_last_visit_is_shown(self, client: FormClient, people: People) -> None:
        assert membership_of(people.editor, people.workspace).last_seen_at is None
        sign_in(client, people.editor)
        client.get(f"/w/{people.workspace.slug}/")
        first = membership_of(people.editor, people.workspace).last_seen_at
        assert first is not None
        client.get(f"/w/{people.workspace.slug}/codes")
        assert membership_of(people.editor, people.workspace).last_seen_at == first


class TestRoles:
    @pytest.mark.parametrize("role", ["admin", "editor", "analyst"])
    def test_owner_gives_any_role_but_their_own(
        self, client: FormClient, people: People, role: str
    ) -> None:
        sign_in(client, people.owner)
        assert act(client, people, people.member, "role", role=role) == 303
        assert role_of(people.member, people.workspace) == role
        entry = audit_entries_of(people.workspace)[0]
        assert (entry.action, entry.before, entry.after) == (
            "member.role_changed",
            {"role": "member"},
            {"role": role},
        )
        assert (entry.actor_id, entry.subject_name) == (people.owner.id, people.member.name)

    def test_admin_gives_the_roles_below(self, client: FormClient, people: People) -> None:
        sign_in(client, people.admin)
        assert act(client, people, people.editor, "role", role="analyst") == 303
        assert role_of(people.editor, people.workspace) == "analyst"

    def test_admin_makes_no_admins(self, client: FormClient, people: People) -> None:
        sign_in(client, people.admin)
        assert act(client, people, people.editor, "role", role="admin") == 422
        assert role_of(people.editor, people.workspace) == "editor"

    @pytest.mark.parametrize("action", ["role", "removal"])
    @pytest.mark.parametrize("target", ["owner", "second"])
    def test_admin_cannot_touch_the_owner_or_other_admins(
        self, client: FormClient, people: People, action: str, target: str
    ) -> None:
        second = add_member(people.workspace, "admin")
        person = second if target == "second" else people.owner
        before = role_of(person, people.workspace)
        sign_in(client, people.admin)
        assert act(client, people, person, action, role="member") == 403
        assert role_of(person, people.workspace) == before

    @pytest.mark.parametrize("role", ["owner", "root", "", "Owner"])
    @pytest.mark.parametrize("by", ["owner", "admin"])
    def test_nobody_becomes_owner_by_a_form(
        self, client: FormClient, people: People, by: str, role: str
    ) -> None:
        sign_in(client, getattr(people, by))
        assert act(client, people, people.editor, "role", role=role) == 422
        assert role_of(people.editor, people.workspace) == "editor"

    def test_owner_cannot_demote_themselves(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        assert act(client, people, people.owner, "role", role="admin") == 403
        assert role_of(people.owner, people.workspace) == "owner"

    def test_member_of_another_workspace_is_not_there(
        self, client: FormClient, people: People
    ) -> None:
        other = membership_of(people.outsider, people.elsewhere)
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/members/{other.id}"
        assert client.submit(f"{url}/role", {"role": "member"}).status_code == 404
        assert client.submit(f"{url}/removal").status_code == 404
        assert client.get(f"{url}/remove").status_code == 404
        assert role_of(people.outsider, people.elsewhere) == "owner"

    def test_number_beyond_the_database_is_nobody(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/members/{'9' * 30}/removal"
        assert client.submit(url).status_code == 404


class TestRemoval:
    def test_removed_person_is_out_at_once(self, client: FormClient, people: People) -> None:
        their_browser = client.application.test_client()
        assert isinstance(their_browser, FormClient)
        sign_in(their_browser, people.editor)
        assert their_browser.get(f"/w/{people.workspace.slug}/").status_code == 200
        sign_in(client, people.admin)
        assert act(client, people, people.editor, "removal") == 303
        assert their_browser.get(f"/w/{people.workspace.slug}/").status_code == 404
        entry = audit_entries_of(people.workspace)[0]
        assert entry.action == "member.removed"
        assert entry.before == {"email": people.editor.email, "role": "editor"}

    def test_page_before_it_names_the_person_and_the_consequence(
        self, client: FormClient, people: People
    ) -> None:
        sign_in(client, people.owner)
        member = membership_of(people.editor, people.workspace)
        page = client.get(f"/w/{people.workspace.slug}/members/{member.id}/remove").text
        assert people.editor.email in page
        assert "loses access" in page

    def test_offer_of_ownership_ends_with_the_stay(
        self, client: FormClient, people: People
    ) -> None:
        make_offer(people.workspace, people.editor)
        sign_in(client, people.owner)
        assert act(client, people, people.editor, "removal") == 303
        sign_in(client, people.editor)
        assert client.submit(f"/w/{people.workspace.slug}/ownership/acceptance").status_code == 404


class TestLeaving:
    @pytest.mark.parametrize("role", ["admin", "editor", "analyst", "member"])
    def test_everybody_but_the_owner_may_leave(
        self, client: FormClient, people: People, role: str
    ) -> None:
        person = getattr(people, role)
        sign_in(client, person)
        assert client.get(f"/w/{people.workspace.slug}/leave").status_code == 200
        answer = client.submit(f"/w/{people.workspace.slug}/leaving")
        assert (answer.status_code, answer.location) == (303, "/")
        assert role_of(person, people.workspace) is None
        assert audit_entries_of(people.workspace)[0].action == "member.left"
        assert client.get("/", follow_redirects=True).status_code == 200

    def test_last_owner_cannot_leave(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        answer = client.submit(f"/w/{people.workspace.slug}/leaving")
        assert answer.status_code == 422
        assert "A workspace has an owner at all times" in answer.text
        assert role_of(people.owner, people.workspace) == "owner"
        page = client.get(f"/w/{people.workspace.slug}/leave").text
        assert "leaving" not in page

    def test_leaving_one_workspace_leaves_the_others(
        self, client: FormClient, people: People
    ) -> None:
        person = make_person()
        add_member(people.workspace, "editor", person)
        add_member(people.elsewhere, "editor", person)
        sign_in(client, person)
        client.submit(f"/w/{people.workspace.slug}/leaving", {"workspace_id": people.elsewhere.id})
        assert role_of(person, people.workspace) is None
        assert role_of(person, people.elsewhere) == "editor"


@pytest.mark.parametrize("path", ["leaving", "deletion", "settings", "invitations"])
def test_forged_form_changes_nothing(client: FormClient, people: People, path: str) -> None:
    sign_in(client, people.owner)
    before = count_members(people)
    data = {"confirmation": people.workspace.name, "name": "X", "slug": "x", "time_zone": "UTC"}
    assert client.post(f"/w/{people.workspace.slug}/{path}", data=data).status_code == 419
    assert count_members(people) == before
    assert people.workspace.deletion_asked_at is None
