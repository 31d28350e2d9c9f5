import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.accounts.models import NO_PASSWORD, Person
from pitchbar.accounts.passwords.hashing import verify_password
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.accounts.walking import body_text, is_signed_in, mails_to
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People, make_person

NEW = "seven loud geese at noon"


@pytest.fixture
def ada(client: FormClient) -> Person:
    person = make_person(email="ada@pitchbar.example", name="Ada")
    sign_in(client, person)
    return person


def change(client: FormClient, current: str = PASSWORD, new: str = NEW) -> tuple[int, str]:
    response = client.submit("/account/password", {"current_password": current, "password": new})
    return response.status_code, response.text


@pytest.mark.parametrize("role", ["owner", "admin", "editor", "analyst", "member", "outsider"])
def test_everybody_has_a_page_of_their_own(client: FormClient, people: People, role: str) -> None:
    person: Person = getattr(people, role)
    sign_in(client, person)
    page = client.get("/account")
    assert page.status_code == 200
    assert person.email in page.text


@pytest.mark.parametrize("url", ["/account", "/account/email", "/account/google", "/login/confirm"])
def test_signed_out_visitor_is_led_to_the_sign_in_and_back(client: FormClient, url: str) -> None:
    assert client.get(url).location == f"/login?next={url}"


@pytest.mark.parametrize("url", ["name", "password", "email", "two-factor/setup"])
def test_signed_out_visitor_changes_nothing(client: FormClient, url: str) -> None:
    assert client.submit(f"/account/{url}").location == "/login"


class TestWayBack:
    def test_leads_to_the_workspace_that_one_came_from(
        self, client: FormClient, people: People
    ) -> None:
        sign_in(client, people.owner)
        client.submit("/workspaces", {"name": "Aardvark", "time_zone": "UTC"})
        overview = client.get(f"/w/{people.workspace.slug}/").text
        assert f'href="/account?from={people.workspace.slug}"' in overview
        client.get(f"/account?from={people.workspace.slug}")
        assert f'href="/w/{people.workspace.slug}/"' in client.get("/account").text

    @pytest.mark.parametrize("slug", ["elsewhere", "//evil.example", "x" * 500])
    def test_never_to_anything_else(self, client: FormClient, people: People, slug: str) -> None:
        sign_in(client, people.owner)
        assert client.get("/account", query_string={"from": slug}).location == "/account"
        page = client.get("/account").text
        assert f'href="/w/{people.workspace.slug}/"' in page
        assert slug not in page

    def test_person_without_a_workspace_is_led_to_make_one(
        self, client: FormClient, ada: Person
    ) -> None:
        assert 'href="/workspaces/new"' in client.get("/account").text


class TestName:
    def test_is_changed_and_told(self, client: FormClient, ada: Person) -> None:
        response = client.submit("/account/name", {"name": "  Ada Lovelace "})
        assert (response.status_code, response.location) == (303, "/account")
        assert ada.name == "Ada Lovelace"
        entry = db.session.scalars(select(AuditEntry)).one()
        assert entry.action == "account.renamed"
        assert (entry.before, entry.after) == ({"name": "Ada"}, {"name": "Ada Lovelace"})

    @pytest.mark.parametrize("name", ["", "   ", "a" * 101, "Ada\x00"])
    def test_that_cannot_be_is_refused_at_the_field(
        self, client: FormClient, ada: Person, name: str
    ) -> None:
        response = client.submit("/account/name", {"name": name})
        assert response.status_code == 422
        assert 'id="name-error"' in response.text
        assert ada.name == "Ada"

    def test_other_fields_of_the_person_are_not_taken(
        self, client: FormClient, ada: Person
    ) -> None:
        form = {"name": "Ada", "email": "eve@pitchbar.example", "password_hash": "x", "id": "99"}
        client.submit("/account/name", form)
        assert ada.email == "ada@pitchbar.example"
        assert verify_password(PASSWORD, ada.password_hash)


class TestPassword:
    def test_is_changed_by_the_old_one_and_other_sessions_end(
        self, app: Flask, client: FormClient, ada: Person
    ) -> None:
        elsewhere = app.test_client()
        assert isinstance(elsewhere, FormClient)
        sign_in(elsewhere, ada)
        copied = client.get_cookie("pitchbar_session", domain="pitchbar.test")
        assert copied is not None
        assert change(client)[0] == 303
        assert verify_password(NEW, ada.password_hash)
        assert is_signed_in(client)
        assert not is_signed_in(elsewhere)
        elsewhere.set_cookie("pitchbar_session", copied.value, domain="pitchbar.test")
        assert not is_signed_in(elsewhere)

    def test_change_is_told(self, client: FormClient, ada: Person) -> None:
        change(client)
        (mail,) = mails_to(ada.email)
        assert mail["Subject"] == "Your password was changed"
        assert "127.0.0.1" in body_text(mail)
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject_id) == ("account.password_changed", str(ada.id))
        assert NEW not in str(vars(entry))

    @pytest.mark.parametrize(
        ("current", "new", "field"),
        [
            ("", NEW, "current_password"),
            ("not it", NEW, "current_password"),
            (PASSWORD, "short", "password"),
            (PASSWORD, "manchester99", "password"),
            (PASSWORD, "ada@pitchbar.example", "password"),
        ],
    )
    def test_mistake_is_named_and_changes_nothing(
        self, client: FormClient, ada: Person, current: str, new: str, field: str
    ) -> None:
        status, page = change(client, current, new)
        assert status == 422
        assert f'id="{field}-error"' in page
        assert verify_password(PASSWORD, ada.password_hash)
        assert is_signed_in(client)

    def test_person_without_one_is_led_to_set_it(self, client: FormClient, ada: Person) -> None:
        ada.password_hash = NO_PASSWORD
        page = client.get("/account").text
        assert "current_password" not in page
        assert 'href="/password/forgotten"' in page
        assert change(client, NO_PASSWORD)[0] == 422
        assert ada.email in client.get("/password/forgotten").text

    @pytest.mark.settings(ratelimit_enabled=True)
    def test_guessing_the_old_one_is_throttled(self, client: FormClient, ada: Person) -> None:
        statuses = [change(client, f"guess {n}")[0] for n in range(6)]
        assert statuses == [422] * 5 + [429]
