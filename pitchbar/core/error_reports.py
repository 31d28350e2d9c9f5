"""Where errors are reported to, beside the log: whoever starts the process may name somebody.

What is logged with level ERROR and above is reported by itself.
"""

import logging
from collections.abc import Callable, Mapping

from pitchbar.core.figures import ERRORS

Report = Callable[[BaseException, Mapping[str, str]], None]
_report: Report | None = None
# Their own trouble must not come back to them.
_SILENT = ("sentry_sdk", "opentelemetry", "urllib3")


def set_reporter(report: Report | None) -> None:
    global _report  # one for the process
    _report = report


def report_error(error: BaseException, **tags: str) -> None:
    """For errors that the log tells as less than one, such as a job that is tried again."""
    if _report is not None:
        _report(error, tags)


class ErrorHandler(logging.Handler):
    """Counts what went wrong, and reports it where that is wanted."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_SILENT):
            return
        ERRORS.add(1, ".".join(record.name.split(".")[:2]))
        error = record.exc_info[1] if record.exc_info else None
        if _report is not None:
            _report(error or LoggedError(_text_of(record)), {"logger": record.name})


class LoggedError(Exception):
    """Stands for a line of the log that came without an exception."""


def _text_of(record: logging.LogRecord) -> str:
    # structlog hands a dict to the standard library.
    if isinstance(record.msg, dict):
        return str(record.msg.get("event", ""))
    return record.getMessage()
