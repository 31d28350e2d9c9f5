"""`/ops/release`: what the last check found, and the button for the next."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.operations.release.models import ReleaseRun
from pitchbar.settings import Settings
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People
from tests.support.waiting import wait_until

PAGE = "/ops/release"


def finding(name: str, state: str, remedy: str = "") -> dict[str, object]:
    return {
        "name": name,
        "title": name.title(),
        "group": "Data",
        "state": state,
        "sentence": f"It is <b>{state}</b>.",
        "remedy": remedy,
        "ms": 12,
    }


def make_run(**fields: object) -> ReleaseRun:
    run = ReleaseRun(**{"asked_by": "Ada", "url": "http://localhost", "findings": [], **fields})
    db.session.add(run)
    db.session.commit()
    return run


def test_before_the_first_it_says_what_to_do(client: FormClient) -> None:
    page = client.get(PAGE).text
    assert "Nothing was checked yet" in page
    assert "Run the checks" in page


def test_score_states_and_remedies(client: FormClient) -> None:
    findings = [
        finding("one", "ok"),
        finding("two", "failed", "Run `pitchbar db upgrade`."),
        finding("three", "warning", "Look."),
        finding("four", "skipped"),
    ]
    make_run(state="failed", findings=findings, expected=4, finished_at=clock.now())
    page = " ".join(client.get(PAGE).text.split())
    assert "Not ready: 1 check failed" in page
    assert 'aria-label="2 of 3 passed"' in page
    assert "<code>pitchbar db upgrade</code>" in page
    assert "It is &lt;b&gt;failed&lt;/b&gt;." in page
    assert "1 warning" in page
    assert "every 1s" not in page


def test_while_it_runs_the_page_asks_again(client: FormClient) -> None:
    run = make_run(findings=[finding("database", "ok")], expected=19, looked_at="Redis")
    fragment = client.get(PAGE, headers=FRAGMENT).text
    assert "<html" not in fragment
    assert "Looking at: Redis" in fragment
    assert 'hx-trigger="every 1s"' in fragment
    # Where its process was killed, nobody waits for ever.
    run.told_at = clock.now() - timedelta(minutes=3)
    db.session.commit()
    page = client.get(PAGE).text
    assert "was broken off" in " ".join(page.split())
    assert "every 1s" not in page


def test_button_makes_the_checks_in_a_process_of_their_own(
    client: FormClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("app_key", "app_url", "data_dir", "database_url"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    monkeypatch.delenv("APP_ENV", raising=False)
    answer = client.submit(f"{PAGE}/runs")
    assert answer.status_code == 303
    again = client.submit(f"{PAGE}/runs", follow_redirects=True)
    assert "running already" in again.text
    wait_until(is_ended, 90)
    run = db.session.scalars(select(ReleaseRun)).one()
    states = {one["name"]: one["state"] for one in run.findings}
    assert (states["database"], states["workers"]) == ("ok", "failed")
    assert run.state == "failed"
    assert "Not ready" in client.get(PAGE).text
    actions = list(db.session.scalars(select(AuditEntry.action)))
    assert actions == ["release_check.started"]


def is_ended() -> bool:
    db.session.rollback()
    return db.session.scalars(select(ReleaseRun.finished_at)).one() is not None


@pytest.mark.settings(app_env="staging", ops_email_allowlist="owner@pitchbar.example")
def test_for_others_it_is_not_there(app: Flask, client: FormClient, people: People) -> None:
    assert client.get(PAGE).status_code == 404
    sign_in(client, people.admin)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}/runs").status_code in (404, 419)
    assert db.session.scalars(select(ReleaseRun)).all() == []
