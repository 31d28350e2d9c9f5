"""The address of a board holds all that it shows, and whatever it says is answered."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS
from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.pages.reading import card_of, figures_of, read_dashboard
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code, make_workspace
from tests.support.scans import ROBOT, Visit, store, visits
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/137.0.0.0 Safari/537.36"
)
HOSTILE = (
    "it's",
    '"><script>',
    "%_\\",
    "!no",
    "\\!yes",
    "ünï·日本",
    "a" * 300,
    "\0",
    " ",
    "\ud83d",
)


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Spring menu")


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/"


def read(query: str) -> Address:
    return Address.read("/w/cafe/", parse_qs(query, keep_blank_values=True))


def links(page: str, pattern: str) -> list[str]:
    """The addresses of the links of these ids."""
    found = re.findall(rf'id="(?:{pattern})"\s+href="([^"]*)"', page)
    return [html.unescape(one) for one in found]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "range=7d&interval=day&metric=hits&country=DE&country=%21AT&device=%21&utm_source=",
        "from=2026-11-01&to=2026-11-05&country=%5C%21odd&tab=city&tab=utm_term",
    ],
)
def test_state_is_written_as_it_is_read(query: str) -> None:
    assert read(query).url.partition("?")[2] == query
    assert read(read(query).url.partition("?")[2]) == read(query)


def test_what_no_board_knows_is_passed_over() -> None:
    odd = "metric=money&interval=century&tab=nothing&color=red&range=30d"
    assert read(odd).url == "/w/cafe/"


def test_value_is_included_or_excluded_but_not_both() -> None:
    country = BY_KEY["country"]
    address = read("country=DE&country=%21AT")
    assert address.excluding(country, "DE").url.endswith("country=%21AT&country=%21DE")
    assert address.including(country, "AT").url.endswith("country=DE&country=AT")
    assert address.without(country, "DE").without(country, "AT").url == "/w/cafe/"
    assert address.cleared().url == "/w/cafe/"


def test_filters_survive_a_change_of_range_tab_and_metric() -> None:
    address = read("from=2026-11-01&to=2026-11-05&interval=hour&country=DE&device=%21phone&tab=os")
    kept = "country=DE&device=%21phone&tab=os"
    assert address.with_range("7d").url == f"/w/cafe/?range=7d&{kept}"
    assert address.with_range("30d").url == f"/w/cafe/?{kept}"
    for other in (address.with_metric("hits"), address.with_tab("city", ("country", "city"))):
        assert "country=DE&device=%21phone" in other.url


@on_both_databases
def test_click_on_a_row_narrows_the_board_to_it(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    other = make_code(people.workspace, name="Window poster")
    store(
        *visits(code, 3, NOW - HOUR),
        Visit(code, NOW - HOUR, user_agent=DESKTOP),
        *visits(other, 5, NOW - HOUR),
    )
    [row] = links(client.get(at).text, f"row-code-{code.id}")
    page = client.get(row).text
    assert figures_of(page) == (4, 4, 4)
    assert card_of(page, "with").names == ["Phone", "Desktop"]
    [row] = links(page, "row-device-phone")
    page = client.get(row).text
    assert figures_of(page) == (3, 3, 3)
    assert len(read_dashboard(page).rows) == 3
    # The row of what is chosen takes the filter away again.
    [row] = links(page, "row-device-phone")
    assert figures_of(client.get(row).text) == (4, 4, 4)


def test_row_is_left_out_by_its_second_link(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    other = make_code(people.workspace, name="Window poster")
    store(*visits(code, 3, NOW - HOUR), *visits(other, 5, NOW - HOUR))
    page = client.get(at).text
    found = re.search(r'href="([^"]*)" hx-boost="true" aria-label="Leave out Spring menu"', page)
    assert found
    page = client.get(html.unescape(found[1])).text
    assert figures_of(page) == (5, 5, 5)
    assert "is not" in page
    assert {row.count("Window poster") > 0 for row in read_dashboard(page).rows} == {True}


def test_chip_is_turned_round_and_taken_away(client: FormClient, at: str, code: Code) -> None:
    store(*visits(code, 3, NOW - HOUR), Visit(code, NOW - HOUR, user_agent=DESKTOP))
    page = client.get(f"{at}?device=phone&country=GB&range=7d").text
    [turned] = links(page, "chip-device-phone")
    assert parse_qs(urlsplit(turned).query) == {
        "range": ["7d"],
        "country": ["GB"],
        "device": ["!phone"],
    }
    removed = re.search(
        r'href="([^"]*)" hx-boost="true" aria-label="Take away the filter Device is Phone"', page
    )
    assert removed
    assert parse_qs(urlsplit(html.unescape(removed[1])).query) == {
        "range": ["7d"],
        "country": ["GB"],
    }
    cleared = re.search(r'class="filter-chips-clear"\s+href="([^"]*)"', page)
    assert cleared
    assert html.unescape(cleared[1]) == f"{at}?range=7d"


def test_values_are_named_as_people_read_them(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    foreign = make_code(people.elsewhere, name="Not yours")
    page = client.get(
        f"{at}?code={code.id}&code={foreign.id}&country=DE&language=pt-BR&campaign=&device=!tablet"
    ).text
    told = " ".join(re.sub(r"<[^>]*>", " ", page.partition('id="filters"')[2]).split())
    for words in (
        "Code is Spring menu",
        "Code is A code of before",
        "Country is Germany",
        "Language is Portuguese (Brazil)",
        "Campaign is No campaign",
        "Device is not Tablet",
    ):
        assert words in told
    assert "Not yours" not in page


def test_deleted_code_is_named_as_such_and_filters_still(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    make_code(people.workspace)
    store(*visits(code, 2, NOW - HOUR))
    delete_code(code, SYSTEM, code.name)
    db.session.commit()
    page = client.get(f"{at}?code={code.id}").text
    assert figures_of(page) == (2, 2, 2)
    chip = page.partition('class="filter-chip"')[2].partition("filter-chip-remove")[0]
    assert "Spring menu" in chip
    assert "Deleted" in chip


@on_both_databases
def test_hostile_values_in_every_dimension_are_only_values(
    client: FormClient, at: str, code: Code
) -> None:
    store(*visits(code, 2, NOW - HOUR))
    for sign in ("", "!"):
        # Without what no database stores, nothing is left of a text: left out, it says something.
        texts = [text for text in HOSTILE if text != "\0" or not sign]
        every = [(one.key, sign + text) for one in DIMENSIONS for text in texts]
        answer = client.get(f"{at}?{urlencode(every, errors='surrogatepass')}")
        assert answer.status_code == 200
        assert "<script>" not in answer.text.partition('id="board"')[2]
    # Left out, nothing of them was there.
    assert figures_of(answer.text) == (2, 2, 2)


@pytest.mark.parametrize("text", ["no such thing", "99999999999999999999"])
def test_value_that_is_nowhere_has_no_scans(
    client: FormClient, at: str, code: Code, text: str
) -> None:
    store(*visits(code, 2, NOW - HOUR))
    for key in ("code", "label", "rule", "domain", "country"):
        assert figures_of(client.get(f"{at}?{urlencode({key: text})}").text) == (0, 0, 0)


def test_two_hundred_filters_are_drawn_and_one_more_is_refused(
    client: FormClient, at: str, code: Code
) -> None:
    store(*visits(code, 2, NOW - HOUR))
    many = [("country", f"!{number}") for number in range(200)]
    page = client.get(f"{at}?{urlencode(many)}")
    assert page.status_code == 200
    assert page.text.count('class="filter-chip is-not"') == 200
    assert figures_of(page.text) == (2, 2, 2)
    refused = client.get(f"{at}?{urlencode([*many, ('device', 'phone')])}")
    assert refused.status_code == 422
    assert "more filters than a board takes" in refused.text
    assert 'id="figures"' not in refused.text


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("from=2026-11-10&to=2026-11-01", "to", "The last day is before the first one."),
        ("from=yesterday", "from", "This is no day."),
        ("from=2026-02-30&to=2026-03-01", "from", "This is no day."),
        ("to=%00", "to", "This is no day."),
        ("from=0001-01-01", "from", "This is no day."),
        ("from=1970-01-01&to=2900-01-01", "from", "longer than a board can show"),
    ],
)
def test_range_that_cannot_be_is_refused_at_its_field(
    client: FormClient, people: People, at: str, code: Code, query: str, field: str, sentence: str
) -> None:
    for path in (at, f"{at}codes/{code.id}/board", f"{at}breakdowns/country", f"{at}comparison"):
        answer = client.get(f"{path}?{query}&country=DE")
        assert answer.status_code == 422, path
        at_field = answer.text.partition(f'id="range-{field}-error"')[2].partition("</p>")[0]
        assert sentence in at_field
        assert 'id="figures"' not in answer.text
        # What was typed stays, and so do the filters.
        typed = parse_qs(query)
        for name, values in typed.items():
            value = values[0].replace("\0", "�")
            assert re.search(
                rf'id="range-{name}" name="{name}"\s+value="{re.escape(value)}"',
                answer.text.replace("\0", "�"),
            )
        assert "Germany" in answer.text


def test_page_of_a_code_says_what_it_cannot_show(client: FormClient, at: str, code: Code) -> None:
    page = client.get(f"{at}codes/{code.id}?from=2026-11-10&to=2026-11-01").text
    assert "The last day is before the first one." in page
    assert "Spring menu" in page


@pytest.mark.parametrize(
    ("query", "steps", "label"),
    [
        ("from=2026-11-01&to=2026-11-10", 10, "1 Nov 2026 to 10 Nov 2026"),
        ("from=2026-11-05&to=2026-11-05", 24, "5 Nov 2026"),
        ("from=2026-11-05&to=2026-11-06&interval=day", 2, "5 Nov 2026 to 6 Nov 2026"),
        ("from=2026-11-05T08:00&to=2026-11-05T11:00", 4, "5 Nov 2026, 08:00 to 12:00"),
        ("range=12m", 53, "Last 12 months"),
        ("range=12m&interval=month", 13, "Last 12 months"),
        ("range=month", 18, "This month"),
        ("range=last_month", 31, "Last month"),
        ("range=24h&interval=month", 24, "Last 24 hours"),
        ("from=1926-11-18&to=2026-11-17", 1201, "18 Nov 1926 to 17 Nov 2026"),
    ],
)
def test_any_span_is_drawn_in_steps_that_fit(
    client: FormClient, at: str, code: Code, query: str, steps: int, label: str
) -> None:
    if "1926" in query:
        query = query.replace("1926-11-18", "1970-01-01")
        steps, label = 683, label.replace("18 Nov 1926", "1 Jan 1970")
    page = client.get(f"{at}?{query}").text
    table = page.partition('id="chart-table"')[2].partition("</table>")[0]
    assert table.count("<tr data-from") == steps
    assert f'<span class="truncate">{label}</span>' in page


def test_drag_on_the_chart_leads_to_an_address_of_those_days(
    client: FormClient, at: str, code: Code
) -> None:
    store(*visits(code, 2, NOW - 3 * DAY), *visits(code, 1, NOW - HOUR))
    page = client.get(f"{at}?device=phone&range=7d").text
    zoom = re.search(r'data-zoom="([^"]*)"', page)
    assert zoom
    rows = re.findall(r'<tr data-from="([^"]*)" data-to="([^"]*)"', page)
    url = html.unescape(zoom[1]).replace("{from}", rows[2][0]).replace("{to}", rows[3][1])
    assert url == f"{at}?from=2026-11-14&to=2026-11-15&device=phone"
    assert figures_of(client.get(url).text) == (2, 2, 2)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"])
def test_zone_with_half_hours_is_named_and_counts_its_days(
    client: FormClient, people: People, zone: str
) -> None:
    workspace = make_workspace(people.owner, time_zone=zone)
    code = make_code(workspace)
    store(*visits(code, 2, NOW - 2 * DAY))
    sign_in(client, people.owner)
    day = clock.local_date(NOW - 2 * DAY, zone).isoformat()
    for query in (f"from={day}&to={day}", f"from={day}&to={day}&interval=hour", "range=7d"):
        page = client.get(f"/w/{workspace.slug}/?{query}").text
        assert figures_of(page) == (2, 2, 2), query
        assert f"Days of {zone.replace('_', ' ')}" in page


def test_fragment_is_the_board_alone(client: FormClient, at: str, code: Code) -> None:
    answer = client.get(f"{at}?country=GB", headers=FRAGMENT)
    assert answer.text.lstrip().startswith('<div class="board stack" id="board"')
    assert "<html" not in answer.text


class TestWholeList:
    def test_shows_the_others_of_a_filter_of_its_own(
        self, client: FormClient, at: str, code: Code
    ) -> None:
        store(*visits(code, 3, NOW - HOUR), Visit(code, NOW - HOUR, user_agent=DESKTOP))
        page = client.get(f"{at}breakdowns/device?device=phone").text
        assert card_of(page, "list").names == ["Phone", "Desktop"]
        assert page.count("is-chosen") == 1
        [row] = links(page, "row-device-desktop")
        assert parse_qs(urlsplit(row).query) == {"device": ["phone", "desktop"]}
        assert figures_of(client.get(f"{at}?{urlsplit(row).query}").text) == (4, 4, 4)

    def test_is_searched_and_turned_over(
        self, client: FormClient, people: People, at: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pitchbar.analytics.boards.views.PER_PAGE", 2)
        for name in ("Menu one", "Menu two", "Poster", "Menu three"):
            store(*visits(make_code(people.workspace, name=name), 1, NOW - HOUR))
        url = f"{at}breakdowns/code?device=phone"
        first, second = (client.get(f"{url}&page={number}").text for number in (1, 2))
        assert len(card_of(first, "list").names) == len(card_of(second, "list").names) == 2
        assert not set(card_of(first, "list").names) & set(card_of(second, "list").names)
        assert 'rel="next"' in first
        assert 'rel="next"' not in second
        assert "Nothing found" in client.get(f"{url}&q=nowhere").text

    def test_of_what_is_set_apart_counts_hits(
        self, client: FormClient, at: str, code: Code
    ) -> None:
        store(*visits(code, 1, NOW - HOUR), Visit(code, NOW - HOUR, user_agent=ROBOT))
        card = card_of(client.get(f"{at}?tab=reason").text, "with")
        assert card.counts == ["1"]
        listed = card_of(client.get(f"{at}breakdowns/reason").text, "list")
        assert sorted(listed.counts) == ["1", "1"]

    def test_of_nothing_that_there_is_is_not_found(self, client: FormClient, at: str) -> None:
        for path in ("breakdowns/weather", "breakdowns/map", "breakdowns/%00"):
            assert client.get(at + path).status_code == 404

    def test_odd_page_numbers_are_no_fault(self, client: FormClient, at: str, code: Code) -> None:
        for number in ("0", "-3", "abc", "9" * 30):
            answer = client.get(f"{at}breakdowns/country?page={number}")
            assert answer.status_code == 200
