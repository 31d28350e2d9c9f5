"""Tells operators by mail when a queue waits longer than its threshold, or scans do."""

from datetime import timedelta

from pitchbar.analytics.reconciliation.models import ReconciledHour
from pitchbar.analytics.reconciliation.queries import list_rebuilt_since, list_wrong_since
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.operations.models import QueueAlarm
from pitchbar.operations.queue_figures import QueueNow, load_queues
from pitchbar.operations.scan_health import find_scan_health
from pitchbar.operations.settings import OperationsSettings
from pitchbar.scans.spool_figures import SpoolFigures
from pitchbar.settings import Settings, current_settings

# Stand among the queues' names, and are none of them.
_SPOOL, _SCANS = "(spool)", "(scans)"
COOL_DOWN = timedelta(minutes=60)


def raise_alarms() -> list[str]:
    """Mails about each queue over its threshold, at most once an hour; returns their names.

    A queue that is paused waits because somebody wants it to.
    """
    settings = current_settings()
    limits = settings[OperationsSettings].queue_wait_thresholds
    late = [
        queue
        for queue in load_queues()
        if queue.paused_at is None and queue.figures.oldest_wait_ms > limits[queue.name] * 1000
    ]
    told = [queue for queue in late if _mark_alarm(queue.name)]
    for queue in told:
        _mail_operators(queue, settings)
    return [queue.name for queue in told]


def raise_spool_alarm() -> bool:
    """Mails when accepted scans wait too long or are in memory alone, at most once an hour."""
    settings, health = current_settings(), find_scan_health()
    if not health.late or not _mark_alarm(_SPOOL):
        return False
    for email in settings[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/spool_waits",
            to=email,
            subject="Accepted scans wait to be stored",
            spools=[_describe(spool) for spool in health.late],
            link=f"{settings.app_url}/ops/queues/ingestion",
            link_label="Open the queue",
        )
    return True


def raise_reconciliation_alarm() -> bool:
    """Mails when hours looked at lately do not come to what was accepted, at most once an hour."""
    settings, since = current_settings(), clock.now() - COOL_DOWN
    rebuilt = list_rebuilt_since(since)
    hours = [*list_wrong_since(since), *(row for row in rebuilt if row.state != "missing")]
    if not hours or not _mark_alarm(_SCANS):
        return False
    for email in settings[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/scans_differ",
            to=email,
            subject="Scans do not come to what was accepted",
            hours=[_describe_hour(row) for row in hours[:20]],
            link=f"{settings.app_url}/ops/reconciliation",
            link_label="Open the reconciliation",
        )
    return True


def _describe_hour(row: ReconciledHour) -> str:
    told = [f"{row.difference} of {row.accepted} scans missing"] if row.state == "missing" else []
    if row.rollup_differences:
        told.append(f"{len(row.rollup_differences)} figures differed from the scans")
    return f"{row.hour_at:%Y-%m-%d %H:%M} UTC: {', '.join(told)}."


def _describe(spool: SpoolFigures) -> str:
    """Plain, as arguments of a mail are."""
    parts = [f"the oldest of its {spool.kind} waits since {spool.wait_seconds:.0f} s"]
    if spool.held_bytes:
        parts.append(
            f"{spool.held_lines} {spool.kind} are in memory alone, as the disk refuses them"
        )
    if spool.dropped:
        parts.append(f"{spool.dropped} {spool.kind} were dropped since the process started")
    return f"{spool.process}: {'; '.join(parts)}."


def _mark_alarm(name: str) -> bool:
    """False while the last one is not long ago."""
    alarm = db.session.get(QueueAlarm, name)
    if alarm is not None and abs(clock.now() - alarm.told_at) < COOL_DOWN:
        return False
    db.session.merge(QueueAlarm(queue=name, told_at=clock.now()))
    return True


def _mail_operators(queue: QueueNow, settings: Settings) -> None:
    minutes = max(1, round(queue.figures.oldest_wait_ms / 60_000))
    for email in settings[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/queue_waits",
            to=email,
            subject=f"The queue {queue.name} waits since {minutes} min",
            queue=queue,
            minutes=minutes,
            threshold=settings[OperationsSettings].queue_wait_thresholds[queue.name],
            link=f"{settings.app_url}/ops/queues/{queue.name}",
            link_label="Open the queue",
        )
