"""External keys whose owners a batch knows: while it holds the workspace, nobody else gives one out or takes one off."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.rows import ExternalKeyRow
from taskhub.tasks.infrastructure.task_lookup import DIGESTS, WORKSPACE_ID, digest_of

_external = table_of(ExternalKeyRow).c
_OWNERS = Statement(
    select(_external.digest, _external.task_id).where(
        _external.workspace_id == WORKSPACE_ID, _external.digest == func.any(DIGESTS)
    )
)


class _Held(NamedTuple):
    """Those that were looked up, and whose they were then. What the batch itself has done since, its tasks tell."""

    keys: frozenset[str]
    owners: dict[str, UUID]


async def find_owners(uow: SqlUnitOfWork, workspace_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
    """The ids of the tasks that have these keys, or had them when they were purged."""
    wanted = {digest_of(key): key for key in keys}
    if not wanted:
        return {}
    records = await uow.fetch(_OWNERS, {"workspace_id": workspace_id, "digests": [*wanted]})
    return {wanted[digest]: task_id for digest, task_id in records}


async def hold_owners(uow: SqlUnitOfWork, workspace_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
    """As `find_owners`, for whoever holds the workspace: `known_owners` knows them from here on."""
    looked_up = frozenset(keys)
    owners = await find_owners(uow, workspace_id, looked_up)
    uow.identity_map.held[_Held] = _Held(looked_up, owners)
    return owners


def known_owners(uow: SqlUnitOfWork, keys: Iterable[str]) -> dict[str, UUID] | None:
    """Whose these keys are by now; None where they were not looked up."""
    wanted, held = set(keys), uow.identity_map.held.get(_Held)
    if held is None or not wanted <= held.keys:
        return None
    tasks = uow.identity_map.all_locked(TASKS)
    given = {key: task.id for task in tasks for key in task.content.external_keys}
    loaded = {task.id for task in tasks}
    taken = {key: owner for key, owner in held.owners.items() if owner not in loaded} | given
    return {key: taken[key] for key in wanted & taken.keys()}
