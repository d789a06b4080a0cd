"""Whether two requests are the same: by method, path, query and what the body says, however that is spelt."""

import hashlib
from math import isfinite

import msgspec

from taskhub.kernel.api.query_params import Pairs

_EXACT = 2**53
"""Below it every integer is a float of its own."""


def _number(text: str) -> int | float:
    """JSON has one kind of number: 1.0 is 1.

    Raises:
        ValueError: it is beyond all numbers.
    """
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


_decode = msgspec.json.Decoder(float_hook=_number).decode
_encode = msgspec.json.Encoder(order="sorted").encode


def fingerprint(method: str, path: str, parameters: Pairs, body: bytes) -> bytes:
    """``body``: JSON, or empty. The order of parameters counts only among those of one name."""
    pairs = _encode(sorted(parameters, key=_name)) if parameters else b""
    return _digest(method, path, pairs, _meaning(body) if body else b"")


def earlier_fingerprint(method: str, path: str, query: bytes, body: bytes) -> bytes:
    """As versions up to 0.1.0 stored it: by the bytes. Of no use once their records are over, a day after the upgrade."""
    return _digest(method, path, query, body)


def _digest(method: str, path: str, query: bytes, body: bytes) -> bytes:
    digest = hashlib.sha256(method.encode())
    for part in (path.encode(), query, body):
        digest.update(b"\0%d\0" % len(part) + part)
    return digest.digest()


def _meaning(body: bytes) -> bytes:
    """The body with its members in order and one spelling for each value. What has no such form (a number beyond 64 bits, which
    no operation takes) stays as it is.
    """
    try:
        return _encode(_decode(body))
    except (msgspec.MsgspecError, OverflowError, RecursionError, UnicodeError):
        return body


def _name(pair: tuple[str, str]) -> str:
    return pair[0]
