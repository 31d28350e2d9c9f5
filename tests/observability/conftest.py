from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pitchbar.core import error_reports, tracing
from tests.support.collectors import SentBack, collector


@pytest.fixture
def received() -> Iterator[SentBack]:
    with collector() as found:
        yield found


@pytest.fixture
def tracer(received: SentBack) -> Iterator[Callable[[], SentBack]]:
    """A tracer at work; calling it sends what there is, and gives what was received."""
    from pitchbar.clients.telemetry import OtlpTracer

    made = OtlpTracer(
        received.url,
        {"api-key": "of-the-collector"},
        share=1.0,
        service="pitchbar-test",
        version="1",
        environment="test",
    )
    tracing.set_tracer(made)

    def flush() -> SentBack:
        made._provider.force_flush()
        return received

    yield flush
    tracing.set_tracer(None)
    made.close()


@pytest.fixture
def sentry(received: SentBack) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    from pitchbar.clients.error_reports import SentryReporter

    made = SentryReporter(received.dsn, release="1.2.3", environment="test", process="web")
    error_reports.set_reporter(made.report)

    def flush() -> list[dict[str, Any]]:
        made.close()
        return received.events

    yield flush
    error_reports.set_reporter(None)
    made.end()
