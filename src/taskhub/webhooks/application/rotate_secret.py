"""Give a webhook another secret. The former one signs as well for a day."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.webhooks.application.ports import SecretBox, WebhooksUnitOfWork
from taskhub.webhooks.domain.webhook import Webhook


@dataclass(frozen=True, slots=True)
class RotateSecret:
    workspace_id: UUID
    id: UUID
    secret: str
    expected: Expected


async def rotate_secret(command: RotateSecret, uow: WebhooksUnitOfWork, *, clock: Clock, secret_box: SecretBox) -> Webhook:
    """Raises:
    NotFound
    StaleVersion
    TooManySecrets
    """
    webhook = await uow.webhooks.get(command.workspace_id, command.id, expected=command.expected)
    webhook.rotate_secret(secret_box.seal(command.secret, command.id), clock())
    return webhook
