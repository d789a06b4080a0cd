"""Responses that are bytes already."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

import msgspec
from starlette.responses import Response

Item = TypeVar("Item")

_JSON = (b"content-type", b"application/json")
_BODILESS = frozenset({204, 304})


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """A part of a list. ``next_cursor`` asks for the part after it; null ends the list."""

    items: Sequence[Item]
    next_cursor: str | None


class Batch(msgspec.Struct, Generic[Item], frozen=True):
    """What a command made of several things at once, in the order of the request."""

    items: Sequence[Item]


class JsonResponse(Response):
    """An encoded JSON document, or nothing at all."""

    def __init__(self, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = (), media_type: bytes = b"") -> None:
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = [*headers]
        if status not in _BODILESS:
            self.raw_headers.append((b"content-length", b"%d" % len(body)))
            self.raw_headers.append((b"content-type", media_type) if media_type else _JSON)
