"""Codes on own domains: where they are, where else they lead on from, how they move."""

from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.codes.addresses import address_of
from pitchbar.codes.addressing import list_addresses
from pitchbar.codes.errors import AddressStays, ShortCodeTaken, UnusableDomain
from pitchbar.codes.models import Code, CodeAddress
from pitchbar.codes.rendering import render_svg
from pitchbar.codes.services import delete_code, move_code
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import bus, db
from pitchbar.settings import Settings, current_settings
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.domains import HOST, make_domain
from tests.support.factories import People, bearer, make_code, make_token

NEW = {"name": "Menu", "destination_url": "https://destination.example/menu"}


def urls(code: Code) -> list[str]:
    return [address.url for address in list_addresses(code, current_settings())]


def test_new_code_on_a_domain_has_its_address_there_and_one_of_ours(
    people: People, settings: Settings
) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, short_code="Menu", domain=HOST)

    assert address_of(code, settings) == f"https://{HOST}/menu"
    assert code.short_code != "menu"
    assert urls(code) == [f"https://{HOST}/menu", f"{SITE}/t/{code.short_code}"]


def test_short_code_is_chosen_at_random_on_a_domain_too(people: People) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, domain=HOST)

    assert len(code.domain_short_code or "") == 7


def test_moved_code_keeps_its_short_code_and_all_its_addresses(people: People) -> None:
    people.workspace.plan = "growth"
    make_domain(people.workspace)
    make_domain(people.workspace, "qr.brand.example")
    code = make_code(people.workspace, short_code="menu")
    move_code(code, SYSTEM, domain=HOST)
    move_code(code, SYSTEM, domain="qr.brand.example", short_code="karte")

    assert urls(code) == [
        "https://qr.brand.example/karte",
        f"https://{HOST}/menu",
        f"{SITE}/t/menu",
    ]


def test_code_moves_back_to_an_address_that_it_had(people: People) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, short_code="menu")
    for host in (HOST, "", HOST, ""):
        move_code(code, SYSTEM, domain=host)
        assert code.present_short_code == "menu"
        assert (code.domain.host if code.domain else "") == host
    assert len(urls(code)) == 2


def test_address_of_a_deleted_code_is_given_to_no_other(people: People) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, short_code="menu", domain=HOST)
    delete_code(code, SYSTEM, code.name)

    with pytest.raises(ShortCodeTaken):
        make_code(people.workspace, short_code="menu", domain=HOST)
    other = make_code(people.workspace, short_code="menu")
    with pytest.raises(ShortCodeTaken):
        move_code(other, SYSTEM, domain=HOST)


def test_one_short_code_can_be_on_our_host_and_on_two_domains(people: People) -> None:
    people.workspace.plan = "growth"
    make_domain(people.workspace)
    make_domain(people.workspace, "qr.brand.example")
    codes = [
        make_code(people.workspace, short_code="menu", domain=host)
        for host in ("", HOST, "qr.brand.example")
    ]

    assert {code.present_short_code for code in codes} == {"menu"}


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("other.example", "is not among the domains"),
        ("theirs.example", "is not among the domains"),
        ("waits.example", "waits for its proof"),
    ],
)
def test_code_goes_on_no_domain_that_is_not_proven_by_its_workspace(
    people: People, host: str, said: str
) -> None:
    make_domain(people.workspace, "waits.example", "pending")
    make_domain(people.elsewhere, "theirs.example")
    code = make_code(people.workspace)

    with pytest.raises(UnusableDomain, match=said):
        move_code(code, SYSTEM, domain=host)


def test_short_code_on_our_host_stays(people: People) -> None:
    code = make_code(people.workspace, short_code="menu")

    with pytest.raises(AddressStays):
        move_code(code, SYSTEM, short_code="other")


def test_move_is_on_record_and_told_to_the_edges(people: People) -> None:
    domain = make_domain(people.workspace)
    code = make_code(people.workspace, short_code="menu")
    heard: list[dict[str, Any]] = []
    unsubscribe = bus.subscribe("codes", heard.append)
    move_code(code, SYSTEM, domain=HOST, short_code="card")
    db.session.commit()
    unsubscribe()

    assert heard == [{"short_code": "menu", "addresses": [[domain.id, "card"]]}]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry
    assert entry.action == "code.moved"
    assert entry.before == {"domain": "", "short_code": "menu"}
    assert entry.after == {"domain": HOST, "short_code": "card"}


def test_move_to_where_it_is_leaves_no_trace(people: People) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, domain=HOST)
    count = len(db.session.scalars(select(AuditEntry)).all())
    move_code(code, SYSTEM, domain=HOST)

    assert len(db.session.scalars(select(AuditEntry)).all()) == count


# Pages


def test_form_offers_domains_that_codes_can_be_on(client: FormClient, people: People) -> None:
    make_domain(people.workspace)
    make_domain(people.elsewhere, "theirs.example")
    sign_in(client, people.editor)
    page = client.get(f"/w/{people.workspace.slug}/codes/new").text

    assert f'<option value="{HOST}">{HOST}/</option>' in page
    assert "theirs.example" not in page


