"""Names of receivers, looked up by the system: in threads of their own, since a lookup that hangs holds its thread."""

import asyncio
import socket
from collections.abc import Callable
from threading import Thread
from typing import Any

MAX_LOOKUPS = 512
"""Names that are looked up at the same time. One that hangs does so for longer than a try takes, so there are several times as
many as tries of receivers that are not known to be good.
"""

LookUp = Callable[..., Any]
"""As `socket.getaddrinfo`."""
Addresses = asyncio.Future[list[str]]


class TooManyLookups(Exception):
    """That many names hang just now."""


class SystemNames:
    """The threads are none of the event loop's: those are few, passwords and connections to the database need them. Nor does the
    process wait for them at its end. Whoever asks for a name that is looked up already waits for the same answer.
    """

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        self._look_up = look_up
        self._under_way: dict[tuple[str, int], Addresses] = {}

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of a host, in the order of preference.

        Raises:
            TooManyLookups
            OSError
            UnicodeError
        """
        found = self._under_way.get((host, port))
        if found is None:
            if len(self._under_way) >= MAX_LOOKUPS:
                raise TooManyLookups
            found = self._begin(host, port)
        return await asyncio.shield(found)  # Others may wait for it, and its thread can't be broken off.

    def _begin(self, host: str, port: int) -> Addresses:
        loop = asyncio.get_running_loop()
        found: Addresses = loop.create_future()
        self._under_way[host, port] = found

        def finish(result: list[str] | Exception) -> None:
            del self._under_way[host, port]
            if isinstance(result, Exception):
                found.set_exception(result)
                found.exception()  # Seen, even if nobody waits any more.
            else:
                found.set_result(result)

        def look_up() -> None:
            result = _addresses(self._look_up, host, port)
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, result)

        Thread(target=look_up, name="name of a webhook", daemon=True).start()
        return found


def _addresses(look_up: LookUp, host: str, port: int) -> list[str] | Exception:
    try:
        found: Any = look_up(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
