import pytest
from sqlalchemy import select

from pitchbar.extensions import db
from pitchbar.workspaces.models import OldSlug
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token, make_workspace
from tests.support.members import audit_entries_of
from tests.support.servers import on_both_databases


def save(client: FormClient, people: People, **data: str) -> tuple[int, str]:
    values = {"name": people.workspace.name, "slug": people.workspace.slug, "time_zone": "UTC"}
    answer = client.submit(f"/w/{people.workspace.slug}/settings", {**values, **data})
    return answer.status_code, answer.get_data(as_text=True)


def rename(client: FormClient, people: People, slug: str) -> None:
    assert save(client, people, slug=slug)[0] == 303


class TestGeneral:
    @pytest.mark.parametrize("role", ["owner", "admin"])
    def test_managers_change_name_and_zone(
        self, client: FormClient, people: People, role: str
    ) -> None:
        sign_in(client, getattr(people, role))
        assert save(client, people, name="New name", time_zone="Asia/Tokyo")[0] == 303
        assert (people.workspace.name, people.workspace.time_zone) == ("New name", "Asia/Tokyo")
        entry = audit_entries_of(people.workspace)[0]
        assert entry.action == "workspace.updated"
        assert entry.before == {"name": "Corner Café", "time_zone": "UTC"}
        assert entry.after == {"name": "New name", "time_zone": "Asia/Tokyo"}

    def test_saving_the_same_is_no_entry(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        save(client, people)
        assert audit_entries_of(people.workspace) == []

    @pytest.mark.parametrize("role", ["editor", "analyst", "member"])
    def test_others_may_not(self, client: FormClient, people: People, role: str) -> None:
        sign_in(client, getattr(people, role))
        assert save(client, people, name="Mine now")[0] == 403
        assert people.workspace.name == "Corner Café"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "a" * 101),
            ("name", "a\x00b"),
            ("time_zone", "Mars/Olympus"),
            ("slug", ""),
            ("slug", "with space"),
            ("slug", "-edge"),
            ("slug", "two--hyphens"),
            ("slug", "a/b"),
            ("slug", "~5"),
            ("slug", "café"),
            ("slug", "a\nb"),
            ("slug", "a" * 41),
        ],
    )
    def test_wrong_field_is_named_and_all_that_was_typed_stays(
        self, client: FormClient, people: People, field: str, value: str
    ) -> None:
        sign_in(client, people.owner)
        status, page = save(client, people, **{"name": "Typed name", field: value})
        assert status == 422
        assert f'id="{field}-error"' in page
        assert field == "name" or 'value="Typed name"' in page
        assert people.workspace.name == "Corner Café"

    def test_other_columns_cannot_be_set(self, client: FormClient, people: People) -> None:
        sign_in(client, people.admin)
        more = {"plan": "scale", "id": "99", "deletion_asked_at": "2020-01-01", "purged_at": "x"}
        assert save(client, people, fallback_url="https://evil.example", **more)[0] == 303
        assert (people.workspace.plan, people.workspace.fallback_url) == ("growth", "")
        assert people.workspace.deletion_asked_at is None

    def test_fragment_request_gets_the_form_back(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/settings"
        answer = client.submit(url, {"name": "", "slug": "x"}, headers=FRAGMENT)
        assert (answer.status_code, "<html" in answer.text) == (422, False)
        assert 'id="settings-form"' in answer.text


class TestSlug:
    @on_both_databases
    def test_old_addresses_lead_to_the_new_ones(self, client: FormClient, people: People) -> None:
        code = make_code(people.workspace)
        sign_in(client, people.owner)
        rename(client, people, "harbour")
        for path in ("/", f"/codes/{code.id}", "/codes?q=a%26b&status=all", "/members"):
            answer = client.get(f"/w/corner-cafe{path}")
            assert (answer.status_code, answer.location) == (302, f"/w/harbour{path}")
        assert client.get("/w/harbour/").status_code == 200

    def test_first_part_of_the_address_is_not_mistaken_for_the_slug(
        self, client: FormClient, people: People
    ) -> None:
        sign_in(client, people.owner)
        rename(client, people, "w")
        rename(client, people, "harbour")
        assert client.get("/w/w/codes").location == "/w/harbour/codes"

    def test_form_that_was_sent_is_not_led_on(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        rename(client, people, "harbour")
        assert client.submit("/w/corner-cafe/leaving").status_code == 404
        assert client.submit("/w/corner-cafe/codes", {"name": "X"}).status_code == 404

    def test_outsider_learns_nothing_of_it(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        rename(client, people, "harbour")
        sign_in(client, people.outsider)
        headers = {"X-Request-Id": "the-same-for-both"}
        old, none = (
            client.get(f"/w/{slug}/", headers=headers) for slug in ("corner-cafe", "none-such")
        )
        assert (old.status_code, old.text) == (404, none.text)

    def test_api_follows_for_reading(self, client: FormClient, people: People) -> None:
        headers = bearer(make_token(people.workspace))
        foreign = bearer(make_token(people.elsewhere))
        sign_in(client, people.owner)
        rename(client, people, "harbour")
        base = "/api/v1/workspaces"
        answer = client.get(f"{base}/corner-cafe/codes?per_page=5", headers=headers)
        assert answer.location == f"{base}/harbour/codes?per_page=5"
        assert client.post(f"{base}/corner-cafe/codes", json={}, headers=headers).status_code == 404
        assert client.get(f"{base}/corner-cafe/codes", headers=foreign).status_code == 404

    @on_both_databases
    def test_slug_in_use_is_not_taken_away(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        status, page = save(client, people, slug="elsewhere", name="Typed")
        assert status == 422
        assert "“elsewhere” is taken by another workspace." in page
        assert 'value="Typed"' in page
        assert (people.workspace.slug, people.workspace.name) == ("corner-cafe", "Corner Café")
        assert db.session.scalars(select(OldSlug)).all() == []

    def test_slug_in_use_beats_an_old_one(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        rename(client, people, "harbour")
        newcomer = make_workspace(people.outsider, name="Corner Café")
        assert newcomer.slug == "corner-cafe"
        sign_in(client, people.outsider)
        assert client.get("/w/corner-cafe/").status_code == 200
        sign_in(client, people.owner)
        assert client.get("/w/corner-cafe/").location == "/w/harbour/"

    @on_both_databases
    def test_two_workspaces_may_have_had_one_slug(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        rename(client, people, "harbour")
        newcomer = make_workspace(people.outsider, name="Corner Café")
        sign_in(client, people.outsider)
        data = {"name": "N", "slug": "second", "time_zone": "UTC"}
        assert client.submit(f"/w/{newcomer.slug}/settings", data).status_code == 303
        assert client.get("/w/corner-cafe/").location == "/w/second/"

    @on_both_databases
    def test_back_to_the_old_slug_and_forth(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        for slug in ("harbour", "corner-cafe", "harbour", "third"):
            rename(client, people, slug)
        assert client.get("/w/third/").status_code == 200
        assert client.get("/w/corner-cafe/").location == "/w/third/"
        assert client.get("/w/harbour/").location == "/w/third/"
