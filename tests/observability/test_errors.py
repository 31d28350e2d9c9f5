"""What Sentry receives of an error: where it was, and nothing of whoever met it."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pitchbar.core.logs import set_up_logs
from pitchbar.extensions import db
from pitchbar.jobs.ledger.claims import claim_job
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.workers.runner import Runner
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FormClient, sign_in
from tests.support.collectors import SentBack
from tests.support.factories import People

Flush = Callable[[], list[dict[str, Any]]]
SECRET = "Xk42pQz9Lm7RtV3bNw"


@pytest.fixture(autouse=True)
def _logs() -> None:
    set_up_logs("INFO", as_json=True)


def test_an_error_of_a_request_leaves_with_its_place_alone(
    client: FormClient,
    app: Flask,
    people: People,
    sentry: Flush,
    received: SentBack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        local = f"the local {SECRET}"
        raise RuntimeError(
            f"no answer of https://ada:{SECRET}@db.example with token={SECRET}{local[:0]}"
        )

    monkeypatch.setitem(app.view_functions, "operations.ready", broken)
    sign_in(client, people.owner)
    answer = client.get(
        f"/up/ready?token={SECRET}",
        headers={"X-Request-Id": "request-that-broke", "Authorization": f"Bearer {SECRET}"},
    )
    assert answer.status_code == 500
    [event] = sentry()
    [error] = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert "no answer of https://[hidden]@db.example" in error["value"]
    assert error["stacktrace"]["frames"][-1]["function"] == "broken"
    assert event["tags"]["request_id"] == "request-that-broke"
    assert event["tags"]["process"] == "web"
    assert (event["release"], event["environment"]) == ("1.2.3", "test")
    whole = b"".join(received.raw).decode()
    assert SECRET not in whole
    assert people.owner.email not in whole
    assert not {"request", "user", "breadcrumbs", "server_name", "extra"} & event.keys()
    assert "vars" not in json.dumps(event)


def test_a_failed_attempt_of_a_job_is_reported(app: Flask, settings: Any, sentry: Flush) -> None:
    job = make_job(task="tests.unknown", request_id="request-before")
    ledger = LedgerConnection(settings.database_url)
    claim = claim_job(ledger, job.id, 0, "worker")
    assert claim is not None
    assert Runner(app, ledger, lambda: False).run(claim) == "error"
    ledger.close()
    db.session.expire_all()
    [event] = sentry()
    assert event["tags"]["task"] == "tests.unknown"
    assert event["tags"]["job"] == str(job.id)
    assert event["tags"]["request_id"] == "request-before"


def test_a_line_without_an_exception_is_a_message(app: Flask, sentry: Flush) -> None:
    logging.getLogger("pitchbar.scans").error("the spool holds password=%s", SECRET)
    logging.getLogger("pitchbar.scans").warning("a small thing")
    [event] = sentry()
    assert event["message"] == "the spool holds password=[hidden]"
    assert event["tags"]["logger"] == "pitchbar.scans"
