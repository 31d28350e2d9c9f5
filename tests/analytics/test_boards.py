"""The overview and a code's page: figures, ranges, top codes, latest scans."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code, update_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.pages.reading import card_of, figures_of, read_dashboard
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code, make_workspace
from tests.support.scans import ROBOT, Visit, store, visits
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Spring menu", short_code="spring")


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/"


class TestWithoutData:
    def test_first_visit_offers_to_make_a_code(
        self, client: FormClient, people: People, at: str
    ) -> None:
        sign_in(client, people.owner)
        page = client.get(at).text
        assert "Create your first code" in page
        assert f'href="{at}codes/new"' in page

    def test_member_is_not_offered_what_they_may_not(self, client: FormClient, at: str) -> None:
        page = client.get(at).text
        assert "Create your first code" in page
        assert f"{at}codes/new" not in page

    @on_both_databases
    def test_code_without_scans_shows_zeros(self, client: FormClient, at: str, code: Code) -> None:
        for page in (client.get(at).text, client.get(f"{at}codes/{code.id}").text):
            assert figures_of(page) == (0, 0, 0)
            assert read_dashboard(page).words["people"] == ""
            assert read_dashboard(page).words["hits"] == ""
            assert "No scans yet" in page


@on_both_databases
def test_three_figures_tell_hits_people_and_unique_people(
    client: FormClient, at: str, code: Code
) -> None:
    store(
        Visit(code, NOW - 3 * HOUR, "81.2.69.1"),
        Visit(code, NOW - 2 * HOUR, "81.2.69.1"),
        Visit(code, NOW - HOUR, "81.2.69.2"),
        Visit(code, NOW - HOUR, user_agent=ROBOT),
        Visit(code, NOW - HOUR, method="HEAD"),
    )
    for page in (client.get(at).text, client.get(f"{at}codes/{code.id}").text):
        assert figures_of(page) == (5, 3, 2)


def test_what_is_set_apart_is_told_beside_all_hits(client: FormClient, at: str, code: Code) -> None:
    again = Visit(code, NOW - HOUR, "81.2.69.1")
    store(
        again,
        Visit(code, NOW - HOUR + timedelta(seconds=1), "81.2.69.1"),
        Visit(code, NOW - HOUR, user_agent=ROBOT),
        Visit(code, NOW - HOUR, method="HEAD"),
    )
    words = read_dashboard(client.get(at).text).words
    assert words["hits"] == "3 set apart: 2 robots, 1 repeat."
    assert "cannot be told apart" in words["unique_people"]


def test_hits_without_robots_say_so(client: FormClient, at: str, code: Code) -> None:
    store(*visits(code, 2, NOW - HOUR))
    assert read_dashboard(client.get(at).text).words["hits"] == "All of them by people."


def test_change_is_against_the_span_before(client: FormClient, at: str, code: Code) -> None:
    store(*visits(code, 4, NOW - 8 * DAY), *visits(code, 5, NOW - DAY))
    week = read_dashboard(client.get(f"{at}?range=7d").text)
    assert week.figures["people"] == 5
    assert week.words["people"] == "25 % more than in the 7 days before (4 by this hour)"
    month = read_dashboard(client.get(f"{at}?range=30d").text)
    assert month.figures["people"] == 9
    assert month.words["people"] == "None in the 30 days before"


def test_fall_is_told_as_fewer(client: FormClient, at: str, code: Code) -> None:
    store(*visits(code, 4, NOW - 8 * DAY), *visits(code, 1, NOW - DAY))
    words = read_dashboard(client.get(f"{at}?range=7d").text).words["people"]
    assert words == "75 % fewer than in the 7 days before (4 by this hour)"


def test_a_day_that_is_not_over_is_compared_with_as_much_of_a_day(
    client: FormClient, at: str, code: Code
) -> None:
    evening_of_then = NOW.replace(hour=20) - 7 * DAY
    store(*visits(code, 9, evening_of_then), *visits(code, 2, NOW - 7 * DAY - HOUR))
    store(*visits(code, 2, NOW - HOUR))
    words = read_dashboard(client.get(f"{at}?range=7d").text).words["people"]
    assert words == "As many as in the 7 days before (2 by this hour)"


def test_what_is_not_over_is_dashed_and_called_so_far(
    client: FormClient, at: str, code: Code
) -> None:
    store(*visits(code, 3, NOW - DAY), *visits(code, 1, NOW - HOUR))
    page = client.get(f"{at}?range=7d").text
    assert "Today so far" in page
    assert re.search(r'<th scope="row">Nov 18, so far</th>', page)
    assert re.search(r'class="chart-people is-so-far" d="M833.3 [\d.]+ L1000 [\d.]+"', page)
    assert "This hour so far" in client.get(f"{at}?range=24h").text


@on_both_databases
def test_change_of_destination_is_marked_on_the_day_it_was_made(
    client: FormClient, people: People, at: str, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW - 2 * DAY)
    update_code(code, SYSTEM, current_settings(), destination_url="https://later.example/menu")
    db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    page = client.get(f"{at}codes/{code.id}?range=7d").text
    day = re.search(r'<th scope="row">Nov 16(.*?)</th>', page, re.S)
    assert day
    assert "Leads to later.example/menu since 16 November 2026, 14:30" in " ".join(day[1].split())
    assert 'class="chart-change" d="M666.7 0V200"' in page
    # The board of the workspace marks no single code.
    assert "chart-change" not in client.get(f"{at}?range=7d").text
    assert "chart-change" not in client.get(f"{at}codes/{code.id}?range=24h").text


@on_both_databases
def test_todays_figures_stay_when_the_time_zone_moves_westward(
    client: FormClient, people: People
) -> None:
    workspace = make_workspace(people.owner, time_zone="Pacific/Auckland")
    code = make_code(workspace)
    store(*visits(code, 3, NOW - 2 * HOUR))
    sign_in(client, people.owner)
    board = f"/w/{workspace.slug}/?range=7d"
    # In Auckland it is the 19th already.
    assert figures_of(client.get(board).text) == (3, 3, 3)
    workspace.time_zone = "America/Los_Angeles"
    db.session.commit()
    page = client.get(board).text
    assert figures_of(page) == (3, 3, 3)
    assert days_with_scans(page) == ["Nov 18, so far"]


@pytest.mark.parametrize(
    ("query", "hits", "label"),
    [
        ("?range=24h", 1, "Last 24 hours"),
        ("?range=7d", 3, "Last 7 days"),
        ("?range=30d", 7, "Last 30 days"),
        ("?range=90d", 15, "Last 90 days"),
        ("", 7, "Last 30 days"),
        ("?range=", 7, "Last 30 days"),
        ("?range=10y", 7, "Last 30 days"),
        ("?range=%00", 7, "Last 30 days"),
    ],
)
def test_range_chooses_the_span(
    client: FormClient, at: str, code: Code, query: str, hits: int, label: str
) -> None:
    store(
        *visits(code, 1, NOW - HOUR),
        *visits(code, 2, NOW - 3 * DAY),
        *visits(code, 4, NOW - 20 * DAY),
        *visits(code, 8, NOW - 80 * DAY),
        *visits(code, 16, NOW - 200 * DAY),
    )
    page = client.get(at + query).text
    assert figures_of(page)[0] == hits
    assert f'aria-label="Figures, {label.lower()}"' in page


def test_edges_of_a_span_are_whole_buckets(client: FormClient, at: str, code: Code) -> None:
    first_hour = NOW.replace(minute=0) - 23 * HOUR
    store(Visit(code, first_hour), Visit(code, first_hour - timedelta(milliseconds=1)))
    assert figures_of(client.get(f"{at}?range=24h").text)[0] == 1
    first_day = datetime(2026, 11, 12, tzinfo=UTC)
    store(Visit(code, first_day), Visit(code, first_day - timedelta(milliseconds=1)))
    assert figures_of(client.get(f"{at}?range=7d").text)[0] == 3


def test_code_page_counts_its_own_scans_only(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    other = make_code(people.workspace, name="Other")
    store(*visits(code, 2), *visits(other, 3), *visits(make_code(people.elsewhere), 7))
    assert figures_of(client.get(f"{at}codes/{code.id}").text) == (2, 2, 2)
    assert figures_of(client.get(at).text) == (5, 5, 5)
    rows = read_dashboard(client.get(f"{at}codes/{code.id}").text).rows
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("zone", "scanned", "day"),
    [
        ("Pacific/Auckland", datetime(2026, 11, 16, 23, 30, tzinfo=UTC), "Nov 17"),
        ("America/Los_Angeles", datetime(2026, 11, 16, 23, 30, tzinfo=UTC), "Nov 16"),
        ("America/Los_Angeles", datetime(2026, 11, 16, 7, 59, tzinfo=UTC), "Nov 15"),
        ("Asia/Kolkata", datetime(2026, 11, 16, 18, 30, tzinfo=UTC), "Nov 17"),
        ("UTC", datetime(2026, 11, 16, 23, 59, 59, 999000, tzinfo=UTC), "Nov 16"),
    ],
)
def test_scan_counts_on_the_day_of_the_workspace(
    client: FormClient, people: People, zone: str, scanned: datetime, day: str
) -> None:
    workspace = make_workspace(people.owner, time_zone=zone)
    store(Visit(make_code(workspace), scanned))
    sign_in(client, people.owner)
    page = client.get(f"/w/{workspace.slug}/?range=7d").text
    assert days_with_scans(page) == [day]


def days_with_scans(page: str) -> list[str]:
    """From the table that stands behind the chart."""
    table = page.partition('id="chart-table"')[2].partition("</table>")[0]
    rows = re.findall(r"<th[^>]*>([^<]+)</th>\s*<td[^>]*>(\d+)</td>", table)
    return [label.strip() for label, number in rows if int(number)]


class TestTopCodes:
    def test_codes_with_the_most_people_come_first(
        self, client: FormClient, people: People, at: str, code: Code
    ) -> None:
        busy = make_code(people.workspace, name="Busy")
        robots = make_code(people.workspace, name="Robots only")
        store(
            *visits(code, 1),
            *visits(busy, 4),
            *(Visit(robots, NOW, user_agent=ROBOT) for _ in range(9)),
        )
        card = card_of(client.get(at).text, "what")
        assert card.names == ["Busy", "Spring menu"]
        assert card.widths == ["100.0", "25.0"]
        # Robots are no people; as hits they count.
        assert card_of(client.get(f"{at}?metric=hits").text, "what").names[0] == "Robots only"

    def test_seven_codes_are_enough(self, client: FormClient, people: People, at: str) -> None:
        for number in range(9):
            store(*visits(make_code(people.workspace, name=f"Code {number}"), number + 1))
        assert len(card_of(client.get(at).text, "what").names) == 7

    def test_span_without_scans_says_so(self, client: FormClient, at: str, code: Code) -> None:
        store(*visits(code, 1, NOW - 60 * DAY))
        assert "No scans in this span" in client.get(f"{at}?range=7d").text


class TestLatestScans:
    def test_robot_stands_there_with_its_reason(
        self, client: FormClient, at: str, code: Code
    ) -> None:
        store(
            Visit(code, NOW - 3 * HOUR, "81.2.69.1", referrer="https://news.example/a?b=c"),
            Visit(code, NOW - 2 * HOUR, user_agent=ROBOT),
            Visit(code, NOW - HOUR, method="HEAD"),
        )
        head, robot, person = read_dashboard(client.get(f"{at}codes/{code.id}").text).rows
        assert "Checked the link only" in head
        assert "Known robot" in robot or "Calls itself a robot" in robot or "Link preview" in robot
        assert 'class="scan-apart"' in robot
        assert 'class="scan-apart"' not in person
        assert "news.example" in person
        assert "b=c" not in person
        assert "United Kingdom" in person
        assert "iOS" in person

    def test_twelve_are_shown_newest_first(self, client: FormClient, at: str, code: Code) -> None:
        store(*visits(code, 15, NOW - HOUR))
        rows = read_dashboard(client.get(at).text).rows
        times = re.findall(r'datetime="([^"]+)"', "".join(rows))
        assert len(rows) == 12
        assert times == sorted(times, reverse=True)

    def test_time_is_shown_in_the_zone_of_the_workspace(
        self, client: FormClient, people: People
    ) -> None:
        workspace = make_workspace(people.owner, time_zone="Pacific/Auckland")
        store(Visit(make_code(workspace), datetime(2026, 11, 17, 23, 30, tzinfo=UTC)))
        sign_in(client, people.owner)
        assert "18 November 2026, 12:30:00 NZDT" in client.get(f"/w/{workspace.slug}/").text

    def test_scans_of_a_deleted_code_stay_counted(
        self, client: FormClient, people: People, at: str, code: Code
    ) -> None:
        make_code(people.workspace)
        store(*visits(code, 2))
        delete_code(code, SYSTEM, code.name)
        db.session.commit()
        page = client.get(at).text
        assert figures_of(page) == (2, 2, 2)
        for part in ("card-what", "recent-scans"):
            told = page.partition(f'id="{part}"')[2].partition("</section>")[0]
            assert "Spring menu" in told
            assert "Deleted" in told
            assert f'/codes/{code.id}"' not in told

    def test_column_that_nothing_is_known_for_is_left_out(
        self, client: FormClient, at: str, code: Code
    ) -> None:
        store(Visit(code, NOW - HOUR, "10.0.0.1"))
        page = client.get(f"{at}codes/{code.id}").text
        assert ">Country</th>" not in page
        assert ">Came from</th>" not in page
        store(Visit(code, NOW - HOUR, "81.2.69.1", referrer="https://news.example/"))
        page = client.get(f"{at}codes/{code.id}").text
        assert ">Country</th>" in page
        assert ">Came from</th>" in page

    def test_what_visitors_send_is_shown_as_text(
        self, client: FormClient, at: str, code: Code
    ) -> None:
        evil = "<script>alert(1)</script>"
        store(Visit(code, user_agent=f"{evil} Mozilla/5.0", referrer=f"https://a{evil}.example/"))
        for url in (at, f"{at}codes/{code.id}", f"{at}live/fragments"):
            assert "<script>alert" not in client.get(url).text
