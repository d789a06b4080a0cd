"""`as_of`: what is read is answered as it was at a moment, from the log. An operation that takes it says so by its parameters:

class TrashParams(AsOfParams): ...

view = await queries.find(stream_id, ref, as_of=await moment_of(request, query))
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import WithJsonSchema, WrapValidator, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from taskhub.kernel.api.instants import is_meant_as_instant
from taskhub.kernel.api.query_params import PageParams, QueryParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.types import Instant
from taskhub.kernel.application.moments import Moments
from taskhub.kernel.domain.errors import Fault, ValidationFailed

_SEQ = re.compile(r"[0-9]{1,18}")
_FOR_TODAY = ("q", "sort")
"""What a list is not asked for as of a moment."""


def _seq_or(value: str, instant: Callable[[str], datetime]) -> datetime | int:
    if _SEQ.fullmatch(value):
        return int(value)
    if not is_meant_as_instant(value):
        raise PydanticCustomError("wrong_format", "Expected the seq of a change, or an instant such as 2026-11-20T09:00:00Z.")
    return instant(value)


AsOf = Annotated[
    Instant,
    WrapValidator(_seq_or),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "format": "date-time"}]}),
]
"""A moment of the log: an instant, or the ``seq`` of an event."""


class AsOfParams(QueryParams):
    as_of: AsOf | None = None

    @field_validator(*_FOR_TODAY, check_fields=False)
    @classmethod
    def _is_for_today(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        if info.data.get("as_of") is not None and value != field.default:
            raise PydanticCustomError(
                "conflicting", "With `as_of`, lists have their default order, and can't be searched for words."
            )
        return value


class PastPageParams(PageParams, AsOfParams):
    """What every list takes that can be read as of a moment, too."""


async def moment_of(request: ApiRequest, query: AsOfParams) -> int | None:
    """The ``seq`` of the last event of the moment that is asked for; None for what is now. From here on the request answers
    without `ETag`, and its cursors hold the moment: all pages are of the same one, whatever is committed meanwhile.

    Raises:
        ValidationFailed: with `If-None-Match`.
        NotInLog
    """
    if query.as_of is None:
        return None
    if request.raw_header(b"if-none-match") is not None:
        message = "With `as_of` there is no ETag to compare with."
        raise ValidationFailed(Fault("conflicting", message, header="If-None-Match"))
    moments: Moments = request.app_state.moments
    stream_id = request.path_id(request.operation.access.stream_parameter or "")
    position = request.position()
    if position is None:
        request.as_of = await moments.seq_at(stream_id, query.as_of)
    else:
        request.as_of = int(position[-1])
        await moments.require(stream_id, request.as_of)
    return request.as_of
