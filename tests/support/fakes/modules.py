"""Modules that there are not: each has only what a test says of it."""

from typing import Any
from uuid import UUID

from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.domain.errors import Category, DomainError
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.module_api import API_VERSION, Loop, Module, ModuleContainer, ModuleContext


class FakeContainer:
    """What a module without any parts is made of."""

    def __init__(self, **parts: Any) -> None:
        """``parts``: what its methods give, by their names."""
        self.parts = parts
        self.rows = 0
        """How many rows it has of a workspace."""

    def runner(self) -> Any:
        return self.parts.get("runner")

    def subscribers(self) -> list[Subscriber]:
        return self.parts.get("subscribers", [])

    def purges(self) -> list[Purge]:
        return self.parts.get("purges", [])

    def background(self) -> list[Loop]:
        return self.parts.get("background", [])

    def ports(self) -> dict[Any, Any]:
        return self.parts.get("ports", {})

    def services(self) -> dict[Any, Any]:
        return self.parts.get("services", {})

    async def empty(self, workspace_id: UUID, uow: Any, /, *, limit: int) -> int:
        removed = min(self.rows, limit)
        self.rows -= removed
        return removed


def fake_module(name: str, container: Any = None, **told: Any) -> Module:
    """A module that says of itself what it is told to. ``container``: what it is made of, or what makes that of its context."""

    def build(context: ModuleContext) -> ModuleContainer:
        made: ModuleContainer = container(context) if callable(container) else container or FakeContainer()
        return made

    return Module(name, **{"package": f"fake_{name}", "api": API_VERSION, "container": build, **told})


def fake_row(table: str) -> Any:
    """A row of a table that there is not."""
    return type("FakeRow", (), {"__tablename__": table})


def error_of(package: str, code: str) -> type[DomainError]:
    """An error class that stands in a package, which has to be the test's own: it may outlive it."""
    made: type[DomainError] = type(
        "Refused", (DomainError,), {"__module__": package, "category": Category.CONFLICT, "code": code, "title": "Refused"}
    )
    return made
