"""Each check on a thing that is really broken, one at a time."""

import json
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from pitchbar import create_app
from pitchbar.billing.models import BillingEvent, PlanSubscription
from pitchbar.commands import Console
from pitchbar.core import clock
from pitchbar.core.assets import ROOT
from pitchbar.core.checks import Check, Circumstances, ok
from pitchbar.extensions import db
from pitchbar.jobs import QUEUES
from pitchbar.jobs.ledger.models import JobWorker, QueueState
from pitchbar.operations.release.commands import release_check
from pitchbar.operations.release.models import ReleaseRun
from pitchbar.operations.release.running import list_checks, make_check
from pitchbar.scans.models import Scan
from pitchbar.settings import Settings
from tests.billing.factories import stripe_settings
from tests.conftest import MakeSettings
from tests.fakes.stripe import FakeStripe, stripe_server
from tests.operations.jobs_factory import make_job
from tests.support.factories import People
from tests.support.loopback import Answer, LoopbackServer, Request
from tests.support.mail_servers import mail_server
from tests.support.outage import take_database_away
from tests.support.servers import free_port

NOBODY = f"127.0.0.1:{free_port()}"


class Looking:
    """Makes one check within an installation with other settings."""

    def __init__(self, make_settings: MakeSettings) -> None:
        self._make_settings = make_settings

    def __call__(self, name: str, url: str = "", wait: float = 1.0, **values: Any) -> str:
        """Its state and all that it says."""
        with create_app(self._make_settings(**values)).app_context():
            (check,) = [one for one in list_checks() if one.name == name]
            found = make_check(check, Circumstances(url or f"http://{NOBODY}", wait))
            db.session.remove()
            db.engine.dispose()
        return f"{found.state}: {found.sentence} {found.remedy}"


@pytest.fixture
def look(make_settings: MakeSettings) -> Looking:
    return Looking(make_settings)


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with stripe_server() as fake:
        yield fake


STRONG = secrets.token_urlsafe(32)


