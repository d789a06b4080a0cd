"""The log of deliveries is kept for a while; secrets are encrypted anew once the deployment has another key."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, Text, and_, bindparam, cast, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.webhooks.application.ports import UnreadableSecret
from taskhub.webhooks.infrastructure.delivery_views import deliveries
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import ID, IS_PENDING, OF_WEBHOOK, WORKSPACE_ID, queues
from taskhub.webhooks.infrastructure.secret_box import EncryptedSecrets

RETENTION = timedelta(days=7)
MAX_KEPT = 1_000
"""Finished deliveries of one webhook."""

_events = table_of(EventRow)
_is_erased = and_(
    exists().where(_events.c.stream_id == WORKSPACE_ID, _events.c.seq == deliveries.c.seq, _events.c.snapshot.is_(None)),
    cast(deliveries.c.body, JSONB)["data"]["snapshot"].astext.is_not(None),
)
"""The log has no content of the thing any more, and the body that was sent has."""
_QUEUES = Statement(select(queues.c.workspace_id, queues.c.webhook_id))
_is_finished = ~IS_PENDING


def purge_statement(kept: int) -> Statement:
    """Removes finished deliveries of one webhook that are older than an instant, or not among the last so many; and all that
    hold what was removed for good since.
    """
    first_to_go = (
        select(deliveries.c.id)
        .where(*OF_WEBHOOK, _is_finished)
        .order_by(deliveries.c.id.desc())
        .offset(literal(kept, Integer()))
        .limit(literal(1, Integer()))
        .scalar_subquery()
    )
    is_old = deliveries.c.finished_at < bindparam("before", type_=deliveries.c.finished_at.type)
    old = (
        delete(deliveries)
        .where(*OF_WEBHOOK, or_(_is_finished & or_(is_old, deliveries.c.id <= first_to_go), _is_erased))
        .returning(literal(1))
        .cte("old")
    )
    return Statement(select(func.count()).select_from(old))


_PURGE = purge_statement(MAX_KEPT)

_webhooks = WEBHOOKS.table
_SECRETS = Statement(select(*(_webhooks.c[name] for name in ("workspace_id", "id", "secret", "former_secrets"))))
_SEALED = {name: bindparam(f"new_{name}", type_=_webhooks.c[name].type) for name in ("secret", "former_secrets")}
_RESEAL = Statement(
    update(_webhooks)
    .values(_SEALED)
    .where(
        _webhooks.c.workspace_id == WORKSPACE_ID,
        _webhooks.c.id == ID,
        _webhooks.c.secret == bindparam("old_secret", type_=Text()),
    )
)


async def purge_deliveries(database: Database, now: datetime) -> int:
    """Removes deliveries that nobody needs any more, or may have any more. Returns how many."""
    removed = 0
    for queue in await database.fetch(_QUEUES, {}):
        rows = await database.fetch(_PURGE, {**queue, "before": now - RETENTION})
        removed += rows[0][0]
    return removed


class SecretUpkeep:
    """Encrypts secrets with the deployment's present key, so that the previous one can go."""

    def __init__(self, secrets: EncryptedSecrets) -> None:
        self._secrets = secrets

    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many webhooks had a secret under a previous key. What can't be read any more stays as it is."""
        changed = 0
        for row in await database.fetch(_SECRETS, {}):
            secret, *former = (self._resealed(sealed, row["id"]) for sealed in (row["secret"], *row["former_secrets"]))
            if [secret, *former] != [row["secret"], *row["former_secrets"]]:
                place = {"workspace_id": row["workspace_id"], "id": row["id"], "old_secret": row["secret"]}
                await database.fetch(_RESEAL, {**place, "new_secret": secret, "new_former_secrets": former})
                changed += 1
        return changed

    def _resealed(self, sealed: str, webhook_id: UUID) -> str:
        if self._secrets.is_current(sealed):
            return sealed
        try:
            return self._secrets.seal(self._secrets.open(sealed, webhook_id), webhook_id)
        except UnreadableSecret:
            return sealed
