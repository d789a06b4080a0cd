"""A delivery is a trace of its own: linked to the request that made the change, and handed on to the receiver."""

from collections.abc import AsyncIterator, Iterator

import pytest

from integration.conftest import make_container, migrated_database
from integration.webhooks.conftest import LOOPBACK, add_webhook, signed_up
from support.harness.api import Api
from support.harness.webhook_receiver import Receiver, answering
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.application.tracing import Span, SpanKind


@pytest.fixture
def container(template_url: str) -> Iterator[Container]:
    """On a database of its own: what other tests have left to be delivered is not there."""
    with migrated_database(template_url) as url:
        yield make_container(url, webhook_networks=LOOPBACK, traces_url="http://127.0.0.1:1/v1/traces")


@pytest.fixture
async def traced(container: Container) -> AsyncIterator[Api]:
    """A client of a service that records traces, and delivers when it is told to."""
    async with container.database().opened(), Api.on(TaskHub(container)) as api:
        yield await signed_up(api)


async def deliveries(container: Container) -> list[Span]:
    """Those that are made now."""
    assert container.tracer is not None
    container.tracer.finished.clear()
    await container.modules["webhooks"].deliverer().catch_up()
    return [span for span in container.tracer.finished if span.name == "webhook delivery"]


async def test_it_is_linked_to_the_request_whose_change_it_tells(traced: Api, container: Container, receiver: Receiver) -> None:
    assert container.tracer is not None
    await add_webhook(traced, receiver.url)
    await traced.add_task()
    request = container.tracer.finished[-1]
    (delivery,) = await deliveries(container)
    assert (delivery.kind, delivery.links, delivery.error) == (SpanKind.CLIENT, (request.context,), None)


async def test_its_receiver_may_go_on_with_it(traced: Api, container: Container, receiver: Receiver) -> None:
    await add_webhook(traced, receiver.url)
    await traced.add_task()
    (delivery,) = await deliveries(container)
    (received,) = receiver.received
    assert received.headers["traceparent"] == f"00-{delivery.context.trace_id:032x}-{delivery.context.span_id:016x}-01"


async def test_one_that_is_refused_is_recorded_as_well(traced: Api, container: Container, receiver: Receiver) -> None:
    receiver.answer = answering(500)
    await add_webhook(traced, receiver.url)
    await traced.add_task()
    assert len(await deliveries(container)) == 1
