"""`pitchbar release-check` on a whole installation that runs: healthy, then taken to pieces."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, text

from pitchbar import create_app
from pitchbar.backups.creating import create_backup
from pitchbar.backups.drilling import drill_backup
from pitchbar.core import clock
from pitchbar.core.checks import Circumstances
from pitchbar.extensions import bus, db
from pitchbar.operations.release.models import ReleaseRun
from pitchbar.operations.release.running import Result, list_checks, make_check
from pitchbar.operations.release.smoke_test import SLUG
from pitchbar.settings import load_settings
from pitchbar.workspaces.queries import find_workspace
from tests.operations.installation import Installation, installation
from tests.support.servers import PostgresServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def system(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    with (
        postgres.database() as url,
        installation(url, tmp_path_factory.mktemp("installation")) as made,
    ):
        yield made


@pytest.fixture
def app(system: Installation) -> Iterator[Flask]:
    """Within the installation, as its own processes are."""
    app = create_app(load_settings(system.environment))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    bus.connect("")


def look(name: str, system: Installation, wait: float = 20.0, url: str = "") -> Result:
    (check,) = [one for one in list_checks() if one.name == name]
    return make_check(check, Circumstances(url or system.url, wait))


def is_settled(system: Installation) -> bool:
    return {look(name, system).state for name in ("workers", "scheduler")} == {"ok"}


def test_healthy_one_passes_and_nothing_of_it_stays(system: Installation, app: Flask) -> None:
    create_backup(app.extensions["settings"], "test")
    drill_backup(app.extensions["settings"], "", "test")
    wait_until(lambda: is_settled(system), 60)
    done = system.run("release-check", "--json")
    told = json.loads(done.stdout)
    states = {one["name"]: one["state"] for one in told["checks"]}
    assert {name for name, state in states.items() if state == "failed"} == set(), done.stdout
    assert done.returncode == 0
    assert told["passed"] is True
    # On loopback, and with the backups on the same disk.
    assert {name for name, state in states.items() if state == "warning"} == {"app-url", "backup"}
    assert {name for name, state in states.items() if state == "skipped"} == {"stripe-portal"}
    assert list(states) == [check.name for check in list_checks()]
    assert told["url"] == system.url
    assert set(told["checks"][0]) == {
        "name", "title", "group", "state", "sentence", "remedy", "ms",
    }  # fmt: skip
    workspace = find_workspace(SLUG)
    assert workspace is not None
    assert rows_of(workspace.id) == {}
    assert db.session.scalar(text("SELECT count(*) FROM billing_events")) == 0
    run = db.session.scalars(select(ReleaseRun)).one()
    assert (run.state, run.asked_by, len(run.findings)) == ("passed", "Command line", len(states))


def rows_of(workspace_id: int) -> dict[str, int]:
    """By table, what a workspace has in it."""
    db.session.rollback()
    found = {}
    for table in db.metadata.sorted_tables:
        if "workspace_id" in table.columns:
            mine = select(func.count()).where(table.c.workspace_id == workspace_id)
            found[table.name] = db.session.scalar(mine) or 0
    return {name: count for name, count in found.items() if count}


def test_wrong_migration(system: Installation, app: Flask) -> None:
    head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    for revision, remedy in (("0049", "pitchbar db upgrade"), ("9999", "Start that release")):
        db.session.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        db.session.commit()
        found = look("database", system)
        assert found.state == "failed"
        assert revision in found.sentence
        assert remedy in found.remedy
    db.session.execute(text(f"UPDATE alembic_version SET version_num = '{head}'"))
    db.session.commit()
    assert look("database", system).state == "ok"


def test_forgetful_redis(system: Installation, app: Flask) -> None:
    with redis.Redis.from_url(system.redis.url) as connection:
        connection.config_set("appendonly", "no")
        found = look("redis", system)
        connection.config_set("appendonly", "yes")
    assert found.state == "failed"
    assert "appendonly" in found.remedy


def test_stripe_that_sends_elsewhere(system: Installation, app: Flask) -> None:
    urls = list(system.stripe.webhook_urls)
    system.stripe.webhook_urls[:] = ["https://old.pitchbar.example/billing/webhook"]
    found = look("stripe-webhooks", system)
    system.stripe.webhook_urls[:] = urls
    assert found.state == "failed"
    assert "old.pitchbar.example" in found.sentence
    assert look("stripe-webhooks", system).state == "ok"


def test_google_that_refuses_the_client(system: Installation, app: Flask) -> None:
    system.provider.error = "redirect_uri_mismatch"
    found = look("oauth", system)
    system.provider.error = ""
    assert found.state == "failed"
    assert "redirect_uri_mismatch" in found.sentence
    assert f"{system.url}/login/google/callback" in found.remedy
    assert look("oauth", system).state == "ok"


# From here on the installation is taken to pieces, in this order.


def test_dead_scheduler(system: Installation, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    system.processes["scheduler"].kill()
    system.processes["scheduler"].wait(10)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=5))
    found = look("scheduler", system)
    assert found.state == "failed"
    assert "pitchbar schedule" in found.remedy


def test_dead_worker(system: Installation, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = system.processes["worker"]
    family = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    for child in family:
        child.kill()
    worker.wait(10)
    psutil.wait_procs(family, 10)
    missing = look("smoke-test", system, wait=1.5)
    assert missing.state == "failed"
    assert "no row of it is there" in missing.sentence
    workspace = find_workspace(SLUG)
    assert workspace is not None
    assert set(rows_of(workspace.id)) <= {"accepted_hours"}
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=30))
    found = look("workers", system)
    assert found.state == "failed"
    assert "pitchbar work --queues ingestion" in found.remedy


def test_stopped_redis(system: Installation, app: Flask) -> None:
    system.redis.kill()
    found = look("redis", system)
    assert found.state == "failed"
    assert "does not answer" in found.sentence


def test_stopped_web(system: Installation, app: Flask, tmp_path: Path) -> None:
    system.processes["web"].terminate()
    system.processes["web"].wait(30)
    for name in ("smoke-test", "stripe-webhooks"):
        assert look(name, system, wait=1).state == "failed"
