"""What the work at hand is done for: a request, or something in the background. Logs and traces name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from taskhub.kernel.application.tracing import SpanKind, Trace, Tracer


class Initiator(Protocol):
    @property
    def operation(self) -> str:
        """The method and the path of a route (`GET /v1/me`), or the kind and the name of work in the background."""

    @property
    def request_id(self) -> str | None:
        """None in the background."""

    @property
    def trace(self) -> Trace | None:
        """None where it is not recorded."""


@dataclass(frozen=True, slots=True)
class BackgroundWork:
    """``operation``: such as `purge sessions`."""

    operation: str
    trace: Trace | None = None
    request_id: str | None = None


current_initiator: ContextVar[Initiator | None] = ContextVar("current_initiator", default=None)
"""None where nobody said so, as in commands for operators."""


def current_trace() -> Trace | None:
    initiator = current_initiator.get()
    return None if initiator is None else initiator.trace


@contextmanager
def initiated_by(initiator: Initiator) -> Iterator[None]:
    """What is done in the block is done for this."""
    token = current_initiator.set(initiator)
    try:
        yield
    finally:
        current_initiator.reset(token)


@contextmanager
def background_work(operation: str, tracer: Tracer | None, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Trace | None]:
    """What is done in the block is done for this, and is a trace of its own, if that is recorded."""
    trace = None if tracer is None else tracer.begin(kind)
    error: str | None = None
    try:
        with initiated_by(BackgroundWork(operation, trace)):
            yield trace
    except BaseException as raised:
        error = type(raised).__name__
        raise
    finally:
        if trace is not None:
            trace.finish(operation, (), error)
