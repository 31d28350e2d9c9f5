"""The processes that run in the background: workers and the scheduler."""

import signal
from collections.abc import Sequence
from types import FrameType

from pitchbar import create_app
from pitchbar.jobs.workers import Scheduler, Supervisor, WorkerOptions
from pitchbar.settings import Settings


def run_workers(settings: Settings, queues: Sequence[str], options: WorkerOptions) -> None:
    """Serves the queues until TERM; running jobs may end first."""
    Supervisor(lambda: create_app(settings), settings.database_url, queues, options).run()


def run_scheduler(settings: Settings) -> None:
    """Enqueues what is due each minute, until TERM."""
    create_app(settings)
    scheduler = Scheduler(settings.database_url)

    def stop(_number: int, _frame: FrameType | None) -> None:
        scheduler.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.run()
