"""Sends what a `Tracer` has recorded to a collector, by OTLP over HTTP as JSON."""

import asyncio
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from time import monotonic, time
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from taskhub.kernel.application.tracing import Span, Tracer

if TYPE_CHECKING:
    import httpcore2

SEND_SECONDS = 1.0
"""How often what waits is sent."""
ANSWER_SECONDS = 5.0
CLOSE_SECONDS = 0.4
"""For what still waits when the process ends: nobody waits longer for it."""
MAX_SPANS = 500
"""Of one message: two milliseconds of work, between which requests are served."""
ERROR = 2
"""The status of OpenTelemetry for what failed."""

_HEADERS: Sequence[tuple[bytes | str, bytes | str]] = [("content-type", "application/json")]

log = structlog.get_logger("taskhub.traces")
_encode = msgspec.json.Encoder().encode


class TraceExporter:
    """One for each process. What can't be sent is dropped, and counted: a collector that is away must not fill the memory."""

    def __init__(self, tracer: Tracer, url: str) -> None:
        """``url``: where a collector takes traces, such as `http://127.0.0.1:4318/v1/traces`."""
        self._tracer = tracer
        self._url = url
        self._resource = {"attributes": _attributes(_resource())}
        self._is_away = False

    async def run(self) -> None:
        """Works until cancelled, and then sends what is left, if that goes fast."""
        import httpcore2  # noqa: PLC0415  # Takes a while, and most starts need none.

        async with httpcore2.AsyncConnectionPool(max_connections=1) as client:
            try:
                while True:
                    await asyncio.sleep(SEND_SECONDS)
                    await self._send_all(client)
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await self._send_all(client)

    async def _send_all(self, client: "httpcore2.AsyncConnectionPool") -> None:
        waiting = self._tracer.finished
        while waiting:
            spans = [waiting.popleft() for _ in range(min(len(waiting), MAX_SPANS))]
            try:
                await self._send(client, spans)
            except BaseException:
                self._tracer.dropped += len(spans)
                raise

    async def _send(self, client: "httpcore2.AsyncConnectionPool", spans: Sequence[Span]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await client.request("POST", self._url, headers=_HEADERS, content=self._message(spans))
            problem = None if answer.status < 300 else f"status {answer.status}"
        except Exception as error:  # Whatever the collector does: requests don't notice.
            problem = type(error).__name__
        if problem is not None:
            self._tracer.dropped += len(spans)
            if not self._is_away:
                log.warning("the collector takes no traces", problem=problem)
        self._is_away = problem is not None

    def _message(self, spans: Sequence[Span]) -> bytes:
        since = time() - monotonic()
        scope = {"scope": {"name": "taskhub"}, "spans": [_span(span, since) for span in spans]}
        return _encode({"resourceSpans": [{"resource": self._resource, "scopeSpans": [scope]}]})


def _resource() -> tuple[tuple[str, str | int], ...]:
    return (
        ("service.name", os.environ.get("OTEL_SERVICE_NAME", "taskhub")),
        ("service.version", version("taskhub")),
        ("service.instance.id", f"{platform.node()}-{os.getpid()}"),
        ("host.name", platform.node()),
        ("process.pid", os.getpid()),
    )


def _span(span: Span, since: float) -> dict[str, Any]:
    """As OTLP's JSON has it: ids in hexadecimal digits, numbers of 64 bits as texts."""
    return {
        "traceId": f"{span.context.trace_id:032x}",
        "spanId": f"{span.context.span_id:016x}",
        "parentSpanId": f"{span.parent_id:016x}" if span.parent_id else "",
        "name": span.name,
        "kind": int(span.kind),
        "startTimeUnixNano": str(int((since + span.began) * 1e9)),
        "endTimeUnixNano": str(int((since + span.ended) * 1e9)),
        "attributes": _attributes(span.attributes),
        "links": [{"traceId": f"{link.trace_id:032x}", "spanId": f"{link.span_id:016x}"} for link in span.links],
        "status": {} if span.error is None else {"code": ERROR, "message": span.error},
    }


def _attributes(attributes: tuple[tuple[str, str | int], ...]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}}
        for key, value in attributes
    ]
