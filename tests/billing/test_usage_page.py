"""The page of usage: figures, months, the file, and who sees it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from pitchbar.billing.usage.showing import find_over, list_past_months, usage_rows
from pitchbar.chat.monthly.models import ConversationDay
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.scans.models import ScanDay
from pitchbar.workspaces.plans import LIMITS, PLANS
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def use(people: People, scans: dict[date, int], talks: dict[date, int] | None = None) -> None:
    workspace_id = people.workspace.id
    for day, hits in scans.items():
        row = {"workspace_id": workspace_id, "code_id": 0, "day": day}
        db.session.execute(insert_into(db.session.connection(), ScanDay).values(**row, hits=hits))
    for day, begun in (talks or {}).items():
        db.session.add(ConversationDay(workspace_id=workspace_id, day=day, begun=begun))
    people.workspace.created_at = NOW - timedelta(days=500)
    db.session.commit()


def every_day(until: date, count: int, days: int = 60) -> dict[date, int]:
    return {until - timedelta(days=back): count for back in range(days)}


@on_both_databases
def test_each_limit_has_its_row_in_the_workspaces_own_month(
    client: FormClient, people: People
) -> None:
    # There it is the 25th already.
    people.workspace.time_zone = "Pacific/Auckland"
    use(
        people, every_day(date(2026, 11, 24), 9_000), {date(2026, 11, 2): 40, date(2026, 10, 31): 9}
    )
    make_code(people.workspace)
    rows = {row.limit.key: row for row in usage_rows(people.workspace)}
    assert list(rows) == [limit.key for limit in LIMITS]
    scans = rows["scans"]
    assert scans.month is not None
    assert (scans.month.today, scans.used, scans.most) == (date(2026, 11, 25), 216_000, 250_000)
    assert scans.forecast.startswith("The limit will be reached")
    assert (rows["conversations"].used, rows["codes"].used, rows["members"].used) == (40, 1, 5)
    sign_in(client, people.member)
    page = client.get(f"/w/{people.workspace.slug}/billing/usage")
    assert page.status_code == 200
    assert "<strong>216,000</strong> of 250,000" in page.text
    assert "Day 25 of 30. Starts anew on 1 December." in page.text
    assert "<strong>5</strong> of 15" in page.text
    for plan in PLANS:
        people.workspace.plan = plan
        db.session.commit()
        assert client.get(f"/w/{people.workspace.slug}/billing/usage").status_code == 200


def test_limit_that_was_reached_says_when(client: FormClient, people: People) -> None:
    people.workspace.plan = "free"
    use(people, {date(2026, 11, 3): 600, date(2026, 11, 9): 400})
    sign_in(client, people.owner)
    page = client.get(f"/w/{people.workspace.slug}/billing/usage").text
    assert "Reached on 9 November." in page
    assert "It starts anew on 1 December." in page


def test_months_are_twelve_and_come_to_what_their_days_do(
    client: FormClient, people: People
) -> None:
    scans = {
        date(2025, 11, 30): 5,
        date(2025, 12, 1): 7,
        date(2026, 2, 28): 11,
        **every_day(date(2026, 11, 24), 10, 30),
    }
    use(people, scans, {date(2026, 2, 3): 2})
    months = list_past_months(people.workspace)
    assert [months[0].first, months[-1].first, len(months)] == [
        date(2026, 11, 1),
        date(2025, 12, 1),
        12,
    ]
    for one in months:
        naive = sum(count for day, count in scans.items() if day.replace(day=1) == one.first)
        assert one.counts["scans"] == naive
    assert max(one.shares["scans"] for one in months) == 1
    sign_in(client, people.analyst)
    answer = client.get(f"/w/{people.workspace.slug}/billing/usage.csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[:2] == [["month", "scans", "conversations"], ["2026-11", "240", "0"]]
    assert ["2026-02", "11", "2"] in rows
    sign_in(client, people.member)
    assert client.get(f"/w/{people.workspace.slug}/billing/usage.csv").status_code == 403


def test_fresh_workspace_has_no_forecast_and_one_month(client: FormClient, people: People) -> None:
    people.elsewhere.created_at = NOW
    db.session.commit()
    assert len(list_past_months(people.elsewhere)) == 1
    assert find_over(people.elsewhere) == []
    sign_in(client, people.outsider)
    page = client.get(f"/w/{people.elsewhere.slug}/billing/usage")
    assert page.text.count("A forecast comes after a week") == 2
    assert 'id="over-plan"' not in client.get(f"/w/{people.elsewhere.slug}/").text


def test_programs_are_told_all_limits(client: FormClient, people: People) -> None:
    use(people, {date(2026, 11, 3): 600}, {date(2026, 11, 3): 4})
    answer = client.get(
        f"/api/v1/workspaces/{people.workspace.slug}",
        headers=bearer(make_token(people.workspace, "read")),
    )
    limits = answer.get_json()["usage"]["limits"]
    assert set(limits) == {limit.key for limit in LIMITS}
    assert limits["scans"] == {"used": 600, "limit": 250_000}
    assert limits["conversations"] == {"used": 4, "limit": 3_000}
    assert limits["members"] == {"used": 5, "limit": 15}
    people.workspace.plan = "scale"
    db.session.commit()
    answer = client.get(
        f"/api/v1/workspaces/{people.workspace.slug}",
        headers=bearer(make_token(people.workspace, "read")),
    )
    assert answer.get_json()["usage"]["limits"]["codes"] == {"used": 0, "limit": None}


@pytest.mark.settings(quota_enabled=False)
def test_installation_without_a_quota_has_no_limit_of_scans(people: People) -> None:
    use(people, {date(2026, 11, 3): 600})
    assert usage_rows(people.workspace)[0].most is None


def test_scans_beyond_the_plan_that_are_paid_for_are_said_so(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.owner)
    page = f"/w/{people.workspace.slug}/billing/usage"
    assert "stand on the next invoice" not in client.get(page).text
    people.workspace.records_overage = True
    db.session.commit()
    assert "stand on the next invoice" in client.get(page).text
