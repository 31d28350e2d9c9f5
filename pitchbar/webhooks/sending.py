"""One attempt: a signed request to an endpoint, and what was answered to it."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pitchbar.clients.outbound import OutboundAnswer, OutboundError, send
from pitchbar.core import clock
from pitchbar.webhooks.signing import signed_headers

KEPT_BYTES = 4096
_MOST_HEADERS = 4096
_HEADERS = (("content-type", "application/json"), ("user-agent", "Pitchbar-Webhooks/1"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Due:
    """A delivery whose time has come."""

    delivery_id: int
    endpoint_id: int
    workspace_id: int
    message_id: str
    body: str
    tries: int
    # Of the request that caused the message; None where there was none, or many.
    request_id: str | None = None


@dataclass(frozen=True)
class Result:
    """How an attempt went; `status` is None where nothing was answered. `retry_after` is what the
    endpoint asked for, in seconds.
    """

    due: Due
    at: datetime
    elapsed_ms: int
    status: int | None
    error: str = ""
    request_headers: str = ""
    answer_headers: str = ""
    answer_body: str = ""
    answer_was_cut: bool = False
    retry_after: float | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Sender:
    """Sends to wherever the guard of outbound requests lets it; it follows no redirect, as a signed
    message is for that address alone.
    """

    timeout: float
    allow: frozenset[str]

    def attempt(self, due: Due, url: str, secrets: tuple[str, ...]) -> Result:
        """Never raises."""
        at, began = clock.now(), time.monotonic()
        if not secrets:
            said = "Its signing secret cannot be read any more. Make a new one."
            return Result(due, at, 0, None, said)
        headers = [*_HEADERS, *signed_headers(due.message_id, due.body, at, secrets)]
        if due.request_id:
            headers.append(("x-request-id", due.request_id))
        sent = _written(dict(headers))
        try:
            answer = send(
                "POST",
                url,
                headers=headers,
                content=due.body.encode(),
                timeout=self.timeout,
                max_bytes=KEPT_BYTES,
                allow=self.allow,
            )
        except OutboundError as error:
            return Result(due, at, _since(began), None, str(error)[:300], sent)
        except Exception as error:
            # Whatever it is, it is this endpoint's alone.
            said = f"The request failed ({type(error).__name__})."
            return Result(due, at, _since(began), None, said, sent)
        return _answered(due, at, answer, sent)


def _answered(due: Due, at: datetime, answer: OutboundAnswer, sent: str) -> Result:
    return Result(
        due,
        at,
        answer.elapsed_ms,
        answer.status,
        "" if 200 <= answer.status < 300 else say_status(answer.status),
        sent,
        _written(answer.headers),
        readable(answer.body[:KEPT_BYTES]),
        answer.was_cut,
        read_retry_after(answer.headers.get("retry-after", ""), at),
    )


def say_status(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered {status}: redirects are not followed. Enter the address it leads to."
    if status == 410:
        return "It answered 410: it does not want messages any more."
    if status == 429:
        return "It answered 429: too many messages at once."
    return f"It answered {status}."


def read_retry_after(text: str, now: datetime) -> float | None:
    """Seconds from now, of a number or a date; None where it says nothing that can be read."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(0.0, (at - now).total_seconds())


def readable(body: bytes) -> str:
    """As text that can be stored and shown."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", body.decode("utf-8", "replace"))


def _written(headers: Mapping[str, str]) -> str:
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", lines)[:_MOST_HEADERS]


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
