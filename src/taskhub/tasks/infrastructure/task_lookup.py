"""How projects and tasks are named: by their ids, by a key that they have or, as a task that went over, once had, and by an
external key.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, LargeBinary, Text, Uuid, bindparam, cast, column, func, null, select

from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.tasks.contract.references import ExternalKey, ProjectKey, ProjectRef, TaskKey, TaskRef
from taskhub.tasks.infrastructure.rows import ExternalKeyRow, FormerKeyRow, ProjectRow, TaskRow

WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())

_tasks, _former = table_of(TaskRow), table_of(FormerKeyRow)
_KEYED = ((_tasks, _tasks.c.id), (_former, _former.c.task_id))
"""Where keys of tasks stand, with the ids of those tasks: today's in the tasks, former ones in a table of their own."""

_GIVEN_KEYS = (
    func.unnest(bindparam("project_keys", type_=ARRAY(Text())), bindparam("numbers", type_=ARRAY(Integer())))
    .table_valued(column("project_key", Text()), column("number", Integer()), name="named")
    .render_derived()
)
"""The keys that are looked up, many at once."""

_external = table_of(ExternalKeyRow).c
DIGESTS = bindparam("digests", type_=ARRAY(LargeBinary()))

NO_DIGEST = cast(null(), LargeBinary()).label("digest")
"""Of what is named otherwise: PostgreSQL takes nulls alone to be texts."""

IDS_OF_KEYS = [
    *(
        select(_GIVEN_KEYS.c.project_key, _GIVEN_KEYS.c.number, NO_DIGEST, id.label("id"))
        .join_from(
            table, _GIVEN_KEYS, (table.c.project_key == _GIVEN_KEYS.c.project_key) & (table.c.number == _GIVEN_KEYS.c.number)
        )
        .where(table.c.workspace_id == WORKSPACE_ID)
        for table, id in _KEYED
    ),
    select(null(), null(), _external.digest, _external.task_id).where(
        _external.workspace_id == WORKSPACE_ID, _external.digest == func.any(DIGESTS)
    ),
]
"""The ids of tasks by the parameters of `GivenKeys`: three queries, to be united. `GivenKeys` tells which key a row is of."""

_KEY = bindparam("project_key", type_=Text())
_NUMBER = bindparam("number", type_=Integer())
_ids_of_key = (
    select(id).where(table.c.workspace_id == WORKSPACE_ID, table.c.project_key == _KEY, table.c.number == _NUMBER)
    for table, id in _KEYED
)
TASK_BY_REF: dict[type, ColumnElement[bool]] = {
    UUID: _tasks.c.id == bindparam("id", type_=Uuid()),
    TaskKey: _tasks.c.id == func.coalesce(*(query.correlate(None).scalar_subquery() for query in _ids_of_key)),
    ExternalKey: _tasks.c.id
    == select(_external.task_id)
    .where(_external.workspace_id == WORKSPACE_ID, _external.digest == bindparam("digest", type_=LargeBinary()))
    .correlate(None)
    .scalar_subquery(),
}
"""The condition by the kind of name. The second look-up is only made where the first finds nothing."""

_projects = table_of(ProjectRow).c
PROJECT_BY_REF: dict[type, ColumnElement[bool]] = {
    UUID: _projects.id == bindparam("id", type_=Uuid()),
    ProjectKey: _projects.key == bindparam("key", type_=Text()),
}


def ref_type(ref: TaskRef | ProjectRef) -> type:
    return UUID if isinstance(ref, UUID) else type(ref)


def digest_of(external_key: str) -> bytes:
    """By what external keys are found and compared: exactly as they were sent."""
    return sha256(external_key.encode()).digest()


def task_parameters(ref: TaskRef) -> dict[str, Any]:
    if isinstance(ref, UUID):
        return {"id": ref}
    if isinstance(ref, ExternalKey):
        return {"digest": digest_of(ref.text)}
    return {"project_key": ref.project_key, "number": ref.number}


class GivenKeys:
    """Keys of tasks that are looked up, many at once."""

    def __init__(self, keys: Iterable[Any]) -> None:
        """``keys``: others among them are left out."""
        given = list(keys)
        self._external = {digest_of(key.text): key for key in given if isinstance(key, ExternalKey)}
        readable = [key for key in given if isinstance(key, TaskKey)]
        self.parameters: dict[str, Any] = {
            "project_keys": [key.project_key for key in readable],
            "numbers": [key.number for key in readable],
            "digests": [*self._external],
        }

    def key_of(self, project_key: str, number: int | None, digest: bytes | None) -> TaskKey | ExternalKey:
        """The key that a row of `IDS_OF_KEYS` is of."""
        return TaskKey(project_key, number) if number is not None else self._external[digest or b""]


def project_parameters(ref: ProjectRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"key": ref.key}
