"""Checks of a request's head (request line and headers) that the parser leaves to the server."""

import re
from functools import lru_cache

from taskhub.kernel.api.methods import ALLOWED
from taskhub.kernel.api.problems import HeadersTooLarge, InvalidHeader, MalformedRequest, MethodNotAllowed

Headers = list[tuple[bytes, bytes]]

MAX_BYTES = 64 * 1024

_VERSIONS = ("1.1", "1.0")
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%-]{1,255}|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\])(?::[0-9]{0,5})?")
"""A name or an address, and a port. RFC 3986 allows commas in names, but here they mean that two header lines were joined."""
_MAX_HOST_LENGTH = 262


def check(method: bytes, version: str, headers: Headers) -> None:
    """
    Raises:
        MalformedRequest
        MethodNotAllowed
        InvalidHeader
    """
    if version not in _VERSIONS:
        raise MalformedRequest("This service speaks HTTP/1.1.")
    if method == b"CONNECT":
        raise MethodNotAllowed("This service is no proxy.", [(b"allow", ALLOWED)])
    hosts, codings = _hosts_and_codings(headers)
    if len(hosts) != 1 and (hosts or version == "1.1"):
        raise InvalidHeader("Host", "expected exactly one")
    if hosts and not (len(hosts[0]) <= _MAX_HOST_LENGTH and _is_host(hosts[0])):
        raise InvalidHeader("Host", "expected a name or an address, and a port if there is one")
    if codings and (version == "1.0" or [coding.strip().lower() for coding in codings] != [b"chunked"]):
        raise InvalidHeader("Transfer-Encoding", "expected chunked, in HTTP/1.1")


def _hosts_and_codings(headers: Headers) -> tuple[list[bytes], list[bytes]]:
    hosts, codings = [], []
    for name, value in headers:  # One loop, since this runs for every request.
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding":
            codings.append(value)
    return hosts, codings


@lru_cache(maxsize=256)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value.rstrip(b" \t")) is not None


def check_size(url: bytes, headers: Headers) -> None:
    """
    Raises:
        HeadersTooLarge
    """
    if len(url) + sum(len(name) + len(value) for name, value in headers) > MAX_BYTES:
        raise too_large()


def too_large() -> HeadersTooLarge:
    return HeadersTooLarge(f"Path and headers may have up to {MAX_BYTES} bytes.")


def without_upgrade(method: bytes, url: bytes, version: str, headers: Headers) -> bytes:
    """The bytes of a parsed head, without its `Upgrade` header."""
    lines = [b"%s: %s" % (name, value) for name, value in headers if name != b"upgrade"]
    return b"\r\n".join([b"%s %s HTTP/%s" % (method, url, version.encode()), *lines, b"", b""])
