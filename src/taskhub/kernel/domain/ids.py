"""Ids as they are written in requests."""

import re
from uuid import UUID

import msgspec

from taskhub.kernel.domain.errors import NotFound

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def parse_id(text: str) -> UUID:
    """An id in its one canonical form (case aside).

    Raises:
        NotFound: it is none, and so names nothing.
    """
    if not _UUID.fullmatch(text):
        raise NotFound
    return msgspec.convert(text, UUID)  # A third of the time of UUID(text).


def parse_number(text: str) -> int:
    """A positive number in its one canonical form, of up to 63 bits.

    Raises:
        NotFound: it is none, and so names nothing.
    """
    if not _NUMBER.fullmatch(text):
        raise NotFound
    return int(text)
