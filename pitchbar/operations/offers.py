"""The operators' pages in the command palette, for operators alone."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.core.features import Offer
from pitchbar.operations.access import is_operator

_PAGES = (
    ("queues.index", "layers", "Queues"),
    ("jobs.index", "list", "Jobs"),
    ("queues.failures", "triangle-alert", "Failures"),
    ("queues.workers", "cpu", "Workers"),
    ("schedule.index", "calendar-clock", "Schedule"),
    ("reconciliation.index", "circle-check", "Reconciliation"),
    ("release.index", "gauge", "Release check"),
    ("service_settings.index", "settings", "Outside services"),
    ("security.index", "ban", "Content policy"),
)


def offer_pages() -> Iterator[Offer]:
    if not is_operator():
        return
    for endpoint, icon, label in _PAGES:
        yield Offer("Operations", icon, label, url_for(endpoint), words="ops operations")
