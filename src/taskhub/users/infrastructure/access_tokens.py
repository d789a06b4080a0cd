"""Access tokens: JSON Web Tokens that name a session for a quarter of an hour.

They are signed and verified by the standard library. HMAC is the only kind of signature here; a library for all kinds imports all
kinds of cryptography at each start.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from taskhub.users.application.ports import ACCESS_SECONDS
from taskhub.users.contract.errors import InvalidToken

_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Payload(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
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
        payload = _Payload(user_id, session_id, issued_at, issued_at + ACCESS_SECONDS)
        signed = _HEADER + b"." + _encoded(_json(payload))
        return (signed + b"." + _signature(signed, self._keys[0])).decode()

    def verify(self, token: str) -> Claims:
        """What a token says. Whether it is good already, and still, is for the caller to check, each time.

        Raises:
            InvalidToken
        """
        signed, _, signature = token.encode("utf-8", "surrogatepass").rpartition(b".")
        if not any(hmac.compare_digest(_signature(signed, key), signature) for key in self._keys):
            raise InvalidToken
        header, _, payload = signed.partition(b".")
        if header != _HEADER:
            raise InvalidToken
        return _claims(payload)


def _claims(payload: bytes) -> Claims:
    """What a token says that nobody but a holder of the secret has written.

    Raises:
        InvalidToken: it is not what this service would have written, byte for byte.
    """
    try:
        read = _read(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except (ValueError, msgspec.DecodeError, RecursionError):
        raise InvalidToken from None
    if _encoded(_json(read)) != payload or read.nbf >= read.exp or read.exp - read.iat > ACCESS_SECONDS:
        raise InvalidToken
    return Claims(read.sub, read.sid, max(read.iat, read.nbf), read.exp)


def _signature(signed: bytes, key: bytes) -> bytes:
    return _encoded(hmac.digest(key, signed, "sha256"))


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


_json = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(_Payload).decode
_HEADER = _encoded(_json({"alg": "HS256", "typ": "JWT"}))
