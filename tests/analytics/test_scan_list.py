"""Scans one by one, and the story of one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from pitchbar.codes.models import Code
from pitchbar.core import clock
from tests.analytics.factories import make_scan
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

Read = Callable[..., str]


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Spring menu")


@pytest.fixture
def read(client: FormClient, people: People) -> Read:
    sign_in(client, people.member)

    def read(path: str = "", status: int = 200) -> str:
        answer = client.get(f"/w/{people.workspace.slug}/scans{path}")
        assert answer.status_code == status, answer.text
        return " ".join(answer.text.split())

    return read


def test_before_the_first_scan_the_page_says_so(read: Read) -> None:
    assert "No scans in this span" in read()


def test_scans_are_filtered_as_boards_are(read: Read, people: People, code: Code) -> None:
    make_scan(people.workspace, code_id=code.id, country="DE", referrer_host="news.example")
    make_scan(people.workspace, code_id=code.id, country="FR", referrer_host="other.example")
    make_scan(people.workspace, code_id=code.id, country=None, referrer_host="none.example")
    page = read("?country=DE")
    assert "news.example" in page
    assert "other.example" not in page
    page = read("?country=!DE")
    assert "news.example" not in page
    assert "other.example" in page
    assert "none.example" in page, "what is unknown is not Germany"
    assert "none.example" in read("?country=")
    assert "No scan matches" in read("?country=DE&device=!phone")


def test_pages_lead_older_and_newer_and_lose_none(
    client: FormClient, people: People, code: Code
) -> None:
    sign_in(client, people.member)
    at = clock.now() - timedelta(hours=3)
    # Several of the same moment, so that the id decides.
    expected = {
        str(make_scan(people.workspace, at + timedelta(minutes=n // 3), code_id=code.id).id)
        for n in range(120)
    }
    url, seen, newer = f"/w/{people.workspace.slug}/scans?device=phone", list[str](), ""
    for _ in range(3):
        page = client.get(url).text
        seen += _ids(page)
        newer = _link(page, "prev")
        url = _link(page, "next")
    assert url == ""
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == expected
    assert seen == sorted(seen, reverse=True) or len(set(seen)) == 120
    back = client.get(newer).text
    assert _ids(back) == seen[50:100]


def _ids(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('row-link" href="')[1:] for part in
            [part.partition('"')[0].rpartition("/")[2]]]  # fmt: skip


def _link(page: str, rel: str) -> str:
    _, found, rest = page.partition(f'rel="{rel}" href="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else ""


@pytest.mark.parametrize(
    "query",
    ["?before=zzz", "?after=%00", "?before=MTk5OXw", "?range=nothing", "?code=99999999999999999"],
)
def test_addresses_that_say_nothing_show_a_page(read: Read, query: str) -> None:
    read(query)


def test_reversed_days_are_said_at_their_field(read: Read) -> None:
    page = read("?from=2026-05-02&to=2026-05-01", status=422)
    assert "Nothing to show yet" in page


def test_a_scan_tells_its_whole_story(read: Read, people: People, code: Code) -> None:
    visitor = "ab" * 16
    scan = make_scan(
        people.workspace,
        code_id=code.id,
        country="DE",
        city="Kassel",
        visitor=visitor,
        utm_source="print & web",
        set_apart=None,
    )
    other = make_scan(people.workspace, code_id=code.id, visitor=visitor)
    page = read(f"/{scan.id}")
    assert "Spring menu" in page
    assert "It counts as a person." in page
    assert "Kassel" in page
    assert "utm_source=print+%26+web" in page.replace("%20", "+")
    assert f"/scans/{other.id}" in page
    assert "No conversion was told of this scan." in page
    assert "All data of this visitor" not in page, "only managers handle requests"


def test_a_robot_is_said_to_be_one(read: Read, people: People, code: Code) -> None:
    scan = make_scan(people.workspace, code_id=code.id, set_apart="head")
    assert "It counts among all hits, and as no person." in read(f"/{scan.id}")


def test_a_scan_of_a_deleted_code_is_shown(read: Read, people: People) -> None:
    scan = make_scan(people.workspace, code_id=987654)
    read(f"/{scan.id}")
    read()


def test_scans_of_others_and_made_up_ids_are_not_found(read: Read, people: People) -> None:
    foreign = make_scan(people.elsewhere)
    for scan_id in (foreign.id, uuid4(), "ffffffff-ffff-ffff-ffff-ffffffffffff"):
        read(f"/{scan_id}", status=404)
