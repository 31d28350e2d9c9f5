"""The log of a busy day holds nothing that opens anything."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from pitchbar.accounts.passwords.services import make_reset_token
from pitchbar.clients.mailer import list_boxed
from pitchbar.core.logs import set_up_logs
from pitchbar.extensions import db
from pitchbar.jobs.ledger.claims import claim_job
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.workers.logs import JobLogHandler
from pitchbar.jobs.workers.runner import Runner
from pitchbar.settings import Settings
from tests.agents.factories import make_agent
from tests.billing.factories import stripe_settings
from tests.chat.widget import Widget
from tests.conftest import MakeSettings
from tests.fakes.stripe import FakeStripe, stripe_server
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People, bearer, make_token
from tests.support.members import make_invitation, path_of
from tests.support.receivers import receiving
from tests.webhooks.factories import SECRET, make_endpoint, run_pump

KEY = "key-7Rj2-for-the-model-9xQ4"


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with stripe_server() as fake:
        yield fake


@pytest.fixture
def settings(make_settings: MakeSettings, stripe: FakeStripe) -> Settings:
    return make_settings(**{**stripe_settings(stripe.url), "log_level": "DEBUG"})


@pytest.fixture
def log(app: Flask) -> io.StringIO:
    """What the process would write, as JSON and with all levels."""
    set_up_logs("DEBUG", as_json=True)
    written = io.StringIO()
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    logging.getLogger().addHandler(JobLogHandler())
    return written


def work(app: Flask, settings: Settings) -> None:
    """All jobs that wait, as workers run them."""
    ledger = LedgerConnection(settings.database_url)
    db.session.commit()
    for job in db.session.query(Job).filter_by(state="queued").order_by(Job.id).all():
        if claim := claim_job(ledger, job.id, job.attempt, "worker"):
            Runner(app, ledger, lambda: False).run(claim)
    ledger.close()


Day = tuple[FormClient, People, Settings]


def test_a_busy_day_leaves_no_secret_in_the_log(
    app: Flask,
    client: FormClient,
    people: People,
    settings: Settings,
    log: io.StringIO,
    stripe: FakeStripe,
) -> None:
    day = (client, people, settings)
    secrets = [PASSWORD, SECRET, KEY, settings.app_key, *_stripe_secrets(stripe)]
    secrets += [*_sign_in(day), *_invite(day), *_call(day), *_tell(day)]
    work(app, settings)
    mails = list_boxed(settings.data_dir / "mail")
    assert len(mails) >= 2
    links = [part for mail in mails for part in mail.text.split() if "token=" in part]
    secrets += [link.partition("token=")[2] for link in links]
    written, kept = log.getvalue(), " ".join(row.log or "" for row in db.session.query(Job))
    assert len(written.splitlines()) > 20
    assert [secret for secret in secrets if secret in written + kept] == []


def _sign_in(day: Day) -> list[str]:
    client, people, settings = day
    wrong, new = "not the password 77", "another password 88"
    for password in (PASSWORD, wrong):
        client.submit("/login", {"email": people.owner.email, "password": password})
    client.submit("/password/forgotten", {"email": people.owner.email})
    reset = make_reset_token(people.owner, settings)
    client.get(f"/password/reset?token={reset}")
    client.submit("/password/reset", {"token": reset, "password": new})
    return [wrong, new, reset]


def _invite(day: Day) -> list[str]:
    client, people, _settings = day
    sign_in(client, people.owner)
    values = {"email": "guest@pitchbar.example", "role": "member"}
    client.submit(f"/w/{people.workspace.slug}/invitations", values)
    invited = path_of(make_invitation(people.workspace))
    client.get(invited)
    client.get(f"/login?next={invited}")
    return [invited.rpartition("/")[2]]


def _call(day: Day) -> list[str]:
    """The API, and the widget."""
    client, people, _settings = day
    token, codes = make_token(people.workspace), f"/api/v1/workspaces/{people.workspace.slug}/codes"
    client.get(codes, headers=bearer(token))
    client.get(f"{codes}?token={token}", headers=bearer(f"{token}x"))
    widget = Widget(client, make_agent(people.workspace))
    assert widget.init().status_code == 200
    widget.ask("What do the cups cost?")
    return [token, widget.token, widget.visitor]


def _tell(day: Day) -> list[str]:
    """Webhooks, Stripe, keys of services."""
    client, people, _settings = day
    slug = people.workspace.slug
    sign_in(client, people.owner)
    with receiving() as receiver:
        make_endpoint(people.workspace, f"http://{receiver.pair}/hook?key=SecretOfTheirs77")
        values = {"name": "Menu", "destination_url": "https://a.example"}
        client.submit(f"/w/{slug}/codes", values)
        run_pump(receiver.pair)
    client.submit(f"/w/{slug}/billing/checkout", {"plan": "growth"})
    client.post("/billing/webhook", data=b"{}", headers={"Stripe-Signature": "t=1,v1=SignedSo99"})
    model = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "small", "llm_api_key": KEY}
    client.submit("/ops/settings/language-model", model)
    client.submit("/ops/settings/language-model/check")
    return ["SecretOfTheirs77", "SignedSo99"]


def _stripe_secrets(stripe: FakeStripe) -> list[str]:
    values = stripe_settings(stripe.url)
    return [str(values["stripe_secret_key"]), str(values["stripe_webhook_secret"])]


def test_lines_are_json_and_name_the_request_of_a_job(
    app: Flask, client: FormClient, people: People, settings: Settings, log: io.StringIO
) -> None:
    headers = {"X-Request-Id": "request-of-a-job-1"}
    client.submit("/password/forgotten", {"email": people.owner.email}, headers=headers)

    work(app, settings)
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.getvalue().splitlines()]
    asked = [one for one in lines if one.get("event") == "request"]
    assert asked[-1]["request_id"] == "request-of-a-job-1"
    of_job = [one for one in lines if one.get("task") == "mailing.send_mail"]
    assert {one["request_id"] for one in of_job} == {"request-of-a-job-1"}
    assert not [one for one in lines if "?" in str(one.get("path"))]
