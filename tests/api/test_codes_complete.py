"""What programs can do with codes beyond making and reading them."""

import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership
from pitchbar.workspaces.tokens.services import create_token
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.servers import on_both_databases


@pytest.fixture
def url(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/codes"


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


def names(client: FormClient, url: str, headers: dict[str, str], **query: str) -> list[str]:
    answer = client.get(url, headers=headers, query_string=query)
    assert answer.status_code == 200, answer.text
    return [code["name"] for code in answer.get_json()["data"]]


class TestList:
    @pytest.fixture(autouse=True)
    def codes(self, people: People) -> None:
        make_code(people.workspace, name="Menu", short_code="menu")
        make_code(people.workspace, name="Flyer", destination_url="https://shop.example/100%")
        archive_code(make_code(people.workspace, name="Old menu"), SYSTEM)
        make_code(people.elsewhere, name="Menu elsewhere")
        db.session.commit()

    @on_both_databases
    def test_filters(self, client: FormClient, url: str, headers: dict[str, str]) -> None:
        expected: list[tuple[dict[str, str], list[str]]] = [
            ({}, ["Old menu", "Flyer", "Menu"]),
            ({"status": "active"}, ["Flyer", "Menu"]),
            ({"status": "archived"}, ["Old menu"]),
            ({"q": "MENU"}, ["Old menu", "Menu"]),
            ({"q": "MENU", "status": "active"}, ["Menu"]),
            ({"q": "100%"}, ["Flyer"]),
            ({"q": "%"}, ["Flyer"]),
            ({"q": "nothing"}, []),
            ({"unknown": "name"}, ["Old menu", "Flyer", "Menu"]),
        ]
        for query, found in expected:
            assert names(client, url, headers, **query) == found, query

    def test_cursor_leads_through_a_filtered_list(
        self, client: FormClient, url: str, headers: dict[str, str]
    ) -> None:
        found, cursor = [], None
        for _ in range(2):
            query = {"q": "menu", "per_page": "1"} | ({"cursor": cursor} if cursor else {})
            page = client.get(url, headers=headers, query_string=query).get_json()
            found += [code["name"] for code in page["data"]]
            cursor = page["next_cursor"]
        assert (found, cursor) == (["Old menu", "Menu"], None)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"status": "gone"}, "status"),
            ({"q": "\x00"}, "q"),
            ({"q": "x" * 201}, "q"),
            ({"per_page": "0"}, "per_page"),
            ({"per_page": "101"}, "per_page"),
            ({"per_page": "many"}, "per_page"),
            ({"per_page": "9" * 5000}, "per_page"),
            ({"cursor": "!"}, "cursor"),
            ({"cursor": "MQ\x00"}, "cursor"),
            ({"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}, "cursor"),
        ],
    )
    def test_wrong_argument_is_named(
        self,
        client: FormClient,
        url: str,
        headers: dict[str, str],
        query: dict[str, str],
        field: str,
    ) -> None:
        answer = client.get(url, headers=headers, query_string=query)
        assert answer.status_code == 422
        assert list(answer.get_json()["error"]["fields"]) == [field]


class TestDelete:
    @pytest.fixture
    def code(self, people: People) -> Code:
        return make_code(people.workspace, name="Poster", short_code="poster")

    def token_of(self, people: People, role: str) -> dict[str, str]:
        person = getattr(people, role)
        by = Actor("person", person.id, person.name)
        _, secret = create_token(people.workspace, name="x", scope="read-write", by=by)
        db.session.commit()
        return bearer(secret)

    @on_both_databases
    def test_token_of_an_owner_deletes_for_good(
        self, client: FormClient, url: str, people: People, code: Code
    ) -> None:
        headers = self.token_of(people, "owner")
        answer = client.delete(f"{url}/{code.id}", headers=headers)
        assert (answer.status_code, answer.get_data()) == (204, b"")
        assert client.get(f"{url}/{code.id}", headers=headers).status_code == 404
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 404
        again = {"name": "x", "destination_url": "https://a.example", "short_code": "poster"}
        assert client.post(url, json=again, headers=headers).status_code == 422
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "code.deleted")
        ).one()
        assert (entry.actor_kind, entry.subject_name) == ("token", "Poster")

    def test_token_of_the_command_line_deletes(
        self, client: FormClient, url: str, headers: dict[str, str], code: Code
    ) -> None:
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 204

    def test_token_of_an_admin_may_not(
        self, client: FormClient, url: str, people: People, code: Code
    ) -> None:
        headers = self.token_of(people, "admin")
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 403
        assert client.get(f"{url}/{code.id}", headers=headers).status_code == 200

    def test_token_that_an_admins_token_made_may_not_either(
        self, client: FormClient, url: str, people: People, code: Code
    ) -> None:
        made = client.post(
            url.replace("/codes", "/tokens"),
            json={"name": "child", "scope": "read-write"},
            headers=self.token_of(people, "admin"),
        )
        headers = bearer(made.get_json()["secret"])
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 403

    @pytest.mark.parametrize("end", ["role", "membership", "account"])
    def test_right_ends_when_the_maker_is_no_owner_any_more(
        self, client: FormClient, url: str, people: People, code: Code, end: str
    ) -> None:
        headers = self.token_of(people, "owner")
        membership = db.session.scalars(
            select(Membership).where(Membership.person_id == people.owner.id)
        ).one()
        if end == "role":
            membership.role = "admin"
        elif end == "membership":
            db.session.delete(membership)
        else:
            db.session.delete(people.owner)
        db.session.commit()
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 403

    def test_token_that_reads_may_not(
        self, client: FormClient, url: str, people: People, code: Code
    ) -> None:
        headers = bearer(make_token(people.workspace, "read"))
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 403

    def test_other_workspace_sees_nothing(
        self, client: FormClient, url: str, people: People, code: Code
    ) -> None:
        headers = bearer(make_token(people.elsewhere))
        assert client.delete(f"{url}/{code.id}", headers=headers).status_code == 404
        own = url.replace(people.workspace.slug, people.elsewhere.slug)
        assert client.delete(f"{own}/{code.id}", headers=headers).status_code == 404


def test_repeated_archiving_is_told_once(
    client: FormClient, url: str, headers: dict[str, str], people: People
) -> None:
    code = make_code(people.workspace)
    for status in ("archived", "archived", "active"):
        answer = client.patch(f"{url}/{code.id}", json={"status": status}, headers=headers)
        assert answer.get_json()["status"] == status
    client.patch(f"{url}/{code.id}", json={}, headers=headers)
    told = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    expected = ["code.archived", "code.restored"]
    assert [
        action for action in told if action not in ("code.created", "token.created")
    ] == expected
