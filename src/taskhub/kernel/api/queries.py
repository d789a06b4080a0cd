"""Query parameters: known ones only, repeated only where that has a meaning."""

from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError

from taskhub.kernel.domain.errors import Fault, ValidationFailed


class Query(BaseModel):
    """The base of query parameters. A field that is a list may be repeated."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Q = TypeVar("Q", bound=Query)


def parse(model: type[Q], query_string: bytes) -> Q | ValidationFailed:
    """The parameters as a model, or what is wrong with them."""
    if not query_string:
        return _without_parameters(model)
    values: dict[str, Any] = {}
    lists = _lists(model)
    faults = []
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        if "\0" in value or "\0" in name:
            faults.append(Fault("nul_character", "The character U+0000 can't be stored.", parameter=name.replace("\0", "")))
        elif name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            faults.append(Fault("repeated", "This parameter may be given once.", parameter=name))
        else:
            values[name] = value
    try:
        parsed = model.model_validate_strings(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults += [
            Fault(fault["type"], fault["msg"], parameter=str(fault["loc"][0]) if fault["loc"] else None) for fault in found
        ]
    return ValidationFailed(*faults) if faults else parsed


@lru_cache(maxsize=64)
def _without_parameters(model: type[Q]) -> Q:
    return model()


@lru_cache(maxsize=64)
def _lists(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if _is_list(field.annotation))


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) is UnionType or str(get_origin(annotation)) == "typing.Union":
        return any(_is_list(member) for member in get_args(annotation))
    return get_origin(annotation) is list
