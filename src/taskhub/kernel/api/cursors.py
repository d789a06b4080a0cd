"""Cursors: opaque, signed, and good only for the list that they came from."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from taskhub.kernel.api.problems import InvalidCursor
from taskhub.kernel.api.queries import parse_pairs

_TAG_BYTES = 16
_UNBOUND = ("cursor", "limit")


class CursorSigner:
    """Signs the position of the last row with the list it belongs to: path, filters and sort, but not the page size.

    Cursors are verified under every key given, so that a new key does not break a walk; they are made under the first.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [hashlib.sha256(b"cursor:" + key).digest() for key in keys]

    def make(self, position: Sequence[Any], path: str, query_string: bytes) -> str:
        payload = msgspec.json.encode(position)
        return _text(self._tag(self._keys[0], payload, path, query_string) + payload)

    def read(self, cursor: str, path: str, query_string: bytes) -> list[Any]:
        """The position that a cursor holds.

        Raises:
            InvalidCursor: it was changed, or made for another list.
        """
        raw = _bytes(cursor)
        tag, payload = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not any(hmac.compare_digest(tag, self._tag(key, payload, path, query_string)) for key in self._keys):
            raise InvalidCursor
        return msgspec.json.decode(payload, type=list[Any])

    def read_from(self, path: str, query_string: bytes) -> list[Any] | None:
        """The position that the cursor among the parameters holds; None where there is none, or not one alone.

        Raises:
            InvalidCursor
        """
        try:
            given = [value for name, value in parse_pairs(query_string) if name == "cursor"]
        except ValueError:
            return None
        return self.read(given[0], path, query_string) if len(given) == 1 else None

    def _tag(self, key: bytes, payload: bytes, path: str, query_string: bytes) -> bytes:
        bound = msgspec.json.encode((path, _bound(query_string)))
        return hashlib.blake2b(payload + b"\n" + bound, key=key, digest_size=_TAG_BYTES).digest()


def next_link(path: str, query_string: bytes, cursor: str) -> str:
    """The `Link` of the next page: the same request with another cursor."""
    kept = [(name, value) for name, value in parse_pairs(query_string) if name != "cursor"]
    return f'<{path}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'


def _bound(query_string: bytes) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in parse_pairs(query_string) if name not in _UNBOUND)


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
