"""Webhooks: a URL that the changes of a workspace are sent to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.webhooks.contract.events import (
    WEBHOOK_CREATED,
    WEBHOOK_DELETED,
    WEBHOOK_DISABLED,
    WEBHOOK_REPLAYED,
    WEBHOOK_SECRET_ROTATED,
    WEBHOOK_UPDATED,
)
from taskhub.webhooks.domain.errors import TooManySecrets

MAX_WEBHOOKS = 50
"""Of a workspace: each change is sent to all of them."""
MAX_TYPES = 100
MAX_FORMER_SECRETS = 10
"""That sign as well: all of them stand in a header."""
SECRET_OVERLAP = timedelta(hours=24)
"""How long the former secret signs as well, for receivers to learn the new one."""
GONE, FAILING = "gone", "failing"
DISABLED_REASONS = (GONE, FAILING)


@dataclass(eq=False)
class Webhook(Aggregate):
    """``types``: the types of events that are sent, in order and each once; none means all.

    ``disabled_reason``: why the service switched it off; None where a member did, or nobody. ``secret`` and ``former_secrets``
    are encrypted. Each of the former ones signs until its place in ``former_secrets_expire_at``, the last of them until
    ``former_secret_expires_at``.
    """

    entity_type: ClassVar[str] = "webhook"

    workspace_id: UUID
    id: UUID
    url: str
    types: tuple[str, ...]
    description: str | None
    active: bool
    disabled_reason: str | None
    secret: str
    former_secrets: tuple[str, ...]
    former_secrets_expire_at: tuple[datetime, ...]
    former_secret_expires_at: datetime | None
    created_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(
        cls,
        *,
        workspace_id: UUID,
        id: UUID,
        secret: str,
        created_by_id: UUID,
        now: datetime,
        url: str,
        types: tuple[str, ...] = (),
        description: str | None = None,
        active: bool = True,
    ) -> "Webhook":
        webhook = cls(
            workspace_id=workspace_id,
            id=id,
            url=url,
            types=types,
            description=description,
            active=active,
            disabled_reason=None,
            secret=secret,
            former_secrets=(),
            former_secrets_expire_at=(),
            former_secret_expires_at=None,
            created_by_id=created_by_id,
            version=1,
            created_at=now,
            updated_at=now,
        )
        webhook._record(WEBHOOK_CREATED)
        return webhook

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    def update(self, *, now: datetime, **values: Any) -> None:
        """``values``: those of what a client may set. Who switches it on or off takes back what the service said of it."""
        if "active" in values and values["active"] != self.active:
            values["disabled_reason"] = None
        self._change(WEBHOOK_UPDATED, now, **values)

    def rotate_secret(self, secret: str, now: datetime) -> None:
        """A request that is sent again, because its answer was lost, makes one more: none that receivers may have is over early.

        Raises:
            TooManySecrets
        """
        former = [*zip(self.former_secrets, self.former_secrets_expire_at, strict=True), (self.secret, now + SECRET_OVERLAP)]
        good = [(one, expires_at) for one, expires_at in former if expires_at > now]
        if len(good) > MAX_FORMER_SECRETS:
            raise TooManySecrets(MAX_FORMER_SECRETS)
        self._change(
            WEBHOOK_SECRET_ROTATED,
            now,
            secret=secret,
            former_secrets=tuple(one for one, _ in good),
            former_secrets_expire_at=tuple(expires_at for _, expires_at in good),
            former_secret_expires_at=now + SECRET_OVERLAP,
        )

    def replay(self, now: datetime) -> None:
        """Records that former events are delivered again."""
        self.updated_at = now
        self._record(WEBHOOK_REPLAYED)

    def disable(self, reason: str, now: datetime) -> None:
        """Switches it off for the service's own reasons."""
        if self.active:
            self._change(WEBHOOK_DISABLED, now, active=False, disabled_reason=reason)

    def delete(self, now: datetime) -> None:
        """Records that the webhook was deleted."""
        self.updated_at = now
        self._record(WEBHOOK_DELETED)