def test_form_asks_for_no_domain_where_there_is_none(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    assert 'name="domain"' not in client.get(f"/w/{people.workspace.slug}/codes/new").text


def test_editor_creates_a_code_on_a_domain(client: FormClient, people: People) -> None:
    make_domain(people.workspace)
    sign_in(client, people.editor)
    typed = {**NEW, "short_code": "menu", "domain": HOST}
    answer = client.submit(f"/w/{people.workspace.slug}/codes", typed)

    assert answer.status_code == 303
    code = db.session.scalars(select(Code)).one()
    assert code.domain_short_code == "menu"
    page = client.get(answer.location).text
    assert f"https://{HOST}/menu" in page
    assert f"{SITE}/t/{code.short_code}" in page


def test_taken_or_impossible_addresses_are_said_at_their_fields(
    client: FormClient, people: People
) -> None:
    make_domain(people.workspace)
    make_code(people.workspace, short_code="menu", domain=HOST)
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes"
    taken = client.submit(at, {**NEW, "short_code": "menu", "domain": HOST})
    forged = client.submit(at, {**NEW, "domain": "theirs.example"})

    assert (taken.status_code, forged.status_code) == (422, 422)
    assert "“menu” is taken" in taken.text
    assert f'<option selected value="{HOST}">' in taken.text
    assert 'id="domain-error"' in forged.text


def test_preview_shows_the_symbol_of_the_address_on_the_domain(
    client: FormClient, people: People
) -> None:
    make_domain(people.workspace)
    make_code(people.workspace, name="Old menu", short_code="menu", domain=HOST)
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes/preview"
    free = client.submit(at, {**NEW, "short_code": "card", "domain": HOST}).text
    taken = client.submit(at, {**NEW, "short_code": "menu", "domain": HOST}).text

    assert render_svg(f"https://{HOST}/card", "M").decode() in free
    assert f"{HOST}/" in free
    assert "Taken by “Old menu”" in taken


def test_editor_moves_a_code_and_sees_all_addresses(client: FormClient, people: People) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, short_code="menu")
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes/{code.id}"
    before = client.get(f"{at}/qr.svg").data
    assert f'value="{HOST}"' in client.get(f"{at}/address").text
    answer = client.submit(f"{at}/address", {"domain": HOST, "short_code": "card"})
    page = client.get(answer.location).text

    assert answer.status_code == 303
    assert f"{HOST}/card" in page
    assert f"{SITE}/t/menu" in page
    assert "All of them lead on." in page
    # Kept for a day by browsers, so another picture has another address.
    assert f"v=M{code.domain_id}card" in page
    assert client.get(f"{at}/qr.svg").data == render_svg(f"https://{HOST}/card", "M") != before


def test_taken_address_is_said_at_its_field_and_what_was_typed_stays(
    client: FormClient, people: People
) -> None:
    make_domain(people.workspace)
    make_code(people.workspace, short_code="card", domain=HOST)
    code = make_code(people.workspace, short_code="menu")
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes/{code.id}/address"
    answer = client.submit(at, {"domain": HOST, "short_code": "card"})

    assert answer.status_code == 422
    assert 'id="short_code-error"' in answer.text
    assert 'value="card"' in answer.text
    assert f'<option selected value="{HOST}">' in answer.text


def test_list_shows_and_finds_codes_by_their_present_address(
    client: FormClient, people: People
) -> None:
    make_domain(people.workspace)
    make_code(people.workspace, name="Poster", short_code="karte", domain=HOST)
    sign_in(client, people.member)
    page = client.get(f"/w/{people.workspace.slug}/codes?q=karte").text

    assert "Poster" in page
    assert f"https://{HOST}/karte" in page


# API


def call(client: FormClient, people: People, method: str, path: str = "", **body: Any) -> Any:
    url = f"/api/v1/workspaces/{people.workspace.slug}/codes{path}"
    headers = bearer(make_token(people.workspace))
    return client.open(url, method=method, json=body or None, headers=headers)


def test_program_creates_and_moves_codes(client: FormClient, people: People) -> None:
    make_domain(people.workspace)
    made = call(client, people, "POST", **NEW, short_code="menu", domain=HOST).get_json()
    assert (made["domain"], made["short_code"]) == (HOST, "menu")
    assert made["short_url"] == f"https://{HOST}/menu"

    path = f"/{made['id']}"
    back = call(client, people, "PATCH", path, domain="").get_json()
    assert (back["domain"], back["short_url"]) == (None, made["addresses"][1])
    again = call(client, people, "PATCH", path, domain=HOST, short_code="card").get_json()
    assert again["addresses"] == [f"https://{HOST}/card", f"https://{HOST}/menu", back["short_url"]]
    listed = call(client, people, "GET").get_json()["data"]
    assert [each["addresses"] for each in listed] == [again["addresses"]]


def test_null_domain_changes_nothing(client: FormClient, people: People) -> None:
    make_domain(people.workspace)
    code = make_code(people.workspace, short_code="menu", domain=HOST)
    answer = call(client, people, "PATCH", f"/{code.id}", domain=None, notes="n").get_json()

    assert (answer["domain"], answer["notes"]) == (HOST, "n")
    made = call(client, people, "POST", **NEW, domain=None).get_json()
    assert made["domain"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"domain": "other.example"}, "domain"),
        ({"domain": HOST, "short_code": "taken"}, "short_code"),
        ({"domain": HOST, "short_code": "a b"}, "short_code"),
        ({"domain": "", "short_code": "other"}, "short_code"),
        ({"short_code": "other"}, "short_code"),
        ({"domain": 5}, "domain"),
    ],
)
def test_what_is_wrong_with_an_address_is_named(
    client: FormClient, people: People, body: dict[str, Any], field: str
) -> None:
    make_domain(people.workspace)
    make_code(people.workspace, short_code="taken", domain=HOST)
    code = make_code(people.workspace)
    answer = call(client, people, "PATCH", f"/{code.id}", **body)

    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]
    assert db.session.scalar(select(CodeAddress).where(CodeAddress.code_id == code.id)) is None
