"""Who asks: the service's own tokens, their signature checked once for each token, their expiry each time."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from uuid import UUID

import msgspec

MAX_CACHED = 20_000


class Refused(Exception):
    """A request that gets another status than 2xx."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: UUID
    session_id: UUID
    expires_at: int


class _Payload(msgspec.Struct):
    sub: UUID
    sid: UUID
    exp: int


class Tokens:
    def __init__(self, secret: str) -> None:
        self.key = hashlib.sha256(b"access:" + secret.encode()).digest()
        self.known: dict[str, Claims] = {}

    def claims(self, authorization: str) -> Claims:
        claims = self.known.get(authorization) or self._verify(authorization)
        if claims.expires_at <= time.time():
            raise Refused(401)
        return claims

    def _verify(self, authorization: str) -> Claims:
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer":
            raise Refused(401)
        signed, _, signature = token.rpartition(".")
        try:
            if not hmac.compare_digest(hmac.digest(self.key, signed.encode(), hashlib.sha256), _decoded(signature)):
                raise Refused(401)
            payload = _read(_decoded(signed.partition(".")[2]))
        except (ValueError, msgspec.DecodeError):
            raise Refused(401) from None
        claims = Claims(payload.sub, payload.sid, payload.exp)
        if len(self.known) >= MAX_CACHED:
            del self.known[next(iter(self.known))]
        self.known[authorization] = claims
        return claims


_read = msgspec.json.Decoder(_Payload).decode


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")
