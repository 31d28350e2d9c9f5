import pytest
from sqlalchemy import func, select

from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import find_person_by_email
from pitchbar.extensions import db
from pitchbar.workspaces.models import Invitation
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person
from tests.support.members import audit_entries_of, make_invitation, path_of, role_of

ACCOUNT = {"name": "Nia", "password": "nine quiet horses"}


@pytest.fixture
def invitation(people: People) -> Invitation:
    return make_invitation(people.workspace)


def count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


class TestNewPerson:
    def test_makes_an_account_and_is_in(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        page = client.get(path_of(invitation)).text
        assert 'value="new@pitchbar.example" readonly' in page
        assert "Corner Café" in page
        answer = client.submit(path_of(invitation) + "/account", ACCOUNT)
        assert (answer.status_code, answer.location) == (303, f"/w/{people.workspace.slug}/")
        person = find_person_by_email("new@pitchbar.example")
        assert person is not None
        assert role_of(person, people.workspace) == "editor"
        assert client.get(f"/w/{people.workspace.slug}/").status_code == 200
        assert invitation.state == "accepted"
        entry = audit_entries_of(people.workspace, "invitation.accepted")[0]
        assert (entry.actor_id, entry.actor_name) == (person.id, "Nia")

    def test_address_and_role_are_those_of_the_invitation(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        more = {"email": "eve@pitchbar.example", "role": "owner", "workspace_id": "2"}
        client.submit(path_of(invitation) + "/account", {**ACCOUNT, **more})
        assert find_person_by_email("eve@pitchbar.example") is None
        person = find_person_by_email("new@pitchbar.example")
        assert person
        assert role_of(person, people.workspace) == "editor"

    @pytest.mark.parametrize(
        ("field", "value"), [("name", ""), ("password", "short"), ("name", "a\x00b")]
    )
    def test_wrong_field_is_named_and_nothing_is_stored(
        self, client: FormClient, invitation: Invitation, field: str, value: str
    ) -> None:
        before = count_people()
        answer = client.submit(path_of(invitation) + "/account", {**ACCOUNT, field: value})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert count_people() == before
        assert invitation.state == "open"

    def test_planted_session_ends_with_the_sign_up(
        self, client: FormClient, invitation: Invitation
    ) -> None:
        with client.session_transaction(base_url="http://pitchbar.test") as session:
            session["planted"] = "yes"
        client.submit(path_of(invitation) + "/account", ACCOUNT)
        with client.session_transaction(base_url="http://pitchbar.test") as session:
            assert "planted" not in session

    def test_account_made_meanwhile_is_asked_to_sign_in(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        make_person(email="new@pitchbar.example")
        answer = client.submit(path_of(invitation) + "/account", ACCOUNT)
        assert answer.status_code == 422
        assert "Sign in to accept" in answer.text
        assert invitation.state == "open"


class TestExistingPerson:
    @pytest.mark.parametrize("email", ["new@pitchbar.example", "New@Pitchbar.example"])
    def test_signs_in_first_and_comes_back(
        self, client: FormClient, people: People, email: str
    ) -> None:
        person = make_person(email="new@pitchbar.example")
        invitation = make_invitation(people.workspace, email=email)
        path = path_of(invitation)
        page = client.get(path).text
        assert f'href="/login?next={path}"' in page
        assert client.submit(path + "/acceptance").location == "/login"
        sign_in(client, person)
        assert "Join workspace" in client.get(path).text
        answer = client.submit(path + "/acceptance")
        assert answer.location == f"/w/{people.workspace.slug}/"
        assert role_of(person, people.workspace) == "editor"

    def test_looking_at_the_link_accepts_nothing(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        """Mail programs open links ahead."""
        person = make_person(email="new@pitchbar.example")
        sign_in(client, person)
        client.get(path_of(invitation))
        client.head(path_of(invitation))
        assert invitation.state == "open"
        assert role_of(person, people.workspace) is None

    @pytest.mark.parametrize("email", ["new+qr@pitchbar.example", "zoë@pitchbar.example"])
    def test_unusual_addresses_work(self, client: FormClient, people: People, email: str) -> None:
        person = make_person(email=email)
        invitation = make_invitation(people.workspace, email=email.upper())
        sign_in(client, person)
        assert client.submit(path_of(invitation) + "/acceptance").status_code == 303
        assert role_of(person, people.workspace) == "editor"

    def test_plus_makes_another_address(self, client: FormClient, people: People) -> None:
        person = make_person(email="new@pitchbar.example")
        invitation = make_invitation(people.workspace, email="new+qr@pitchbar.example")
        sign_in(client, person)
        assert client.submit(path_of(invitation) + "/acceptance").status_code == 403
        assert role_of(person, people.workspace) is None


class TestWrongAccount:
    def test_page_says_so_and_offers_to_sign_out(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        sign_in(client, people.outsider)
        path = path_of(invitation)
        page = client.get(path).text
        assert "new@pitchbar.example" in page
        assert people.outsider.email in page
        assert "Sign out and go on" in page
        assert client.submit("/logout", {"next": path}).location == path
        assert "Create account and join" in client.get(path).text

    def test_cannot_accept(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        sign_in(client, people.outsider)
        for end in ("/acceptance", "/account"):
            answer = client.submit(path_of(invitation) + end, ACCOUNT)
            assert answer.status_code in (403, 422)
        assert role_of(people.outsider, people.workspace) is None
        assert invitation.state == "open"

    @pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example"])
    def test_signing_out_leads_to_our_own_pages_only(
        self, client: FormClient, people: People, url: str
    ) -> None:
        sign_in(client, people.outsider)
        assert client.submit("/logout", {"next": url}).location == "/login"

    def test_member_is_led_to_the_workspace_and_keeps_their_role(
        self, client: FormClient, people: People
    ) -> None:
        invitation = make_invitation(people.workspace)
        invitation.email = people.analyst.email
        sign_in(client, people.analyst)
        overview = f"/w/{people.workspace.slug}/"
        assert client.get(path_of(invitation)).location == overview
        assert client.submit(path_of(invitation) + "/acceptance").location == overview
        assert role_of(people.analyst, people.workspace) == "analyst"


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_signup="2/hour")
def test_sign_ups_by_link_are_limited_too(client: FormClient, people: People) -> None:
    invitation = make_invitation(people.workspace)
    url = path_of(invitation) + "/account"
    assert [client.submit(url).status_code for _ in range(3)] == [422, 422, 429]
