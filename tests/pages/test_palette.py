"""What the command palette offers, to whom, and what it finds."""

import re

import pytest

from pitchbar.codes.services import archive_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, add_member, make_code, make_person, make_workspace


def offered(client: FormClient, url: str) -> dict[str, str]:
    """The palette of a page: addresses by label."""
    page = client.get(url).text
    dialog = page.partition('id="palette"')[2].partition("</dialog>")[0]
    found = re.findall(r'role="option"[^>]*href="([^"]+)".*?data-label>([^<]+)<', dialog, re.S)
    return {label: address for address, label in found}


def found(client: FormClient, people: People, words: str = "") -> list[str]:
    answer = client.get(f"/w/{people.workspace.slug}/palette", query_string={"q": words})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return re.findall(r"data-label>([^<]+)<", answer.text)


def test_owner_is_offered_every_page_and_act(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    base = f"/w/{people.workspace.slug}"
    offers = offered(client, f"{base}/codes")
    assert offers["Overview"] == f"{base}/"
    assert offers["Members"] == f"{base}/members"
    assert offers["Create code"] == f"{base}/codes/new"
    assert offers["Invite somebody"] == f"{base}/members#invite-form"
    assert offers["New token"] == f"{base}/tokens#token-form"
    assert offers["Your account"] == f"/account?from={people.workspace.slug}"


def test_member_is_offered_what_members_may(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    offers = offered(client, f"/w/{people.workspace.slug}/codes")
    assert "Codes" in offers
    assert not {"Create code", "Members", "Invite somebody", "New token"} & set(offers)


def test_workspace_that_goes_offers_nothing_that_changes_it(
    client: FormClient, people: People
) -> None:
    people.workspace.deletion_asked_at = clock.now()
    sign_in(client, people.owner)
    for url in (f"/w/{people.workspace.slug}/codes", f"/account?from={people.workspace.slug}"):
        client.get(url)
        offers = offered(client, "/account" if url.startswith("/account") else url)
        assert "Codes" in offers
        assert not {"Create code", "Settings"} & set(offers)


def test_other_workspaces_are_one_step_away(client: FormClient, people: People) -> None:
    second = make_workspace(make_person(), name="The second kitchen")
    add_member(second, "member", people.owner)
    sign_in(client, people.owner)
    offers = offered(client, f"/w/{people.workspace.slug}/codes")
    assert offers["The second kitchen"] == f"/w/{second.slug}/"
    assert "Elsewhere" not in offers


def test_account_pages_offer_the_workspace_one_came_from(
    client: FormClient, people: People
) -> None:
    second = make_workspace(make_person(), name="A second kitchen")
    add_member(second, "member", people.owner)
    sign_in(client, people.owner)
    client.get("/account", query_string={"from": people.workspace.slug})
    assert offered(client, "/account")["Codes"] == f"/w/{people.workspace.slug}/codes"
    client.get("/account", query_string={"from": second.slug})
    offers = offered(client, "/account")
    assert offers["Codes"] == f"/w/{second.slug}/codes"
    assert "Create code" not in offers


@pytest.mark.settings(
    app_env="staging", ops_email_allowlist="person-of-operations@pitchbar.example"
)
def test_operators_are_offered_their_pages(client: FormClient, people: People) -> None:
    operator = make_person(email="person-of-operations@pitchbar.example")
    add_member(people.workspace, "member", operator)
    sign_in(client, operator)
    url = f"/w/{people.workspace.slug}/codes"
    assert offered(client, url)["Queues"] == "/ops/queues"
    assert "Create code" not in offered(client, "/ops/queues")
    sign_in(client, people.owner)
    assert "Queues" not in offered(client, url)


def test_newest_codes_come_first_when_nothing_is_typed(client: FormClient, people: People) -> None:
    names = [make_code(people.workspace, name=f"Poster {n}").name for n in range(8)]
    sign_in(client, people.member)
    assert found(client, people) == names[:1:-1]


def test_codes_are_found_by_name_short_code_and_destination(
    client: FormClient, people: People
) -> None:
    code = make_code(
        people.workspace,
        name="Spring <menu>",
        short_code="sm26",
        destination_url="https://shop.example/lunch",
    )
    make_code(people.workspace, name="Window")
    make_code(people.elsewhere, name="Spring elsewhere")
    archive_code(code, SYSTEM)
    db.session.commit()
    sign_in(client, people.member)
    for words in ("spring", "SM26", "lunch"):
        assert found(client, people, words) == ["Spring &lt;menu&gt;"]
    assert found(client, people, "no such thing") == []
    assert found(client, people, "%") == []


def test_page_of_a_code_offers_to_copy_its_link(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.member)
    page = client.get(f"/w/{people.workspace.slug}/codes/{code.id}").text
    assert page.count('data-act="Copy short link"') == 1
    assert "data-act" not in client.get(f"/w/{people.workspace.slug}/codes").text


def test_signed_out_pages_carry_no_palette(client: FormClient) -> None:
    assert 'id="palette"' not in client.get("/login").text
