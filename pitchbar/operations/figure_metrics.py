"""What the processes counted themselves, in Prometheus' form: one series for each process."""

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from pitchbar.core.figures import Histogram, ProcessFigures, families
from pitchbar.core.redis_client import Breaker, connect_redis
from pitchbar.observability.telling import list_figures
from pitchbar.settings import current_settings

_TIMEOUT_SECONDS = 0.25
_breaker = Breaker("reading the figures of processes")


def collect_figures() -> Iterator[Metric]:
    """Of those that have told something lately; with Redis away, of this one alone."""
    told = _list()
    for family in families():
        labels = [*family.labels, "process"]
        made: HistogramMetricFamily | CounterMetricFamily
        if isinstance(family, Histogram):
            made = HistogramMetricFamily(family.name, family.help_text, labels=labels)
        else:
            made = CounterMetricFamily(family.name, family.help_text, labels=labels)
        for process in told:
            for own_labels, value in process.values.get(family.name, ()):
                key = [*own_labels, process.process]
                if isinstance(made, HistogramMetricFamily):
                    _add_histogram(made, key, value, family)
                else:
                    made.add_metric(key, value)
        yield made
    seen = GaugeMetricFamily(
        "pitchbar_process_seen_seconds", "When a process told its figures", labels=["process"]
    )
    for process in told:
        seen.add_metric([process.process], process.told_at)
    yield seen


def _add_histogram(
    made: HistogramMetricFamily, key: list[str], counts: list[float], family: object
) -> None:
    assert isinstance(family, Histogram)  # noqa: S101  # asked where it is called
    edges = [*map(str, family.bounds), "+Inf"]
    if len(counts) != len(edges) + 1:
        # Of another release, with other buckets.
        return
    *in_buckets, total = counts
    up_to, buckets = 0.0, []
    for edge, count in zip(edges, in_buckets, strict=True):
        up_to += count
        buckets.append((edge, up_to))
    made.add_metric(key, buckets, total)


def _list() -> list[ProcessFigures]:
    url = current_settings().redis_url
    if not url:
        return list_figures()
    redis = connect_redis(url, _TIMEOUT_SECONDS)
    return _breaker.call(lambda: list_figures(redis), list_figures())
