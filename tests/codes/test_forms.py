"""Making, changing, archiving and deleting codes, as plain forms and as htmx sends them."""

from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

GOOD = {
    "name": "Spring menu",
    "destination_url": "https://shop.example/menu?table=4",
    "short_code": "Spring-Menu",
    "utm_source": "poster",
    "utm_medium": "print",
    "utm_campaign": "spring",
    "utm_term": "food",
    "utm_content": "a",
    "forward_parameters": "y",
    "error_correction": "Q",
    "notes": "By the door.\r\nSecond line.",
}


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    """The address of the workspace's codes; the client is its owner."""
    sign_in(client, people.owner)
    return f"/w/{people.workspace.slug}/codes"


def only_code() -> Code:
    return db.session.scalars(select(Code)).one()


def no_code() -> bool:
    return db.session.scalars(select(Code)).all() == []


class TestCreating:
    def test_every_field_is_kept(self, client: FormClient, people: People, at: str) -> None:
        response = client.submit(at, GOOD)
        code = only_code()
        assert (response.status_code, response.location) == (303, f"{at}/{code.id}")
        for name, value in GOOD.items():
            if name not in ("short_code", "forward_parameters"):
                assert getattr(code, name) == value
        assert code.short_code == "spring-menu"
        assert code.forward_parameters is True
        assert (code.status, code.workspace_id) == ("active", people.workspace.id)
        assert code.created_by_id == people.owner.id
        assert "Code created." in client.get(response.location).text

    def test_fragment_request_is_led_on_by_htmx(self, client: FormClient, at: str) -> None:
        response = client.submit(at, GOOD, fragment=True)
        assert response.status_code == 204
        assert response.headers["HX-Redirect"] == f"{at}/{only_code().id}"

    def test_name_and_destination_are_enough(self, client: FormClient, at: str) -> None:
        client.submit(at, {"name": "Menu", "destination_url": "shop.example"})
        code = only_code()
        assert len(code.short_code) == 7
        assert (code.error_correction, code.forward_parameters) == ("M", False)
        assert code.destination_url == "https://shop.example"

    def test_fields_that_are_not_in_the_form_are_ignored(
        self, client: FormClient, people: People, at: str
    ) -> None:
        more: dict[str, Any] = {
            "workspace_id": people.elsewhere.id,
            "created_by_id": people.outsider.id,
            "id": 4711,
            "status": "archived",
            "deleted_at": "2026-01-01",
            "created_at": "2020-01-01",
        }
        client.submit(at, {**GOOD, **more})
        code = only_code()
        assert code.id != 4711
        assert code.workspace_id == people.workspace.id
        assert code.created_by_id == people.owner.id
        assert (code.status, code.deleted_at) == ("active", None)
        assert code.created_at.year > 2020


WRONG = [
    ("name", "", "Give the code a name."),
    ("name", " \t ", "Give the code a name."),
    ("name", "a" * 5000, "Use at most 200 characters."),
    ("name", "Menu\x00", "This contains characters that cannot be stored."),
    ("name", "Menu\x1b", "This contains characters that cannot be stored."),
    ("destination_url", "", "Enter the address that the code should open."),
    ("destination_url", "javascript:alert(1)", "Only web addresses work here"),
    ("destination_url", "data:text/html,x", "Only web addresses work here"),
    ("destination_url", "ftp://shop.example", "Only web addresses work here"),
    ("destination_url", "//x", "This is not a complete web address."),
    ("destination_url", "http://", "This is not a complete web address."),
    ("destination_url", "https://shop.example:99999", "This is not a complete web address."),
    ("destination_url", "https://shop.example/a b", "An address has no spaces"),
    ("destination_url", "https://a:b@shop.example", "Leave out the user name and password"),
    ("destination_url", "http://pitchbar.test/t/menu", "A code cannot lead back to Pitchbar"),
    ("destination_url", "https://shop.example/" + "a" * 5000, "Use at most 2048 characters."),
    ("utm_source", "a" * 256, "Use at most 255 characters."),
    ("utm_content", "a\x00b", "This contains characters that cannot be stored."),
    ("error_correction", "X", "Not a valid choice"),
    ("error_correction", "m", "Not a valid choice"),
    ("notes", "a" * 5001, "Use at most 5000 characters."),
]


class TestMistakes:
    @pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
    def test_sentence_stands_at_the_field_and_all_that_was_typed_stays(
        self, client: FormClient, at: str, field: str, value: str, sentence: str
    ) -> None:
        typed = {**GOOD, field: value}
        for fragment in (False, True):
            response = client.submit(at, typed, fragment=fragment)
            page = response.text
            assert response.status_code == 422
            assert ("<html" in page) is not fragment
            error = page.partition(f'id="{field}-error"')[2].partition("</p>")[0]
            assert sentence in error
            for name in ("utm_source", "utm_campaign", "short_code"):
                if name != field:
                    assert f'value="{typed[name]}"' in page
            assert "By the door." in page or field == "notes"
        assert no_code()

    @pytest.mark.parametrize(("field", "value", "sentence"), [WRONG[0], WRONG[6], WRONG[-1]])
    def test_change_is_refused_like_a_new_code(
        self, client: FormClient, people: People, at: str, field: str, value: str, sentence: str
    ) -> None:
        code = make_code(people.workspace, name="Menu", notes="Old")
        typed = {**GOOD, "name": "New name", field: value}
        for fragment in (False, True):
            response = client.submit(f"{at}/{code.id}", typed, fragment=fragment)
            assert response.status_code == 422
            assert sentence in response.text
            assert 'value="poster"' in response.text
        assert (code.name, code.notes, code.utm.given()) == ("Menu", "Old", {})

    def test_typed_html_is_shown_as_text(self, client: FormClient, at: str) -> None:
        response = client.submit(at, {"name": '"><script>alert(1)</script>'})
        assert "<script>alert" not in response.text
        assert "&lt;script&gt;alert" in response.text

    @pytest.mark.settings(qr_destination_host_allowlist="shop.example")
    def test_host_that_is_not_on_the_list_is_named(self, client: FormClient, at: str) -> None:
        response = client.submit(at, {**GOOD, "destination_url": "https://evil.example"})
        assert response.status_code == 422
        assert "evil.example is not on the list of hosts that codes may lead to." in response.text
        assert client.submit(at, GOOD).status_code == 303


