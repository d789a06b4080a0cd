"""A testing server, for tests that wait for their answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from taskhub.testing.client import calls
from taskhub.testing.client.clock import Clock
from taskhub.testing.client.errors import EventNotSeen, NotSettled, add_log
from taskhub.testing.client.faults import Faults
from taskhub.testing.client.launch import Launched, Mode
from taskhub.testing.client.modes import launch
from taskhub.testing.client.tenant import Tenant
from taskhub.testing.client.transports import SharedTransport

T = TypeVar("T")
REQUEST_SECONDS = 30.0


class TaskHubServer:
    """The real service, with a database that is thrown away. Everything that happens in it is of the tests that share it.

    Attributes:
        url: where the service is reached.
        control_url: where the control interface is reached, with ``secret`` as the bearer token.
        clock: the service's one clock.
        faults: those that everybody meets; `Tenant.faults` are better.
    """

    def __init__(self, launched: Launched, transport: httpx2.BaseTransport | None = None) -> None:
        """``transport``: how it is reached, if not over the network."""
        self.url = launched.url
        self.control_url = launched.control_url
        self.secret = launched.secret
        self._launched = launched
        self._is_stopped = False
        self._transport = SharedTransport(transport)
        self._control = self.client(launched.secret, base=launched.control_url)
        self.clock = Clock(self.call)
        self.faults = Faults(self.call)

    @classmethod
    def start(cls, mode: Mode = "process", *, settings: Mapping[str, Any] | None = None, reuse: bool = False) -> Self:
        """Starts one, and returns when it is ready. It is a context manager: `with TaskHubServer.start() as taskhub:`.

        Args:
            mode: `process`: a process of its own. `asgi`: in this process, in a thread, without any network. `container`: the
                image with a database in it.
            settings: of the service, by their names in lower case without the prefix: `{"rate_limits": "on"}`.
            reuse: use the server that an earlier run has left, emptied, and leave it for the next one; with `process` only.

        Raises:
            ServerNotStarted
        """
        if mode == "asgi":
            from taskhub.testing.client.in_process import launch_in_thread

            return cls(*launch_in_thread(settings or {}))
        return cls(launch(mode, settings or {}, reuse=reuse))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it, once. What was stored in it is gone."""
        if not self._is_stopped:
            self._is_stopped = True
            self._transport.really_close()
            self._launched.stop()

    @property
    def log(self) -> str:
        """What the server has said so far: warnings and errors, unless the setting `log_level` says another.

        Nothing with `asgi`, where the log goes where the suite's own goes, and nothing any more once it was stopped.
        """
        return self._launched.log()

    def tenant(self, role: str = "owner", project: str | None = "TEST") -> Tenant:
        """A new workspace with a project of this key (none with None), and an account with this role in it."""
        return Tenant(self, self.call(calls.tenant(role, project)))

    def reset(self) -> None:
        """Removes all that is stored, and all faults; the clock shows the machine's time again. Only where no other test runs."""
        self.call(calls.reset())

    def settle(self, timeout: float = calls.TIMEOUT_SECONDS) -> None:
        """Waits until the background work has nothing left to do.

        Raises:
            NotSettled: it had, so many seconds later; it says what.
        """
        self.call(calls.settle(timeout))

    def run_purges(self) -> dict[str, int]:
        """Runs all purges now. How many rows were removed, by purge."""
        return self.call(calls.run_purges())

    def client(self, token: str | None = None, path: str = "", *, base: str | None = None) -> httpx2.Client:
        """A client for the service, with a credential."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx2.Client(
            base_url=(base or self.url) + path,
            headers=headers,
            transport=self._transport,
            timeout=REQUEST_SECONDS,
            trust_env=False,
        )

    def call(self, call: calls.Call[T]) -> T:
        """Calls the control interface."""
        answer = self._control.request(**call.request())
        try:
            return call.result(answer)
        except (NotSettled, EventNotSeen) as error:
            add_log(error, self.log)
            raise
