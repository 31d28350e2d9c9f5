"""Real worker processes, which are killed, hang and are told to stop."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import func, select

from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.ledger.administration import set_queue_paused
from pitchbar.jobs.ledger.models import Job, JobWorker
from pitchbar.jobs.ledger.queries import get_job, list_attempts
from tests.jobs.processes import Workers, stop
from tests.jobs.sample_tasks import (
    eat_memory,
    hang,
    kill_own_worker,
    lines_of,
    note,
    note_slowly,
)
from tests.support.servers import on_both_databases, on_postgresql
from tests.support.waiting import wait_until

Commit = Callable[[], None]


def count_jobs(state: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Job.state == state)) or 0


def outcomes_of(job_id: int | None) -> list[str]:
    assert job_id is not None
    db.session.rollback()
    return [one.outcome for one in list_attempts(db.session(), job_id)]


def fresh(job_id: int | None) -> Job:
    assert job_id is not None
    db.session.rollback()
    return get_job(db.session(), job_id)


def seen_workers() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(JobWorker)) or 0


@on_both_databases
def test_workers_run_what_waits_and_stop_when_told(
    commit: Commit, workers: Workers, trace: str
) -> None:
    for number in range(20):
        enqueue(note, trace, str(number))
    commit()
    parent = workers.start("default,crawl")
    wait_until(lambda: count_jobs("done") == 20)
    wait_until(lambda: seen_workers() == 2)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(60) == 0
    assert seen_workers() == 0


def test_hanging_job_is_killed_and_its_hook_told(
    commit: Commit, workers: Workers, trace: str
) -> None:
    job_id = enqueue(hang, trace)
    after = enqueue(note_slowly, trace, "next", 0)
    commit()
    workers.start("crawl")
    wait_until(lambda: fresh(after).state == "done", 60)
    wait_until(lambda: lines_of(trace)[-1].startswith("timeout"))
    assert lines_of(trace)[0] == "hangs"
    assert lines_of(trace)[-1] == "timeout: It ran longer than 1 s."
    assert fresh(job_id).state == "failed"
    attempt = list_attempts(db.session(), fresh(job_id).id)[0]
    assert attempt.outcome == "timeout"
    assert "in hang" in (attempt.traceback or "")


def test_poison_job_fails_after_its_tries_and_the_rest_go_on(
    commit: Commit, workers: Workers, trace: str
) -> None:
    poison = enqueue(kill_own_worker, trace)
    others = [enqueue(note_slowly, trace, str(number), 0) for number in range(5)]
    commit()
    workers.start("crawl")
    wait_until(lambda: fresh(poison).state == "failed", 60)
    wait_until(lambda: all(fresh(other).state == "done" for other in others))
    assert outcomes_of(poison) == ["lost", "lost"]
    wait_until(lambda: "gave up: lost" in lines_of(trace))


def test_term_lets_the_running_job_end(commit: Commit, workers: Workers, trace: str) -> None:
    first = enqueue(note_slowly, trace, "first", 2)
    second = enqueue(note_slowly, trace, "second", 0)
    commit()
    parent = workers.start("crawl")
    wait_until(lambda: count_jobs("running") == 1)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(60) == 0
    assert [fresh(first).state, fresh(second).state] == ["done", "queued"]


def test_drain_is_bounded_and_the_job_given_back_with_its_try(
    commit: Commit, workers: Workers, trace: str
) -> None:
    job_id = enqueue(note_slowly, trace, "long", 25)
    commit()
    parent = workers.start("crawl", drain=1)
    wait_until(lambda: count_jobs("running") == 1)
    parent.send_signal(signal.SIGTERM)
    # Long before the job would be over, whatever else the machine does.
    assert parent.wait(60) == 0
    assert lines_of(trace) == []
    job = fresh(job_id)
    assert (job.state, job.tries_used) == ("queued", 0)
    assert outcomes_of(job_id) == ["released"]


def test_children_follow_a_parent_that_was_killed(
    commit: Commit, workers: Workers, trace: str
) -> None:
    parent = workers.start("crawl,default")
    wait_until(lambda: seen_workers() == 2)
    children = workers.children()
    parent.kill()
    wait_until(lambda: not any(child.is_running() for child in children), 10)


def test_worker_that_grew_too_fat_is_replaced_after_its_job(
    commit: Commit, workers: Workers, trace: str
) -> None:
    job_id = enqueue(eat_memory, trace, 300)
    commit()
    workers.start("crawl", memory_mb=300)
    wait_until(lambda: fresh(job_id).state == "done")
    wait_until(lambda: "is replaced" in workers.log)
    after = enqueue(note_slowly, trace, "after", 0)
    commit()
    wait_until(lambda: fresh(after).state == "done")
    assert fresh(after).worker != fresh(job_id).worker


def test_paused_queue_waits_and_the_others_go_on(
    commit: Commit, workers: Workers, trace: str
) -> None:
    workers.start("crawl,default")
    wait_until(lambda: seen_workers() == 2)
    set_queue_paused(db.session(), "crawl", paused=True)
    commit()
    time.sleep(2.2)
    held = enqueue(note_slowly, trace, "held", 0)
    free = enqueue(note, trace)
    commit()
    wait_until(lambda: fresh(free).state == "done")
    time.sleep(2)
    assert fresh(held).state == "queued"
    set_queue_paused(db.session(), "crawl", paused=False)
    commit()
    wait_until(lambda: fresh(held).state == "done", 5)


@on_postgresql
def test_no_job_is_lost_while_workers_are_killed(
    redis_url: str, commit: Commit, workers: Workers, trace: str
) -> None:
    assert_all_done_in_spite_of_kills(commit, workers, trace, jobs=200)


def test_no_job_is_lost_while_workers_are_killed_embedded_storage(
    commit: Commit, workers: Workers, trace: str
) -> None:
    assert_all_done_in_spite_of_kills(commit, workers, trace, jobs=200)


def assert_all_done_in_spite_of_kills(
    commit: Commit, workers: Workers, trace: str, *, jobs: int
) -> None:
    for number in range(jobs):
        enqueue(note_slowly, trace, str(number), 0.02)
    commit()
    chance = random.Random(7)
    workers.start("crawl", processes=2)
    workers.start("crawl", processes=2)
    kills = before = 0
    until = time.monotonic() + 180
    while (done := count_jobs("done")) < jobs:
        assert time.monotonic() < until, f"{done} of {jobs} done"
        # In the middle of work: on a slow machine they would be killed while they start, for ever.
        if done > before and (children := workers.children()):
            stop(chance.choice(children), signal.SIGKILL)
            kills, before = kills + 1, done
        time.sleep(0.3)
    ran = Counter(line.split()[0] for line in lines_of(trace))
    assert sorted(map(int, ran)) == list(range(jobs))
    assert kills > 3
    assert sum(ran.values()) - jobs <= kills
