"""The head of a request: what the parser lets through and no server may guess about."""

import re

from taskhub.kernel.api.methods import ALLOWED
from taskhub.kernel.api.problems import HeadersTooLarge, HttpProblem, InvalidHeader, MalformedRequest, MethodNotAllowed
from taskhub.kernel.domain.errors import DomainError

MOST_BYTES = 64 * 1024

_HOST = re.compile(rb"(?:[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\])(?::[0-9]{0,5})?")
"""A name or an address, and a port. Commas, which a name may have by the letter of RFC 3986, are what joins two lines."""


class Refused(Exception):
    """Stops the parser."""


class Head:
    """One head, while it is read. ``refusal``: what is wrong with it, once the parser was stopped."""

    __slots__ = ("_bytes", "_codings", "_hosts", "refusal")

    def __init__(self) -> None:
        self.refusal: HttpProblem | DomainError | None = None
        self._bytes = 0
        self._hosts: list[bytes] = []
        self._codings: list[bytes] = []

    def count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > MOST_BYTES:
            self._refuse(HeadersTooLarge(f"Path and headers may have up to {MOST_BYTES} bytes."))

    def note(self, name: bytes, value: bytes) -> None:
        """``name`` in lower case."""
        if name == b"host":
            self._hosts.append(value)
        elif name == b"transfer-encoding":
            self._codings.append(value)

    def check(self, method: bytes, version: str) -> None:
        """
        Raises:
            Refused
        """
        if version not in ("1.1", "1.0"):
            self._refuse(MalformedRequest("This service speaks HTTP/1.1."))
        if method == b"CONNECT":
            self._refuse(MethodNotAllowed("This service is no proxy.", [(b"allow", ALLOWED)]))
        if len(self._hosts) != 1 and (self._hosts or version == "1.1"):
            self._refuse(InvalidHeader("Host", "expected exactly one"))
        if self._hosts and not _HOST.fullmatch(self._hosts[0]):
            self._refuse(InvalidHeader("Host", "expected a name or an address, and a port if there is one"))
        if self._codings and (version == "1.0" or [coding.lower() for coding in self._codings] != [b"chunked"]):
            self._refuse(InvalidHeader("Transfer-Encoding", "expected chunked, in HTTP/1.1"))

    def _refuse(self, refusal: HttpProblem | DomainError) -> None:
        self.refusal = refusal
        raise Refused


def without_offer(method: str, url: bytes, version: str, headers: list[tuple[bytes, bytes]]) -> bytes:
    """A head that was read, as text again, without the `Upgrade` in it."""
    lines = [b"%s: %s" % (name, value) for name, value in headers if name != b"upgrade"]
    return b"\r\n".join([b"%s %s HTTP/%s" % (method.encode(), url, version.encode()), *lines, b"", b""])
