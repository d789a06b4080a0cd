"""The real service in somebody else's test suite.

    with TaskHubServer.start() as taskhub:
        tenant = taskhub.tenant()
        task = tenant.task(title="Oil the engine")
        tenant.client.patch(f"tasks/{task['key']}", json={"status": "done"})
        tenant.wait_for("task.updated", entity=task["id"])

With pytest none of that is needed: the fixtures `taskhub`, `tenant`, `taskhub_clock` and `taskhub_faults` are there once this is
installed (`pip install "taskhub[testing]"`). See docs/testing.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taskhub.testing.client.asynchronous import AsyncTaskHubServer, AsyncTenant
    from taskhub.testing.client.errors import ControlRefused, EventNotSeen, NotSettled, ServerNotStarted, TestingError
    from taskhub.testing.client.server import TaskHubServer
    from taskhub.testing.client.tenant import Account, Tenant
    from taskhub.testing.container import TaskHubContainer

_PLACES = {
    "Account": "client.tenant",
    "AsyncTaskHubServer": "client.asynchronous",
    "AsyncTenant": "client.asynchronous",
    "ControlRefused": "client.errors",
    "EventNotSeen": "client.errors",
    "NotSettled": "client.errors",
    "ServerNotStarted": "client.errors",
    "TaskHubContainer": "container",
    "TaskHubServer": "client.server",
    "Tenant": "client.tenant",
    "TestingError": "client.errors",
}
"""What is imported when it is asked for: a suite that uses none of it pays for nothing."""

__all__ = [
    "Account",
    "AsyncTaskHubServer",
    "AsyncTenant",
    "ControlRefused",
    "EventNotSeen",
    "NotSettled",
    "ServerNotStarted",
    "TaskHubContainer",
    "TaskHubServer",
    "Tenant",
    "TestingError",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
