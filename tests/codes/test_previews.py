"""The picture beside the form: what would be made, before anything is stored."""

import html
import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from pitchbar.codes.models import Code
from pitchbar.codes.rendering import render_svg
from pitchbar.codes.services import delete_code
from pitchbar.core.tagging import set_utm
from pitchbar.core.utm import Utm
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, make_code

TYPED = {
    "name": "Spring menu",
    "destination_url": "https://shop.example/menu?utm_source=old&table=4#top",
    "short_code": "Spring-Menu",
    "utm_source": "poster",
    "utm_campaign": "a b",
    "error_correction": "Q",
}


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/codes"


def symbol_in(page: str) -> str:
    found = re.search(r'id="preview-symbol".*?>(<svg.*?</svg>)', page, re.DOTALL)
    assert found
    return found[1]


def text_of(page: str, element_id: str) -> str:
    found = re.search(rf'<p[^>]*id="{element_id}"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found, element_id
    return html.unescape(re.sub(r"<[^>]*>|\s*\n\s*", "", found[1])).strip()


def preview(client: FormClient, at: str, **typed: str) -> str:
    answer = client.submit(f"{at}/preview", typed)
    assert answer.status_code == 200
    return answer.text


def test_symbol_is_the_one_that_will_be_printed(client: FormClient, at: str) -> None:
    page = preview(client, at, **TYPED)
    assert symbol_in(page) == render_svg(f"{SITE}/t/spring-menu", "Q").decode()
    assert text_of(page, "preview-link") == "pitchbar.test/t/spring-menu"
    client.submit(at, TYPED)
    code = db.session.scalars(select(Code)).one()
    assert client.get(f"{at}/{code.id}/qr.svg").text == symbol_in(page)


def test_address_is_the_one_that_a_scan_opens(client: FormClient, at: str) -> None:
    wanted = Utm(source="poster", campaign="a b")
    expected, _ = set_utm(TYPED["destination_url"], wanted, [])
    page = preview(client, at, **TYPED)
    assert text_of(page, "preview-opens") == expected
    assert "<mark>?utm_source=poster</mark>" in page
    assert "<mark>&amp;utm_campaign=a%20b</mark>" in page


def test_nothing_is_stored(client: FormClient, at: str) -> None:
    before = db.session.scalar(select(func.count(AuditEntry.id)))
    preview(client, at, **TYPED)
    assert db.session.scalars(select(Code)).all() == []
    assert db.session.scalar(select(func.count(AuditEntry.id))) == before


def test_without_a_short_code_a_sample_says_that_it_is_one(client: FormClient, at: str) -> None:
    page = preview(client, at, **{**TYPED, "short_code": ""})
    assert "is-sample" in page
    assert text_of(page, "preview-note") == "A sample until the short code is known."
    assert text_of(page, "preview-link") == "pitchbar.test/t/•••••••"
    # As dense as the real one: random short codes are that long.
    drawn = re.search(r'viewBox="[^"]*"', symbol_in(page))
    assert drawn is not None
    assert drawn[0] in render_svg(f"{SITE}/t/1234567", "Q").decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("summer", "Free"),
        ("SUMMER_2", "Free"),
        ("menu", "Taken by “Menu”"),
        ("MENU", "Taken by “Menu”"),
        ("theirs", "Taken"),
        ("bygone", "Used by a deleted code"),
        ("ab", "Use 3 to 64 letters, digits, hyphens or underscores."),
        ("a b c", "Use 3 to 64 letters, digits, hyphens or underscores."),
        ("menü", "Use 3 to 64 letters, digits, hyphens or underscores."),
        ("x" * 65, "Use 3 to 64 letters, digits, hyphens or underscores."),
        ("", ""),
    ],
)
def test_short_code_is_said_to_be_free_or_not(
    client: FormClient, people: People, at: str, typed: str, said: str
) -> None:
    make_code(people.workspace, short_code="menu", name="Menu")
    make_code(people.elsewhere, short_code="theirs", name="Secret plan")
    delete_code(make_code(people.workspace, short_code="bygone", name="Old"), SYSTEM, "Old")
    page = preview(client, at, **{**TYPED, "short_code": typed})
    assert text_of(page, "short_code-note") == said
    assert ("is-sample" in page) is (said != "Free")
    assert "Secret plan" not in page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("http//shop.example/menu", "http://shop.example/menu"),
        ("https://https://shop.example", "https://shop.example"),
        ("https://shop .example", "https://shop.example"),
    ],
)
def test_mistyped_destination_comes_with_what_was_meant(
    client: FormClient, at: str, typed: str, meant: str
) -> None:
    page = preview(client, at, **{**TYPED, "destination_url": typed})
    assert f"Did you mean {meant}?" in page
    assert f'data-put="{meant}"' in page
    assert text_of(page, "preview-opens") == "The destination, once it is complete."


