"""The order of the list: in its address, by any heading, with what the scans know."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.codes.models import Code
from pitchbar.core import clock
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.scans import ROBOT, Visit, store, visits
from tests.support.servers import on_both_databases


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.owner)
    return f"/w/{people.workspace.slug}/codes"


@pytest.fixture
def codes(people: People) -> list[Code]:
    names = ("Banner", "apron", "Über uns", "Card")
    return [make_code(people.workspace, name=name) for name in names]


def names(client: FormClient, url: str, **query: str) -> list[str]:
    page = client.get(url, query_string=query).text
    return re.findall(r'<a class="row-link[^>]*>([^<]*)</a>', page)


def heading(page: str, label: str) -> str:
    found = re.search(rf"<th [^>]*>(?:(?!</th>).)*{label}.*?</th>", page, re.DOTALL)
    assert found
    return found[0]


def row_of(page: str, code: Code) -> str:
    return page.partition(f'id="code-{code.id}"')[2].partition("</tr>")[0]


@on_both_databases
def test_names_are_sorted_whatever_their_case(
    client: FormClient, at: str, codes: list[Code]
) -> None:
    found = names(client, at, sort="name")
    assert found[:3] == ["apron", "Banner", "Card"]
    assert names(client, at, sort="name", order="desc") == found[::-1]


@on_both_databases
def test_codes_are_sorted_by_people_of_all_times(
    client: FormClient, at: str, codes: list[Code]
) -> None:
    banner, apron, _, card = codes
    long_ago = clock.now() - timedelta(days=200)
    store(*visits(banner, 2), *visits(apron, 3, long_ago), Visit(card, user_agent=ROBOT))
    assert names(client, at, sort="people")[:2] == ["apron", "Banner"]
    assert names(client, at, sort="people", order="asc")[2:] == ["Banner", "apron"]
    page = client.get(at).text
    assert [">3<" in row_of(page, code) for code in codes] == [False, True, False, False]


@on_both_databases
def test_codes_are_sorted_by_their_last_person_to_the_second(
    client: FormClient, at: str, codes: list[Code]
) -> None:
    banner, apron, about, card = codes
    hour = datetime(2026, 3, 2, 9, tzinfo=UTC)
    store(
        Visit(banner, hour + timedelta(minutes=10)),
        Visit(apron, hour + timedelta(minutes=10, seconds=1)),
        Visit(about, hour - timedelta(days=400)),
        Visit(about, hour + timedelta(hours=2), user_agent=ROBOT),
    )
    expected = ["apron", "Banner", "Über uns", "Card"]
    assert names(client, at, sort="last") == expected
    # Whoever was never scanned stands last in either order.
    assert names(client, at, sort="last", order="asc") == [*expected[2::-1], "Card"]
    page = client.get(at).text
    assert (hour + timedelta(minutes=10)).isoformat() in row_of(page, banner)
    assert "Not yet" in row_of(page, card)
    assert "Not yet" not in row_of(page, about)


def test_line_shows_people_of_thirty_whole_days(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    banner, apron, about, _ = codes
    noon = clock.now().replace(hour=12, minute=0)
    store(
        *visits(banner, 2, noon - timedelta(days=1)),
        *visits(apron, 2, noon - timedelta(days=30)),
        *visits(about, 2, noon - timedelta(days=31)),
    )
    page = client.get(at).text
    assert ['class="row-line"' in row_of(page, code) for code in codes] == [
        True,
        True,
        False,
        False,
    ]
    # The top of the last day, and of the first.
    assert "L100 2" in row_of(page, banner)
    assert "M0 2" in row_of(page, apron)


def test_heading_says_the_order_and_turns_it_round(
    client: FormClient, at: str, codes: list[Code]
) -> None:
    page = client.get(f"{at}?status=all&q=a").text
    assert 'aria-sort="descending"' in heading(page, "Created")
    assert "aria-sort" not in heading(page, "People, all time")
    link = f'href="{at}?q=a&amp;status=all&amp;sort=people&amp;order=desc"'
    assert link in heading(page, "People, all time")
    page = client.get(f"{at}?q=a&status=all&sort=people&order=desc").text
    assert 'aria-sort="descending"' in heading(page, "People, all time")
    assert link.replace("desc", "asc") in heading(page, "People, all time")
    assert f'href="{at}?q=a&amp;status=all"' in heading(page, "Created")
    assert 'name="sort" value="people" form="code-search"' in page


def test_pages_keep_the_order(client: FormClient, people: People, at: str) -> None:
    for number in range(26):
        make_code(people.workspace, name=f"N{number:02}")
    page = client.get(f"{at}?sort=name").text
    assert f'href="{at}?status=active&amp;sort=name&amp;order=asc&amp;page=2"' in page
    assert names(client, at, sort="name", page="2") == ["N25"]


@pytest.mark.parametrize("sort", ["password", "id; DROP TABLE codes", "", "People"])
def test_unknown_order_is_the_usual_one(
    client: FormClient, at: str, codes: list[Code], sort: str
) -> None:
    assert names(client, at, sort=sort)[0] == "Card"
    assert names(client, at, sort="name", order=sort) == names(client, at, sort="name")


@on_both_databases
def test_codes_of_others_lend_no_figures(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    store(*visits(make_code(people.elsewhere), 5))
    page = client.get(f"{at}?sort=people").text
    assert ">5<" not in page
    assert page.count("Not yet") == len(codes)
