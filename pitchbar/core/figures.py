"""Counters and histograms of this process, which `/metrics` shows beside those of the others.

Adding to one is a lock and an addition: the redirect can afford it.
"""

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Labels = tuple[str, ...]

# Seconds.
_SHORT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)
_USUAL = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counter:
    """`name` is without the `_total` that Prometheus sees."""

    def __init__(self, name: str, help_text: str, *labels: str) -> None:
        self.name, self.help_text, self.labels = name, help_text, labels
        self._values: dict[Labels, float] = {}
        _families[name] = self

    def add(self, count: float = 1, *labels: str) -> None:
        with _lock:
            self._values[labels] = self._values.get(labels, 0.0) + count

    def read(self) -> dict[Labels, float]:
        with _lock:
            return dict(self._values)

    def reset(self) -> None:
        self._values.clear()


class Histogram:
    """Of seconds. What is read is, by labels, how many fell into each bucket, and their sum."""

    def __init__(
        self, name: str, help_text: str, *labels: str, bounds: tuple[float, ...] = _USUAL
    ) -> None:
        self.name, self.help_text, self.labels, self.bounds = name, help_text, labels, bounds
        self._counts: dict[Labels, list[float]] = {}
        _families[name] = self

    def observe(self, seconds: float, *labels: str) -> None:
        place = bisect_left(self.bounds, seconds)
        with _lock:
            counts = self._counts.get(labels)
            if counts is None:
                counts = self._counts[labels] = [0.0] * (len(self.bounds) + 2)
            counts[place] += 1
            counts[-1] += seconds

    @contextmanager
    def timed(self, *labels: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - began, *labels)

    def read(self) -> dict[Labels, list[float]]:
        with _lock:
            return {labels: list(counts) for labels, counts in self._counts.items()}

    def reset(self) -> None:
        self._counts.clear()


Family = Counter | Histogram
_lock = threading.Lock()
_families: dict[str, Family] = {}


REQUESTS = Histogram(
    "pitchbar_http_request_seconds",
    "Requests to pages and API, by kind, up to the first byte of the answer",
    "kind",
    "status",
)
REDIRECTS = Histogram(
    "pitchbar_redirect_seconds", "Requests to the edge, by kind", "kind", bounds=_SHORT
)
SCANS_ACCEPTED = Counter("pitchbar_scans_accepted", "Scans that a process accepted", "kind")
SCANS_STORED = Counter("pitchbar_scans_stored", "Scans that a process stored")
FIRST_TOKEN = Histogram(
    "pitchbar_first_token_seconds", "From a visitor's message to the first word of the answer"
)
RETRIEVAL = Histogram("pitchbar_retrieval_seconds", "Searches for passages")
PAGES_FETCHED = Histogram("pitchbar_page_fetch_seconds", "Pages fetched from sites", "outcome")
ERRORS = Counter("pitchbar_errors", "Lines in the log of level ERROR and above", "logger")
POLICY_REPORTS = Counter(
    "pitchbar_csp_reports", "What browsers refused by the content security policy", "directive"
)


def families() -> list[Family]:
    return [*_families.values()]


@dataclass(frozen=True)
class ProcessFigures:
    """All that one process has counted; `values` by family, then as pairs of labels and value."""

    process: str
    told_at: float
    values: dict[str, list[Any]]


def read_here(process: str) -> ProcessFigures:
    values = {
        one.name: [[list(labels), value] for labels, value in one.read().items()]
        for one in families()
    }
    return ProcessFigures(
        process, time.time(), {name: kept for name, kept in values.items() if kept}
    )


def _reset_in_child() -> None:
    """What was counted is the parent's."""
    global _lock  # it may be held by a thread that the child does not have
    _lock = threading.Lock()
    for one in families():
        one.reset()


os.register_at_fork(after_in_child=_reset_in_child)
