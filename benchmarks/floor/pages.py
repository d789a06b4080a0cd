"""Cursors of the task list: signed, and bound to the list that they came from, its filters included."""

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

import msgspec
from benchmarks.floor.auth import Refused
from benchmarks.floor.store import Position
from benchmarks.floor.views import Task
from starlette.requests import Request

_TAG = 16
_CURSOR = b"cursor="
_UNBOUND = (_CURSOR, b"limit=")


class Signer:
    def __init__(self, secret: str) -> None:
        self.key = hashlib.sha256(b"cursor:" + secret.encode()).digest()

    def make(self, request: Request, last: Task) -> tuple[str, str]:
        """The cursor of the next page, and the link to it."""
        payload = msgspec.json.encode((last.created_at, last.id))
        cursor = base64.urlsafe_b64encode(self._tag(request, payload) + payload).rstrip(b"=").decode()
        kept = b"".join(b"%b&" % part for part in _asked(request) if not part.startswith(_CURSOR)).decode()
        return cursor, f'<{request.scope["path"]}?{kept}cursor={cursor}>; rel="next"'

    def read(self, request: Request) -> Position:
        cursor = request.query_params.get("cursor")
        if cursor is None:
            return None
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if not hmac.compare_digest(raw[:_TAG], self._tag(request, raw[_TAG:])):
            raise Refused(400)
        return msgspec.json.decode(raw[_TAG:], type=tuple[datetime, UUID])

    def _tag(self, request: Request, payload: bytes) -> bytes:
        bound = sorted(part for part in _asked(request) if not part.startswith(_UNBOUND))
        return hmac.digest(self.key, b"\n".join((payload, request.scope["path"].encode(), *bound)), "sha256")[:_TAG]


def _asked(request: Request) -> list[bytes]:
    query: bytes = request.scope["query_string"]
    return query.split(b"&") if query else []
