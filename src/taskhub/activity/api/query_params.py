"""The query parameters of those who read the log."""

import re
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, WithJsonSchema, WrapValidator, field_validator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.instants import check_instant, is_meant_as_instant
from taskhub.kernel.api.query_params import MAX_VALUES, Flag, Integer, QueryParams
from taskhub.kernel.api.request import ME
from taskhub.kernel.api.types import Cursor, Id, Instant
from taskhub.kernel.application.log_pages import EventFilter

MAX_CHANGES = 1_000
"""Of a page."""
MAX_WAIT_SECONDS = 30


def _told(pattern: str, message: LiteralString) -> BeforeValidator:
    """Tells in words how a text of this form is written."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(pattern, value) is None:
            raise PydanticCustomError("wrong_format", message)
        return value

    return BeforeValidator(check)


def _begin(value: Any, instant: Any) -> Any:
    if value in ("start", "now"):
        return value
    if not isinstance(value, str) or not is_meant_as_instant(value):
        raise PydanticCustomError("wrong_format", "Expected start, now, or an instant such as 2026-11-20T09:00:00Z.")
    return instant(check_instant(value))


Begin = Annotated[
    Instant | Literal["start", "now"],
    WrapValidator(_begin),
    WithJsonSchema({"anyOf": [{"type": "string", "enum": ["start", "now"]}, {"type": "string", "format": "date-time"}]}),
]
"""Where a walk through the log begins."""
Actor = Annotated[
    Id | Literal["me"], WithJsonSchema({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "enum": [ME]}]})
]
_WORD = "[a-z][a-z0-9_]{0,63}"
_TYPE = rf"{_WORD}\.{_WORD}"
Word = Annotated[
    str,
    StringConstraints(pattern=f"^{_WORD}$"),
    _told(_WORD, "Expected the type of a thing, such as task; see /docs/events."),
]
EventType = Annotated[
    str, StringConstraints(pattern=f"^{_TYPE}$"), _told(_TYPE, "Expected entity.verb, such as task.created; see /docs/events.")
]
Seq = Annotated[int, Field(ge=1), Integer]
# A list as a default would be copied for each request.
Values: Any = Field(default=(), max_length=MAX_VALUES)


class ChangeParams(QueryParams):
    """Where to begin, and which changes are wanted."""

    cursor: Cursor | None = None
    from_: Begin = Field("start", alias="from")
    type: list[EventType] = Values
    entity_type: list[Word] = Values
    entity_id: list[Id] = Values
    actor_id: list[Actor] = Values
    commit: list[Seq] = Values

    @field_validator("from_")
    @classmethod
    def _begins_once(cls, value: Any, info: ValidationInfo) -> Any:
        if info.data.get("cursor") is not None:
            raise PydanticCustomError("conflicting", "Give either `cursor` or `from`: a cursor is a place already.")
        return value

    def wanted(self, caller_id: UUID) -> EventFilter:
        """The filter. ``caller_id`` stands for ``me``."""
        return EventFilter(
            frozenset(self.type),
            frozenset(self.entity_type),
            frozenset(self.entity_id),
            frozenset(caller_id if one == ME else one for one in self.actor_id),
            frozenset(self.commit),
        )


class ChangePageParams(ChangeParams):
    limit: Annotated[int, Field(ge=1, le=MAX_CHANGES), Integer] = 200
    wait: Annotated[int, Field(ge=0, le=MAX_WAIT_SECONDS), Integer] = 0
    compact: Flag = False
