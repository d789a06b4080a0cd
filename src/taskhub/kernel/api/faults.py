"""What is wrong with the shape of a request, under codes of our own: what pydantic calls it may change with its version."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from inspect import isclass
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from taskhub.kernel.api.problems import MAX_FAULTS
from taskhub.kernel.domain.errors import Fault

UNKNOWN_MEMBER, UNKNOWN_PARAMETER = "unknown_member", "unknown_parameter"
Path = tuple[int | str, ...]

_MAX_COMPARED_LENGTH = 64
"""Comparing names takes time that grows with the product of their lengths."""
_NAME_OF_MEMBER = "[key]"
"""What pydantic puts behind the path of a member where its name is what is wrong."""
_EXACT = {
    "missing": "missing",
    "extra_forbidden": UNKNOWN_MEMBER,
    "none_required": "wrong_type",
    "int_from_float": "wrong_type",
    "literal_error": "not_one_of",
    "enum": "not_one_of",
    "union_tag_invalid": "not_one_of",
    "union_tag_not_found": "missing",
    "string_pattern_mismatch": "wrong_format",
    "string_not_ascii": "wrong_format",
    "timezone_aware": "wrong_format",
    "uuid_version": "wrong_format",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "int_parsing_size": "too_large",
    "too_short": "too_short",
    "too_long": "too_long",
}
_ENDINGS = {"_type": "wrong_type", "_parsing": "wrong_format", "_too_short": "too_short", "_too_long": "too_long"}


def _code_of(kind: str) -> str:
    endings = (code for ending, code in _ENDINGS.items() if kind.endswith(ending))
    return _EXACT.get(kind) or next(endings, "invalid")


CODES: dict[str, str] = {kind: _code_of(kind) for kind in get_args(ErrorType)}
"""By what pydantic says. A code that a validator of ours raises is not among these, and stays what it is."""


def in_body(model: type[BaseModel], errors: Sequence[ErrorDetails]) -> list[Fault]:
    """The faults of a body: as many as are told."""
    listed: set[type[BaseModel]] = set()
    faulty = (error for error in errors if not _is_emptied(error, errors))
    return [_in_body(model, error, listed) for error in islice(faulty, MAX_FAULTS)]


def in_query(errors: Iterable[ErrorDetails]) -> Iterator[Fault]:
    for error in errors:
        yield Fault(_code(error), _message(error), parameter=str(error["loc"][0]))


def unknown(what: str, name: str, model: type[BaseModel], *, listed: bool) -> str:
    """Says that it is unknown, which name is near, and, unless they are ``listed`` already, all that there are."""
    known = names_of(model)
    near = get_close_matches(name[:_MAX_COMPARED_LENGTH], known, n=1)
    parts = [f"There is no {what} with this name."]
    parts += [f"Did you mean {near[0]}?"] if near else []
    if not listed:
        parts.append(f"Allowed are: {', '.join(known)}." if known else "None are allowed.")
    return " ".join(parts)


@lru_cache(maxsize=256)
def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """What its members are called by clients."""
    return tuple(sorted(field.alias or name for name, field in model.model_fields.items()))


def pointer_of(path: Path) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _in_body(model: type[BaseModel], error: ErrorDetails, listed: set[type[BaseModel]]) -> Fault:
    path = error["loc"]
    if path and path[-1] == _NAME_OF_MEMBER:
        path = path[:-1]
    code, message = _code(error), _message(error)
    if code == UNKNOWN_MEMBER and (owner := _model_at(model, path[:-1])) is not None:
        message = unknown("field", str(path[-1]), owner, listed=owner in listed)
        listed.add(owner)
    return Fault(code, message, pointer=pointer_of(path))


def _code(error: ErrorDetails) -> str:
    """Text that can't be read is of the wrong format; what is no text was never written in one."""
    code = CODES.get(error["type"], error["type"])
    return "wrong_type" if code == "wrong_format" and not isinstance(error["input"], str) else code


def _message(error: ErrorDetails) -> str:
    """What a client calls a list is a tuple here."""
    return "This is required." if error["type"] == "missing" else error["msg"].replace("Tuple", "List")


def _is_emptied(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Whether a list is too short only since its items are faulty: these are told already."""
    path = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][: len(path)] == path != other["loc"] for other in errors)


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the object at a place in a body."""
    at: type[BaseModel] | None = model
    for part in path:
        field = at.model_fields.get(str(part)) if at is not None and isinstance(part, str) else None
        if field is not None:
            at = _model_in(field.annotation)
    return at


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a member's type names, as in ``tuple[Model, ...] | None``."""
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