def test_destination_that_nobody_could_mend_says_why(client: FormClient, at: str) -> None:
    page = preview(client, at, **{**TYPED, "destination_url": "javascript:alert(1)"})
    assert "Only web addresses work here" in text_of(page, "destination_url-note")
    assert "data-put" not in page


def test_existing_code_keeps_its_short_code(client: FormClient, people: People, at: str) -> None:
    code = make_code(people.workspace, short_code="menu", error_correction="H")
    page = client.submit(f"{at}/{code.id}/preview", {**TYPED, "error_correction": "L"}).text
    assert symbol_in(page) == render_svg(f"{SITE}/t/menu", "L").decode()
    assert "is-sample" not in page
    assert client.submit(f"{at}/{code.id + 1}/preview", TYPED).status_code == 404


def test_pages_show_the_picture_before_anybody_types(
    client: FormClient, people: People, at: str
) -> None:
    code = make_code(people.workspace, name="Menu", short_code="menu", utm_source="print")
    assert text_of(client.get(f"{at}/new").text, "preview-name") == "Name of the code"
    page = client.get(f"{at}/{code.id}/edit").text
    assert text_of(page, "preview-name") == "Menu"
    assert text_of(page, "preview-opens").endswith("?utm_source=print")


def test_refused_form_comes_back_with_what_it_would_make(client: FormClient, at: str) -> None:
    page = client.submit(at, {**TYPED, "destination_url": "https//shop.example"}).text
    assert text_of(page, "preview-name") == "Spring menu"
    assert text_of(page, "preview-link") == "pitchbar.test/t/spring-menu"
    error = re.search(r'id="destination_url-error".*?</p>', page, re.DOTALL)
    assert error is not None
    assert 'data-put="https://shop.example"' in error[0]
    assert 'value="https//shop.example"' in page


@pytest.mark.parametrize("field", ["name", "destination_url", "short_code", "utm_source"])
def test_whatever_is_typed_is_drawn_as_text(client: FormClient, at: str, field: str) -> None:
    page = preview(client, at, **{**TYPED, field: '<script>"\x00'})
    assert "<script>" not in page


def test_endless_text_is_no_trouble(client: FormClient, at: str) -> None:
    endless = dict.fromkeys(TYPED, "x" * 20000)
    assert len(preview(client, at, **endless)) < 60_000


def test_unusual_addresses_are_shown_as_they_would_be_sent(client: FormClient, at: str) -> None:
    page = preview(client, at, **{**TYPED, "destination_url": "https://straße.example/über?q=ä"})
    assert quote("über") in text_of(page, "preview-opens")


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_code_preview="2/minute")
def test_each_person_asks_so_often(client: FormClient, people: People, at: str) -> None:
    answers = [client.submit(f"{at}/preview", TYPED).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    sign_in(client, people.owner)
    assert client.submit(f"{at}/preview", TYPED).status_code == 200


def test_who_may_not_edit_sees_no_picture(client: FormClient, people: People, at: str) -> None:
    sign_in(client, people.analyst)
    assert client.submit(f"{at}/preview", TYPED).status_code == 403
