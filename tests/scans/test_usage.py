"""What is said of a plan's scans and of limits, on pages and to programs."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask

from pitchbar import create_app
from pitchbar.billing.commands import plans
from pitchbar.codes.models import Code
from pitchbar.commands import Console
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import UnrecordedScans
from pitchbar.scans.usage import count_led_of, find_unrecorded, load_usage
from pitchbar.workspaces.models import Workspace
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.scans import Visit, store, visits
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def workspace(people: People) -> Workspace:
    people.workspace.plan, people.workspace.time_zone = "free", "Europe/Zurich"
    db.session.commit()
    return people.workspace


@pytest.fixture
def code(workspace: Workspace) -> Code:
    return make_code(workspace, name="Menu")


def leave_out(code: Code, scans: int, first_at: datetime, month: date = date(2026, 11, 1)) -> None:
    """As a process writes it that led them on."""
    own = {"workspace_id": code.workspace_id, "code_id": code.id, "month": month}
    times = {"first_at": first_at, "last_at": first_at}
    db.session.add(UnrecordedScans(process=uuid4().hex, scans=scans, **own, **times))
    db.session.commit()


def test_pages_say_how_many_were_not_recorded_why_and_what_to_do(
    client: FormClient, people: People, workspace: Workspace, code: Code
) -> None:
    leave_out(code, 1000, datetime(2026, 11, 12, 23, 30, tzinfo=UTC))
    leave_out(code, 240, datetime(2026, 11, 14, tzinfo=UTC))
    leave_out(make_code(workspace, name="Other"), 5, datetime(2026, 11, 15, tzinfo=UTC))
    leave_out(code, 77, datetime(2026, 10, 30, tzinfo=UTC), date(2026, 10, 1))
    sign_in(client, people.member)

    overview = " ".join(client.get(f"/w/{workspace.slug}/").text.split())
    page = " ".join(client.get(f"/w/{workspace.slug}/codes/{code.id}").text.split())

    assert (
        "1,245 scans since 13 November were led on but not recorded: the Free plan records 1,000 "
        "a month. A larger plan records more, and on 1 December it starts anew." in overview
    )
    assert "1,240 scans of this code since 13 November were led on but not recorded" in page


def test_pages_say_nothing_where_all_is_recorded(
    client: FormClient, people: People, workspace: Workspace, code: Code
) -> None:
    leave_out(code, 77, datetime(2026, 10, 30, tzinfo=UTC), date(2026, 10, 1))
    sign_in(client, people.member)
    for address in ("", f"codes/{code.id}"):
        assert "not recorded" not in client.get(f"/w/{workspace.slug}/{address}").text


@on_both_databases
def test_usage_is_of_the_workspaces_month(workspace: Workspace, code: Code) -> None:
    store(*visits(code, 3))
    store(Visit(code, datetime(2026, 10, 31, 22, 59, tzinfo=UTC)))
    store(Visit(code, datetime(2026, 10, 31, 23, 1, tzinfo=UTC)))
    leave_out(code, 9, NOW)

    usage = load_usage(workspace)

    assert (usage.used, usage.limit, usage.unrecorded) == (4, 1000, 9)
    assert usage.month == date(2026, 11, 1)


def test_programs_get_the_usage(client: FormClient, workspace: Workspace, code: Code) -> None:
    leave_out(code, 9, NOW)
    headers = bearer(make_token(workspace, "read"))
    answer = client.get(f"/api/v1/workspaces/{workspace.slug}", headers=headers).get_json()
    assert answer["usage"]["scans"] == {
        "used": 0,
        "limit": 1000,
        "unrecorded": 9,
        "month": "2026-11",
    }


@pytest.mark.settings(quota_enabled=False)
def test_installation_without_quota_has_no_limit(workspace: Workspace) -> None:
    assert load_usage(workspace).limit is None


@on_both_databases
def test_code_has_led_on_what_is_stored_and_what_was_not_recorded(
    workspace: Workspace, code: Code
) -> None:
    other = make_code(workspace, name="Other")
    store(*visits(code, 3), Visit(code, method="HEAD"))
    leave_out(code, 4, NOW)
    assert count_led_of(workspace, [code.id, other.id]) == {code.id: 7, other.id: 0}
    assert find_unrecorded(workspace, other.id) is None


def test_operator_gives_a_workspace_another_plan(app: Flask, workspace: Workspace) -> None:
    console = Console(app.extensions["settings"], create_app)
    words = ("set", "--workspace", workspace.slug, "--plan")
    done = CliRunner().invoke(plans, [*words, "starter"], obj=console)
    db.session.rollback()
    assert (done.exit_code, done.output) == (0, "Corner Café is on the plan Starter.\n")
    assert workspace.plan == "starter"
    assert CliRunner().invoke(plans, [*words, "golden"], obj=console).exit_code == 2


def test_code_with_a_limit_says_how_much_of_it_is_used(
    client: FormClient, people: People, workspace: Workspace, code: Code
) -> None:
    code.scan_limit = 1000
    store(*visits(code, 3), Visit(code, method="HEAD"))
    sign_in(client, people.member)
    assert "3 of 1,000" in client.get(f"/w/{workspace.slug}/codes/{code.id}").text

    code.scan_limit = 3
    db.session.commit()

    assert (
        "All 3 scans of this code are used"
        in client.get(f"/w/{workspace.slug}/codes/{code.id}").text
    )
