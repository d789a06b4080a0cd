"""Locks and loads what a batch names, before its first operation: everything at once, and in the common order."""

from collections.abc import Set
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, or_, select, union_all

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.shared import SharedUnitOfWork
from taskhub.kernel.infrastructure.unit_of_work.statements import by_ids
from taskhub.tasks.contract.references import EXTERNAL, PROJECT_KEY, TASK_KEY, TaskKey
from taskhub.tasks.infrastructure.held_keys import hold_owners
from taskhub.tasks.infrastructure.mappings import COMMENTS, LABELS, PROJECTS, TASKS
from taskhub.tasks.infrastructure.repositories.labels import LOCKED_LABELS
from taskhub.tasks.infrastructure.task_lookup import IDS_OF_KEYS, WORKSPACE_ID, GivenKeys

_tasks, _projects = TASKS.table.c, PROJECTS.table.c
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_named = union_all(*IDS_OF_KEYS).subquery("by_key")
_THEIR_PROJECTS = Statement(
    select(_tasks.id, _tasks.project_id).where(
        _tasks.workspace_id == WORKSPACE_ID, or_(_tasks.id == func.any(_IDS), _tasks.id.in_(select(_named.c.id)))
    )
)
_PROJECTS = Statement(
    select(*PROJECTS.columns)
    .where(
        _projects.workspace_id == WORKSPACE_ID,
        or_(_projects.id == func.any(_IDS), _projects.key == func.any(bindparam("keys", type_=ARRAY(Text())))),
        *PROJECTS.criteria,
    )
    .order_by(_projects.id)
    .with_for_update()
)


async def lock_named_rows(uow: SharedUnitOfWork, workspace_id: UUID, ids: Set[UUID], texts: Set[str]) -> None:
    """Labels, then projects, then tasks and comments. Whoever holds a project alone may lock what is in it in any order.

    Labels are kept from being changed. Those that an earlier try would have changed, or had to wait for, are locked alone.

    ``texts``: what may be a key, among others. An external key looks like any text.
    """
    tasks = [TaskKey(key[1].upper(), int(key[2])) for text in texts if (key := TASK_KEY.fullmatch(text))]
    owners = await hold_owners(uow, workspace_id, {text.removeprefix(EXTERNAL) for text in texts})
    keys = [text.upper() for text in texts if PROJECT_KEY.fullmatch(text)]
    named = {*ids, *owners.values()}
    parameters = {"workspace_id": workspace_id, "ids": sorted(named), **GivenKeys(tasks).parameters}
    homes = await uow.fetch(_THEIR_PROJECTS, parameters)
    contested = {"stream_id": workspace_id, "ids": sorted(ids & uow.lock_ids)}
    if contested["ids"]:
        await uow.lock_rows(LABELS, by_ids(LABELS, locking=True), contested)
    await LOCKED_LABELS.require(uow, workspace_id, ids)
    projects = {record["project_id"] for record in homes} | ids
    await uow.lock_rows(PROJECTS, _PROJECTS, {"workspace_id": workspace_id, "ids": sorted(projects), "keys": keys})
    for mapping, their_ids in ((TASKS, {record["id"] for record in homes}), (COMMENTS, ids)):
        if their_ids:
            rows = {"stream_id": workspace_id, "ids": sorted(their_ids)}
            await uow.lock_rows(mapping, by_ids(mapping, locking=True), rows)
