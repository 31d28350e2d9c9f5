import io
import re

import pytest
import resvg_py
import zxingcpp
from PIL import Image

from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, make_person, make_workspace


def test_visitor_reads_what_this_is(client: FormClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert 'href="/login"' in response.text
    assert 'href="/signup"' in response.text


def test_person_without_a_workspace_is_led_to_make_one(client: FormClient) -> None:
    sign_in(client, make_person())
    assert client.get("/").location == "/workspaces/new"


def test_person_is_led_to_their_workspace(client: FormClient, people: People) -> None:
    sign_in(client, people.analyst)
    assert client.get("/").location == f"/w/{people.workspace.slug}/"


def test_first_by_name_opens_when_there_are_several(client: FormClient, people: People) -> None:
    first = make_workspace(people.owner, name="Aardvark")
    sign_in(client, people.owner)
    assert client.get("/").location == f"/w/{first.slug}/"


def links(page: str) -> set[str]:
    body = page.split("<body", 1)[1]
    return {one for one in re.findall(r'href="([^"#]+)', body) if "/static/" not in one}


def test_start_page_shows_a_code_that_leads_to_itself(client: FormClient) -> None:
    page = client.get("/").text
    symbol = re.search(r'class="stage-symbol"[^>]*>(<svg.*?</svg>)', page, re.S)
    assert symbol
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=symbol[1]))))
    assert [one.text for one in zxingcpp.read_barcodes(picture.convert("L"))] == [f"{SITE}/"]


def test_figures_of_the_picture_add_up(client: FormClient) -> None:
    page = client.get("/").text.replace(",", "")
    hits, robots, repeats = (
        int(re.search(pattern, page)[1])  # type: ignore[index]
        for pattern in (r"All hits</b><strong>(\d+)", r"(\d+) robots", r"(\d+) repeats")
    )
    people = re.search(r"People</b><strong>(\d+)", page)
    assert people
    assert int(people[1]) + robots + repeats == hits
    assert "The figures are an example" in page


@pytest.mark.parametrize("start", ["/", "/privacy", "/login"])
def test_every_link_of_a_public_page_leads_somewhere(client: FormClient, start: str) -> None:
    found = links(client.get(start).text)
    assert {"/api/docs", "/privacy"} <= found
    for link in found:
        assert client.get(link).status_code == 200, link


def test_start_page_promises_nothing_that_is_not_there(client: FormClient) -> None:
    page = client.get("/").text.lower()
    for word in ("chat", "agent", "conversion", "webhook", "export", "soon"):
        assert word not in page


@pytest.mark.settings(source_url="https://code.pitchbar.example/pitchbar")
def test_source_is_linked_where_the_installation_names_it(client: FormClient) -> None:
    assert 'href="https://code.pitchbar.example/pitchbar">Source' in client.get("/").text


def test_source_is_not_linked_otherwise(client: FormClient) -> None:
    assert "Source" not in client.get("/").text
