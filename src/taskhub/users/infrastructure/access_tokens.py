"""Access tokens: JSON Web Tokens that name a session for a quarter of an hour."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import jwt
import msgspec

from taskhub.users.application.ports import ACCESS_SECONDS
from taskhub.users.contract.errors import InvalidToken

_ALGORITHM = "HS256"
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Payload(msgspec.Struct):
    """What a token has to say, and may. Times are whole seconds since 1970."""

    sub: UUID
    sid: UUID
    iat: _Seconds
    exp: _Seconds
    nbf: _Seconds = 0


@dataclass(frozen=True, slots=True)
class Claims:
    """``good_from`` and ``expires_at`` are in seconds since 1970."""

    user_id: UUID
    session_id: UUID
    good_from: int
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
        """What a token says. Whether it is good already, and still, is for the caller to check, each time.

        Raises:
            InvalidToken
        """
        if not _is_canonical(token):
            raise InvalidToken
        for key in self._keys:
            try:
                jws = jwt.PyJWS().decode_complete(token, key, algorithms=[_ALGORITHM])
                return _claims(token, jws["payload"])
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, msgspec.ValidationError, ValueError, TypeError, RecursionError):
                break
        raise InvalidToken


def _is_canonical(token: str) -> bool:
    """A token has one spelling: decoders pass over padding, odd characters and the bits after the last byte."""
    return _FORM.fullmatch(token) is not None and all(_encoded(_decoded(part)) == part for part in token.split("."))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) if len(part) % 4 != 1 else b""


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _claims(token: str, payload: bytes) -> Claims:
    """Raises:
    ValueError, msgspec.ValidationError: nothing that this service would sign.
    """
    header = _members(_decoded(token.partition(".")[0]))
    if "crit" in header:
        raise ValueError("extensions that have to be understood are not")
    read = msgspec.convert(_members(payload), _Payload)
    if read.nbf >= read.exp or read.exp - read.iat > ACCESS_SECONDS:
        raise ValueError("a time that no token of ours has")
    return Claims(read.sub, read.sid, max(read.iat, read.nbf), read.exp)


def _members(raw: bytes) -> dict[str, Any]:
    """The members of an object; ValueError where one stands twice: readers differ in which they take."""
    found = json.loads(raw, object_pairs_hook=_unique)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members
