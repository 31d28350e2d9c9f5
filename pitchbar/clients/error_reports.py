"""Sentry, as far as errors are reported there. Nothing else imports its library.

What leaves is the error with its stack, and a few ids: no body, no cookie, no header, no address of
a visitor, no local variable, and texts without whatever opens something.
"""

import logging
from collections.abc import Mapping
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.utils import event_from_exception

from pitchbar.core.error_reports import LoggedError
from pitchbar.core.redaction import redact, redact_all
from pitchbar.core.tracing import request_id, traceparent

log = logging.getLogger(__name__)
# Whatever else is installed: every server reads it.
_PACKED: Any = {"transport_compression_algo": "gzip"}
# Of an event, all else is left out.
_KEPT = frozenset(
    {"event_id", "timestamp", "platform", "level", "logger", "exception", "message", "tags"}
    | {"release", "environment", "sdk", "contexts", "fingerprint", "type"}
)
_KEPT_OF_FRAME = frozenset({"filename", "function", "module", "lineno", "in_app", "context_line"})


class SentryReporter:
    """Args:
    process: what kind it is, such as "web".
    """

    def __init__(self, dsn: str, *, release: str, environment: str, process: str) -> None:
        self._process = process
        sentry_sdk.init(
            dsn=dsn,
            release=release,
            environment=environment,
            server_name="",
            # None that looks into requests, logs or other libraries.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[DedupeIntegration()],
            before_send=_scrub,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            shutdown_timeout=2,
            _experiments=_PACKED,
        )

    def report(self, error: BaseException, tags: Mapping[str, str]) -> None:
        """Hands it to a thread of the library; never raises, never waits."""
        try:
            known = {"process": self._process, **tags}
            if found := request_id():
                known["request_id"] = found
            if parent := traceparent():
                known["trace_id"] = parent.split("-")[1]
            sentry_sdk.capture_event(_event(error, known))
        except Exception:
            log.debug("an error could not be reported", exc_info=True)

    def close(self) -> None:
        """Sends what is left."""
        sentry_sdk.flush(timeout=2)

    def end(self) -> None:
        """From here on nothing is sent any more."""
        sentry_sdk.get_client().close(timeout=2)
        sentry_sdk.get_global_scope().set_client(None)


def _event(error: BaseException, tags: dict[str, str]) -> Any:
    if isinstance(error, LoggedError):
        return {"level": "error", "message": str(error), "tags": tags}
    options = sentry_sdk.get_client().options
    event, _hint = event_from_exception(error, client_options=options)
    return {**event, "tags": tags}


def _scrub(event: Any, _hint: Any) -> Any:
    kept = {name: value for name, value in event.items() if name in _KEPT}
    if "message" in kept:
        kept["message"] = redact(str(kept["message"]))[:2000]
    contexts = kept.get("contexts", {})
    kept["contexts"] = {name: contexts[name] for name in ("runtime", "trace") if name in contexts}
    for one in kept.get("exception", {}).get("values", ()):
        one["value"] = redact(str(one.get("value", "")))[:2000]
        one.pop("mechanism", None)
        for frame in one.get("stacktrace", {}).get("frames", ()):
            for name in frame.keys() - _KEPT_OF_FRAME:
                del frame[name]
    kept["tags"] = redact_all(kept.get("tags", {}))
    return kept
