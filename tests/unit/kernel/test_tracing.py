"""Traces are taken over from callers, have parts, and never take more memory than they may."""

import pytest

from taskhub.kernel.application.initiator import background_work, current_trace
from taskhub.kernel.application.tracing import Span, SpanContext, SpanKind, Trace, Tracer, span_context_of

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = SpanContext(int(TRACE_ID, 16), int(SPAN_ID, 16))


def begun(tracer: Tracer, parent: SpanContext | None = None) -> Trace:
    trace = tracer.begin(SpanKind.SERVER, parent)
    assert trace is not None
    return trace


def by_name(tracer: Tracer) -> dict[str, Span]:
    return {span.name: span for span in tracer.finished}


@pytest.mark.parametrize(
    ("header", "context"),
    [
        (f"00-{TRACE_ID}-{SPAN_ID}-01", PARENT),
        (f"00-{TRACE_ID}-{SPAN_ID}-00", PARENT._replace(is_sampled=False)),
        (f"cc-{TRACE_ID}-{SPAN_ID}-03-what-comes-later", PARENT),
        (f"ff-{TRACE_ID}-{SPAN_ID}-01", None),
        (f"00-{'0' * 32}-{SPAN_ID}-01", None),
        (f"00-{TRACE_ID}-{'0' * 16}-01", None),
        (f"00-{TRACE_ID.upper()}-{SPAN_ID}-01", None),
        ("", None),
    ],
)
def test_the_span_of_the_caller_is_read(header: str, context: SpanContext | None) -> None:
    assert span_context_of([(b"accept", b"*/*"), (b"traceparent", header.encode())]) == context


def test_without_a_caller_a_trace_begins() -> None:
    assert span_context_of([(b"accept", b"*/*")]) is None
    tracer = Tracer(1.0)
    begun(tracer).finish("GET /v1", ())
    (span,) = tracer.finished
    assert span.parent_id == 0


def test_a_trace_is_taken_over_and_handed_on() -> None:
    trace = begun(Tracer(0.0), PARENT)
    assert trace.context.trace_id == PARENT.trace_id
    assert span_context_of([(b"traceparent", trace.traceparent.encode())]) == trace.context
    assert trace.context.span_id != PARENT.span_id


def test_a_caller_that_does_not_record_decides_for_all() -> None:
    assert Tracer(1.0).begin(SpanKind.SERVER, PARENT._replace(is_sampled=False)) is None


def test_nothing_is_recorded_where_nothing_is_sampled() -> None:
    assert Tracer(0.0).begin(SpanKind.SERVER) is None


async def test_parts_belong_to_what_they_are_done_in() -> None:
    tracer = Tracer(1.0)
    trace = begun(tracer)

    async def work() -> int:
        trace.add("commit insert tasks", SpanKind.CLIENT, 1.0, 2.0, (), None)
        return 7

    assert await trace.within("use case create_task", work()) == 7
    trace.add("after it", SpanKind.CLIENT, 3.0, 4.0, (), None)
    trace.finish("POST tasks", ())

    spans = by_name(tracer)
    whole = spans["POST tasks"].context.span_id
    assert spans["commit insert tasks"].parent_id == spans["use case create_task"].context.span_id
    assert spans["use case create_task"].parent_id == spans["after it"].parent_id == whole
    assert {span.context.trace_id for span in tracer.finished} == {trace.context.trace_id}


async def test_a_part_that_fails_says_with_what() -> None:
    tracer = Tracer(1.0)
    trace = begun(tracer)

    async def fail() -> None:
        raise ValueError("secret")

    with pytest.raises(ValueError, match="secret"):
        await trace.within("use case change_task", fail())
    trace.finish("PATCH task", ())
    assert by_name(tracer)["use case change_task"].error == "ValueError"
    assert "secret" not in str(tracer.finished)


def test_the_id_of_a_request_tells_its_trace() -> None:
    tracer = Tracer(1.0)
    request, other = begun(tracer), begun(tracer)
    other.link_to(request.request_id)
    other.link_to("chosen by a client")
    other.link_to(None)
    other.finish("subscriber", ())
    assert [span.links for span in tracer.finished] == [(request.context,)]


def test_work_in_the_background_is_a_trace_of_its_own() -> None:
    tracer = Tracer(1.0)
    with background_work("purge sessions", tracer) as trace:
        assert current_trace() is trace
    assert current_trace() is None
    with pytest.raises(KeyError), background_work("purge tokens", tracer):
        raise KeyError
    assert [(span.name, span.error) for span in tracer.finished] == [("purge sessions", None), ("purge tokens", "KeyError")]


def test_what_is_discarded_is_not_kept() -> None:
    tracer = Tracer(1.0)
    with background_work("subscriber", tracer) as trace:
        assert trace is not None
        trace.discard()
    assert not tracer.finished


def test_no_more_spans_wait_than_may_and_the_oldest_are_dropped() -> None:
    tracer = Tracer(1.0, max_waiting=2)
    for name in ("one", "two", "three"):
        begun(tracer).finish(name, ())
    assert [span.name for span in tracer.finished] == ["two", "three"]
    assert tracer.dropped == 1
