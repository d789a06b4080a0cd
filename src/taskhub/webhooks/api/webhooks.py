"""Routes of webhooks. Where an answer shows the secret, `Idempotency-Key` is ignored: such answers are not stored."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.preconditions import etag
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import Fault, NotFound, ValidationFailed
from taskhub.webhooks.api.access import INSPECT, MANAGE
from taskhub.webhooks.api.bodies import NewWebhook, Replay, WebhookPatch
from taskhub.webhooks.api.module import module_of
from taskhub.webhooks.api.pages import page_of
from taskhub.webhooks.api.paths import WEBHOOK, WEBHOOKS, webhook_path
from taskhub.webhooks.application.change_webhook import ChangeWebhook
from taskhub.webhooks.application.delete_webhook import DeleteWebhook
from taskhub.webhooks.application.queries import OLDEST_FIRST
from taskhub.webhooks.application.replay_events import ReplayEvents
from taskhub.webhooks.application.rotate_secret import RotateSecret
from taskhub.webhooks.application.views import IssuedWebhook, WebhookView, issued_webhook
from taskhub.webhooks.domain.errors import TooManySecrets, TooManyWebhooks, WebhookInactive
from taskhub.webhooks.domain.signing import new_secret
from taskhub.webhooks.domain.webhook import Webhook

WEBHOOK_ROUTES = Routes("Webhooks")
_encode = msgspec.json.Encoder(order="deterministic").encode


@WEBHOOK_ROUTES.get(WEBHOOKS, INSPECT, summary="List webhooks, oldest first", answers=Page[WebhookView], validator=OfLog())
async def list_webhooks(request: ApiRequest, workspace_id: UUID, query: PageParams) -> Response:
    found = await module_of(request).queries().list(workspace_id, page_of(request, query, OLDEST_FIRST))
    return request.page(found.items, found.after, found.log_head)


@WEBHOOK_ROUTES.post(
    WEBHOOKS,
    MANAGE,
    status_code=201,
    privacy=Privacy.SECRET,
    summary="Create a webhook",
    answers=IssuedWebhook,
    errors=(TooManyWebhooks,),
    etag=True,
)
async def create_webhook(request: ApiRequest, workspace_id: UUID, body: NewWebhook) -> Response:
    """Every change of the workspace from now on is sent to the URL, at least once, signed as in
    [Standard Webhooks](https://www.standardwebhooks.com). The answer has the secret to verify it with, which is not shown again.

    The URL stands in the log of the workspace, which all members may read: it should hold no secret.
    """
    _check_types(request, body.types)
    secret = new_secret()
    command = body.command(workspace_id, request.caller.user_id, secret)
    webhook = await request.perform(module_of(request).create_webhook, command)
    return _issued(201, webhook, secret, [(b"location", webhook_path(workspace_id, webhook.id).encode())])


@WEBHOOK_ROUTES.get(WEBHOOK, INSPECT, summary="Read a webhook", answers=WebhookView)
async def get_webhook(request: ApiRequest, workspace_id: UUID, webhook_id: UUID) -> Response:
    view = await module_of(request).queries().find(workspace_id, webhook_id)
    if view is None:
        raise NotFound
    return request.show(view)


@WEBHOOK_ROUTES.patch(WEBHOOK, MANAGE, summary="Change a webhook, switch it on or off", answers=WebhookView)
async def change_webhook(request: ApiRequest, workspace_id: UUID, webhook_id: UUID, body: WebhookPatch) -> Response:
    """What happens while it is off is not sent later; `replay` sends it."""
    _check_types(request, body.types)
    command = ChangeWebhook(workspace_id, webhook_id, body.changes(), request.expected)
    return request.answer(await request.run(module_of(request).change_webhook, command, Reply()))


@WEBHOOK_ROUTES.delete(WEBHOOK, MANAGE, status_code=204, summary="Delete a webhook with the log of its deliveries")
async def delete_webhook(request: ApiRequest, workspace_id: UUID, webhook_id: UUID) -> Response:
    command = DeleteWebhook(workspace_id, webhook_id, request.expected)
    return request.answer(await request.run(module_of(request).delete_webhook, command, Reply(204)))


@WEBHOOK_ROUTES.post(
    WEBHOOK + "/rotate_secret",
    MANAGE,
    privacy=Privacy.SECRET,
    summary="Give a webhook another secret",
    answers=IssuedWebhook,
    errors=(TooManySecrets,),
    etag=True,
)
async def rotate_webhook_secret(request: ApiRequest, workspace_id: UUID, webhook_id: UUID) -> Response:
    """For 24 hours the former secret signs as well. The answer has the new one, which is not shown again: if it is lost, ask for
    another one. All former ones go on for their 24 hours.
    """
    secret = new_secret()
    command = RotateSecret(workspace_id, webhook_id, secret, request.expected)
    return _issued(200, await request.perform(module_of(request).rotate_secret, command), secret, [])


@WEBHOOK_ROUTES.post(
    WEBHOOK + "/replay",
    MANAGE,
    summary="Deliver former events again",
    answers=WebhookView,
    errors=(WebhookInactive,),
)
async def replay_webhook(request: ApiRequest, workspace_id: UUID, webhook_id: UUID, body: Replay) -> Response:
    """All events since an instant are sent again under the ids that they had, oldest first. What happens meanwhile comes after
    them.
    """
    module = module_of(request)
    seq = await module.log().seq_before(workspace_id, body.from_)
    command = ReplayEvents(workspace_id, webhook_id, seq, request.expected)
    return request.answer(await request.run(module.replay_events, command, Reply()))


def _check_types(request: ApiRequest, types: Sequence[str]) -> None:
    """Raises:
    ValidationFailed: no installed module has such events. Whoever asks for them would wait for ever.
    """
    known = module_of(request).event_types()
    message = f"Expected one of: {', '.join(sorted(known))}."
    unknown = [index for index, type in enumerate(types) if type not in known]
    if unknown:
        raise ValidationFailed(*(Fault("not_one_of", message, pointer=f"/types/{index}") for index in unknown))


def _issued(status: int, webhook: Webhook, secret: str, headers: list[tuple[bytes, bytes]]) -> Response:
    return JsonResponse(status, _encode(issued_webhook(webhook, secret)), [(b"etag", etag(webhook.version)), *headers])
