"""Spans as a collector receives them: with real parents, and nothing that opens anything."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from pitchbar.clients.outbound import OutboundError
from pitchbar.core import tracing
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.fetching import fetch
from pitchbar.extensions import db
from pitchbar.jobs.ledger.claims import claim_job
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.workers.runner import Runner
from pitchbar.observability.edges import watched
from tests.agents.factories import make_agent
from tests.chat.widget import Widget
from tests.support.browsing import FormClient
from tests.support.collectors import ReceivedSpan, SentBack
from tests.support.factories import People, make_code, make_person, make_workspace
from tests.support.scans import Visit, store
from tests.support.servers import on_both_databases

Flush = Callable[[], SentBack]
SERVER, CONSUMER = 2, 5


def run_waiting(app: Flask, settings: Any) -> list[str]:
    """Each job that waits, as a worker runs it; returns how they ended."""
    ledger = LedgerConnection(settings.database_url)
    db.session.commit()
    outcomes = []
    for job in db.session.query(Job).filter_by(state="queued").order_by(Job.id).all():
        claim = claim_job(ledger, job.id, job.attempt, "worker")
        assert claim is not None
        outcomes.append(Runner(app, ledger, lambda: False).run(claim))
    ledger.close()
    return outcomes


@on_both_databases
def test_a_job_hangs_below_the_request_that_left_it(
    client: FormClient, app: Flask, settings: Any, tracer: Flush
) -> None:
    make_person(email="ada@pitchbar.example")
    sent = client.submit(
        "/password/forgotten",
        {"email": "ada@pitchbar.example"},
        headers={"X-Request-Id": "request-of-ada-1"},
    )
    assert sent.status_code < 400
    job = db.session.query(Job).one()
    assert job.request_id == "request-of-ada-1"
    assert run_waiting(app, settings) == ["done"]
    found = tracer()
    [request] = [one for one in found.spans if one.kind == SERVER]
    [run] = [one for one in found.spans if one.kind == CONSUMER]
    assert request.name == "POST /password/forgotten"
    assert request.attributes["request_id"] == "request-of-ada-1"
    assert request.attributes["http.response.status_code"] == sent.status_code
    assert (run.name, run.parent_id) == ("job mailing.send_mail", request.id)
    assert run.trace_id == request.trace_id
    assert run.attributes["job"] == job.id
    assert request.resource["service.name"] == "pitchbar-test"
    assert found.headers[-1]["Api-Key"] == "of-the-collector"


def test_a_request_without_spans_leaves_a_job_with_its_id_alone(
    client: FormClient, app: Flask, settings: Any
) -> None:
    make_person(email="ada@pitchbar.example")
    client.submit("/password/forgotten", {"email": "ada@pitchbar.example"})
    job = db.session.query(Job).one()
    assert job.request_id
    assert job.traceparent is None
    assert run_waiting(app, settings) == ["done"]


def test_a_redirect_is_a_span_and_a_page_is_its_own(app: Flask, tracer: Flush) -> None:
    def edge(environ: dict[str, Any], start: Any) -> Any:
        if not environ["PATH_INFO"].startswith("/t/"):
            return app.wsgi_app(environ, start)
        start("302 Found", [("Location", "https://shop.example/?secret=1")])
        return ()

    client = Client(watched(edge))
    assert client.get("/t/menu?token=abc").status_code == 302
    assert client.get("/up").status_code == 200
    found = tracer()
    [redirect] = found.named("redirect")
    assert redirect.attributes == {"http.request.method": "GET"}
    assert redirect.parent_id == ""
    assert 0 <= redirect.seconds < 5
    [page] = found.named("GET /up")
    assert b"abc" not in b"".join(found.raw)
    assert page.trace_id != redirect.trace_id


def test_ingest_and_crawl_stand_below_what_runs_them(
    app: Flask, settings: Any, tracer: Flush
) -> None:
    code = make_code(make_workspace())
    with tracing.span("outer"):
        store(Visit(code))
        with pytest.raises((CrawlError, OutboundError)):
            fetch("http://127.0.0.1:9/private?token=of-a-customer")
    found = tracer()
    [outer] = found.named("outer")
    [ingest] = found.named("ingest")
    [crawl] = found.named("crawl")
    assert {ingest.parent_id, crawl.parent_id} == {outer.id}
    assert ingest.attributes["scans"] == 1
    assert (crawl.is_error, crawl.attributes["error.type"]) == (True, "CrawlError")
    assert crawl.attributes["outcome"] == "failed"
    assert b"of-a-customer" not in b"".join(found.raw)


def test_first_token_and_retrieval_stand_below_the_turn(
    client: FormClient, people: People, tracer: Flush
) -> None:
    widget = Widget(client, make_agent(people.workspace))
    assert widget.init().status_code == 200
    widget.ask("What do the cups cost?")
    found = tracer()
    [asked] = found.named("POST /api/v1/widget/messages")
    [turn] = found.named("turn")
    [first] = found.named("first_token")
    retrieved: list[ReceivedSpan] = found.named("retrieval")
    assert turn.parent_id == asked.id
    assert first.parent_id == turn.id
    assert retrieved
    assert {one.parent_id for one in retrieved} == {turn.id}
    assert b"cups" not in b"".join(found.raw)
