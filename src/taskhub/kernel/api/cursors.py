"""Cursors: opaque, signed, and good only for the list that they came from."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from taskhub.kernel.api.problems import InvalidCursor
from taskhub.kernel.api.query_params import Pairs

_TAG_BYTES = 16
_UNBOUND = ("cursor", "limit")


class CursorSigner:
    """Signs the position of the last row with the list it belongs to: path, filters and sort, but not the page size.

    Cursors are verified under every key given, so that a new key does not break a walk; they are made under the first.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [hashlib.sha256(b"cursor:" + key).digest() for key in keys]

    def make(self, position: Sequence[Any], path: str, parameters: Pairs) -> str:
        payload = msgspec.json.encode(position)
        return _text(self._tag(self._keys[0], payload, path, parameters) + payload)

    def read(self, cursor: str, path: str, parameters: Pairs) -> list[Any]:
        """The position that a cursor holds.

        Raises:
            InvalidCursor: it was changed, or made for another list.
        """
        raw = _bytes(cursor)
        tag, payload = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not any(hmac.compare_digest(tag, self._tag(key, payload, path, parameters)) for key in self._keys):
            raise InvalidCursor
        return msgspec.json.decode(payload, type=list[Any])

    def _tag(self, key: bytes, payload: bytes, path: str, parameters: Pairs) -> bytes:
        bound = msgspec.json.encode((path, sorted(pair for pair in parameters if pair[0] not in _UNBOUND)))
        return hashlib.blake2b(payload + b"\n" + bound, key=key, digest_size=_TAG_BYTES).digest()


def place_in_log(stream_id: UUID | str) -> tuple[str, Pairs]:
    """What a cursor of a log is bound to, in the place of path and parameters: the log alone."""
    return f"log of {str(stream_id).lower()}", []


def next_link(path: str, parameters: Pairs, cursor: str) -> str:
    """The `Link` of the next page: the same request with another cursor."""
    kept = urlencode([pair for pair in parameters if pair[0] != "cursor"])
    return f'<{path}?{kept and kept + "&"}cursor={cursor}>; rel="next"'


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Strict: a cursor has one spelling, so a changed character never passes as the same."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise InvalidCursor from None
    if _text(raw) != text:
        raise InvalidCursor
    return raw