class TestChanging:
    def test_form_shows_what_is_stored(self, client: FormClient, people: People, at: str) -> None:
        code = make_code(people.workspace, name="Menü <1>", notes="Türe", utm_term="x")
        page = client.get(f"{at}/{code.id}/edit").text
        assert 'value="Menü &lt;1&gt;"' in page
        assert f'value="{code.destination_url}"' in page
        assert 'value="x"' in page
        assert "Türe" in page
        assert f'value="http://pitchbar.test/t/{code.short_code}" readonly' in page

    def test_change_is_stored_but_never_the_short_code(
        self, client: FormClient, people: People, at: str
    ) -> None:
        code = make_code(people.workspace, short_code="printed", forward_parameters=True)
        typed = {**GOOD, "workspace_id": people.elsewhere.id, "status": "archived"}
        del typed["forward_parameters"]
        response = client.submit(f"{at}/{code.id}", typed)
        assert (response.status_code, response.location) == (303, f"{at}/{code.id}")
        assert (code.name, code.destination_url) == (GOOD["name"], GOOD["destination_url"])
        assert (code.short_code, code.status) == ("printed", "active")
        assert code.forward_parameters is False
        assert code.workspace_id == people.workspace.id

    def test_archive_comes_with_an_undo(self, client: FormClient, people: People, at: str) -> None:
        code = make_code(people.workspace)
        assert client.submit(f"{at}/{code.id}/archival").status_code == 303
        assert code.status == "archived"
        page = client.get(f"{at}/{code.id}").text
        assert f'action="{at}/{code.id}/restoration"' in page
        assert "Undo" in page
        assert client.submit(f"{at}/{code.id}/archival").status_code == 303
        assert client.submit(f"{at}/{code.id}/restoration").status_code == 303
        assert code.status == "active"

    def test_archive_and_restore_work_through_htmx(
        self, client: FormClient, people: People, at: str
    ) -> None:
        code = make_code(people.workspace)
        for action, status in (("archival", "archived"), ("restoration", "active")):
            response = client.submit(f"{at}/{code.id}/{action}", fragment=True)
            assert response.headers["HX-Redirect"] == f"{at}/{code.id}"
            assert code.status == status


class TestDeleting:
    @pytest.mark.parametrize("typed", ["", "menu", "Menu ", "Menu, table", "Menu, table 4!"])
    def test_other_words_than_the_name_delete_nothing(
        self, client: FormClient, people: People, at: str, typed: str
    ) -> None:
        code = make_code(people.workspace, name="Menu, table 4")
        response = client.submit(f"{at}/{code.id}/deletion", {"confirmation": typed})
        assert response.status_code == 422
        assert "This is not the name of the code. Nothing was deleted." in response.text
        assert code.deleted_at is None

    @pytest.mark.parametrize("name", ["Menu", "Menu,  table\t4", "Ménü „4“ <b>"])
    def test_name_as_the_page_shows_it_deletes(
        self, client: FormClient, people: People, at: str, name: str
    ) -> None:
        code = make_code(people.workspace, name=name)
        shown = " ".join(name.split())
        response = client.submit(f"{at}/{code.id}/deletion", {"confirmation": f" {shown} "})
        assert (response.status_code, response.location) == (303, at)
        assert code.deleted_at is not None
        for page in ("", "/edit", "/delete", "/qr.svg"):
            assert client.get(f"{at}/{code.id}{page}").status_code == 404
        for action in ("", "/archival", "/restoration", "/deletion"):
            assert client.submit(f"{at}/{code.id}{action}", GOOD).status_code == 404
        assert code.short_code not in client.get(f"{at}?status=all").text


class TestEverythingAtOnce:
    def test_taken_short_code_wrong_destination_and_missing_name(
        self, client: FormClient, people: People, at: str
    ) -> None:
        make_code(people.workspace, short_code="taken-one")
        typed = GOOD | {"name": "", "short_code": "TAKEN-one", "destination_url": "ftp://a.example"}
        page = client.submit(at, typed)
        assert page.status_code == 422
        for field in ("name", "short_code", "destination_url"):
            assert f'id="{field}-error"' in page.text, field
        assert 'value="TAKEN-one"' in page.text
        assert 'value="ftp://a.example"' in page.text

    def test_wrong_field_is_not_told_off_twice(self, client: FormClient, at: str) -> None:
        page = client.submit(at, GOOD | {"name": "", "destination_url": "", "short_code": "a b"})
        assert page.text.count('class="field-error"') == 3

    def test_changing_says_both(self, client: FormClient, people: People, at: str) -> None:
        code = make_code(people.workspace)
        typed = GOOD | {"name": "", "destination_url": "ftp://a.example"}
        page = client.submit(f"{at}/{code.id}", typed).text
        assert 'id="name-error"' in page
        assert 'id="destination_url-error"' in page
