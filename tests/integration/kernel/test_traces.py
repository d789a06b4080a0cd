"""A request is a trace down to its statements, and reaches a collector."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.waiting import PATIENCE_SECONDS, eventually
from support.harness.webhook_receiver import answering, receiving
from taskhub.app import TaskHub
from taskhub.background import Background, running_loops
from taskhub.container import Container
from taskhub.kernel.application.tracing import Span, SpanKind, Tracer
from taskhub.kernel.infrastructure.background.trace_export import TraceExporter

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TASK = "PATCH /v1/workspaces/{workspace_id}/tasks/{task}"


@pytest.fixture
def container(database_url: str) -> Container:
    return make_container(database_url, traces_url="http://127.0.0.1:1/v1/traces")


@pytest.fixture
def tracer(container: Container) -> Tracer:
    assert container.tracer is not None
    return container.tracer


@pytest.fixture
async def traced(container: Container) -> AsyncIterator[Api]:
    """A client of a service that records traces, and runs nothing in the background."""
    app = TaskHub(container)
    async with container.database().opened(), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


def children(tracer: Tracer, parent: Span) -> list[Span]:
    return [span for span in tracer.finished if span.parent_id == parent.context.span_id]


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_a_request_has_a_use_case_and_that_its_statements(traced: Api, tracer: Tracer) -> None:
    task = await traced.add_task()
    tracer.finished.clear()
    answer = await traced.patch(f"tasks/{task['id']}", {"title": "Nobody traces this"})

    whole = tracer.finished[-1]
    assert (whole.name, whole.kind, whole.parent_id) == (TASK, SpanKind.SERVER, 0)
    (use_case,) = children(tracer, whole)
    assert use_case.name == "use case change_task"
    assert [span.name for span in children(tracer, use_case)] == [
        "tasks.repositories.tasks.with_project",
        "commit update tasks",
    ]
    told = dict(whole.attributes)
    assert (told["http.response.status_code"], told["taskhub.request_id"]) == (200, answer.headers["x-request-id"])
    assert "Nobody traces this" not in str(tracer.finished)


async def test_a_request_goes_on_with_the_trace_of_its_caller(traced: Api, tracer: Tracer) -> None:
    tracer.finished.clear()
    await traced.get("/v1", headers={"traceparent": TRACEPARENT})
    (span,) = tracer.finished
    assert f"00-{span.context.trace_id:032x}-{span.parent_id:016x}-01" == TRACEPARENT


async def test_a_caller_that_records_nothing_is_followed(traced: Api, tracer: Tracer) -> None:
    tracer.finished.clear()
    await traced.get("/v1", headers={"traceparent": TRACEPARENT[:-2] + "00"})
    assert not tracer.finished


async def test_health_checks_are_not_recorded(traced: Api, tracer: Tracer) -> None:
    tracer.finished.clear()
    await traced.get("/health/ready")
    assert not tracer.finished


async def test_a_subscriber_is_linked_to_the_request_whose_event_woke_it(
    traced: Api, tracer: Tracer, container: Container
) -> None:
    background = Background(container)
    for subscription in background.subscriptions:
        await subscription.catch_up()
    async with Api.on(TaskHub(container)) as guest:
        await guest.sign_up(name="Grace")
        await traced.invite(guest)
    tracer.finished.clear()
    await traced.delete(f"members/{guest.user['id']}")
    request = tracer.finished[-1]
    for subscription in background.subscriptions:
        await subscription.catch_up()

    woken = [span for span in tracer.finished if span.links]
    assert {span.name for span in woken} >= {"subscriber tasks.release_former_member"}
    assert {link for span in woken for link in span.links} == {request.context}
    assert {span.kind for span in woken} == {SpanKind.CONSUMER}


async def test_a_subscriber_that_finds_nothing_is_not_recorded(traced: Api, tracer: Tracer, container: Container) -> None:
    subscriptions = Background(container).subscriptions
    for subscription in subscriptions:
        await subscription.catch_up()
    tracer.finished.clear()
    for subscription in subscriptions:
        await subscription.catch_up()
    assert not tracer.finished


# -- sending -----------------------------------------------------------------------------------------


def record(tracer: Tracer, name: str) -> None:
    trace = tracer.begin(SpanKind.SERVER)
    assert trace is not None
    trace.link_to(trace.request_id)
    trace.add("users.queries.user", SpanKind.CLIENT, 1.0, 1.5, (("db.response.returned_rows", 1),), ValueError("secret"))
    trace.finish(name, (("http.route", "/v1/me"),))


def spans_of(message: Any) -> list[dict[str, Any]]:
    return [span for one in message["resourceSpans"] for scope in one["scopeSpans"] for span in scope["spans"]]


async def test_spans_are_sent_to_a_collector_as_otlp() -> None:
    tracer = Tracer(1.0)
    async with receiving() as collector:
        collector.answer = answering(200, b"{}")
        record(tracer, "GET /v1/me")
        async with running_loops(TraceExporter(tracer, collector.url).run):
            (received,) = await collector.has(1)
            record(tracer, "GET /v1")
            await collector.has(2)  # Sent when the first is answered.
            assert tracer.dropped == 0
    assert received.headers["content-type"] == "application/json"
    part, whole = spans_of(received.message)
    assert part["traceId"] == whole["traceId"]
    assert (len(whole["traceId"]), len(whole["spanId"]), whole["parentSpanId"]) == (32, 16, "")
    assert part["parentSpanId"] == whole["spanId"]
    assert (part["kind"], whole["kind"]) == (3, 2)
    assert int(part["endTimeUnixNano"]) - int(part["startTimeUnixNano"]) == pytest.approx(500_000_000, abs=1000)
    assert part["attributes"] == [{"key": "db.response.returned_rows", "value": {"intValue": "1"}}]
    assert whole["attributes"] == [{"key": "http.route", "value": {"stringValue": "/v1/me"}}]
    assert whole["links"] == [{"traceId": whole["traceId"], "spanId": whole["spanId"]}]
    assert (part["status"], whole["status"]) == ({"code": 2, "message": "ValueError"}, {})


async def test_what_waits_at_the_end_is_sent() -> None:
    tracer = Tracer(1.0)
    async with receiving() as collector:
        async with running_loops(TraceExporter(tracer, collector.url).run):
            await asyncio.sleep(0)
            record(tracer, "GET /v1/me")
        assert len(collector.received) == 1


async def test_a_collector_that_does_not_answer_holds_up_no_end() -> None:
    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    tracer = Tracer(1.0)
    async with receiving() as collector:
        collector.answer = never
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with running_loops(TraceExporter(tracer, collector.url).run):
                await asyncio.sleep(0)
                record(tracer, "GET /v1/me")
    assert tracer.dropped == 2


async def test_a_collector_that_is_away_loses_spans_and_nothing_else() -> None:
    tracer = Tracer(1.0)
    record(tracer, "GET /v1/me")

    async def dropped() -> bool:
        return tracer.dropped == 2

    async with running_loops(TraceExporter(tracer, "http://127.0.0.1:1/v1/traces").run):
        await eventually(dropped)
    assert not tracer.finished
