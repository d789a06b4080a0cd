"""Paths whose parts hold any characters: `/tasks/external:a%2Fb` has one part behind `/tasks`, which is `external:a/b`."""

import re
from urllib.parse import quote, unquote

from starlette.types import Scope

_PLAIN = "-._~!$&'()*+,;=:@"
"""What stands for itself in a part of a path (RFC 3986, pchar), beside letters and digits."""
_AS_IT_IS = re.compile(rf"[/A-Za-z0-9{re.escape(_PLAIN)}]*")


def escaped_path(scope: Scope) -> str:
    """The path of a request, in the one spelling that all its spellings have in common: only what has to be escaped is escaped.

    The server's own `path` is decoded as a whole, so that nobody knows any more which `/` was part of a name.
    """
    raw = scope.get("raw_path")
    if raw is None or b"%" not in raw:
        return str(scope["path"])
    return normalized(raw.decode("latin-1"))


def normalized(path: str) -> str:
    """An escaped path in that spelling."""
    if _AS_IT_IS.fullmatch(path):
        return path
    return "/".join(escaped(unescaped(part)) for part in path.split("/"))


def escaped(part: str) -> str:
    """A part of a path, as it is written in a URL."""
    return quote(part, safe=_PLAIN, errors="surrogateescape")


def unescaped(part: str) -> str:
    """What a part of a path says. Bytes that are no UTF-8 become lone surrogates, which are in no name."""
    return unquote(part, errors="surrogateescape")


def is_text(part: str) -> bool:
    """Whether a part of a path is UTF-8."""
    if part.isascii():
        return True
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True
