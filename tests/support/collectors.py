"""Sentry and an OpenTelemetry collector on this machine, as far as they receive."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.loopback import Answer, LoopbackServer, Request


@dataclass
class SentBack:
    """What came: envelopes of Sentry, and batches of spans."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    spans: list["ReceivedSpan"] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        return f"{self.url.replace('://', '://public@')}/7"

    def named(self, name: str) -> list["ReceivedSpan"]:
        return [one for one in self.spans if one.name == name]

    def take(self, request: Request) -> Answer:
        self.headers.append(request.headers)
        body = request.body
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.raw.append(body)
        if request.path == "/v1/traces":
            self._take_spans(body)
            return Answer(200, b"", "application/x-protobuf")
        assert request.path == "/api/7/envelope/", request.path
        assert request.headers.get("Content-Encoding") in (None, "gzip"), request.headers
        _head, *items = body.split(b"\n")
        for kind, item in zip(items[::2], items[1::2], strict=False):
            if json.loads(kind)["type"] == "event":
                self.events.append(json.loads(item))
        return Answer(200, b"{}")

    def _take_spans(self, body: bytes) -> None:
        batch = ExportTraceServiceRequest.FromString(body)
        for resource in batch.resource_spans:
            about = {one.key: one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [ReceivedSpan.of(one, about) for one in scope.spans]


@dataclass(frozen=True)
class ReceivedSpan:
    name: str
    id: str
    trace_id: str
    parent_id: str
    kind: int
    seconds: float
    is_error: bool
    attributes: dict[str, Any]
    resource: dict[str, str]

    @classmethod
    def of(cls, span: Any, resource: dict[str, str]) -> "ReceivedSpan":
        attributes = {
            one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes
        }
        seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
        ids = span.span_id.hex(), span.trace_id.hex(), span.parent_span_id.hex()
        is_error = span.status.code == 2
        return cls(span.name, *ids, span.kind, seconds, is_error, attributes, resource)


@contextmanager
def collector() -> Iterator[SentBack]:
    received = SentBack()
    server = LoopbackServer(received.take)
    received.url = server.url
    try:
        yield received
    finally:
        server.stop()
