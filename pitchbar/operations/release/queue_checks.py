"""Whether what is to be done is done: workers, the scheduler, waits and failures."""

from datetime import timedelta

from sqlalchemy import func, select

from pitchbar.core import clock
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok, warning
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import FAILED, Job, ScheduleRun
from pitchbar.operations.queue_figures import load_queues
from pitchbar.operations.settings import OperationsSettings
from pitchbar.settings import current_settings

# Something is due each minute; two machines' clocks may differ a little.
_SCHEDULED = timedelta(minutes=3)
_LATELY = timedelta(hours=24)
# "failed jobs 0, alarm above 50"
_MOST_FAILED = 50
_BOUND = 10_000


def look_at_workers(_: Circumstances) -> Finding:
    queues = load_queues()
    idle = [one.name for one in queues if not one.workers]
    if idle:
        return failed(
            f"No worker serves {' and '.join(idle)}: its jobs wait, and are not lost.",
            f"Start one: `pitchbar work --queues {','.join(idle)}`",
        )
    paused = [one.name for one in queues if one.paused_at is not None]
    if paused:
        return warning(
            f"Every queue has a worker, but {' and '.join(paused)} "
            f"{'is' if len(paused) == 1 else 'are'} paused.",
            "Resume it on its page, when whoever paused it agrees.",
        )
    counts = ", ".join(f"{one.name} {one.workers}" for one in queues)
    return ok(f"Every queue has workers that were seen within seconds: {counts}.")


def look_at_waits(_: Circumstances) -> Finding:
    limits = current_settings()[OperationsSettings].queue_wait_thresholds
    late = [
        f"{one.name} since {one.figures.oldest_wait_ms / 1000:,.0f} s"
        for one in load_queues()
        if one.paused_at is None and one.figures.oldest_wait_ms > limits[one.name] * 1000
    ]
    if late:
        return failed(
            f"Jobs wait too long: {', '.join(late)}.",
            "Start more workers for it, and look which of its tasks takes long.",
        )
    since = clock.now() - _LATELY
    some = select(Job.id).where(Job.state == FAILED, Job.finished_at > since).limit(_BOUND)
    count = db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
    if count > _MOST_FAILED:
        return failed(
            f"{count:,} jobs failed in the last 24 hours.",
            "Look at the failures by task and error, mend the cause, and retry them.",
        )
    if count:
        return warning(
            f"Nothing waits too long; {count:,} {'job' if count == 1 else 'jobs'} failed in the "
            "last 24 hours.",
            "Look at the failures, and retry or delete them.",
        )
    return ok("Nothing waits too long, and no job failed in the last 24 hours.")


def look_at_scheduler(_: Circumstances) -> Finding:
    last = db.session.scalar(select(func.max(ScheduleRun.taken_at)))
    remedy = "Start one: `pitchbar schedule`. What was missed is made good once."
    if last is None:
        return failed("No scheduler has ever run.", remedy)
    age = clock.now() - last
    if age > _SCHEDULED:
        return failed(
            f"The scheduler was last seen {age.total_seconds() / 60:,.0f} minutes ago: no rollups, "
            "alerts, purges or backups are begun.",
            remedy,
        )
    return ok("The scheduler has begun something within the last minutes.")


CHECKS = (
    Check("workers", "Workers", "Queues", look_at_workers),
    Check("queue-health", "Waits and failures", "Queues", look_at_waits),
    Check("scheduler", "Scheduler", "Queues", look_at_scheduler),
)
