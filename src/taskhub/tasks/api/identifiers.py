"""References to projects, tasks and members in requests: by id, by key, or as ``me``."""

from collections.abc import Collection, Iterable
from typing import Annotated, Any, Final, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

from taskhub.kernel.api.references import reference, reference_schema
from taskhub.kernel.api.request import ME, ApiRequest
from taskhub.kernel.domain.ids import parse_id
from taskhub.tasks.api.module import module_of
from taskhub.tasks.application.queries import FoundIds
from taskhub.tasks.contract.references import (
    PROJECT_KEY,
    TASK_NAME,
    ExternalKey,
    Key,
    ProjectKey,
    TaskKey,
    project_ref,
    task_ref,
)

NONE: Final = "none"
Identifier = UUID | Key | Literal["me"]

_TASK = "the id or a key of a task: a UUID, a key such as OPS-42, or `external:` and an external key"
_MEMBER = "the id of a member (a UUID) or `me`"

TaskIdOrKey = Annotated[UUID | TaskKey | ExternalKey, reference(task_ref, _TASK), reference_schema(TASK_NAME)]
ProjectIdOrKey = Annotated[
    UUID | ProjectKey,
    reference(project_ref, "the id or the key of a project: a UUID, or a key such as OPS"),
    reference_schema(PROJECT_KEY),
]
MemberIdOrMe = Annotated[UUID | Literal["me"], reference(parse_id, _MEMBER, ME), reference_schema(None, ME)]

TaskIdOrKeyOrNone = Annotated[
    UUID | TaskKey | ExternalKey | Literal["none"], reference(task_ref, _TASK, NONE), reference_schema(TASK_NAME, NONE)
]
MemberIdOrMeOrNone = Annotated[
    UUID | Literal["me", "none"], reference(parse_id, _MEMBER, ME, NONE), reference_schema(None, ME, NONE)
]
IdOrNone = Annotated[UUID | Literal["none"], reference(parse_id, "a UUID or `none`", NONE), reference_schema(None, NONE)]


_KEYS = (TaskKey, ExternalKey, ProjectKey)
_NONE_FOUND = FoundIds({}, None)


class ResolvedIds:
    """The ids for the names in one request.

    An unknown key gets an id that does not exist, so that it is treated like an unknown id.

    Attributes:
        log_head: the head of the log at the moment in which keys were looked up; None where there were none.
    """

    def __init__(self, me: UUID, found: FoundIds) -> None:
        self._me = me
        self._ids, self.log_head = found

    def id(self, name: Identifier) -> UUID:
        if isinstance(name, UUID):
            return name
        if isinstance(name, str):
            return self._me
        return self._ids.get(name) or uuid5(NAMESPACE_OID, str(name))  # Clients can't choose ids of version 5.

    def ids(self, names: Collection[Identifier | Literal["none"]]) -> tuple[UUID, ...]:
        return tuple([self.id(name) for name in names if name != NONE]) if names else ()


async def resolve_ids(request: ApiRequest, workspace_id: UUID, names: Iterable[Any]) -> ResolvedIds:
    """Looks up keys, if there are any, in one round trip, before the command runs: a key always leads to the same resource. An
    external key may go over to another task; the request is then about the one that had it when it came.
    """
    keys = {name for name in names if isinstance(name, _KEYS)}
    found = await module_of(request).key_queries().ids(workspace_id, keys) if keys else _NONE_FOUND
    return ResolvedIds(request.caller.user_id, found)


async def resolve_project_id(request: ApiRequest, workspace_id: UUID, text: str) -> UUID:
    """The project in the path.

    Raises:
        NotFound: it is neither an id nor the key of a project.
    """
    ref = project_ref(text)
    return ref if isinstance(ref, UUID) else (await resolve_ids(request, workspace_id, [ref])).id(ref)
