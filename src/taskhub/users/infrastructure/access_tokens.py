"""Access tokens: JSON Web Tokens that name a session for a quarter of an hour."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt

from taskhub.users.application.ports import ACCESS_SECONDS
from taskhub.users.contract.errors import InvalidToken

_ALGORITHM = "HS256"
_CLAIMS = ("sub", "sid", "iat", "exp")
# Expiry is checked by the caller, each time; a token from a replica whose clock is ahead is a good one.
_OPTIONS: Any = {"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False}


@dataclass(frozen=True, slots=True)
class Claims:
    """``expires_at`` is in seconds since 1970."""

    user_id: UUID
    session_id: UUID
    expires_at: int


class JwtAccessTokens:
    """Signed with the first secret given, verified under every one."""

    def __init__(self, secret_keys: Sequence[bytes]) -> None:
        self._keys = [hashlib.sha256(b"access:" + key).digest() for key in secret_keys]

    def issue(self, user_id: UUID, session_id: UUID, *, now: datetime) -> str:
        issued_at = int(now.timestamp())
        claims = {"sub": str(user_id), "sid": str(session_id), "iat": issued_at, "exp": issued_at + ACCESS_SECONDS}
        return jwt.encode(claims, self._keys[0], algorithm=_ALGORITHM)

    def verify(self, token: str) -> Claims:
        """What a token says, expired or not.

        Raises:
            InvalidToken
        """
        for key in self._keys:
            try:
                return _claims(jwt.decode(token, key, algorithms=[_ALGORITHM], options=_OPTIONS))
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
                break
        raise InvalidToken


def _claims(payload: dict[str, Any]) -> Claims:
    return Claims(UUID(payload["sub"]), UUID(payload["sid"]), int(payload["exp"]))
