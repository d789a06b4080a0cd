"""Names of receivers, looked up by the system: in threads of their own, since a lookup that hangs holds its thread."""

import asyncio
import socket
from collections.abc import Callable
from threading import Thread
from typing import Any

MAX_LOOKUPS = 128
"""At the same time. Further ones wait."""

LookUp = Callable[..., Any]
"""As `socket.getaddrinfo`."""


class SystemNames:
    """The threads are none of the event loop's: those are few, passwords and connections to the database need them. Nor does the
    process wait for them at its end.
    """

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        self._look_up = look_up
        self._free = asyncio.Semaphore(MAX_LOOKUPS)

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of a host, in the order of preference.

        Raises:
            OSError
            UnicodeError
        """
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()

        def finish(result: list[str] | Exception) -> None:
            self._free.release()
            if found.done():  # Nobody waits any more.
                return
            if isinstance(result, Exception):
                found.set_exception(result)
            else:
                found.set_result(result)

        def look_up() -> None:
            result = _addresses(self._look_up, host, port)
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, result)

        Thread(target=look_up, name="name of a webhook", daemon=True).start()
        return await found


def _addresses(look_up: LookUp, host: str, port: int) -> list[str] | Exception:
    try:
        found: Any = look_up(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
