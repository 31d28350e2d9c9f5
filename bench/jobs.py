"""The ledger against bare Huey, and its promise under fire.

    bin/bench jobs speed                  enqueue cost and jobs/s of one worker, beside bare Huey
    bin/bench jobs kills                  1,000 jobs on Redis and PostgreSQL, and embedded, while
                                          workers are killed with SIGKILL at random
    bin/bench jobs pages                  dashboard queries over 1,000,000 rows, on both databases

Times differ from machine to machine: read the ratios. `--where embedded` leaves out the servers,
and `--jobs`, `--rounds` and `--rows` make it short.
"""

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pitchbar.settings import Settings, load_settings
from tests.jobs.processes import Workers, stop
from tests.support.servers import memory_folder, postgres_server, redis_server


@dataclass
class Bench:
    settings: Settings
    folder: Path


@contextmanager
def at_scale() -> Iterator[Bench]:
    """Real PostgreSQL and Redis."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        memory = memory_folder(folder)
        server = stack.enter_context(postgres_server(memory))
        redis_url = stack.enter_context(redis_server(folder))
        server.prepare(lambda url: _migrate(_settings(folder, url, redis_url)))
        with server.database() as url:
            yield Bench(_settings(folder, url, redis_url), folder)


@contextmanager
def embedded() -> Iterator[Bench]:
    """SQLite for both."""
    with tempfile.TemporaryDirectory() as name:
        settings = _settings(Path(name), "", "")
        _migrate(settings)
        yield Bench(settings, Path(name))


def _settings(folder: Path, database_url: str, redis_url: str) -> Settings:
    values = {"DATA_DIR": str(folder), "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    key = "a key for benches only, long enough to be one"
    return load_settings({"APP_ENV": "preview", "APP_KEY": key, "LOG_LEVEL": "ERROR", **values})


def _migrate(settings: Settings) -> None:
    from flask_migrate import upgrade

    from pitchbar.extensions import db

    with _app(settings).app_context():
        upgrade()
        db.engine.dispose()


def _app(settings: Settings) -> Any:
    from pitchbar import create_app

    return create_app(settings)


# --- speed ---------------------------------------------------------------------------------------


def speed(bench: Bench, jobs: int, rounds: int) -> None:
    """Both in turn, round by round, so that a busy machine slows both."""
    times = [(*_bare_huey(bench, jobs), *_ledger(bench, jobs)) for _ in range(rounds)]
    bare_in, bare_run, ours_in, ours_more, ours_run = map(
        statistics.median, zip(*times, strict=True)
    )
    where = "Redis and PostgreSQL" if bench.settings.redis_url else "SQLite (embedded)"
    print(f"{where}, median of {rounds} rounds of {jobs} trivial jobs, one worker")
    print(f"  enqueue   bare {bare_in * 1e6:6.0f} µs   ledger {ours_in * 1e6:6.0f} µs with a "
          f"transaction each, ratio {bare_in / ours_in:.2f}; {ours_more * 1e6:.0f} µs for one more "
          f"in a transaction, ratio {bare_in / ours_more:.2f}")  # fmt: skip
    print(f"  run       bare {1 / bare_run:6.0f} /s   ledger {1 / ours_run:6.0f} /s   "
          f"ratio {bare_run / ours_run:.2f}   (target 0.40 on Redis)")  # fmt: skip


def _bare_huey(bench: Bench, jobs: int) -> tuple[float, float]:
    """Seconds for each enqueue and each run, as Huey's own worker does it."""
    from huey import RedisHuey, SqliteHuey

    huey: Any
    if bench.settings.redis_url:
        huey = RedisHuey("bare", url=bench.settings.redis_url, results=False)
    else:
        huey = SqliteHuey("bare", filename=str(bench.folder / "bare.db"), results=False)
        huey.storage.conn.execute("PRAGMA synchronous=NORMAL")
    nothing = huey.task()(_nothing)
    seconds = _each(lambda: nothing(1), jobs)
    worker = huey.create_consumer(periodic=False)._create_worker()
    return seconds, _each(worker.loop, jobs)


def _nothing(number: int) -> None:
    pass


