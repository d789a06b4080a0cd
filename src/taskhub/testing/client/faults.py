"""Faults that a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from taskhub.testing.client import calls


class Faults:
    """Faults of one tenant (`Tenant.faults`), or of everybody (`TaskHubServer.faults`).

    Operations have the names of the OpenAPI document (`create_task`). Each method returns the id of a fault.
    """

    def __init__(self, call: Callable[[calls.Call[Any]], Any], bound: Mapping[str, str] | None = None) -> None:
        """``bound``: the workspace and the user that they are for."""
        self._call = call
        self._bound = bound or {}

    def fail(self, operation_id: str, *, code: str = "unavailable", times: int | None = 1, after_commit: bool = False) -> str:
        """The operation answers with this problem: so many times, always with None.

        It does nothing; ``after_commit``: it does all, and answers so.
        """
        return self._add("fail", operation_id=operation_id, code=code, times=times, after_commit=after_commit)

    def lose_reply(self, operation_id: str, *, times: int | None = 1) -> str:
        """The operation does its work, and the connection ends without an answer."""
        return self._add("lose_reply", operation_id=operation_id, times=times)

    def delay(self, operation_id: str, seconds: float, *, times: int | None = None) -> str:
        """The operation begins so much later."""
        return self._add("delay", operation_id=operation_id, seconds=seconds, times=times)

    @contextmanager
    def database_down(self) -> Iterator[None]:
        """The database is away for as long as the block lasts."""
        id = self._add("database_down")
        try:
            yield
        finally:
            self.end(id)

    def active(self) -> list[dict[str, Any]]:
        """All faults of the server: what is left of their `times`, and how often they happened (`hits`)."""
        listed: list[dict[str, Any]] = self._call(calls.list_faults())
        return listed

    def end(self, id: str) -> None:
        self._call(calls.end_fault(id))

    def clear(self) -> None:
        """Ends all faults of the tenant; those of all, where these are everybody's."""
        self._call(calls.end_faults(self._bound.get("workspace_id")))

    def _add(self, kind: str, **of: Any) -> str:
        id: str = self._call(calls.add_fault(kind, self._bound, **of))
        return id
