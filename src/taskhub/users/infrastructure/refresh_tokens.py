"""Refresh tokens: opaque to clients; they name their session, and their successor follows from them under the server's secret."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

from taskhub.users.application.ports import RefreshToken

PREFIX = "thubr_"
_ID, _SEED, _TAG = 16, 32, 16
_BYTES = 2 * _ID + _SEED + _TAG


class SignedRefreshTokens:
    """A token is the user's id, the session's, a seed and a tag over all of it.

    The tag tells a token that was spent long ago from one that was never made, without keeping the spent ones. Tokens are
    recognised under every secret given, and made under the first.
    """

    def __init__(self, secret_keys: Sequence[bytes]) -> None:
        self._keys = [hashlib.sha256(b"refresh:" + key).digest() for key in secret_keys]

    def first(self, user_id: UUID, session_id: UUID) -> RefreshToken:
        return self._make(self._keys[0], user_id, session_id, secrets.token_bytes(_SEED))

    def read(self, text: str) -> RefreshToken | None:
        raw = _decoded(text)
        if raw is None:
            return None
        body, tag = raw[:-_TAG], raw[-_TAG:]
        is_genuine = any(hmac.compare_digest(tag, _tag(key, body)) for key in self._keys)
        return RefreshToken(text, UUID(bytes=body[:_ID]), UUID(bytes=body[_ID : 2 * _ID]), _digest(text), is_genuine)

    def successors(self, token: RefreshToken) -> list[RefreshToken]:
        return [
            self._make(key, token.user_id, token.session_id, hmac.digest(key, b"successor:" + token.text.encode(), "sha256"))
            for key in self._keys
        ]

    def _make(self, key: bytes, user_id: UUID, session_id: UUID, seed: bytes) -> RefreshToken:
        body = user_id.bytes + session_id.bytes + seed
        text = PREFIX + base64.urlsafe_b64encode(body + _tag(key, body)).rstrip(b"=").decode()
        return RefreshToken(text, user_id, session_id, _digest(text), is_genuine=True)


def _tag(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"tag:" + body, "sha256")[:_TAG]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _decoded(text: str) -> bytes | None:
    """Strict: a token has one spelling."""
    encoded = text.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    is_canonical = PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text
    return raw if is_canonical and len(raw) == _BYTES else None
