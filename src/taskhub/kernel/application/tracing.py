"""Traces: what was done for one request or one piece of work in the background, as spans that say how long each part took.

Recording a span costs a microsecond: it is a tuple, and what OpenTelemetry wants to know of it is made when it is sent
(`kernel/infrastructure/background/trace_export.py`, decision 43).
"""

import random
import re
from collections import deque
from collections.abc import Awaitable, Iterable
from enum import IntEnum
from time import monotonic
from typing import NamedTuple, TypeVar

MAX_WAITING = 20_000
"""How many spans wait to be sent at most: some megabytes. Beyond that, the oldest are dropped."""

T = TypeVar("T")
Attributes = tuple[tuple[str, str | int], ...]

_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_REQUEST_ID = re.compile(r"([0-9a-f]{32})-([0-9a-f]{16})")
_SAMPLED = 1


class SpanKind(IntEnum):
    """As OpenTelemetry numbers them."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    CONSUMER = 5


class SpanContext(NamedTuple):
    """A span of any process, as others name it."""

    trace_id: int
    span_id: int
    is_sampled: bool = True


class Span(NamedTuple):
    """``began`` and ``ended``: in seconds of `time.monotonic`. ``error``: the name of its class."""

    context: SpanContext
    parent_id: int
    name: str
    kind: SpanKind
    began: float
    ended: float
    attributes: Attributes
    links: tuple[SpanContext, ...]
    error: str | None


class Trace:
    """The spans of one request, or one piece of work in the background. Parts come one after the other."""

    __slots__ = ("_began", "_kind", "_links", "_parent", "_parent_id", "_spans", "_tracer", "context")

    def __init__(self, tracer: "Tracer", kind: SpanKind, context: SpanContext, parent_id: int) -> None:
        self.context = context
        self._tracer = tracer
        self._kind = kind
        self._parent_id = parent_id
        self._parent = context.span_id
        self._links: tuple[SpanContext, ...] = ()
        self._spans: list[Span] = []
        self._began = monotonic()

    @property
    def request_id(self) -> str:
        """What finds this trace from a log, a problem or an event."""
        return f"{self.context.trace_id:032x}-{self.context.span_id:016x}"

    @property
    def traceparent(self) -> str:
        """The header for whoever is called in the name of this."""
        return f"00-{self.context.trace_id:032x}-{self.context.span_id:016x}-01"

    def link_to(self, request_id: str | None) -> None:
        """Says that this was woken by what a request did. Its id tells its trace, unless its client has chosen the id."""
        if request_id and (found := _REQUEST_ID.fullmatch(request_id)):
            self._links = (*self._links, SpanContext(int(found[1], 16), int(found[2], 16)))

    def add(
        self, name: str, kind: SpanKind, began: float, ended: float, attributes: Attributes, error: BaseException | None
    ) -> None:
        """A part that is over."""
        context = SpanContext(self.context.trace_id, random.getrandbits(64))
        self._spans.append(Span(context, self._parent, name, kind, began, ended, attributes, (), _name_of(error)))

    async def within(self, name: str, work: Awaitable[T]) -> T:
        """A part that has parts of its own."""
        outer, self._parent, began = self._parent, random.getrandbits(64), monotonic()
        error: BaseException | None = None
        try:
            return await work
        except BaseException as raised:
            error = raised
            raise
        finally:
            context, self._parent = SpanContext(self.context.trace_id, self._parent), outer
            span = Span(context, outer, name, SpanKind.INTERNAL, began, monotonic(), (), (), _name_of(error))
            self._spans.append(span)

    def finish(self, name: str, attributes: Attributes, error: str | None = None) -> None:
        """Hands all spans over to be sent."""
        whole = Span(self.context, self._parent_id, name, self._kind, self._began, monotonic(), attributes, self._links, error)
        self._tracer.take((*self._spans, whole))

    def discard(self) -> None:
        """Nothing of it is worth being kept."""
        self._tracer = _NOWHERE


class Tracer:
    """Decides what is recorded, and keeps it until it is sent.

    Attributes:
        finished: spans that wait to be sent.
        dropped: how many were given up, because too many waited or nobody took them.
    """

    def __init__(self, sample: float, *, max_waiting: int = MAX_WAITING) -> None:
        """``sample``: the part of all that is recorded, from 0 to 1, where no caller has decided."""
        self.finished: deque[Span] = deque(maxlen=max_waiting)
        self.dropped = 0
        self._sample = sample

    def begin(self, kind: SpanKind, parent: SpanContext | None = None) -> Trace | None:
        """None where this is not recorded. Whoever called decides: all of a trace is there, or nothing."""
        if parent is not None:
            context = SpanContext(parent.trace_id, random.getrandbits(64))
            return Trace(self, kind, context, parent.span_id) if parent.is_sampled else None
        if random.random() >= self._sample:
            return None
        return Trace(self, kind, SpanContext(random.getrandbits(128), random.getrandbits(64)), 0)

    def take(self, spans: tuple[Span, ...]) -> None:
        assert self.finished.maxlen is not None
        self.dropped += max(len(self.finished) + len(spans) - self.finished.maxlen, 0)
        self.finished.extend(spans)


class _Nowhere(Tracer):
    def take(self, spans: tuple[Span, ...]) -> None:
        pass


_NOWHERE = _Nowhere(0)


def span_context_of(headers: Iterable[tuple[bytes, bytes]]) -> SpanContext | None:
    """The caller's span as the header `traceparent` names it (W3C Trace Context); None where there is none."""
    for name, value in headers:
        if name == b"traceparent" and (found := _TRACEPARENT.fullmatch(value)):
            trace_id, span_id = int(found[1], 16), int(found[2], 16)
            if trace_id and span_id:
                return SpanContext(trace_id, span_id, bool(int(found[3], 16) & _SAMPLED))
    return None


def _name_of(error: BaseException | None) -> str | None:
    return None if error is None else type(error).__name__
