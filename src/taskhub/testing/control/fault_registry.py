"""The faults that a test has asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

from taskhub.kernel.domain.errors import NotFound
from taskhub.service.reference.catalogue import Problem

Kind = Literal["fail", "lose_reply", "delay", "database_down"]


@dataclass(slots=True)
class InjectedFault:
    """``times``: how often still; None for always. ``operation_id``: None for all of them.

    Without a workspace and a user it is for everybody. With them it is for requests about this workspace, and for those of this
    user that are about none.
    """

    id: UUID
    kind: Kind
    operation_id: str | None
    problem: Problem | None
    seconds: float
    after_commit: bool
    times: int | None
    workspace_id: UUID | None
    user_id: UUID | None
    hits: int = 0

    @property
    def is_for_everybody(self) -> bool:
        return self.workspace_id is None and self.user_id is None

    @property
    def is_for_everything(self) -> bool:
        """Not only for some requests."""
        return self.is_for_everybody and self.operation_id is None and self.times is None

    def hit(self) -> None:
        self.hits += 1
        if self.times is not None:
            self.times -= 1

    def take_back(self) -> None:
        """It had nothing to do."""
        self.hits -= 1
        if self.times is not None:
            self.times += 1


class FaultRegistry:
    """The faults of one application."""

    def __init__(self) -> None:
        self._faults: dict[UUID, InjectedFault] = {}

    def __iter__(self) -> Iterator[InjectedFault]:
        return iter([*self._faults.values()])

    def __contains__(self, fault: InjectedFault) -> bool:
        return fault.id in self._faults

    @property
    def is_database_down(self) -> bool:
        """For everything that anybody does, the background as well."""
        return any(one.kind == "database_down" and one.is_for_everything for one in self._faults.values())

    def add(self, **of: Any) -> InjectedFault:
        fault = InjectedFault(id=uuid4(), **of)
        self._faults[fault.id] = fault
        return fault

    def remove(self, id: UUID) -> None:
        """Raises:
        NotFound
        """
        if self._faults.pop(id, None) is None:
            raise NotFound("There is no such fault.")

    def clear(self, workspace_id: UUID | None = None) -> None:
        """All of them, or those of one workspace."""
        kept = () if workspace_id is None else [one for one in self if one.workspace_id != workspace_id]
        self._faults = {one.id: one for one in kept}
