"""Query parameters: known ones only, well-formed, and repeated only where that has a meaning."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from types import UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.faults import UNKNOWN_PARAMETER, in_query, names_of, unknown
from taskhub.kernel.api.problems import MAX_FAULTS
from taskhub.kernel.api.types import Cursor
from taskhub.kernel.domain.errors import Fault, ValidationFailed

MAX_VALUES = 200
"""How often a parameter may be repeated, where it may be."""

MAX_ITEMS = 200
"""Of a page."""
_MAX_PAIRS = 2 * MAX_VALUES
_MAX_NAME_LENGTH = 64
Pairs: TypeAlias = list[tuple[str, str]]
"""Parameters as they were given: names and values, in their order."""

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS = {"true": True, "false": False}


def _boolean(value: Any) -> Any:
    if value not in _BOOLEANS:
        raise PydanticCustomError("wrong_format", "Expected true or false.")
    return _BOOLEANS[value]


def _integer(value: Any) -> Any:
    """The integer that a text stands for.

    Raises:
        PydanticCustomError
    """
    if not _INTEGER.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected an integer such as 50.")
    return int(value)


Flag = Annotated[bool, BeforeValidator(_boolean)]
Integer = BeforeValidator(_integer)
"""Of a field that is an `int`: neither spaces, signs, separators nor other digits are read."""


class QueryParams(BaseModel):
    """The base of query parameters. A field that is a list may be repeated. All values come as strings: use the types of here."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # See `Body`: validators are made late.


class PageParams(QueryParams):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=MAX_ITEMS), Integer] = 50
    cursor: Cursor | None = None


Q = TypeVar("Q", bound=QueryParams)


def split(query_string: bytes) -> Pairs | ValidationFailed:
    """The parameters of a query string, or what is wrong with it."""
    if not query_string:
        return []
    try:
        return parse_qsl(query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PAIRS)
    except ValueError:
        return ValidationFailed(
            Fault("malformed_query", f"Expected up to {_MAX_PAIRS} parameters in UTF-8, percent-encoded.", parameter="")
        )


def parse(model: type[Q], pairs: Pairs) -> Q | ValidationFailed:
    """The parameters as a model, or what is wrong with them."""
    if not pairs:
        nothing: Q = _without_parameters(model)
        return nothing
    values, faults = _collect(model, pairs)
    try:
        parsed: Q = model.model_validate(values)
    except ValidationError as error:
        faults += in_query(error.errors(include_url=False, include_context=False))
    if faults:
        return ValidationFailed(*faults)
    return parsed


def _collect(model: type[QueryParams], pairs: Pairs) -> tuple[dict[str, Any], list[Fault]]:
    """The values by name. What is in the way of reading them is told once per name."""
    values: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    unknown_names: dict[str, None] = {}
    lists, known = _lists(model), names_of(model)
    for name, value in pairs:
        if name not in known:
            unknown_names[name] = None
        elif "\0" in value:
            faults[name] = Fault("nul_character", "The character U+0000 is not allowed.", parameter=name)
        elif name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            faults[name] = Fault("repeated", "This parameter can be given only once.", parameter=name)
        else:
            values[name] = value
    return values, [*_unknown(model, unknown_names), *faults.values()]


def _unknown(model: type[QueryParams], names: Iterable[str]) -> list[Fault]:
    """Names that are no parameters here: as many as are told."""
    return [
        Fault(UNKNOWN_PARAMETER, unknown("parameter", name, model, listed=index > 0), parameter=_shown(name))
        for index, name in enumerate(islice(names, MAX_FAULTS))
    ]


def _shown(name: str) -> str:
    """A name that we don't know, fit to be repeated in an answer."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in name[:_MAX_NAME_LENGTH])


@lru_cache(maxsize=64)
def _without_parameters(model: type[Q]) -> Q:
    return model()


@lru_cache(maxsize=64)
def _lists(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items() if _is_list(field.annotation))


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (UnionType, Union):
        return any(_is_list(member) for member in get_args(annotation))
    return get_origin(annotation) is list
