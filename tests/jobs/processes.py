"""Supervisors and schedulers as real processes, which a test may kill."""

import os
import signal
from pathlib import Path

import psutil

from pitchbar.core.assets import ROOT
from pitchbar.settings import Settings
from tests.support.warm_process import WarmProcess

_PROGRAM = """
import sys
from pitchbar import create_app
import pitchbar.jobs.tasks
from pitchbar.jobs.workers import Supervisor, WorkerOptions
from pitchbar.jobs.transport import transport
from pitchbar.settings import load_settings
import tests.jobs.sample_tasks

def make_app():
    transport.connect(settings.redis_url, settings.data_dir)
    return create_app(settings)

settings = load_settings()
processes, drain, memory = int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
options = WorkerOptions(processes, drain, memory)
Supervisor(make_app, settings.database_url, sys.argv[1].split(","), options).run()
"""


_SCHEDULER = """
import signal
from pitchbar.jobs.workers import Scheduler
from pitchbar.settings import load_settings

scheduler = Scheduler(load_settings().database_url, [])
signal.signal(signal.SIGTERM, lambda *_: scheduler.stop())
print("scheduler is ready", flush=True)
scheduler.run()
"""


class Workers:
    """Starts `pitchbar work` as a program; knows its children."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._log = folder / "workers.log"
        self._started: list[WarmProcess] = []
        self._environment = os.environ | {
            "APP_ENV": settings.app_env,
            "APP_KEY": settings.app_key,
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "LOG_LEVEL": "INFO",
            "PYTHONPATH": str(ROOT),
        }

    def start(
        self, queues: str, *, processes: int = 1, drain: float = 10.0, memory_mb: int = 0
    ) -> WarmProcess:
        return self._run(_PROGRAM, queues, str(processes), str(drain), str(memory_mb))

    def start_scheduler(self) -> WarmProcess:
        return self._run(_SCHEDULER)

    def _run(self, program: str, *arguments: str) -> WarmProcess:
        with self._log.open("ab") as log:
            process = WarmProcess(
                program, *arguments, env=self._environment, stdout=log, stderr=log
            )
        self._started.append(process)
        return process

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def children(self) -> list[psutil.Process]:
        return [child for one in self._started for child in children_of(one.pid)]

    def kill_all(self) -> None:
        family = self.children()
        for process in self._started:
            process.kill()
            process.wait(10)
        for child in family:
            stop(child, signal.SIGKILL)


def children_of(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


def stop(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
