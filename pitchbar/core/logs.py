"""Structured logs: one line of JSON each, readable columns in development."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from pitchbar.core.error_reports import ErrorHandler
from pitchbar.core.redaction import redact_all
from pitchbar.core.tracing import traceparent


def set_up_logs(level: str, *, as_json: bool) -> None:
    """Routes structlog and the standard library through one renderer to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        # The columns of development draw an exception themselves, and warn when they cannot.
        shared.append(structlog.processors.format_exc_info)
    shared += [_add_trace, _hide_secrets]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The richer one prints local variables, passwords and tokens among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler, ErrorHandler()]
    root.setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _add_trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Where there are spans, a line tells which trace it belongs to."""
    if found := traceparent():
        event["trace_id"] = found.split("-")[1]
    return event


# Ours, and what is not text yet.
_PLAIN = frozenset(
    {"timestamp", "level", "logger", "request_id", "trace_id", "ms", "status", "at", "exc_info"}
)


def _hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    for name in event.keys() - _PLAIN:
        if not name.startswith("_"):
            event[name] = redact_all(event[name])
    return event
