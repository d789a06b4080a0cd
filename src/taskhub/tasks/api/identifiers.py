"""Projects, tasks and members as requests name them: by id, by key, or as ``me``."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Final, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

from taskhub.kernel.api.references import reference, reference_schema
from taskhub.kernel.api.request import ME, ApiRequest
from taskhub.kernel.domain.ids import parse_id
from taskhub.tasks.api.module import module_of
from taskhub.tasks.contract.references import PROJECT_KEY, TASK_KEY, Key, ProjectKey, TaskKey, project_ref, task_ref

NONE: Final = "none"
Identifier = UUID | Key | Literal["me"]

_TASK = "the id or the key of a task: a UUID, or such as OPS-42"
_MEMBER = "the id of a member, a UUID, or `me`"

TaskIdOrKey = Annotated[UUID | TaskKey, reference(task_ref, _TASK), reference_schema(TASK_KEY)]
ProjectIdOrKey = Annotated[
    UUID | ProjectKey,
    reference(project_ref, "the id or the key of a project: a UUID, or such as OPS"),
    reference_schema(PROJECT_KEY),
]
MemberIdOrMe = Annotated[UUID | Literal["me"], reference(parse_id, _MEMBER, ME), reference_schema(None, ME)]

TaskIdOrKeyOrNone = Annotated[
    UUID | TaskKey | Literal["none"], reference(task_ref, _TASK, NONE), reference_schema(TASK_KEY, NONE)
]
MemberIdOrMeOrNone = Annotated[
    UUID | Literal["me", "none"], reference(parse_id, _MEMBER, ME, NONE), reference_schema(None, ME, NONE)
]
IdOrNone = Annotated[UUID | Literal["none"], reference(parse_id, "a UUID or `none`", NONE), reference_schema(None, NONE)]


_KEYS = (TaskKey, ProjectKey)


class ResolvedIds:
    """What the names in one request stand for.

    A key that was never given stands for an id that nothing has: whoever looks for it finds as little as of an unknown id.
    """

    def __init__(self, me: UUID, ids: Mapping[Key, UUID]) -> None:
        self._me = me
        self._ids = ids

    def id(self, name: Identifier) -> UUID:
        if isinstance(name, UUID):
            return name
        if isinstance(name, str):
            return self._me
        return self._ids.get(name) or uuid5(NAMESPACE_OID, str(name))  # No client may choose one of version 5.

    def ids(self, names: Collection[Identifier | Literal["none"]]) -> tuple[UUID, ...]:
        return tuple([self.id(name) for name in names if name != NONE]) if names else ()


async def resolve_ids(request: ApiRequest, workspace_id: UUID, names: Iterable[Any]) -> ResolvedIds:
    """Looks keys up, where there are any, in one round trip. What a key once named it names for ever: nothing can change until
    the command is run.
    """
    keys = {name for name in names if isinstance(name, _KEYS)}
    ids = await module_of(request).key_queries().ids(workspace_id, keys) if keys else {}
    return ResolvedIds(request.caller.user_id, ids)


async def resolve_project_id(request: ApiRequest, workspace_id: UUID, text: str) -> UUID:
    """The project that the path names.

    Raises:
        NotFound: it is no name of a project.
    """
    ref = project_ref(text)
    return ref if isinstance(ref, UUID) else (await resolve_ids(request, workspace_id, [ref])).id(ref)
