"""Projects, tasks and members as requests name them: by id, by key, or as ``me``."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Final, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.request import ME, ApiRequest, parse_id
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import PROJECT_KEY, TASK_KEY, project_ref, task_ref
from taskhub.tasks.application.ports import Key, ProjectKey, TaskKey

NONE: Final = "none"
Identifier = UUID | Key | Literal["me"]

_UUID = {"type": "string", "format": "uuid"}


def _task(value: Any) -> UUID | TaskKey:
    try:
        return task_ref(value)
    except (NotFound, TypeError):
        raise PydanticCustomError("wrong_format", "Expected the id or the key of a task: a UUID, or such as OPS-42.") from None


def _project(value: Any) -> UUID | ProjectKey:
    try:
        return project_ref(value)
    except (NotFound, TypeError):
        raise PydanticCustomError("wrong_format", "Expected the id or the key of a project: a UUID, or such as OPS.") from None


def _member(value: Any) -> UUID | Literal["me"]:
    try:
        return ME if value == ME else parse_id(value)
    except (NotFound, TypeError):
        raise PydanticCustomError("wrong_format", "Expected the id of a member, a UUID, or `me`.") from None


def _id(value: Any) -> UUID:
    try:
        return parse_id(value)
    except (NotFound, TypeError):
        raise PydanticCustomError("wrong_format", "Expected a UUID or `none`.") from None


def _schema(*others: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [_UUID, *others]})


_OF_TASK = {"type": "string", "pattern": f"^{TASK_KEY.pattern}$"}
_OF_PROJECT = {"type": "string", "pattern": f"^{PROJECT_KEY.pattern}$"}

TaskIdOrKey = Annotated[UUID | TaskKey, PlainValidator(_task), _schema(_OF_TASK)]
ProjectIdOrKey = Annotated[UUID | ProjectKey, PlainValidator(_project), _schema(_OF_PROJECT)]
MemberIdOrMe = Annotated[UUID | Literal["me"], PlainValidator(_member), _schema({"enum": [ME]})]

TaskIdOrKeyOrNone = Annotated[
    UUID | TaskKey | Literal["none"],
    PlainValidator(lambda value: NONE if value == NONE else _task(value)),
    _schema(_OF_TASK, {"enum": [NONE]}),
]
MemberIdOrMeOrNone = Annotated[
    UUID | Literal["me", "none"],
    PlainValidator(lambda value: NONE if value == NONE else _member(value)),
    _schema({"enum": [ME, NONE]}),
]
IdOrNone = Annotated[
    UUID | Literal["none"],
    PlainValidator(lambda value: NONE if value == NONE else _id(value)),
    _schema({"enum": [NONE]}),
]


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
