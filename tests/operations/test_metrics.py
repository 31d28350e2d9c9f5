from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.operations.alarms import raise_alarms
from pitchbar.operations.totals import count_finished, load_totals
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FormClient

TOKEN = "scrape-4Jq8vN2xLk7PzT0aWm"


def _scrape(client: FormClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_scrape_parses_and_counts(client: FormClient) -> None:
    for state in ("done", "done", "failed", "queued"):
        make_job(state)
    found = _scrape(client)
    of_task = (("queue", "crawl"), ("task", "tests.fetch_page"))
    assert found["pitchbar_jobs_done_total", of_task] == 2
    assert found["pitchbar_jobs_failed_total", of_task] == 1
    assert found["pitchbar_queue_depth", (("queue", "crawl"),)] == 1
    in_half_a_second = (("le", "0.5"), *of_task)
    assert found["pitchbar_job_run_seconds_bucket", in_half_a_second] == 3
    in_a_tenth = (("le", "0.1"), *of_task)
    assert found["pitchbar_job_run_seconds_bucket", in_a_tenth] == 0
    assert found["pitchbar_job_run_seconds_sum", of_task] == pytest.approx(0.9)


def test_counters_do_not_fall_when_rows_are_trimmed(client: FormClient) -> None:
    for _ in range(3):
        make_job("done", age=timedelta(minutes=5))
    make_job("done")
    before = load_totals()["crawl", "tests.fetch_page"]
    assert count_finished() == 3
    db.session.commit()
    assert load_totals()["crawl", "tests.fetch_page"] == before
    assert count_finished() == 0
    for job in db.session.query(Job).all()[:3]:
        db.session.delete(job)
    db.session.commit()
    assert load_totals()["crawl", "tests.fetch_page"] == before


@pytest.mark.settings(app_env="production", metrics_token=TOKEN)
def test_the_token_opens_metrics(client: FormClient) -> None:
    assert client.get("/metrics").status_code == 404
    wrong = {"Authorization": f"Bearer {TOKEN[:-1]}é"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", headers=right).status_code == 200


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example", queue_wait_alerts="crawl=60")
def test_a_long_wait_is_mailed_once_an_hour(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job(age=timedelta(minutes=2))
    assert raise_alarms() == ["crawl"]
    db.session.commit()
    assert raise_alarms() == []
    assert "The queue crawl waits since 2 min" in client.get("/dev/mail").text
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert raise_alarms() == ["crawl"]


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example", queue_wait_alerts="crawl=60")
def test_a_paused_queue_is_not_reported(client: FormClient) -> None:
    make_job(age=timedelta(minutes=2))
    client.submit("/ops/queues/crawl/pause")
    assert raise_alarms() == []
