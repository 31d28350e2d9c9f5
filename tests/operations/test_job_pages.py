import json

import pytest
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job, JobAttempt
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FRAGMENT, FormClient

JOBS = "/ops/queues/jobs"


def _reload(job_id: int) -> Job | None:
    return db.session.get(Job, job_id, populate_existing=True)


def test_the_page_shows_arguments_error_and_each_attempt(client: FormClient) -> None:
    job = make_job("failed")
    for number in (1, 2):
        db.session.add(
            JobAttempt(
                job_id=job.id, number=number, outcome="error", finished_at=clock.now(),
                error_class="ValueError", traceback=f"line of attempt {number}", log="a log line",
            )
        )  # fmt: skip
    db.session.commit()
    page = client.get(f"{JOBS}/{job.id}").text
    for part in ("page_id", "ReadTimeout", "line of attempt 1", "line of attempt 2", "a log line"):
        assert part in page


def test_a_failed_job_starts_anew_with_all_its_tries(client: FormClient) -> None:
    job = make_job("failed")
    assert client.submit(f"{JOBS}/{job.id}/retry").status_code == 303
    again = _reload(job.id)
    assert again is not None
    assert (again.state, again.tries_used, again.finished_at) == ("queued", 0, None)
    assert again.attempt == 3  # the fence against its old worker stays
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.before["state"], entry.after["state"]) == (
        "job.retried",
        "failed",
        "queued",
    )


def test_a_retry_may_change_the_arguments(client: FormClient) -> None:
    job = make_job("failed")
    client.submit(f"{JOBS}/{job.id}/retry", {"arguments": '{"page_id": 9}'})
    again = _reload(job.id)
    assert again is not None
    assert again.arguments == {"page_id": 9}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "Write an object"),
        ('{"page": 1}', "does not take these"),
        ("{}", "does not take these"),
        ('{"page_id": "' + "x" * 70_000 + '"}', "bytes, more than"),
    ],
)
def test_unusable_arguments_are_told_and_kept(client: FormClient, typed: str, said: str) -> None:
    job = make_job("failed")
    answer = client.submit(f"{JOBS}/{job.id}/retry", {"arguments": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert typed[:20].replace('"', "&#34;") in answer.text
    again = _reload(job.id)
    assert again is not None
    assert again.state == "failed"


def test_a_running_job_is_left_alone(client: FormClient) -> None:
    job = make_job("running")
    assert client.submit(f"{JOBS}/{job.id}/retry").status_code == 422
    client.submit(f"{JOBS}/{job.id}/deletion")
    again = _reload(job.id)
    assert again is not None
    assert again.state == "running"


def test_a_job_is_deleted_with_its_attempts(client: FormClient) -> None:
    job = make_job("failed")
    db.session.add(JobAttempt(job_id=job.id, number=1, outcome="error", finished_at=clock.now()))
    db.session.commit()
    job_id = job.id
    assert client.submit(f"{JOBS}/{job_id}/deletion").status_code == 303
    assert not db.session.scalars(select(Job)).all()
    assert not db.session.scalars(select(JobAttempt)).all()
    assert db.session.scalars(select(AuditEntry.action)).all() == ["job.deleted"]


def test_a_job_that_is_gone_is_not_found(client: FormClient) -> None:
    assert client.get(f"{JOBS}/4711").status_code == 404
    assert client.submit(f"{JOBS}/4711/retry").status_code == 404


def test_a_bad_search_is_told_in_place(client: FormClient) -> None:
    answer = client.get(f"{JOBS}?q=queue:nowhere", headers=FRAGMENT)
    assert answer.status_code == 422
    assert "There is no queue" in answer.text
    assert "<html" not in answer.text


def test_bulk_shows_how_many_before_it_acts(client: FormClient) -> None:
    for state in ("failed", "failed", "done", "running"):
        make_job(state)
    search = {"q": "queue:crawl", "action": "retry"}
    preview = client.submit(f"{JOBS}/bulk/preview", search)
    assert "Retry 2 jobs" in preview.text
    assert (
        "Delete 4 jobs"
        in client.submit(f"{JOBS}/bulk/preview", {**search, "action": "delete"}).text
    )
    assert {job.state for job in db.session.scalars(select(Job))} == {"failed", "done", "running"}


def test_bulk_retry_takes_the_failed_ones_only(client: FormClient) -> None:
    for state in ("failed", "failed", "done", "running"):
        make_job(state)
    make_job("failed", queue="index")
    client.submit(f"{JOBS}/bulk", {"q": "queue:crawl", "action": "retry"})
    states = sorted(job.state for job in db.session.scalars(select(Job)))
    assert states == ["done", "failed", "queued", "queued", "running"]
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.after) == ("jobs.retried", {"jobs": 2})


def test_bulk_delete_spares_what_runs(client: FormClient) -> None:
    for state in ("failed", "done", "queued", "running"):
        make_job(state)
    client.submit(f"{JOBS}/bulk", {"q": "queue:crawl", "action": "delete"})
    assert [job.state for job in db.session.scalars(select(Job))] == ["running"]


@pytest.mark.parametrize("data", [{"action": "explode"}, {"q": "state:x", "action": "retry"}])
def test_a_forged_bulk_does_nothing(client: FormClient, data: dict[str, str]) -> None:
    make_job("failed")
    assert client.submit(f"{JOBS}/bulk", data).status_code in (404, 422)
    assert [job.state for job in db.session.scalars(select(Job))] == ["failed"]


def test_arguments_are_shown_as_text_not_as_markup(client: FormClient) -> None:
    job = make_job("failed", arguments={"page_id": "<script>alert(1)</script>"})
    page = client.get(f"{JOBS}/{job.id}").text
    assert "<script>alert" not in page
    assert json.dumps("<script>alert(1)</script>")[1:-1].replace("<", "&lt;")[:10] in page


def test_changed_arguments_are_offered_only_where_they_can_be_taken(client: FormClient) -> None:
    open_job = make_job("failed")
    unknown = make_job("failed", task="tests.of_another_release", arguments={"secret": "x"})
    assert "Retry with these arguments" in client.get(f"{JOBS}/{open_job.id}").text
    page = client.get(f"{JOBS}/{unknown.id}").text
    assert "Retry with these arguments" not in page
    assert "can only be run again as it is" in page
    assert "readonly" in page
    given = {"arguments": "{}"}
    assert client.submit(f"{JOBS}/{unknown.id}/retry", given).status_code == 422