class TestInstallation:
    def test_development_is_for_one_machine(self, look: Looking) -> None:
        assert look("app-env").startswith("warning: APP_ENV is development")
        assert look("app-env", app_env="staging").startswith("ok: ")

    def test_weak_key(self, look: Looking) -> None:
        assert look("app-key", app_key="short").startswith("warning: APP_KEY has 5 characters")
        assert look("app-key", app_key=STRONG).startswith("ok: ")

    def test_address(self, look: Looking) -> None:
        public: dict[str, Any] = {"app_env": "production", "app_key": STRONG}
        assert look("app-url", app_url="http://pitchbar.com", **public).startswith("failed: ")
        assert look("app-url", app_url="https://pitchbar.com", **public).startswith("ok: ")
        assert look("app-url", app_url="http://10.0.0.7", **public).startswith("warning: ")

    def test_disk_that_takes_nothing(self, look: Looking, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert look("disk", spool_dir=tmp_path / "file").startswith("failed: SPOOL_DIR")
        assert not look("disk", spool_dir=tmp_path / "spool").startswith("failed")

    def test_disk_that_is_nearly_full(self, look: Looking, tmp_path: Path) -> None:
        told = look("disk", spool_dir=tmp_path / "spool", spool_overflow_bytes=1 << 60)
        assert told.startswith("failed: The disk of SPOOL_DIR has")


class TestData:
    def test_database_that_is_gone(self, look: Looking) -> None:
        told = look("database", database_url=f"postgresql://nobody@{NOBODY}/none")
        assert told.startswith("failed: The database does not answer")

    def test_database_that_is_empty(self, look: Looking, tmp_path: Path) -> None:
        told = look("database", database_url=f"sqlite:///{tmp_path}/other.db")
        assert told.startswith("failed: The schema is at nothing")

    def test_without_redis(self, look: Looking) -> None:
        assert look("redis").startswith("skipped: REDIS_URL is not set")

    def test_index_that_does_not_answer(self, look: Looking) -> None:
        assert look("vectors").startswith("ok: ")
        told = look("vectors", qdrant_url=f"http://{NOBODY}")
        assert told.startswith("failed: The index of sources is not there")


class TestQueues:
    def test_nobody_works(self, look: Looking) -> None:
        assert look("workers").startswith("failed: No worker serves ingestion and analytics")
        assert look("scheduler").startswith("failed: No scheduler has ever run")

    @pytest.mark.usefixtures("app")
    def test_waits_and_failures(self, look: Looking) -> None:
        assert look("queue-health").startswith("ok: ")
        make_job(state="failed", finished_at=clock.now())
        assert look("queue-health").startswith("warning: Nothing waits too long; 1 job failed")
        for _ in range(50):
            make_job(state="failed", finished_at=clock.now())
        assert look("queue-health").startswith("failed: 51 jobs failed")
        long_ago = clock.now() - timedelta(hours=1)
        make_job(queue="index", queued_at=long_ago, due_at=long_ago)
        assert "failed: Jobs wait too long: index since 3,6" in look("queue-health")


class TestMail:
    def test_server_that_is_gone(self, look: Looking) -> None:
        told = look("mail", mail_url=f"smtp://{NOBODY}")
        assert told.startswith("failed: The mail transport is broken")
        assert "Redirects go on" in told
        assert "threshold e-mails" in told

    def test_server_that_does_not_take_our_sign_in(self, look: Looking) -> None:
        def refuse(*_: object) -> object:
            from aiosmtpd.smtp import AuthResult

            return AuthResult(success=False, handled=False)

        with mail_server(authenticator=refuse, auth_require_tls=False) as post:
            told = look("mail", mail_url=post.url.replace("//", "//ada:wrong@"))
            assert "does not accept our sign-in" in told
            assert look("mail", mail_url=post.url).startswith("ok: ")
            assert post.messages == []

    def test_none_is_set(self, look: Looking) -> None:
        assert look("mail").startswith("skipped: ")
        assert look("mail", app_env="staging", app_key=STRONG).startswith("failed: MAIL_URL")


class TestStripe:
    def test_not_set_up(self, look: Looking) -> None:
        for name in ("stripe-keys", "stripe-prices", "stripe-webhooks", "stripe-portal"):
            assert look(name).startswith("skipped: STRIPE_SECRET_KEY is not set")

    def test_wrong_key(self, look: Looking, stripe: FakeStripe) -> None:
        set_up = stripe_settings(stripe.url)
        assert look("stripe-keys", **set_up).startswith("ok: ")
        told = look("stripe-keys", **{**set_up, "stripe_secret_key": "another"})
        assert told.startswith("failed: Stripe does not accept our key")

    def test_unknown_price(self, look: Looking, stripe: FakeStripe) -> None:
        set_up = stripe_settings(stripe.url)
        assert look("stripe-prices", **set_up).startswith("ok: ")
        told = look("stripe-prices", **{**set_up, "stripe_price_scale": "price_of_another_account"})
        assert told.startswith("failed: Stripe does not know price_of_another_account")
        told = look("stripe-prices", **{**set_up, "stripe_price_scale": ""})
        assert told.startswith("warning: STRIPE_PRICE_SCALE is not set")

    def test_events_that_do_not_come_in(self, look: Looking, stripe: FakeStripe) -> None:
        set_up = stripe_settings(stripe.url)
        told = look("stripe-webhooks", **{**set_up, "stripe_webhook_secret": ""})
        assert told.startswith("failed: STRIPE_WEBHOOK_SECRET is not set")
        refusing = LoopbackServer(lambda _: Answer(400))
        try:
            told = look("stripe-webhooks", url=refusing.url, **set_up)
        finally:
            refusing.stop()
        assert "the answer was 400" in told
        assert look("stripe-webhooks", **set_up).startswith("failed: A signed event")

    def test_portal(self, look: Looking, stripe: FakeStripe, people: People) -> None:
        set_up = stripe_settings(stripe.url)
        assert look("stripe-portal", **set_up).startswith("skipped: ")
        customer = stripe.account.create_customer({"email": "ada@pitchbar.example"})
        row = PlanSubscription(workspace_id=people.workspace.id, customer_id=customer["id"])
        db.session.add(row)
        db.session.commit()
        assert look("stripe-portal", **set_up).startswith("ok: ")
        stripe.fail("billing_portal", status=400)
        assert look("stripe-portal", **set_up).startswith("failed: The portal does not open")
        assert db.session.scalar(select(func.count()).select_from(BillingEvent)) == 0


def test_google(look: Looking) -> None:
    assert look("oauth").startswith("skipped: ")
    told = look(
        "oauth",
        app_url="http://localhost",
        google_client_id="one",
        google_client_secret="two",
        google_server_metadata_url=f"http://{NOBODY}/",
    )
    assert told.startswith("failed: Nobody can sign in with Google")


class TestSmokeTest:
    """In front of a server that is not what it should be."""

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Answer(404), "answered with 404"),
            (Answer(302, headers={"Location": "https://example.com/"}), "utm_source"),
            (
                Answer(
                    302,
                    headers={
                        "Location": "https://example.com/?utm_source=release-check"
                        "&utm_medium=qr&utm_campaign=smoke-test"
                    },
                ),
                "no row of it is there after 1 seconds",
            ),
        ],
    )
    def test_something_else_answers(self, look: Looking, answer: Answer, said: str) -> None:
        asked: list[Request] = []

        def handle(request: Request) -> Answer:
            asked.append(request)
            return answer

        server = LoopbackServer(handle)
        try:
            told = look("smoke-test", url=server.url)
        finally:
            server.stop()
        assert told.startswith("failed: ")
        assert said in told
        assert asked[0].path.startswith("/t/")

    @pytest.mark.usefixtures("app")
    def test_nobody_answers(self, look: Looking) -> None:
        assert look("smoke-test").startswith("failed: A new code could not be scanned")
        assert db.session.scalar(select(func.count()).select_from(Scan)) == 0


