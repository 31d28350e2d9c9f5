"""Keeps what a job logs, so that its page can show it."""

import logging
from collections import deque
from contextvars import ContextVar

from pitchbar.core import clock
from pitchbar.core.redaction import redact

_MAX_LINES = 500
_MAX_CHARS = 32_000
_lines: ContextVar[deque[str] | None] = ContextVar("job_log", default=None)


class JobLogHandler(logging.Handler):
    """Copies records of the running job; each job runs in its own thread or process."""

    def emit(self, record: logging.LogRecord) -> None:
        lines = _lines.get()
        if lines is None:
            return
        at = clock.now().strftime("%H:%M:%S.%f")[:-3]
        lines.append(f"{at} {record.levelname:<7} {record.name} {redact(_text_of(record))}"[:2000])


def begin_log() -> None:
    """From here on this thread's records belong to a job."""
    _lines.set(deque(maxlen=_MAX_LINES))


def end_log() -> str | None:
    """The job's lines, the oldest cut off when they are too many; None when there are none."""
    lines = _lines.get()
    _lines.set(None)
    return "\n".join(lines)[-_MAX_CHARS:] if lines else None


def _text_of(record: logging.LogRecord) -> str:
    # structlog hands a dict to the standard library.
    if isinstance(record.msg, dict):
        event = dict(record.msg)
        rest = " ".join(f"{key}={value!r}" for key, value in event.items() if key != "event")
        return f"{event.get('event', '')} {rest}".strip()
    return record.getMessage()
