from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from pitchbar.analytics.sql import bounded
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.settings import current_settings
from tests.api.calling import Api, make_api, wrong_fields
from tests.support.browsing import FormClient
from tests.support.factories import People, make_code, make_workspace
from tests.support.scans import ROBOT, Visit, store, visits
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def api(client: FormClient, people: People) -> Api:
    return make_api(client, people.workspace)


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


def stats(api: Api, code: Code, **query: str) -> dict[str, Any]:
    """`from_` stands for `from`."""
    query = {name.rstrip("_"): value for name, value in query.items()}
    response = api.get(f"/codes/{code.id}/stats", **query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


def with_hits(answer: dict[str, Any]) -> dict[str, int]:
    return {point["at"]: point["hits"] for point in answer["series"] if point["hits"]}


@on_both_databases
def test_hits_hold_everything_and_people_no_robots(api: Api, people: People, code: Code) -> None:
    store(
        Visit(code, NOW - DAY, "81.2.69.1"),
        Visit(code, NOW - timedelta(hours=1), "81.2.69.1"),
        Visit(code, NOW - timedelta(minutes=30), "81.2.69.1"),
        Visit(code, NOW - timedelta(hours=1), user_agent=ROBOT),
        Visit(code, NOW - timedelta(hours=1), method="HEAD"),
        Visit(make_code(people.workspace), NOW),
    )
    answer = stats(api, code)
    assert answer["interval"] == "day"
    assert answer["totals"] == {
        "hits": 5,
        "people": 3,
        "unique_people": 2,
        "conversions": 0,
    }
    assert answer["series"][-1] == {
        "at": "2026-11-18T00:00:00+00:00",
        "hits": 4,
        "people": 2,
        "unique_people": 1,
    }


def test_last_thirty_days_unless_told(api: Api, code: Code) -> None:
    series = stats(api, code)["series"]
    assert len(series) == 30
    assert series[0]["at"] == "2026-10-20T00:00:00+00:00"
    assert series[-1]["at"] == "2026-11-18T00:00:00+00:00"


def test_last_day_by_the_hour_unless_told(api: Api, code: Code) -> None:
    series = stats(api, code, interval="hour")["series"]
    assert len(series) == 24
    assert series[-1]["at"] == "2026-11-18T14:00:00+00:00"


def test_both_ends_are_included(api: Api, code: Code) -> None:
    store(*(Visit(code, NOW - back * DAY) for back in range(6)))
    answer = stats(api, code, from_="2026-11-14", to="2026-11-16")
    assert list(with_hits(answer)) == [f"2026-11-{day}T00:00:00+00:00" for day in (14, 15, 16)]
    assert answer["totals"]["hits"] == 3
    hours = stats(api, code, from_="2026-11-16T14:00:00Z", to="2026-11-17T14:59Z", interval="hour")
    assert len(hours["series"]) == 25
    assert len(with_hits(hours)) == 2


def test_offset_may_be_written_with_a_plus(api: Api, code: Code) -> None:
    store(*visits(code, 1, datetime(2026, 11, 16, 22, 15, tzinfo=UTC)))
    times = {"from_": "2026-11-17T00:00:00+02:00", "to": "2026-11-17T00:59:00+02:00"}
    answer = stats(api, code, **times, interval="hour")
    assert with_hits(answer) == {"2026-11-16T22:00:00+00:00": 1}
    url = f"{api.at}/codes/{code.id}/stats?interval=hour&from=2026-11-17T00:00:00+02:00"
    assert api.client.get(url, headers=api.headers).status_code == 200


class TestTimeZones:
    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Berlin", "2026-03-29", 23),
            ("Europe/Berlin", "2026-10-25", 25),
            ("Europe/Berlin", "2026-06-01", 24),
            ("America/New_York", "2026-11-01", 25),
            ("Asia/Beirut", "2026-10-24", 25),
            ("Asia/Kolkata", "2026-11-01", 25),
        ],
    )
    def test_day_has_the_hours_that_it_has(
        self, client: FormClient, people: People, zone: str, day: str, hours: int
    ) -> None:
        """Kolkata's day starts within a UTC hour, so it touches 25 of them."""
        workspace = make_workspace(people.owner, time_zone=zone)
        api, code = make_api(client, workspace), make_code(workspace)
        answer = stats(api, code, from_=day, to=day, interval="hour")
        assert len(answer["series"]) == hours
        times = [datetime.fromisoformat(point["at"]) for point in answer["series"]]
        assert all(b - a == timedelta(hours=1) for a, b in pairwise(times))

    def test_days_over_a_change_of_the_clock_are_whole(
        self, client: FormClient, people: People
    ) -> None:
        workspace = make_workspace(people.owner, time_zone="Europe/Berlin")
        api, code = make_api(client, workspace), make_code(workspace)
        store(
            Visit(code, datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
            Visit(code, datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
            Visit(code, datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
        )
        answer = stats(api, code, from_="2026-10-24", to="2026-10-26")
        assert with_hits(answer) == {
            "2026-10-25T00:00:00+02:00": 2,
            "2026-10-26T00:00:00+01:00": 1,
        }
        assert len(answer["series"]) == 3

    @pytest.mark.parametrize(
        ("zone", "expected"),
        [
            ("Pacific/Auckland", "2026-11-17T00:00:00+13:00"),
            ("America/Los_Angeles", "2026-11-16T00:00:00-08:00"),
        ],
    )
    def test_late_scan_counts_on_the_local_day(
        self, client: FormClient, people: People, zone: str, expected: str
    ) -> None:
        workspace = make_workspace(people.owner, time_zone=zone)
        api, code = make_api(client, workspace), make_code(workspace)
        store(Visit(code, datetime(2026, 11, 16, 23, 30, tzinfo=UTC)))
        assert with_hits(stats(api, code)) == {expected: 1}


class TestMistakes:
    @pytest.mark.parametrize(
        ("field", "query"),
        [
            ("interval", {"interval": "year"}),
            ("interval", {"interval": ""}),
            ("breakdown", {"breakdown": "shoe_size"}),
            ("limit", {"limit": "0"}),
            ("limit", {"limit": "1001"}),
            ("from", {"from": "yesterday"}),
            ("from", {"from": "2026-13-01"}),
            ("from", {"from": "2026-11-31"}),
            ("from", {"from": "0001-01-01"}),
            ("from", {"from": "9999-12-31T23:59:59-12:00"}),
            ("from", {"from": "1" * 500}),
            ("from", {"from": "2026-11-01\x00"}),
            ("to", {"to": "2026-11-01T25:00"}),
            ("to", {"to": "9999-12-31"}),
            ("from", {"from": "2026-11-02", "to": "2026-11-01"}),
            ("from", {"from": "2027-01-01"}),
            ("from", {"from": "2020-01-01"}),
            ("from", {"from": "2026-09-01", "interval": "hour"}),
            ("from", {"from": "2026-11-18T15:00Z", "to": "2026-11-18T14:00Z", "interval": "hour"}),
        ],
    )
    def test_wrong_argument_is_named(
        self, api: Api, code: Code, field: str, query: dict[str, str]
    ) -> None:
        for interval in ("day", "hour"):
            response = api.get(f"/codes/{code.id}/stats", **{"interval": interval, **query})
            assert list(wrong_fields(response)) == [field]

    def test_longest_spans_are_answered(self, api: Api, code: Code) -> None:
        days = stats(api, code, from_="2024-11-17", to="2026-11-18")["series"]
        assert len(days) == 732
        hours = stats(api, code, from_="2026-10-01", to="2026-11-30", interval="hour")["series"]
        assert len(hours) == 61 * 24

    def test_a_hundred_years_are_answered_by_the_month(self, api: Api, code: Code) -> None:
        store(Visit(code, NOW))
        answer = stats(api, code, from_="1970-01-01", to="2069-12-31")
        assert answer["interval"] == "month"
        assert len(answer["series"]) == 1200
        assert with_hits(answer) == {"2026-11-01T00:00:00+00:00": 1}
        assert stats(api, code, from_="2020-01-01")["interval"] == "week"


def of_workspace(api: Api, query: str) -> dict[str, Any]:
    response = api.client.get(f"{api.at}/stats?{query}", headers=api.headers)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


@on_both_databases
def test_a_workspace_has_the_figures_of_all_its_codes(api: Api, people: People, code: Code) -> None:
    other = make_code(people.workspace)
    store(Visit(code, NOW), Visit(code, NOW), Visit(other, NOW, user_agent=ROBOT))
    store(Visit(make_code(people.elsewhere), NOW))
    answer = of_workspace(api, "breakdown=code")
    assert answer["totals"]["hits"] == 3
    assert answer["breakdown"] == [
        {"value": str(code.id), "hits": 2, "people": 2, "unique_people": 2, "conversions": 0},
        {"value": str(other.id), "hits": 1, "people": 0, "unique_people": 0, "conversions": 0},
    ]
    assert of_workspace(api, "")["breakdown"] is None


@on_both_databases
def test_filters_narrow_totals_series_and_breakdown(api: Api, people: People, code: Code) -> None:
    other = make_code(people.workspace)
    shop = "https://shop.example/page"
    store(
        Visit(code, NOW, referrer=shop),
        Visit(code, NOW - DAY, referrer=shop),
        Visit(other, NOW, referrer=shop),
        Visit(other, NOW),
    )
    answer = of_workspace(api, f"code={code.id}&code={other.id}&referrer=!&breakdown=code&limit=1")
    assert answer["totals"]["people"] == 3
    assert sum(with_hits(answer).values()) == 3
    assert [(row["value"], row["hits"]) for row in answer["breakdown"]] == [(str(code.id), 2)]
    assert of_workspace(api, f"code=!{code.id}&referrer=shop.example")["totals"]["hits"] == 1
    assert of_workspace(api, f"breakdown=referrer&code={other.id}")["breakdown"] == [
        {"value": "", "hits": 1, "people": 1, "unique_people": 1, "conversions": 0},
        {"value": "shop.example", "hits": 1, "people": 1, "unique_people": 1, "conversions": 0},
    ]


def test_too_many_filters_are_refused_at_one_of_them(api: Api) -> None:
    assert of_workspace(api, "&".join(f"city=City+{n}" for n in range(200)))["totals"]["hits"] == 0
    many = "&".join(f"city=City+{n}" for n in range(201))
    response = api.client.get(f"{api.at}/stats?{many}", headers=api.headers)
    assert wrong_fields(response) == {"city": "at most 200 filters at once"}


def test_what_takes_too_long_says_so(api: Api, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    store(*visits(code, 400, NOW - DAY))
    monkeypatch.setattr(bounded, "_STEPS", 1)
    settings = current_settings().replaced(analytics_timeout_seconds=1e-9)
    monkeypatch.setattr("pitchbar.analytics.engines.current_settings", lambda: settings)
    response = api.get("/stats", country="DE")
    assert response.status_code == 503
    assert response.get_json()["error"]["code"] == "statistics_unavailable"
    assert int(response.headers["Retry-After"]) > 0
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert api.get("/stats", country="DE").status_code == 200
