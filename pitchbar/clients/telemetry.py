"""OpenTelemetry: spans sent by OTLP over HTTP. Nothing else imports its libraries.

Make it in the process that is to send, after it was forked: a thread of its own sends them.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from pitchbar.core.tracing import Kind, Span, Value

_KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
}
_PROPAGATOR = TraceContextTextMapPropagator()
_SEND_EVERY_MS = 2_000
_TIMEOUT_SECONDS = 5
# It says with each batch that nobody is there.
_NOISY = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class _OwnSpan:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def set(self, name: str, value: Value) -> None:
        self._span.set_attribute(name, value)


class OtlpTracer:
    """Args:
    endpoint: of the collector, without the path, such as http://127.0.0.1:4318.
    headers: sent with each batch, such as a key.
    share: of the traces that are kept.
    """

    def __init__(
        self,
        endpoint: str,
        headers: Mapping[str, str],
        *,
        share: float,
        service: str,
        version: str,
        environment: str,
    ) -> None:
        resource = Resource.create(
            {
                "service.name": service,
                "service.version": version,
                "service.namespace": "pitchbar",
                "deployment.environment.name": environment,
            }
        )
        exporter = OTLPSpanExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/traces",
            headers=dict(headers),
            timeout=_TIMEOUT_SECONDS,
        )
        logging.getLogger(_NOISY).setLevel(logging.CRITICAL)
        self._provider = TracerProvider(
            resource=resource, sampler=ParentBased(TraceIdRatioBased(share))
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, schedule_delay_millis=_SEND_EVERY_MS)
        )
        self._tracer = self._provider.get_tracer("pitchbar")

    @contextmanager
    def span(
        self, name: str, kind: Kind, parent: str | None, attributes: dict[str, Value]
    ) -> Iterator[Span]:
        within = _PROPAGATOR.extract({"traceparent": parent}) if parent else None
        made = self._tracer.start_span(
            name, context=within, kind=_KINDS[kind], attributes={**attributes}
        )
        token = contexts.attach(trace.set_span_in_context(made, within))
        try:
            yield _OwnSpan(made)
        except BaseException as error:
            # Its kind alone: the text of an error may hold what people sent.
            made.set_status(Status(StatusCode.ERROR))
            made.set_attribute("error.type", type(error).__qualname__)
            raise
        finally:
            contexts.detach(token)
            made.end()

    def record(
        self, name: str, started_ns: int, ended_ns: int, attributes: dict[str, Value]
    ) -> None:
        made = self._tracer.start_span(name, start_time=started_ns, attributes={**attributes})
        made.end(ended_ns)

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        return carrier.get("traceparent")

    def close(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()
