"""Tasks that do what real ones may do to a worker. They leave lines in a file as their trace."""

import logging
import os
import signal
import threading
import time
from pathlib import Path

from pitchbar.jobs import AttemptError, Fail, Queue, Release, check_deadline, current_job, task

log = logging.getLogger(__name__)
hanging = threading.Event()
"""Lets go of tasks that hang, at the end of a test."""


def write_line(path: str, line: str) -> None:
    """One write, so that lines of many processes do not mix."""
    with Path(path).open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def lines_of(path: str | Path) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


@task(queue=Queue.DEFAULT)
def note(path: str, line: str = "ran") -> None:
    write_line(path, line)


@task(queue=Queue.CRAWL, tries=30, timeout=30)
def note_slowly(path: str, line: str, seconds: float) -> None:
    time.sleep(seconds)
    write_line(path, f"{line} {time.time()}")


@task(queue=Queue.DEFAULT, tries=3, waits=[0, 0])
def stumble(path: str, times: int) -> None:
    """Fails `times` times, then is done."""
    write_line(path, "try")
    job = current_job()
    assert job is not None
    if job.attempt <= times:
        raise ValueError(f"stumbled over\x00 {job.attempt} \ud800")


@stumble.failed
def stumbled(error: AttemptError, path: str, times: int) -> None:
    write_line(path, f"gave up: {error.outcome} {error.error_class}")


@task(queue=Queue.DEFAULT, tries=2, waits=[0])
def talk(words: str) -> None:
    """Logs, fails, and logs again."""
    log.info("says %s", words)
    job = current_job()
    assert job is not None
    if job.attempt == 1:
        raise ValueError


@task(queue=Queue.DEFAULT, tries=3, waits=[30, 90])
def try_with_waits() -> None:
    raise ValueError("never works")


@task(queue=Queue.DEFAULT, tries=3)
def refuse(path: str) -> None:
    raise Fail("The site forbids it.")


@refuse.failed
def refused(error: AttemptError, path: str) -> None:
    write_line(path, f"{error.outcome}: {error.message}")


@task(queue=Queue.DEFAULT, tries=1)
def release_once(path: str, seconds: float) -> None:
    write_line(path, "run")
    job = current_job()
    assert job is not None
    if job.attempt == 1:
        raise Release(seconds)


@task(queue=Queue.CRAWL, tries=1, timeout=1)
def hang(path: str) -> None:
    """Catches all that can be caught, so only force ends it."""
    write_line(path, "hangs")
    until = time.monotonic() + 30
    while time.monotonic() < until and not hanging.is_set():
        try:
            hanging.wait(0.2)
        except BaseException:
            write_line(path, "caught")


@hang.failed
def hung(error: AttemptError, path: str) -> None:
    write_line(path, f"{error.outcome}: {error.message}")


@task(queue=Queue.CRAWL, tries=1, timeout=1)
def loop_politely(path: str) -> None:
    while True:
        check_deadline()
        time.sleep(0.05)


@task(queue=Queue.CRAWL, tries=2)
def kill_own_worker(path: str) -> None:
    write_line(path, "kills")
    os.kill(os.getpid(), signal.SIGKILL)


@kill_own_worker.failed
def killed_them_all(error: AttemptError, path: str) -> None:
    write_line(path, f"gave up: {error.outcome}")


@task(queue=Queue.INGESTION, unique_until="start")
def drain_inbox(path: str) -> None:
    write_line(path, "drained")


@task(queue=Queue.CRAWL, tries=1)
def eat_memory(path: str, megabytes: int) -> None:
    _eaten.append(bytearray(os.urandom(1024)) * (megabytes * 1024))
    write_line(path, str(os.getpid()))


_eaten: list[bytearray] = []


@task(queue=Queue.DEFAULT, tries=1)
def tick_tock() -> None:
    """Scheduled in tests of the schedule."""