def _ledger(bench: Bench, jobs: int) -> tuple[float, float, float]:
    from pitchbar.extensions import db
    from pitchbar.jobs import enqueue
    from pitchbar.jobs.ledger.connection import LedgerConnection
    from pitchbar.jobs.ledger.models import DONE, Job
    from pitchbar.jobs.transport import RECEIVE_SECONDS
    from pitchbar.jobs.workers.consumer import Consumer, WorkerControl, drain
    from pitchbar.jobs.workers.current_job import CurrentJob

    declared = _declare_nothing()
    app = _app(bench.settings)
    ledger = LedgerConnection(bench.settings.database_url)

    def enqueue_one() -> None:
        enqueue(declared, 1)
        db.session.commit()

    with app.app_context():
        before = db.session.scalar(select(func.count()).where(Job.state == DONE)) or 0
        enqueueing = _each(enqueue_one, jobs)
        started = time.perf_counter()
        for _ in range(jobs):
            enqueue(declared, 1)
        db.session.commit()
        within = (time.perf_counter() - started) / jobs
        consumer = Consumer(
            "bench/1/default", "default", app, ledger, WorkerControl(), CurrentJob()
        )
        started = time.perf_counter()
        drain(consumer, seconds=600)
        # The last look waits for a message that does not come.
        running = (time.perf_counter() - started - RECEIVE_SECONDS) / (jobs * 2)
        done = db.session.scalar(select(func.count()).where(Job.state == DONE)) or 0
        assert done - before == jobs * 2, f"{done - before} done"
        db.session.remove()
        db.engine.dispose()
    ledger.close()
    return enqueueing, within, running


def _declare_nothing() -> Any:
    from pitchbar.jobs import Queue, task
    from pitchbar.jobs.declaration import find_task

    return find_task("bench.nothing") or task(queue=Queue.DEFAULT, name="bench.nothing")(_nothing)


def _each(step: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - started) / times


# --- kills ---------------------------------------------------------------------------------------


def kills(bench: Bench, jobs: int, every: float) -> None:
    """Workers of two supervisors; one in six kills takes a whole supervisor, children and all."""
    from pitchbar.extensions import db
    from pitchbar.jobs import enqueue
    from pitchbar.jobs.ledger.models import DONE, FAILED, Job
    from tests.jobs.sample_tasks import lines_of, note_slowly

    trace = bench.folder / "trace"
    workers = Workers(bench.settings, bench.folder)
    chance = random.Random(11)
    with _app(bench.settings).app_context():
        parents = [workers.start("crawl", processes=2) for _ in range(2)]
        count = {"worker": 0, "supervisor": 0}
        started = time.monotonic()
        for number in range(jobs):
            enqueue(note_slowly, str(trace), str(number), 0.03)
            db.session.commit()
        next_kill = started
        while True:
            db.session.rollback()
            ended = db.session.scalar(select(func.count()).where(Job.state.in_((DONE, FAILED))))
            if ended == jobs or time.monotonic() > started + 300:
                break
            if time.monotonic() >= next_kill:
                next_kill = time.monotonic() + every * chance.uniform(0.5, 1.5)
                _kill_one(chance, workers, parents, count)
            time.sleep(0.05)
        seconds = time.monotonic() - started
        done = db.session.scalar(select(func.count()).where(Job.state == DONE))
        waits = _delays(db.session.execute(select(Job.created_at, Job.finished_at)).all())
        db.session.remove()
        db.engine.dispose()
    workers.kill_all()
    runs = Counter(line.split()[0] for line in lines_of(trace))
    where = "Redis and PostgreSQL" if bench.settings.redis_url else "SQLite for ledger and queue"
    print(f"{where}: {done} of {jobs} done in {seconds:.0f} s; "
          f"killed {count['worker']} workers and {count['supervisor']} supervisors; "
          f"{len(runs)} ran, {sum(runs.values()) - len(runs)} ran twice; "
          f"from enqueue to done: median {statistics.median(waits):.1f} s, "
          f"longest {max(waits):.1f} s")  # fmt: skip


def _kill_one(
    chance: random.Random, workers: Workers, parents: list[Any], count: dict[str, int]
) -> None:
    if chance.random() < 1 / 6:
        place = chance.randrange(len(parents))
        os.kill(parents[place].pid, signal.SIGKILL)
        parents[place].wait()
        parents[place] = workers.start("crawl", processes=2)
        count["supervisor"] += 1
    elif children := workers.children():
        stop(chance.choice(children), signal.SIGKILL)
        count["worker"] += 1


def _delays(rows: Any) -> list[float]:
    return [(end - start).total_seconds() for start, end in rows if end is not None]


# --- pages ---------------------------------------------------------------------------------------


def pages(bench: Bench, rows: int) -> None:
    from pitchbar.extensions import db

    with _app(bench.settings).app_context():
        _fill(rows)
        where = "PostgreSQL" if bench.settings.redis_url else "SQLite"
        print(f"{where}, {rows} rows in the ledger: ms, median and p95 of 40")
        for name, query in _queries().items():
            times = [_time(query) for _ in range(40)]
            print(f"  {name:<46} {statistics.median(times):7.1f} {sorted(times)[37]:7.1f}")
        db.session.remove()
        db.engine.dispose()


