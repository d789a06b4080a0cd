"""Things by the names that people know them by."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from hashlib import sha256
from typing import Any
from uuid import UUID

from taskhub.client.errors import ClientError, WrongUsage
from taskhub.client.text import one_line


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def find(what: str, text: str, things: Iterable[Mapping[str, Any]], *fields: str) -> Mapping[str, Any]:
    """The only thing of which one of the fields is this text, whatever its case.

    Raises:
        ClientError: there is none.
        WrongUsage: there are several.
    """
    things, wanted = list(things), text.casefold()
    found = [thing for thing in things if any(str(thing.get(field) or "").casefold() == wanted for field in fields)]
    if len(found) > 1:
        ids = ", ".join(str(thing[fields[0]]) for thing in found)
        raise WrongUsage(f"There are {len(found)} {what}s {text!r}. Use one of their ids: {ids}.")
    if not found:
        known = [str(thing[field]) for thing in things for field in fields[1:] if thing.get(field)]
        near = get_close_matches(text, known, n=1)
        guess = f" Did you mean {one_line(near[0])!r}?" if near else ""
        raise ClientError(f"There is no {what} {text!r}.{guess}")
    return found[0]


def new_id_from(text: str) -> str:
    """An id for something new, always the same for the same text: the service takes it once. It has the form of version 4."""
    digest = bytearray(sha256(text.encode("utf-8", "replace")).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))
