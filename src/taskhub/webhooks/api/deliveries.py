"""Routes of the log of deliveries."""

from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.list_validators import NoValidator
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import NotFound
from taskhub.webhooks.api.access import INSPECT, MANAGE
from taskhub.webhooks.api.bodies import DeliveryListParams
from taskhub.webhooks.api.module import module_of
from taskhub.webhooks.api.pages import page_of
from taskhub.webhooks.api.paths import DELIVERIES, DELIVERY, WEBHOOK
from taskhub.webhooks.application.messages import message_for_test
from taskhub.webhooks.application.queries import NEWEST_FIRST
from taskhub.webhooks.application.redeliver import Redeliver, SendTest
from taskhub.webhooks.application.views import DeliveryView
from taskhub.webhooks.domain.delivery import DeliveryStatus
from taskhub.webhooks.domain.errors import TooManyDeliveries, WebhookInactive

DELIVERY_ROUTES = Routes("Webhooks")
_encode = msgspec.json.Encoder(order="deterministic").encode


@DELIVERY_ROUTES.get(
    DELIVERIES,
    INSPECT,
    summary="List deliveries, newest first",
    answers=Page[DeliveryView],
    validator=NoValidator("deliveries are no part of the log: they change with each try"),
)
async def list_deliveries(request: ApiRequest, workspace_id: UUID, webhook_id: UUID, query: DeliveryListParams) -> Response:
    """Finished ones are kept for 7 days, and 1,000 of each webhook at most."""
    status = None if query.status is None else DeliveryStatus[query.status.upper()]
    page = page_of(request, query, NEWEST_FIRST)
    found = await module_of(request).queries().deliveries(workspace_id, webhook_id, status, page)
    return request.page(found.items, found.after)


@DELIVERY_ROUTES.get(DELIVERY, INSPECT, summary="Read a delivery", answers=DeliveryView)
async def get_delivery(request: ApiRequest, workspace_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Response:
    view = await module_of(request).queries().delivery(workspace_id, webhook_id, delivery_id)
    if view is None:
        raise NotFound
    return JsonResponse(200, _encode(view))


@DELIVERY_ROUTES.post(
    DELIVERY + "/redeliver",
    MANAGE,
    summary="Send an event again",
    answers=DeliveryView,
    errors=(WebhookInactive,),
    if_match=IfMatch.REFUSED,
)
async def redeliver(request: ApiRequest, workspace_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Response:
    """Whatever came of it, it is due now, under the id and with the body that it had. To send it twice makes no difference."""
    command = Redeliver(workspace_id, webhook_id, delivery_id)
    return request.answer(await request.run(module_of(request).redeliver, command, Reply()))


@DELIVERY_ROUTES.post(
    WEBHOOK + "/test",
    MANAGE,
    summary="Send a test",
    answers=DeliveryView,
    errors=(TooManyDeliveries, WebhookInactive),
    if_match=IfMatch.REFUSED,
)
async def test_webhook(request: ApiRequest, workspace_id: UUID, webhook_id: UUID) -> Response:
    """Sends a message of the type `webhook.test`, with the last change of the webhook itself as its data. The answer is the
    delivery, which tells before long what came of it.
    """
    module = module_of(request)
    body = await message_for_test(module.log(), module.changes(), workspace_id, webhook_id)
    command = SendTest(workspace_id, webhook_id, new_id(), body)
    return request.answer(await request.run(module.send_test, command, Reply()))
