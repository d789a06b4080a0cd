"""Cursors of the task list: signed, and bound to the list that they came from."""

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


class Signer:
    def __init__(self, secret: str) -> None:
        self.key = hashlib.sha256(b"cursor:" + secret.encode()).digest()

    def make(self, request: Request, last: Task) -> tuple[str, str]:
        """The cursor of the next page, and the link to it."""
        payload = msgspec.json.encode((last.created_at, last.id))
        path = request.url.path
        cursor = base64.urlsafe_b64encode(self._tag(path, payload) + payload).rstrip(b"=").decode()
        limit = request.query_params.get("limit")
        return cursor, f'<{path}?{f"limit={limit}&" if limit else ""}cursor={cursor}>; rel="next"'

    def read(self, request: Request) -> Position:
        cursor = request.query_params.get("cursor")
        if cursor is None:
            return None
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if not hmac.compare_digest(raw[:_TAG], self._tag(request.url.path, raw[_TAG:])):
            raise Refused(400)
        return msgspec.json.decode(raw[_TAG:], type=tuple[datetime, UUID])

    def _tag(self, path: str, payload: bytes) -> bytes:
        return hmac.digest(self.key, payload + b"\n" + path.encode(), "sha256")[:_TAG]
