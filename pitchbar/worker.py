"""The processes that run in the background: workers and the scheduler."""

import signal
from collections.abc import Sequence
from types import FrameType

from pitchbar import create_app
from pitchbar.jobs.schedule import Scheduler
from pitchbar.jobs.transport import transport
from pitchbar.jobs.workers.supervisor import Supervisor
from pitchbar.jobs.workers.worker_process import WorkerOptions
from pitchbar.schedule import ENTRIES
from pitchbar.settings import Settings


def run_workers(settings: Settings, queues: Sequence[str], options: WorkerOptions) -> None:
    """Serves the queues until TERM; running jobs may end first."""
    Supervisor(lambda: create_app(settings), settings.database_url, queues, options).run()


def run_scheduler(settings: Settings) -> None:
    """Enqueues what is due each minute, until TERM."""
    create_app(settings)
    transport.connect(settings.redis_url, settings.data_dir)
    scheduler = Scheduler(settings.database_url, ENTRIES)

    def stop(_number: int, _frame: FrameType | None) -> None:
        scheduler.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.run()
