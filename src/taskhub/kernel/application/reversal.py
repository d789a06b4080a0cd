"""Taking commands back: what a module says of its types of events, and what it is given to take some of them back."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.application.event_types import UNLOGGED
from taskhub.kernel.contract.access import Access
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import ChangedSince, ChangedThing

THING = "id"
"""Stands for the thing itself where a conflict is that it is gone, or is (or was) there again."""

Undoable = Access | str
"""What a module says of a type of event: the right that it takes to take it back, or a sentence why that can't be done."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a command did to one thing, as its events tell.

    Attributes:
        events: type and version of each event, in their order. There is mostly one.
        changes: the members that changed, each with its values before and after; values are as in JSON. All of a new thing.
        after: the representation since; None if the command removed the thing for good.
        removed: the representation before the command, if it removed the thing for good.
        came_back: whether the thing, which the command had removed, was there again since, even if it is gone by now.
        actor_id: who did it; None where the service did it by itself.
    """

    entity_type: str
    entity_id: UUID
    events: tuple[tuple[str, int], ...]
    changes: Mapping[str, tuple[Any, Any]]
    after: Mapping[str, Any] | None
    removed: Mapping[str, Any] | None
    actor_id: UUID | None
    came_back: bool = False

    @property
    def version(self) -> int:
        """That of the thing since the command."""
        return self.events[-1][1]

    @property
    def is_creation(self) -> bool:
        """Whether the thing is there by the command: made, or back after it had been gone."""
        return self.changes.get(THING, (THING, None))[0] is None

    @property
    def came_and_went(self) -> bool:
        """Whether the thing was made and removed for good by the command, so that nothing is to be taken back."""
        return self.is_creation and self.after is None

    def has(self, event: str) -> bool:
        """Whether an event of this type is among those of the command."""
        return any(one == event for one, _ in self.events)


class Conflicts:
    """What was changed since the command that is to be taken back."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, UUID], dict[str, None]] = {}

    def add(self, entity_type: str, entity_id: UUID, *fields: str) -> None:
        """``fields``: members of the thing; nothing is noted where there are none."""
        if fields:
            self._changed.setdefault((entity_type, entity_id), {}).update(dict.fromkeys(fields))

    def check(self) -> None:
        """Raises:
        ChangedSince: there are some.
        """
        if self._changed:
            raise ChangedSince([ChangedThing(*thing, list(fields)) for thing, fields in self._changed.items()])


@dataclass(frozen=True, slots=True)
class Undo:
    """The circumstances in which a command is taken back.

    Attributes:
        may: whether the caller has a right in the stream.
        shown: the representation of a thing that was loaded, with values as in JSON.
        conflicts: to be filled with what was changed since, and checked before anything is changed.
    """

    stream_id: UUID
    caller_id: UUID
    now: datetime
    may: Callable[[Access], bool]
    shown: Callable[[Aggregate], dict[str, Any]]
    conflicts: Conflicts = field(default_factory=Conflicts)


class Reversal(Protocol):
    """Takes back what commands did to the things of one module.

    It loads them over the caller's unit of work and calls their own mutators, so that rules, locks and events are those of any
    other change. Whatever the module has to lock it locks in the order of its lock ranks.
    """

    async def take_back(self, effects: Sequence[Effect], undo: Undo, uow: Any, /) -> None:
        """``effects``: what one command did to things of this module. The caller has the rights for all of them.

        ``uow``: a `SqlUnitOfWork`, which is locking.

        Raises:
            DomainError: `ChangedSince`, `NotUndoable`, or whatever the rules refuse today.
        """


@dataclass(frozen=True, slots=True)
class ModuleReversal:
    """What a module says of its types of events, and who takes them back; None where nobody does."""

    types: Mapping[str, Undoable]
    reversal: Reversal | None


def taken_back(
    effect: Effect, current: Mapping[str, Any], *, links: AbstractSet[str] = frozenset()
) -> tuple[dict[str, Any], list[str]]:
    """What a thing gets back, and what hinders that.

    Args:
        current: its representation today.
        links: members that are lists of ids. Of those, each link is compared, and taken or put back, for itself.

    Returns:
        The members that the command changed, with the values to set; and those of them that were changed since.
    """
    values: dict[str, Any] = {}
    changed: list[str] = []
    for name, (before, after) in effect.changes.items():
        if name in links:
            was, became, now = set(before or ()), set(after or ()), set(current[name])
            values[name] = sorted(now - (became - was) | (was - became))
            is_kept = became - was <= now and now.isdisjoint(was - became)
        else:
            values[name] = before
            is_kept = current[name] == after
        if not is_kept:
            changed.append(name)
    return values, changed


def changed_members(effect: Effect, current: Mapping[str, Any]) -> list[str]:
    """All members of a thing that are not as the command left them."""
    after = effect.after or {}
    return [name for name, value in current.items() if name not in UNLOGGED and after.get(name) != value]
