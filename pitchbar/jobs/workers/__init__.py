"""The processes and threads that run jobs, and the scheduler's."""

from pitchbar.jobs.workers.embedded import start_embedded_consumers
from pitchbar.jobs.workers.scheduler import Scheduler
from pitchbar.jobs.workers.supervisor import Supervisor
from pitchbar.jobs.workers.worker_process import WorkerOptions

__all__ = ["Scheduler", "Supervisor", "WorkerOptions", "start_embedded_consumers"]
