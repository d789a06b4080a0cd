"""Deliver former events to a webhook again."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.webhooks.application.ports import WebhooksUnitOfWork
from taskhub.webhooks.domain.errors import WebhookInactive
from taskhub.webhooks.domain.webhook import Webhook


@dataclass(frozen=True, slots=True)
class ReplayEvents:
    """``seq``: of the event after which to begin; None where the log is not kept so far back."""

    workspace_id: UUID
    id: UUID
    seq: int | None
    expected: Expected


async def replay_events(command: ReplayEvents, uow: WebhooksUnitOfWork, *, clock: Clock) -> Webhook:
    """They come under the ids that they had. What happens meanwhile comes after them.

    Raises:
        NotFound
        StaleVersion
        WebhookInactive
        ValidationFailed: the log is not kept so far back.
    """
    await uow.lock()
    webhook = await uow.webhooks.get(command.workspace_id, command.id, expected=command.expected)
    if not webhook.active:
        raise WebhookInactive
    if command.seq is None:
        raise ValidationFailed(Fault("out_of_range", "The log is not kept so far back.", pointer="/from"))
    webhook.replay(clock())
    await uow.queues.rewind(webhook, command.seq)
    return webhook
