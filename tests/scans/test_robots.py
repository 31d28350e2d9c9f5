"""What is kept apart from people, and why."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from pitchbar.core import clock
from pitchbar.scans.robots import ROBOT_LABELS, robot_reason_of_agent
from tests.scans.conftest import Ingest
from tests.scans.lines import (
    assert_rollups_equal_rows,
    make_line,
    only_row,
    rows_of,
    stored_days,
)
from tests.support.servers import on_both_databases

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


@on_both_databases
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"user_agent": "curl/8.5.0"}, "known_agent"),
        ({"user_agent": "WhatsApp/2.24.20.89 A"}, "link_preview"),
        ({"user_agent": ""}, "no_agent"),
        ({"method": "HEAD"}, "head"),
        ({"purpose": "prefetch"}, "prefetch"),
        ({"purpose": "prefetch;prerender"}, "prefetch"),
        ({"purpose": "Preview"}, "prefetch"),
    ],
)
def test_robots_are_hits_but_no_people(
    engine: Engine, ingest: Ingest, noon: datetime, fields: dict[str, Any], reason: str
) -> None:
    ingest(make_line(noon, **fields))

    assert only_row(engine).robot_reason == reason
    assert stored_days(engine)[1, 1, date(2026, 3, 10)] == (1, 0, 0)


AGENTS = Path(__file__).parent / "agents"


@pytest.mark.parametrize("agent", (AGENTS / "robots.txt").read_text().splitlines())
def test_robot_is_told_by_its_agent(agent: str) -> None:
    assert robot_reason_of_agent(agent) in ROBOT_LABELS


@pytest.mark.parametrize("agent", (AGENTS / "people.txt").read_text().splitlines())
def test_no_browser_of_people_is_taken_for_a_robot(agent: str) -> None:
    assert robot_reason_of_agent(agent) is None


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("SomeCrawler/1.0", "self_named"),
        ("Java/17", "program"),
        ("node", "program"),
        ("Thing/1.0 (+hello@thing.example)", "program"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 ask@thing.example", "contact"),
        ("Mozilla/5.0 (compatible; Thing/1.0)", "program"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "known_agent"),
        ("Misskey/2024.5.0 (https://misskey.example)", "link_preview"),
        (" ", "no_agent"),
    ],
)
def test_reason_is_the_plainest_there_is(agent: str, reason: str) -> None:
    assert robot_reason_of_agent(agent) == reason


@on_both_databases
@pytest.mark.parametrize("deliveries", [1, 4])
def test_repeats_within_two_seconds_are_kept_apart(
    engine: Engine, ingest: Ingest, noon: datetime, deliveries: int
) -> None:
    lines = [make_line(noon + timedelta(seconds=late)) for late in (0, 1.9, 2.5, 4.4, 4.6)]
    if deliveries == 1:
        ingest(*lines)
    else:
        for line in lines:
            ingest(line)

    # Each is measured against the last one that counted.
    reasons = [row.robot_reason for row in rows_of(engine)]
    assert reasons == [None, "repeat", None, "repeat", None]
    assert stored_days(engine)[1, 1, date(2026, 3, 10)] == (5, 3, 1)
    assert_rollups_equal_rows(engine)


@on_both_databases
def test_repeat_that_arrives_before_the_first_is_still_a_repeat_of_it(
    engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    ingest(make_line(noon + timedelta(seconds=1)))
    ingest(make_line(noon))
    ingest(make_line(noon + timedelta(seconds=2.5)))
    ingest(make_line(noon + timedelta(seconds=3)))

    assert [row.robot_reason for row in rows_of(engine)] == ["repeat", None, "repeat", None]
    assert_rollups_equal_rows(engine)


@on_both_databases
def test_scan_from_long_before_that_arrives_late_is_no_repeat(
    engine: Engine, ingest: Ingest, noon: datetime
) -> None:
    ingest(make_line(noon))
    ingest(make_line(noon - timedelta(seconds=10)))

    assert [row.robot_reason for row in rows_of(engine)] == [None, None]


@on_both_databases
@pytest.mark.parametrize("other", [{"code_id": 2}, {"address": "81.2.69.2"}, {"workspace_id": 2}])
def test_another_code_or_person_is_no_repeat(
    engine: Engine, ingest: Ingest, other: dict[str, Any]
) -> None:
    ingest(make_line(), make_line(**other))

    assert [row.robot_reason for row in rows_of(engine)] == [None, None]
