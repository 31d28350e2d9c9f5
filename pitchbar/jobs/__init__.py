"""Background jobs, as features see them: declare a task, enqueue it, steer it from within.

    @task(queue=Queue.DEFAULT, schedule=every.day_at("03:10"))
    def purge_old() -> None: ...

The ledger (a row for each job, in the database) is the truth of what is to be done. Huey only
carries messages that say which row is due. Inside are three rooms: `ledger`, the rows; `workers`,
the processes and threads that run jobs; `ticks`, bounded passes where there are no workers.
"""

from pitchbar.jobs import triggers as every
from pitchbar.jobs.attempts import AttemptError, Fail, Release
from pitchbar.jobs.context import check_deadline, current_job, seconds_left
from pitchbar.jobs.declaration import Task, list_scheduled_tasks, list_tasks, shown_arguments, task
from pitchbar.jobs.ledger.enqueueing import enqueue
from pitchbar.jobs.ledger.forgetting import forget_jobs
from pitchbar.jobs.ledger.heartbeats import find_living_worker
from pitchbar.jobs.queues import QUEUES, Queue, parse_queues
from pitchbar.jobs.schedule import enqueue_scheduled
from pitchbar.jobs.transport import connect_transport

__all__ = [
    "QUEUES",
    "AttemptError",
    "Fail",
    "Queue",
    "Release",
    "Task",
    "check_deadline",
    "connect_transport",
    "current_job",
    "enqueue",
    "enqueue_scheduled",
    "every",
    "find_living_worker",
    "forget_jobs",
    "list_scheduled_tasks",
    "list_tasks",
    "parse_queues",
    "seconds_left",
    "shown_arguments",
    "task",
]
