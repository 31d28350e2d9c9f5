"""What a code does with a scan just now, in words, and what the list is narrowed to."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.codes import states
from pitchbar.codes.labels.queries import labels_of
from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code
from pitchbar.codes.states import register_scan_counter, state_of
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.codes.test_bulk_edits import Statements
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases

NOW = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/codes"


@pytest.fixture
def counts() -> Iterator[dict[int, int]]:
    """What codes with a limit have led on, as whoever counts says it."""
    found: dict[int, int] = {}
    before = list(states._counters)
    states._counters.clear()
    register_scan_counter(lambda _workspace, ids: {one: found[one] for one in ids if one in found})
    yield found
    states._counters[:] = before


def names(client: FormClient, url: str, **query: str) -> list[str]:
    return re.findall(
        r'<a class="row-link[^>]*>([^<]*)</a>', client.get(url, query_string=query).text
    )


@pytest.mark.parametrize(
    ("fields", "key", "words"),
    [
        ({}, "active", "Active"),
        ({"starts_at": NOW, "ends_at": NOW + DAY}, "active", "Active"),
        ({"starts_at": NOW + DAY}, "scheduled", "Starts on 2 December"),
        ({"starts_at": NOW + 30 * DAY}, "scheduled", "Starts on 31 December"),
        ({"starts_at": NOW + 40 * DAY}, "scheduled", "Starts on 10 January 2027"),
        # It is the second already where the workspace is.
        ({"starts_at": NOW + timedelta(hours=1)}, "scheduled", "Starts on 2 December"),
        ({"starts_at": NOW + timedelta(minutes=10)}, "scheduled", "Starts today at 23:40"),
        ({"ends_at": NOW}, "ended", "Ended today at 23:30"),
        ({"ends_at": NOW - 400 * DAY}, "ended", "Ended on 27 October 2025"),
        ({"scan_limit": 10}, "active", "Active"),
        ({"status": "archived", "starts_at": NOW + DAY}, "archived", "Archived"),
    ],
)
def test_state_is_said_in_words(fields: dict[str, datetime], key: str, words: str) -> None:
    code = Code(**{"status": "active", **fields})
    state = state_of(code, NOW, "Europe/Zurich")
    assert (state.key, state.words) == (key, words)


def test_limit_counts_only_once_somebody_counts() -> None:
    code = Code(status="active", scan_limit=1000)
    assert state_of(code, NOW, "UTC", None).key == "active"
    assert state_of(code, NOW, "UTC", 999).key == "active"
    full = state_of(code, NOW, "UTC", 1000)
    assert (full.key, full.words) == ("limit_reached", "Limit reached: 1,000 scans")


def test_page_says_state_and_facts(
    client: FormClient, people: People, at: str, counts: dict[int, int]
) -> None:
    people.workspace.time_zone = "Europe/Zurich"
    db.session.commit()
    code = make_code(
        people.workspace,
        starts_at=datetime(2020, 1, 1, tzinfo=UTC),
        ends_at=datetime(2099, 7, 1, 10, tzinfo=UTC),
        scan_limit=1200,
        password="flat white",
        fallback_url="https://shop.example/closed",
        campaign="Spring",
        labels=["<Print>"],
        attribution=True,
    )
    counts[code.id] = 34
    page = client.get(f"{at}/{code.id}").text
    for fact in (
        "1 July 2099, 12:00 CEST",
        "34 of 1,200",
        "Set: visitors are asked for it",
        "shop.example/closed",
        "campaign=Spring",
        "&lt;Print&gt;",
        "On: destinations get pb_at",
    ):
        assert fact in page
    assert "argon2" not in page
    counts[code.id] = 1200
    page = client.get(f"{at}/{code.id}").text
    assert "All 1,200 scans of this code are used" in page
    assert "is led to shop.example/closed" in page
    assert "Limit reached" in client.get(at).text


def test_page_without_somebody_who_counts_says_the_limit_alone(
    client: FormClient, people: People, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "_counters", [])
    code = make_code(people.workspace, scan_limit=1200)
    page = client.get(f"{at}/{code.id}").text
    assert "<dt>Scan limit</dt><dd>1,200</dd>" in page


@on_both_databases
def test_list_is_narrowed_to_a_state(client: FormClient, people: People, at: str) -> None:
    now = clock.now()
    make_code(people.workspace, name="Plain")
    make_code(people.workspace, name="Open", starts_at=now - DAY, ends_at=now + DAY)
    make_code(people.workspace, name="Later", starts_at=now + DAY)
    make_code(people.workspace, name="Over", ends_at=now - DAY)
    archive_code(make_code(people.workspace, name="Off", ends_at=now - DAY), SYSTEM)
    db.session.commit()
    assert names(client, at) == ["Over", "Later", "Open", "Plain"]
    assert names(client, at, status="leading") == ["Open", "Plain"]
    assert names(client, at, status="scheduled") == ["Later"]
    assert names(client, at, status="ended") == ["Over"]
    assert names(client, at, status="archived") == ["Off"]
    assert names(client, at, status="all") == ["Off", "Over", "Later", "Open", "Plain"]


@on_both_databases
def test_list_is_narrowed_to_label_and_campaign_and_found_by_them(
    client: FormClient, people: People, at: str
) -> None:
    printed = make_code(people.workspace, name="A", labels=["Print 50%"], campaign="Spring")
    make_code(people.workspace, name="B", labels=["Tables"], campaign="Spring")
    make_code(people.workspace, name="C")
    theirs = make_code(people.elsewhere, name="Theirs", labels=["Theirs"])
    label = str(labels_of(printed)[0].id)
    assert names(client, at, label=label) == ["A"]
    assert names(client, at, campaign="Spring") == ["B", "A"]
    assert names(client, at, campaign="Spring", label=label) == ["A"]
    assert names(client, at, campaign="spring") == []
    assert names(client, at, q="spring") == ["B", "A"]
    assert names(client, at, q="print 50%") == ["A"]
    assert names(client, at, q="%") == ["A"]
    for nonsense in ("0", "-1", "x", "' OR 1=1"):
        assert names(client, at, label=nonsense) == ["C", "B", "A"]
    for stranger in (str(labels_of(theirs)[0].id), "9" * 30):
        assert names(client, at, label=stranger) == []
    assert "No code fits this" in client.get(at, query_string={"campaign": "none"}).text


def test_pages_and_order_keep_what_the_list_is_narrowed_to(
    client: FormClient, people: People, at: str
) -> None:
    for number in range(26):
        make_code(people.workspace, name=f"N{number}", campaign="A & B", labels=["Print"])
    page = client.get(at, query_string={"campaign": "A & B", "label": "1"}, headers=FRAGMENT).text
    kept = "status=active&amp;campaign=A+%26+B&amp;label=1"
    assert f'href="{at}?{kept}&amp;page=2"' in page
    assert f'href="{at}?{kept}&amp;sort=name&amp;order=asc"' in page


def test_list_asks_the_database_no_more_for_more_codes(
    client: FormClient, people: People, at: str
) -> None:
    for number in range(3):
        make_code(people.workspace, labels=[f"n{number}"], scan_limit=5)
    client.get(at)
    few = Statements()
    client.get(at)
    seen = few.seen
    for number in range(15):
        make_code(people.workspace, labels=[f"m{number}"], scan_limit=5)
    client.get(at)
    more = Statements()
    client.get(at)
    assert more.seen == seen
