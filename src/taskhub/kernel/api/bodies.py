"""Reading request bodies: bounded, of the right kind, and well-formed, before anything looks at what they say."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json
from starlette.types import Receive

from taskhub.kernel.api import faults
from taskhub.kernel.api.problems import MAX_FAULTS, BodyTooLarge, MalformedJson
from taskhub.kernel.domain.errors import Fault, ValidationFailed

MAX_BYTES = 1024 * 1024
JSON = ("application/json",)
MERGE_PATCH = ("application/merge-patch+json", "application/json")

_MARK = b"\xef\xbb\xbf"
"""Of the byte order, which UTF-8 has none of: some editors and libraries put it before what they write."""
_ESCAPED_NUL = b"\\u0000"
_NO_JSON = (b"NaN", b"Infinity")
"""What pydantic reads as numbers."""

_MAX_DIGITS = 4_300
"""Of a number. Python and the parser of bodies refuse longer ones, since reading them takes quadratic time."""

M = TypeVar("M", bound=BaseModel)


class Body(BaseModel):
    """The base of request bodies: unknown members are refused, and nothing is converted from another type."""

    # The validator is made when the first request needs it: all of them are a twentieth of a start.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def refusal(cls, faults: Sequence[Fault]) -> ValidationFailed:
        """What a request is answered whose body, or something else in it, has these faults."""
        return ValidationFailed(*faults)


class Patch(Body):
    """The base of merge patches: a member that is missing stays as it is."""


def check_size(content_length: bytes | None) -> None:
    """Refuses a body by its announced size, before it is read."""
    if content_length is not None and content_length.isdigit() and (len(content_length) > 18 or int(content_length) > MAX_BYTES):
        raise _too_large()


async def read_body(receive: Receive) -> bytes:
    """The whole body, without a mark of the byte order. A larger one than allowed is refused as soon as it shows."""
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BYTES:
            raise _too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return (b"".join(chunks) if len(chunks) > 1 else chunk).removeprefix(_MARK)


class ClientGone(Exception):
    """The client hung up before its request was complete; nobody is left to answer."""


def parse(model: type[M], raw: bytes) -> M | ValidationFailed:
    """The body as a model, or what is wrong with its shape (which is told only after the caller's rights are known).

    Raises:
        MalformedJson
    """
    if any(token in raw for token in _NO_JSON):
        read_json(raw)
    try:
        parsed = model.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        if found[0]["type"] == "json_invalid":
            if out_of_range := [*_out_of_range_in(raw)]:
                return ValidationFailed(*out_of_range)
            raise MalformedJson(f"The body is not valid JSON: {found[0]['msg'].removeprefix('Invalid JSON: ')}.") from None
        return ValidationFailed(*faults.in_body(model, found))
    if _ESCAPED_NUL in raw and (pointer := _nul_in(from_json(raw))) is not None:
        return ValidationFailed(Fault("nul_character", "The character U+0000 is not allowed.", pointer=pointer))
    return parsed


def read_json(raw: bytes) -> Any:
    """Strictly what JSON is. A number that is out of range is infinite.

    Raises:
        MalformedJson
    """
    try:
        return msgspec.json.decode(raw)
    except msgspec.ValidationError:  # It is JSON, which sets numbers no bounds.
        return _read_with_any_number(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedJson(f"The body is not valid JSON: {error}.") from None


def _read_with_any_number(raw: bytes) -> Any:
    """A number that is out of range is infinite: parsers have bounds, JSON has none.

    Raises:
        MalformedJson
    """
    try:
        return json.loads(raw.decode(), parse_int=_number, parse_float=_number, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(f"The body is not valid JSON: {error}.") from None


def _number(text: str) -> float:
    return float(text) if len(text) <= _MAX_DIGITS else math.copysign(math.inf, -1 if text[0] == "-" else 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _out_of_range_in(raw: bytes) -> Iterator[Fault]:
    """A fault for each number that is out of the parser's range, as many as are told; none where that is not what is wrong.

    Raises:
        MalformedJson: the body is not JSON.
    """
    for path, value in islice(_infinite_in(_read_with_any_number(raw)), MAX_FAULTS):
        if value > 0:
            yield Fault("too_large", "The number is too large.", pointer=faults.pointer_of(path))
        else:
            yield Fault("too_small", "The number is too small.", pointer=faults.pointer_of(path))


def _infinite_in(value: Any, path: faults.Path = ()) -> Iterator[tuple[faults.Path, float]]:
    if isinstance(value, float) and math.isinf(value):
        yield path, value
    for name, item in _items(value):
        yield from _infinite_in(item, (*path, name))


def _items(value: Any) -> Iterable[tuple[int | str, Any]]:
    return value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()


def _nul_in(value: Any, path: tuple[int | str, ...] = ()) -> str | None:
    if isinstance(value, str):
        return faults.pointer_of(path) if "\0" in value else None
    for name, item in _items(value):
        if "\0" in str(name):
            return faults.pointer_of(path)
        if (found := _nul_in(item, (*path, name))) is not None:
            return found
    return None


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"A request body can have up to {MAX_BYTES} bytes.")
