import pytest

from pitchbar.workspaces.ownership.queries import find_offer
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.mailbox import link_in, sent_mails
from tests.support.members import audit_entries_of, make_offer, membership_of, role_of


def offer(client: FormClient, people: People, role: str = "admin", typed: str = "") -> int:
    member = membership_of(getattr(people, role), people.workspace)
    url = f"/w/{people.workspace.slug}/members/{member.id}/ownership"
    return client.submit(url, {"confirmation": typed or people.workspace.name}).status_code


class TestOffering:
    def test_nothing_changes_until_it_is_accepted(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        assert offer(client, people) == 303
        assert role_of(people.owner, people.workspace) == "owner"
        assert role_of(people.admin, people.workspace) == "admin"
        [mail] = sent_mails()
        assert mail.to == people.admin.email
        assert link_in(mail) == f"/w/{people.workspace.slug}/ownership"
        assert audit_entries_of(people.workspace)[0].action == "ownership.offered"
        assert "Ownership offered" in client.get(f"/w/{people.workspace.slug}/members").text

    @pytest.mark.parametrize("typed", ["corner café", "Corner", " ", "Corner Café x"])
    def test_wrong_name_offers_nothing(
        self, client: FormClient, people: People, typed: str
    ) -> None:
        sign_in(client, people.owner)
        assert offer(client, people, typed=typed) == 422
        assert find_offer(people.workspace) is None
        assert sent_mails() == []

    def test_new_offer_ends_the_old_one(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        offer(client, people, "admin")
        offer(client, people, "member")
        sign_in(client, people.admin)
        assert client.submit(f"/w/{people.workspace.slug}/ownership/acceptance").status_code == 404
        sign_in(client, people.member)
        assert client.get(f"/w/{people.workspace.slug}/ownership").status_code == 200

    def test_owner_cannot_be_offered_what_they_have(
        self, client: FormClient, people: People
    ) -> None:
        sign_in(client, people.owner)
        assert offer(client, people, "owner") == 403

    @pytest.mark.parametrize("role", ["admin", "editor", "analyst", "member"])
    def test_nobody_else_may_offer(self, client: FormClient, people: People, role: str) -> None:
        sign_in(client, getattr(people, role))
        assert offer(client, people, role) == 403
        assert find_offer(people.workspace) is None

    def test_withdrawn_offer_is_gone(self, client: FormClient, people: People) -> None:
        make_offer(people.workspace, people.admin)
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/ownership"
        assert client.submit(url + "/withdrawal").status_code == 303
        assert client.submit(url + "/withdrawal").status_code == 404
        sign_in(client, people.admin)
        assert client.get(url).status_code == 404
        assert client.submit(url + "/acceptance").status_code == 404
        assert role_of(people.owner, people.workspace) == "owner"


class TestAnswering:
    def test_accepted_it_makes_the_old_owner_an_admin(
        self, client: FormClient, people: People
    ) -> None:
        make_offer(people.workspace, people.member)
        sign_in(client, people.member)
        overview = client.get(f"/w/{people.workspace.slug}/").text
        assert "You are offered the ownership of Corner Café." in overview
        assert client.submit(f"/w/{people.workspace.slug}/ownership/acceptance").status_code == 303
        assert role_of(people.member, people.workspace) == "owner"
        assert role_of(people.owner, people.workspace) == "admin"
        assert find_offer(people.workspace) is None
        assert audit_entries_of(people.workspace)[0].after == {"owner": people.member.email}
        assert client.get(f"/w/{people.workspace.slug}/delete").status_code == 200
        sign_in(client, people.owner)
        assert client.get(f"/w/{people.workspace.slug}/delete").status_code == 403

    def test_refused_it_changes_nothing(self, client: FormClient, people: People) -> None:
        make_offer(people.workspace, people.member)
        sign_in(client, people.member)
        assert client.submit(f"/w/{people.workspace.slug}/ownership/refusal").status_code == 303
        assert role_of(people.member, people.workspace) == "member"
        assert find_offer(people.workspace) is None
        assert "You are offered" not in client.get(f"/w/{people.workspace.slug}/").text

    @pytest.mark.parametrize("role", ["owner", "admin", "editor"])
    @pytest.mark.parametrize("end", ["", "/acceptance", "/refusal"])
    def test_offer_to_somebody_else_is_not_there(
        self, client: FormClient, people: People, role: str, end: str
    ) -> None:
        make_offer(people.workspace, people.member)
        sign_in(client, getattr(people, role))
        url = f"/w/{people.workspace.slug}/ownership{end}"
        answer = client.submit(url) if end else client.get(url)
        assert answer.status_code == 404
        assert role_of(people.owner, people.workspace) == "owner"
        assert find_offer(people.workspace)

    def test_old_owner_may_leave_afterwards(self, client: FormClient, people: People) -> None:
        make_offer(people.workspace, people.admin)
        sign_in(client, people.admin)
        client.submit(f"/w/{people.workspace.slug}/ownership/acceptance")
        sign_in(client, people.owner)
        assert client.submit(f"/w/{people.workspace.slug}/leaving").status_code == 303
