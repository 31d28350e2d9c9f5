"""Starts what watches a process, in the process itself, after it was forked."""

import atexit
import logging
from collections.abc import Callable
from functools import cache
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from pitchbar.core import error_reports, tracing
from pitchbar.observability.settings import ObservabilitySettings
from pitchbar.observability.telling import start_telling
from pitchbar.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)


def start_watching(settings: Settings, process: str) -> None:
    """`process` is its kind, such as "web". Nothing is loaded for what is not set; what cannot be
    started is said in the log, and the process works without it.
    """
    own = settings[ObservabilitySettings]
    start_telling(settings.redis_url)
    if own.sentry_dsn:
        _try("SENTRY_DSN", lambda: _start_sentry(settings, process))
    if own.otel_exporter_otlp_endpoint:
        _try("OTEL_EXPORTER_OTLP_ENDPOINT", lambda: _start_tracing(settings, process))


def start_watching_app(app: "Flask", process: str) -> None:
    """The same with the settings that are stored in the application."""
    with app.app_context():
        app.extensions["stored_settings"].look(at_once=True)
    start_watching(app.extensions["settings"], process)


def _start_sentry(settings: Settings, process: str) -> None:
    from pitchbar.clients.error_reports import SentryReporter

    own = settings[ObservabilitySettings]
    reporter = SentryReporter(
        own.sentry_dsn, release=release(), environment=settings.app_env, process=process
    )
    error_reports.set_reporter(reporter.report)
    _at_end(reporter.close)


def _start_tracing(settings: Settings, process: str) -> None:
    from pitchbar.clients.telemetry import OtlpTracer

    own = settings[ObservabilitySettings]
    tracer = OtlpTracer(
        own.otel_exporter_otlp_endpoint,
        own.otlp_headers,
        share=own.otel_traces_sampler_arg,
        service=f"pitchbar-{process}",
        version=release(),
        environment=settings.app_env,
    )
    tracing.set_tracer(tracer)
    _at_end(tracer.close)


def _at_end(close: Callable[[], None]) -> None:
    atexit.register(close)
    # Children of multiprocessing end without asking atexit.
    Finalize(None, close, exitpriority=0)


def _try(name: str, start: Callable[[], None]) -> None:
    try:
        start()
    except Exception as error:
        log.error("%s is set, and nothing is sent there: %s", name, error)


@cache
def release() -> str:
    # Here, as most processes need it never.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pitchbar")
    except PackageNotFoundError:
        return "unknown"
