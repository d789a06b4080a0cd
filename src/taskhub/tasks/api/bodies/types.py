"""The types of fields in the request bodies of this module."""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.types import Id, Line, Visible
from taskhub.tasks.api.identifiers import MemberIdOrMe, TaskIdOrKey
from taskhub.tasks.application.views import PRIORITY, STATUS_CATEGORY
from taskhub.tasks.contract.references import EXTERNAL, MAX_EXTERNAL_KEY_LENGTH
from taskhub.tasks.domain.blockers import MAX_BLOCKERS
from taskhub.tasks.domain.comment import MAX_BODY_LENGTH
from taskhub.tasks.domain.task import MAX_ASSIGNEES, MAX_EXTERNAL_KEYS, MAX_LABELS

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)


def _wall_time(value: Any) -> Any:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected a local time from 00:00 to 23:59:59, such as 09:30 or 09:30:00.")
    return value if len(value) > 5 else f"{value}:00"


_NAME = "[A-Za-z0-9-]{2,36}"
"""An id, a key or `me`."""
_TASK_NAME = f"(?:{_NAME}|{EXTERNAL}.{{1,{MAX_EXTERNAL_KEY_LENGTH}}})"


def ids_or_names(limit: int, name: str = _NAME) -> WithJsonSchema:
    """Documented as a list of ids (as in responses) or a list of names: in typed clients these are two types."""
    kinds: list[dict[str, Any]] = [{"type": "string", "format": "uuid"}, {"type": "string", "pattern": f"^{name}$"}]
    return WithJsonSchema({"anyOf": [{"type": "array", "items": kind, "maxItems": limit} for kind in kinds]})


WallTime = Annotated[
    dt.time,
    Strict(strict=False),
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$", "examples": ["09:30", "09:30:00"]}),
]
ProjectKey = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
StatusKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Category = Annotated[Literal["todo", "in_progress", "done", "cancelled"], WithJsonSchema(STATUS_CATEGORY)]
PriorityKey = Annotated[Literal["none", "low", "medium", "high", "urgent"], WithJsonSchema(PRIORITY)]
AssigneeIds = Annotated[tuple[MemberIdOrMe, ...], Field(max_length=MAX_ASSIGNEES), ids_or_names(MAX_ASSIGNEES)]
LabelIds = Annotated[tuple[Id, ...], Field(max_length=MAX_LABELS)]
BlockerIds = Annotated[tuple[TaskIdOrKey, ...], Field(max_length=MAX_BLOCKERS), ids_or_names(MAX_BLOCKERS, _TASK_NAME)]
ExternalKeyText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_EXTERNAL_KEY_LENGTH), Line]
ExternalKeys = Annotated[tuple[ExternalKeyText, ...], Field(max_length=MAX_EXTERNAL_KEYS)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
CommentBody = Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY_LENGTH), Visible]
