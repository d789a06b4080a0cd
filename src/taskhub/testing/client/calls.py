"""The control interface as calls, for servers that wait for their answers and for those that await them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import httpx2

from taskhub.testing.client.errors import ControlRefused, EventNotSeen, NotSettled, TestingError

T = TypeVar("T")
TIMEOUT_SECONDS = 10.0
"""How long to wait for something, where nothing else is said."""
MARGIN_SECONDS = 30.0
"""How much longer the answer of the server is waited for, which says what it waited for in vain."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """``parse`` makes of the body of a good answer what is returned."""

    method: str
    path: str
    parse: Callable[[Any], T]
    body: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    """How long the server may wait before it answers."""
    is_done_already: str | None = None
    """The code of a refusal that says so."""

    def request(self) -> dict[str, Any]:
        """The arguments of a client's `request`."""
        parameters = {name: value for name, value in self.parameters.items() if value is not None}
        asked: dict[str, Any] = {"method": self.method, "url": self.path, "params": parameters or None}
        if self.body is not None:
            asked["json"] = dict(self.body)
        return asked | {"timeout": self.seconds + MARGIN_SECONDS}

    def result(self, answer: httpx2.Response) -> T:
        """Raises:
        TestingError: what the server has refused.
        """
        if answer.is_success:
            return self.parse(answer.json() if answer.content else None)
        problem = _problem(answer)
        if problem and problem.get("code") == self.is_done_already:
            return self.parse(None)
        raise _refusal(answer, problem)


def tenant(role: str, project: str | None) -> Call[dict[str, Any]]:
    return Call("POST", "/tenants", dict, {"role": role, "project": project})


def member(workspace_id: str, role: str) -> Call[dict[str, Any]]:
    return Call("POST", f"/workspaces/{workspace_id}/members", dict, {"role": role})


def session(user_id: str) -> Call[dict[str, Any]]:
    return Call("POST", f"/users/{user_id}/sessions", dict)


def api_token(user_id: str, scope: str, lifetime: timedelta | None, workspace_id: str | None) -> Call[str]:
    seconds = lifetime.total_seconds() if lifetime is not None else None
    body = {"scope": scope, "lifetime_seconds": seconds, "workspace_id": workspace_id}
    return Call("POST", f"/users/{user_id}/tokens", lambda made: str(made["token"]), body)


def event(
    workspace_id: str, type: str, entity: str | Mapping[str, Any] | None, after: int | Mapping[str, Any] | None, timeout: float
) -> Call[dict[str, Any]]:
    """``entity``, ``after``: an id and a place in the log, or the things that have them (`id`, `seq`)."""
    parameters = {
        "entity": entity["id"] if isinstance(entity, Mapping) else entity,
        "after": after["seq"] if isinstance(after, Mapping) else after,
        "timeout": timeout,
    }
    return Call("GET", f"/workspaces/{workspace_id}/events/{type}", dict, None, parameters, timeout)


def settle(timeout: float) -> Call[None]:
    return Call("POST", "/settle", _nothing, {"timeout": timeout}, {}, timeout)


def reset() -> Call[None]:
    return Call("POST", "/reset", _nothing)


def run_purges() -> Call[dict[str, int]]:
    return Call("POST", "/purges", lambda done: dict(done["removed"]))


def now() -> Call[datetime]:
    return Call("GET", "/clock", _now)


def advance(step: timedelta, timeout: float) -> Call[datetime]:
    if step < timedelta():
        raise ValueError("the clock goes forward only")
    return Call("POST", "/clock/advance", _now, {"seconds": step.total_seconds(), "timeout": timeout}, {}, timeout * 2)


def freeze() -> Call[datetime]:
    return Call("POST", "/clock/freeze", _now)


def resume() -> Call[datetime]:
    return Call("POST", "/clock/resume", _now)


def add_fault(kind: str, bound: Mapping[str, str], **of: Any) -> Call[str]:
    return Call("POST", "/faults", lambda made: str(made["id"]), {"kind": kind, **bound, **of})


def list_faults() -> Call[list[dict[str, Any]]]:
    return Call("GET", "/faults", lambda listed: list(listed["items"]))


def end_fault(id: str) -> Call[None]:
    """It may have ended already: by `clear`, or a reset."""
    return Call("DELETE", f"/faults/{id}", _nothing, is_done_already="not_found")


def end_faults(workspace_id: str | None) -> Call[None]:
    return Call("DELETE", "/faults", _nothing, None, {"workspace": workspace_id})


def _nothing(_: Any) -> None: ...


def _now(clock: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(clock["now"])


def _problem(answer: httpx2.Response) -> dict[str, Any]:
    """Empty where it is none: something else than a testing server has answered."""
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) and {"code", "detail"} <= problem.keys() else {}


def _refusal(answer: httpx2.Response, problem: Mapping[str, Any]) -> TestingError:
    asked = f"{answer.request.method} {answer.request.url}"
    if not problem:
        return ControlRefused(f"{asked}: {answer.status_code} {answer.text[:500]}")
    code, detail = problem["code"], problem["detail"]
    if code == "not_settled":
        return NotSettled(detail, problem["pending"])
    if code == "event_not_seen":
        return EventNotSeen(detail, problem["seen"])
    faults = "".join(f" {fault['message']}" for fault in problem.get("errors", ()))
    return ControlRefused(f"{answer.request.method} {answer.request.url.path}: {code}: {detail}{faults}")
