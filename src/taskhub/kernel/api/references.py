"""Members of bodies and parameters that name a thing: by its id, or by a name that a module reads.

TaskIdOrKey = Annotated[TaskRef, reference(task_ref, "the id or the key of a task"), reference_schema(TASK_KEY)]
"""

import re
from collections.abc import Callable
from typing import Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.domain.errors import NotFound


def reference(parse: Callable[[str], Any], expected: str, *words: str) -> PlainValidator:
    """Reads a reference. What names nothing is `wrong_format`.

    Args:
        parse: reads it, and raises `NotFound` where it is none.
        expected: what should stand there, for the message.
        words: those that stand for themselves, such as ``none``.
    """

    def read(value: Any) -> Any:
        if value in words:
            return value
        try:
            return parse(value)
        except (NotFound, TypeError):
            raise PydanticCustomError("wrong_format", f"Expected {expected}.") from None

    return PlainValidator(read)


def reference_schema(name: re.Pattern[str] | None = None, *words: str) -> WithJsonSchema:
    """The schema of such a member: an id, a name, or one of some words."""
    kinds: list[dict[str, Any]] = [{"type": "string", "format": "uuid"}]
    if name is not None:
        kinds.append({"type": "string", "pattern": f"^{name.pattern}$"})
    if words:
        kinds.append({"enum": [*words]})
    return WithJsonSchema({"anyOf": kinds})
