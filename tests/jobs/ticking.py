"""Tasks for ticks to run, and a tick in a process of its own."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pitchbar.jobs import AttemptError, Queue, Release, task
from tests.support.warm_process import WarmProcess

RAN: list[str] = []
LEASE_SECONDS = 2.0
_PROGRAM = "from tests.jobs import ticking; ticking.main()"


@task(queue=Queue.CRAWL, name="ticking.crawl")
def crawl(word: str) -> None:
    RAN.append(word)


@task(queue=Queue.INDEX, name="ticking.index")
def index(word: str) -> None:
    RAN.append(word)


@task(queue=Queue.DEFAULT, name="ticking.mail")
def mail(word: str) -> None:
    RAN.append(word)


@task(queue=Queue.ANALYTICS, name="ticking.deliver")
def deliver() -> None:
    RAN.append("analytics")


@task(queue=Queue.DEFAULT, name="ticking.mark")
def mark() -> None:
    RAN.append("mark")


@task(queue=Queue.DEFAULT, name="ticking.nap")
def nap(seconds: float) -> None:
    time.sleep(seconds)


@task(queue=Queue.DEFAULT, name="ticking.wait_for")
def wait_for(path: str) -> None:
    """Until the test lets it go on."""
    while not Path(path).exists():
        time.sleep(0.05)


@task(queue=Queue.DEFAULT, tries=1, name="ticking.break_down")
def break_down() -> None:
    raise ValueError("it broke")


@task(queue=Queue.DEFAULT, tries=2, waits=[60], name="ticking.stumble")
def stumble() -> None:
    raise ValueError("it stumbled")


@task(queue=Queue.CRAWL, name="ticking.come_back")
def come_back() -> None:
    raise Release(60)


@task(queue=Queue.DEFAULT, tries=1, timeout=60, name="ticking.cling")
def cling(path: str) -> None:
    """Catches whatever an ordinary task might catch, and goes on."""
    while True:
        try:
            time.sleep(30)
        except Exception:
            continue


@cling.failed
def note_failure(error: AttemptError, path: str) -> None:
    Path(path).write_text(f"{error.outcome}: {error.message}")


@task(queue=Queue.DEFAULT, tries=1, timeout=1, name="ticking.hold_everything")
def hold_everything() -> None:
    """Never gives Python the chance to answer a signal."""
    sum(range(10**15))


class TickProcess:
    """A tick in a process of its own; its answer is the last line that it prints."""

    def __init__(self, database_url: str, data_dir: Path, *limits: float) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "APP_ENV": "preview",
            "APP_KEY": "a key for tests only, long enough to be one",
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data_dir),
            "LOG_LEVEL": "WARNING",
        }
        folder = Path(tempfile.mkdtemp(dir=data_dir))
        self._files = folder / "out", folder / "err"
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            self.process = WarmProcess(
                _PROGRAM, *map(str, limits), env=environment, stdout=out, stderr=err
            )

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None

    def said(self) -> tuple[str, str]:
        """What it printed and its errors, when it has ended."""
        self.process.wait(120)
        out, err = self._files
        return out.read_text(), err.read_text()

    def answer(self) -> dict[str, Any]:
        out, err = self.said()
        assert self.process.returncode == 0, err
        answer: dict[str, Any] = json.loads(out.splitlines()[-1])
        return answer

    def close(self) -> None:
        """Kills it where it still runs."""
        self.process.kill()
        self.process.wait(10)


def main() -> None:
    from pitchbar import create_app
    from pitchbar.jobs.ticks import lease, time_limit
    from pitchbar.jobs.ticks.tick import TickLimits, run_tick
    from pitchbar.settings import load_settings

    # As in life, only sooner.
    time_limit._GRACE_SECONDS = 0.5
    lease.LEASE_SECONDS, lease._HEARTBEAT_SECONDS = LEASE_SECONDS, 0.3
    limits = TickLimits(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(run_tick(create_app(load_settings()), limits)) + "\n")
