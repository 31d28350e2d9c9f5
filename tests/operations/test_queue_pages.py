from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job, JobSnapshot, JobWorker, QueueState
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person

PAGES = (
    "/ops/queues",
    "/ops/queues/fragments",
    "/ops/queues/crawl",
    "/ops/queues/jobs",
    "/ops/queues/jobs/complete?q=st",
    "/ops/queues/failures",
    "/ops/queues/workers",
    "/ops/queues/schedule",
    "/ops/queues/schedule/ticks",
)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_opens_in_development(client: FormClient, url: str) -> None:
    make_job("failed")
    assert client.get(url).status_code == 200


@pytest.mark.settings(app_env="production")
@pytest.mark.parametrize("url", [*PAGES, "/ops/queues/jobs/1", "/metrics", "/dev/mail"])
def test_in_production_the_dashboard_is_not_there(
    client: FormClient, people: People, url: str
) -> None:
    assert client.get(url).status_code == 404
    sign_in(client, people.owner)
    assert client.get(url).status_code == 404


@pytest.mark.settings(app_env="staging", ops_email_allowlist="x@y.example, OPS@pitchbar.example")
def test_operators_of_the_list_get_in(client: FormClient) -> None:
    sign_in(client, make_person(email="ops@pitchbar.example"))
    assert client.get("/ops/queues").status_code == 200


def test_the_overview_tells_depth_wait_and_state(client: FormClient) -> None:
    make_job(age=timedelta(minutes=3))
    make_job(age=timedelta(hours=-1))
    page = client.get("/ops/queues").text
    assert "No worker" in page
    assert "3 min" in page
    assert "+1" in page


def test_a_seen_worker_makes_the_queue_run(client: FormClient) -> None:
    now = clock.now()
    db.session.add(
        JobWorker(
            id="w", host="web", pid=7, queues="crawl,index", started_at=now, seen_at=now,
            job_id=None, rss_bytes=5 << 20,
        )
    )  # fmt: skip
    db.session.commit()
    assert client.get("/ops/queues/crawl").text.count("Running") == 1
    assert "web · 7" in client.get("/ops/queues/workers").text


def paused_at(queue: str) -> datetime | None:
    return db.session.get_one(QueueState, queue, populate_existing=True).paused_at


def test_a_queue_is_paused_and_resumed_and_both_are_audited(client: FormClient) -> None:
    assert client.submit("/ops/queues/crawl/pause").status_code == 303
    assert paused_at("crawl") is not None
    assert "Paused" in client.get("/ops/queues/crawl").text
    client.submit("/ops/queues/crawl/resume")
    assert paused_at("crawl") is None
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["queue.paused", "queue.resumed"]


def test_pausing_twice_keeps_the_first_time(client: FormClient) -> None:
    client.submit("/ops/queues/crawl/pause")
    first = paused_at("crawl")
    assert first is not None
    client.submit("/ops/queues/crawl/pause")
    assert paused_at("crawl") == first


def test_an_unknown_queue_is_not_found(client: FormClient) -> None:
    assert client.get("/ops/queues/nowhere").status_code == 404


def test_history_needs_two_snapshots(client: FormClient) -> None:
    assert "No history yet" in client.get("/ops/queues/crawl").text
    for back in range(2):
        db.session.add(
            JobSnapshot(
                at=clock.now() - timedelta(minutes=5 * back), queue="crawl", task="", depth=3,
                oldest_wait_ms=5, done=9, failed=0,
            )
        )  # fmt: skip
    db.session.commit()
    assert "No history yet" not in client.get("/ops/queues/crawl").text


def test_failures_are_grouped_by_task_and_error(client: FormClient) -> None:
    for error in ("httpx.ReadTimeout", "httpx.ReadTimeout", "ValueError"):
        make_job("failed", error_class=error)
    page = client.get("/ops/queues/failures").text
    assert page.count('class="row-link"') == 2
    assert "2 in the last 24 hours" in page


def test_a_periodic_task_is_started_by_hand_once(client: FormClient) -> None:
    for _ in range(2):
        assert client.submit("/ops/queues/schedule/jobs.trim/run").status_code == 303
    assert len(db.session.scalars(select(Job).where(Job.task == "jobs.trim")).all()) == 1
    assert client.submit("/ops/queues/schedule/no.such/run").status_code == 404