def _time(query: Callable[[Any], object]) -> float:
    from pitchbar.extensions import db

    started = time.perf_counter()
    query(db.session())
    elapsed = (time.perf_counter() - started) * 1000
    db.session.rollback()
    return elapsed


def _fill(rows: int) -> None:
    """A week's ledger: mostly done, 1 % failed, 2 % waiting, tags on one in ten."""
    from datetime import timedelta

    from sqlalchemy import insert, text

    from pitchbar.core import clock
    from pitchbar.extensions import db
    from pitchbar.jobs.ledger.models import Job, JobTag
    from pitchbar.jobs.queues import QUEUES

    chance, at = random.Random(5), clock.now()
    for start in range(0, rows, 10_000):
        batch, tags = [], []
        for number in range(start + 1, min(start + 10_000, rows) + 1):
            created = at - timedelta(seconds=(rows - number) * 604_800 / rows)
            batch.append(_row(number, rows, created, chance, QUEUES))
            if number % 10 == 0:
                tags.append({"tag": f"source:{number % 5_000}", "job_id": number})
        db.session.execute(insert(Job), batch)
        db.session.execute(insert(JobTag), tags)
        db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE jobs" if db.engine.name != "sqlite" else "ANALYZE"))


def _row(number: int, rows: int, created: Any, chance: random.Random, queues: Any) -> Any:
    from datetime import timedelta

    waiting = number > rows - rows // 50
    failed = not waiting and chance.random() < 0.01
    ended = None if waiting else created + timedelta(milliseconds=chance.randrange(5_000))
    return {
        "id": number,
        "queue": str(queues[number % 5]),
        "task": f"feature.task_{number % 25}" if number % 1000 else "feature.rare",
        "arguments": {"source_id": number},
        "state": "queued" if waiting else "failed" if failed else "done",
        "timeout_seconds": 60,
        "tries": 3,
        "tries_used": 0 if waiting else 1,
        "attempt": 0 if waiting else 1,
        "created_at": created,
        "queued_at": created,
        "due_at": created,
        "send_at": None,
        "sent_at": created,
        "finished_at": ended,
        "wait_ms": None if waiting else chance.randrange(1_000),
        "run_ms": None if waiting else chance.randrange(4_000),
        "error_class": chance.choice(["ValueError", "httpx.ReadTimeout"]) if failed else None,
    }


def _queries() -> dict[str, Callable[[Session], object]]:
    """What the pages ask, by the search that an operator would type."""
    from datetime import timedelta

    from pitchbar.jobs.ledger.figures import list_figures
    from pitchbar.jobs.ledger.queries import count_jobs, group_failures, list_jobs
    from pitchbar.jobs.queues import QUEUES
    from pitchbar.operations.job_search import parse_search

    searches = (
        "",
        "queue:crawl state:failed",
        "state:running",
        "state:delayed",
        "task:feature.rare",
        "tag:source:40",
        "task:feature.task_3 state:failed age:>1d",
        "state:queued queue:index",
        "age:>5d",
        "no-such-word",
    )
    found: dict[str, Callable[[Session], object]] = {}
    for search in searches:
        name, wanted = search or "(all)", parse_search(search)
        found[f"list {name}"] = partial(list_jobs, wanted=wanted)
    for search in ("", "queue:crawl state:failed"):
        name, wanted = search or "(all)", parse_search(search)
        found[f"count {name}"] = partial(count_jobs, wanted=wanted)
    found["failures grouped"] = group_failures
    found["figures of 5 min"] = lambda session: list_figures(session, QUEUES, timedelta(minutes=5))
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["speed", "kills", "pages"])
    parser.add_argument("--where", choices=["both", "servers", "embedded"], default="both")
    parser.add_argument("--jobs", type=int, help="2,000 for speed, 1,000 for kills")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two kills")
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    shapes = {"servers": at_scale, "embedded": embedded}
    for name, shape in shapes.items():
        if chosen.where in ("both", name):
            with shape() as bench:
                _measure(bench, chosen)
            sys.stdout.flush()


def _measure(bench: Bench, chosen: argparse.Namespace) -> None:
    if chosen.what == "speed":
        speed(bench, chosen.jobs or 2_000, chosen.rounds)
    elif chosen.what == "kills":
        kills(bench, chosen.jobs or 1_000, chosen.every)
    else:
        pages(bench, chosen.rows)


if __name__ == "__main__":
    main()
