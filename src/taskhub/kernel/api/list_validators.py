"""Validators of lists: an `ETag` that stays the same until something changes in the log that the rows of a list come from.

A route says with `validator=` whether its list has one. The tag is made of the head of the log, which is read in the statement
that reads the rows, and of all else that the answer depends on. Whoever sends it back gets 304 after one look at the head
(decision 35).
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, get_args
from uuid import UUID
from zlib import crc32

import msgspec

_TAG_BYTES = 15
_encode = msgspec.json.encode


def _nothing_else(request: Any) -> Sequence[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class OfLog:
    """The list changes only together with the log of the stream that the path names: in the same transaction.

    ``depends_on`` tells what the answer is made of beside the log, the path, the parameters and, where one of them is `me`, the
    caller: values that can be JSON, of the request, whose query was not parsed yet. None where this answer has no validator.
    """

    depends_on: Callable[[Any], Sequence[Any] | None] = _nothing_else


@dataclass(frozen=True, slots=True)
class NoValidator:
    """The list may change without its log. ``because``: what else its rows come from, for whoever reads the code."""

    because: str


ListValidator = OfLog | NoValidator


def shape_of(answers: Any) -> int:
    """A number for the fields of a list's items: with a field more, the same rows are another answer."""
    fields = [getattr(item, "__struct_fields__", ()) for item in get_args(answers)]
    return crc32(_encode(fields))


class LogHeads(Protocol):
    """Where the heads of logs are looked up. Raises `Unavailable` and `Busy`."""

    async def head(self, stream_id: UUID, /) -> str:
        """A text that is another one after each commit to the log."""


class ListTags:
    """Makes the tags of lists. They are signed: a tag that matches was given for this very request before.

    ``release``: whatever makes the same rows another answer, such as the version of the program.
    """

    def __init__(self, secret_key: bytes, release: str) -> None:
        # Of the key that signs cursors: a list that was kept holds one.
        self._key = hashlib.sha256(b"list tag:" + secret_key).digest()
        self._release = release

    def listing(self, path: str, query: bytes, others: Sequence[Any]) -> bytes:
        """All that an answer depends on but the head of the log. ``query``: as it was sent."""
        return b"%b?%b %b" % (path.encode(), query, _encode((self._release, *others)))

    def tag(self, log_head: str, listing: bytes) -> str:
        """The weak tag of a list."""
        made_of = b"%b %b" % (log_head.encode(), listing)
        digest = hashlib.blake2b(made_of, key=self._key, digest_size=_TAG_BYTES).digest()
        return f'W/"{base64.urlsafe_b64encode(digest).decode()}"'
