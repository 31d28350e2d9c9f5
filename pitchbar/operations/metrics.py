"""`/metrics`: the queues in Prometheus' text form, the same from whichever process is asked."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from pitchbar.accounts.access import open_to_all
from pitchbar.errors import NotFound
from pitchbar.operations.access import is_operator
from pitchbar.operations.figure_metrics import collect_figures
from pitchbar.operations.queue_figures import load_queues
from pitchbar.operations.scan_health import find_scan_health
from pitchbar.operations.settings import OperationsSettings
from pitchbar.operations.totals import BOUNDS_MS, load_totals
from pitchbar.settings import Settings, current_settings

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
@open_to_all
def show() -> Response:
    """For `Bearer METRICS_TOKEN`; without that setting for operators in development only."""
    settings = current_settings()
    if not _may_read(settings):
        raise NotFound
    registry = CollectorRegistry()
    registry.register(QueueCollector())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(settings: Settings) -> bool:
    if not settings[OperationsSettings].metrics_token:
        return settings.is_development and is_operator()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings[OperationsSettings].metrics_token.encode())


class QueueCollector(Collector):
    """Reads the ledger at each scrape."""

    def collect(self) -> Iterator[Metric]:
        yield from _gauges()
        yield from _counters()
        yield from _spools()
        yield from collect_figures()

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []


def _gauges() -> Iterator[Metric]:
    help_texts = {
        "depth": "Jobs that are due and wait",
        "delayed": "Jobs that are not due yet",
        "running": "Jobs that run",
        "workers": "Workers seen in the last 20 seconds",
        "paused": "1 while the queue is paused",
    }
    families = {
        name: GaugeMetricFamily(f"pitchbar_queue_{name}", text, labels=["queue"])
        for name, text in help_texts.items()
    }
    oldest = GaugeMetricFamily(
        "pitchbar_queue_oldest_wait_seconds", "How long the oldest due job waits", labels=["queue"]
    )
    for queue in load_queues():
        families["depth"].add_metric([queue.name], queue.figures.depth)
        families["delayed"].add_metric([queue.name], queue.delayed)
        families["running"].add_metric([queue.name], queue.figures.running)
        families["workers"].add_metric([queue.name], queue.workers)
        families["paused"].add_metric([queue.name], queue.paused_at is not None)
        oldest.add_metric([queue.name], queue.figures.oldest_wait_ms / 1000)
    yield from families.values()
    yield oldest


def _spools() -> Iterator[Metric]:
    gauges = {
        "wait_seconds": "How long the oldest scan waits to be stored",
        "files": "Files of scans that wait",
        "file_bytes": "Their size",
        "held_lines": "Scans that the disk refused and memory holds",
        "held_bytes": "Their size, and that of those on their way",
    }
    counters = {
        "refused": "Scans that the disk refused",
        "dropped": "Scans that neither disk nor memory took: they are lost",
    }
    families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {
        name: GaugeMetricFamily(f"pitchbar_spool_{name}", text, labels=["process"])
        for name, text in gauges.items()
    }
    for name, text in counters.items():
        families[name] = CounterMetricFamily(f"pitchbar_spool_{name}", text, labels=["process"])
    health = find_scan_health()
    for spool in health.spools:
        for name, family in families.items():
            family.add_metric([spool.process], float(getattr(spool, name)))
    yield from families.values()
    redis = GaugeMetricFamily("pitchbar_redis_up", "1 while Redis answers")
    if health.redis:
        redis.add_metric([], health.redis != "down")
        yield redis


def _counters() -> Iterator[Metric]:
    labels = ["queue", "task"]
    done = CounterMetricFamily("pitchbar_jobs_done", "Jobs that ended well", labels=labels)
    failed = CounterMetricFamily("pitchbar_jobs_failed", "Jobs that failed for good", labels=labels)
    wait = HistogramMetricFamily(
        "pitchbar_job_wait_seconds", "From due to the last start", labels=labels
    )
    run = HistogramMetricFamily("pitchbar_job_run_seconds", "The last attempt", labels=labels)
    for key, total in sorted(load_totals().items()):
        done.add_metric(key, total.done)
        failed.add_metric(key, total.failed)
        wait.add_metric(key, _buckets(total.waits, total.count), total.wait_ms / 1000)
        run.add_metric(key, _buckets(total.runs, total.count), total.run_ms / 1000)
    yield from (done, failed, wait, run)


def _buckets(counts: dict[int, int], count: int) -> list[tuple[str, float]]:
    edges = [(str(bound / 1000), float(counts.get(bound, 0))) for bound in BOUNDS_MS]
    return [*edges, ("+Inf", float(count))]
