"""Access tokens: JSON Web Tokens that name a session for a quarter of an hour.

They are signed and verified by the standard library. HMAC is the only kind of signature here; a library for all kinds imports all
kinds of cryptography at each start.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from taskhub.users.application.ports import ACCESS_SECONDS
from taskhub.users.contract.errors import InvalidToken

_HEADER = {"alg": "HS256", "typ": "JWT"}
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Payload(msgspec.Struct, forbid_unknown_fields=True):
    """What a token has to say, and may (`nbf`): nothing else, as it could mean something. Times are whole seconds since 1970."""

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
        signed = f"{_encoded(_json(_HEADER))}.{_encoded(_json(claims))}"
        return f"{signed}.{_encoded(_signature(signed, self._keys[0]))}"

    def verify(self, token: str) -> Claims:
        """What a token says. Whether it is good already, and still, is for the caller to check, each time.

        Raises:
            InvalidToken
        """
        if not _is_canonical(token):
            raise InvalidToken
        signed, _, signature = token.rpartition(".")
        if not any(hmac.compare_digest(_signature(signed, key), _decoded(signature)) for key in self._keys):
            raise InvalidToken
        try:
            return _claims(*map(_decoded, signed.split(".")))
        except (msgspec.ValidationError, ValueError, TypeError, RecursionError):
            raise InvalidToken from None


def _signature(signed: str, key: bytes) -> bytes:
    return hmac.digest(key, signed.encode(), hashlib.sha256)


def _is_canonical(token: str) -> bool:
    """A token has one spelling: decoders pass over padding, odd characters and the bits after the last byte."""
    return _FORM.fullmatch(token) is not None and all(_encoded(_decoded(part)) == part for part in token.split("."))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) if len(part) % 4 != 1 else b""


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json(members: dict[str, Any]) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()


def _claims(header: bytes, payload: bytes) -> Claims:
    """What the two parts say.

    Raises:
        ValueError, TypeError, msgspec.ValidationError: nothing that this service would sign.
    """
    if _members(header) != _HEADER:
        raise ValueError("another algorithm or kind, or more than we say")
    told = _members(payload)
    read = msgspec.convert(told, _Payload)
    if (told["sub"], told["sid"]) != (str(read.sub), str(read.sid)):
        raise ValueError("a UUID in another spelling")
    if read.nbf >= read.exp or read.exp - read.iat > ACCESS_SECONDS:
        raise ValueError("a time that no token of ours has")
    return Claims(read.sub, read.sid, max(read.iat, read.nbf), read.exp)


def _members(raw: bytes) -> dict[str, Any]:
    """The members of an object; ValueError where one stands twice: readers differ in which they take.

    The bytes are UTF-8. Without `decode`, `json` would guess at UTF-16 and UTF-32, and pass over a byte order mark.
    """
    found = json.loads(raw.decode(), object_pairs_hook=_unique)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members
