import re

import pytest

from pitchbar.codes.services import archive_code, delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/codes"


def names(client: FormClient, url: str, **query: str) -> list[str]:
    response = client.get(url, query_string=query)
    assert response.status_code == 200
    return re.findall(r'<a class="row-link[^>]*>([^<]*)</a>', response.text)


def test_active_codes_stand_newest_first(client: FormClient, people: People, at: str) -> None:
    for name in ("One", "Two", "Three"):
        make_code(people.workspace, name=name)
    make_code(people.elsewhere, name="Of others")
    assert names(client, at) == ["Three", "Two", "One"]


def test_status_chooses(client: FormClient, people: People, at: str) -> None:
    make_code(people.workspace, name="Active")
    archive_code(make_code(people.workspace, name="Archived"), SYSTEM)
    delete_code(make_code(people.workspace, name="Deleted"), SYSTEM, "Deleted")
    db.session.commit()
    assert names(client, at) == ["Active"]
    assert names(client, at, status="archived") == ["Archived"]
    assert names(client, at, status="all") == ["Archived", "Active"]
    assert names(client, at, status="deleted") == ["Active"]
    assert names(client, at, status="'; --") == ["Active"]


@on_both_databases
def test_search_looks_in_name_short_code_and_destination(
    client: FormClient, people: People, at: str
) -> None:
    make_code(people.workspace, name="Spring Menu", short_code="aaa")
    make_code(people.workspace, name="Poster", short_code="menu-2")
    make_code(people.workspace, name="Sticker", destination_url="https://shop.example/MENU")
    make_code(people.workspace, name="Other", destination_url="https://shop.example/")
    assert names(client, at, q=" menu ") == ["Sticker", "Poster", "Spring Menu"]
    assert names(client, at, q="MENU-2") == ["Poster"]
    assert names(client, at, q="no such") == []


@on_both_databases
def test_wildcards_are_letters_like_any_other(client: FormClient, people: People, at: str) -> None:
    for name in ("100% cotton", "1000 cotton", "a_b", "axb", "a\\b", "a/b"):
        make_code(people.workspace, name=name, destination_url="https://shop.example")
    assert names(client, at, q="100%") == ["100% cotton"]
    assert names(client, at, q="%") == ["100% cotton"]
    assert names(client, at, q="a_b") == ["a_b"]
    assert names(client, at, q="a\\b") == ["a\\b"]
    assert names(client, at, q="' OR 1=1 --") == []
    assert names(client, at, q="\x00") == []


@on_both_databases
@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("1", "26"),
        ("2", "1"),
        ("3", "1"),
        ("999999999999999999999999", "1"),
        ("0", "26"),
        ("-1", "26"),
        ("abc", "26"),
        ("", "26"),
        ("1.5", "26"),
        ("2;DROP", "26"),
    ],
)
def test_page_number_never_breaks_the_list(
    client: FormClient, people: People, at: str, page: str, expected: str
) -> None:
    for number in range(1, 27):
        make_code(people.workspace, name=f"N{number}")
    found = names(client, at, page=page)
    assert found[0] == f"N{expected}"
    assert len(found) == (25 if expected == "26" else 1)


def test_pages_keep_search_and_status(client: FormClient, people: People, at: str) -> None:
    for number in range(26):
        make_code(people.workspace, name=f"A&B {number}")
    page = client.get(at, query_string={"q": "A&B", "status": "all"}).text
    assert f'href="{at}?q=A%26B&amp;status=all&amp;page=2"' in page


def test_fragment_request_gets_the_list_alone(client: FormClient, people: People, at: str) -> None:
    make_code(people.workspace)
    response = client.get(at, headers=FRAGMENT)
    assert response.text.lstrip().startswith('<section class="panel code-list" id="code-list"')
    assert "<html" not in response.text
    assert "HX-Request" in response.headers["Vary"]
    whole = client.get(at, headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<html" in whole.text


def test_empty_list_says_why(client: FormClient, people: People, at: str) -> None:
    assert "No codes yet" in client.get(at).text
    assert "No archived codes" in client.get(f"{at}?status=archived").text
    make_code(people.workspace)
    page = client.get(at, query_string={"q": "<b>nothing</b>"}).text
    assert "No code matches “&lt;b&gt;nothing&lt;/b&gt;”" in page