class TestCommand:
    @pytest.fixture
    def run(self, settings: Settings) -> "Run":
        return Run(settings)

    def test_failed_check_ends_it_with_1(self, run: "Run", app: Flask) -> None:
        done = run("--only", "workers", "--only", "database")
        assert done.exit_code == 1
        lines = done.output.splitlines()
        assert lines[0].startswith("ok       database")
        assert lines[1].startswith("FAILED   workers")
        assert lines[2] == "Not passed: 1 ok, 1 failed."

    def test_check_that_breaks_is_a_failed_one(
        self, run: "Run", app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_: Circumstances) -> None:
            raise RuntimeError("no such thing\nand more")

        checks = [
            Check("broken", "Broken", "Data", broken),  # type: ignore[arg-type]  # it never returns
            Check("whole", "Whole", "Data", lambda _: ok("Well.")),
        ]
        monkeypatch.setattr("pitchbar.operations.release.commands.list_checks", lambda: checks)
        done = run("--json")
        assert done.exit_code == 1
        told = json.loads(done.stdout)
        assert told["counts"] == {"ok": 1, "warning": 0, "failed": 1, "skipped": 0}
        assert told["checks"][0]["sentence"].endswith("RuntimeError: no such thing")
        recorded = db.session.scalars(select(ReleaseRun)).one()
        assert recorded.state == "failed"
        assert [one["name"] for one in recorded.findings] == ["broken", "whole"]

    def test_without_a_database_all_else_is_looked_at(
        self, run: "Run", app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take_database_away()
        chosen = [one for one in list_checks() if one.name in ("app-key", "database", "redis")]
        monkeypatch.setattr("pitchbar.operations.release.commands.list_checks", lambda: chosen)
        done = run("--json")
        assert done.exit_code == 1
        states = {one["name"]: one["state"] for one in json.loads(done.stdout)["checks"]}
        assert states["database"] == "failed"
        assert states["redis"] == "skipped"

    def test_two_at_once(self, run: "Run", app: Flask) -> None:
        db.session.add(ReleaseRun(asked_by="Ada", findings=[]))
        db.session.commit()
        done = run()
        assert done.exit_code == 1
        assert "running already" in done.output

    def test_only_one_and_one_that_is_not_there(self, run: "Run", app: Flask) -> None:
        done = run("--only", "database")
        assert done.exit_code == 0
        assert done.output.splitlines()[1] == "Passed: 1 ok."
        assert db.session.scalars(select(ReleaseRun)).all() == []
        unknown = run("--only", "nothing")
        assert unknown.exit_code == 1
        assert "There is no check named nothing" in unknown.output

    def test_address_that_is_none(self, run: "Run", app: Flask) -> None:
        assert "--url must be an address" in run("--url", "pitchbar").output


class Run:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, *words: str) -> Result:
        db.session.commit()
        done = CliRunner().invoke(release_check, words, obj=Console(self._settings, create_app))
        db.session.rollback()
        return done


@pytest.mark.usefixtures("app")
def test_paused_queue_is_told(look: Looking) -> None:
    at = clock.now()
    names = {"queues": ",".join(QUEUES), "host": "here", "pid": 1, "rss_bytes": 1}
    db.session.add(JobWorker(id="here/1/all", started_at=at, seen_at=at, **names))
    db.session.commit()
    assert look("workers").startswith("ok: ")
    db.session.add(QueueState(queue="crawl", paused_at=at))
    db.session.commit()
    assert look("workers").startswith("warning: Every queue has a worker, but crawl is paused")


def test_checks_of_the_documents_are_those_there_are(app: Flask) -> None:
    names = [check.name for check in list_checks()]
    assert len(names) == len(set(names))
    gate = (ROOT / "docs" / "operations.md").read_text().partition("## The release gate")[2]
    told = re.findall(r"^\| `([a-z-]+)` \|", gate.partition("\n## ")[0], re.MULTILINE)
    assert told == names
