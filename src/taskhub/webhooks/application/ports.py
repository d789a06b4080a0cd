"""What the use cases of webhooks need."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.webhooks.application.views import DeliveryView
from taskhub.webhooks.domain.webhook import Webhook
from taskhub.workspaces.contract.memberships import Memberships


class WebhookRepository(Protocol):
    async def find(self, workspace_id: UUID, id: UUID, /) -> Webhook | None: ...

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None) -> Webhook:
        """Raises:
        NotFound
        StaleVersion
        """

    async def count(self, workspace_id: UUID) -> int:
        """How many webhooks a workspace has."""

    def add(self, webhook: Webhook) -> None: ...

    def remove(self, webhook: Webhook) -> None: ...


class DeliveryQueues(Protocol):
    """How far each webhook has followed the log, and what it has yet to deliver. The unit of work must be locking."""

    async def open(self, webhook: Webhook) -> None:
        """Begins at the end of the log."""

    async def close(self, webhook: Webhook) -> None:
        """Removes all that was to be delivered, and the log of what was."""

    async def resume(self, webhook: Webhook, now: datetime) -> None:
        """Goes on at the end of the log, for a webhook that was switched off: what happened meanwhile is left out, and what was
        still to be delivered is given up.
        """

    async def forgive(self, webhook: Webhook, now: datetime) -> None:
        """Forgets the failures of its receiver, and for how long that wanted to be left alone: another one takes its place."""

    async def pause(self, workspace_id: UUID, *, is_paused: bool) -> None:
        """Stops all deliveries of a workspace, or lets them go on."""

    async def is_full(self, webhook: Webhook) -> bool:
        """Whether as much waits to be delivered as may."""

    async def rewind(self, webhook: Webhook, seq: int) -> None:
        """Goes back to the place after an event."""

    async def add_test(self, webhook: Webhook, id: UUID, body: str, now: datetime) -> DeliveryView:
        """Adds a message that is no event of the log."""

    async def redeliver(self, webhook: Webhook, delivery_id: UUID, now: datetime) -> DeliveryView | None:
        """Makes a delivery due again. None where there is none."""


class WebhooksUnitOfWork(UnitOfWork, Protocol):
    @property
    def webhooks(self) -> WebhookRepository: ...

    @property
    def queues(self) -> DeliveryQueues: ...

    @property
    def memberships(self) -> Memberships: ...

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        """Removes up to so many rows of each kind. Returns how many it were."""


class SecretBox(Protocol):
    """Keeps secrets in the database, encrypted with a key that is derived from the deployment's."""

    def seal(self, secret: str, webhook_id: UUID, /) -> str: ...

    def open(self, sealed: str, webhook_id: UUID, /) -> str:
        """Raises:
        UnreadableSecret
        """


class UnreadableSecret(Exception):
    """It was encrypted with a key that this deployment does not have any more."""
