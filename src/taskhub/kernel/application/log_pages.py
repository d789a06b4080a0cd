"""Pages of a log, and the filters of those who read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.contract.events import LoggedEvent


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted. An empty member lets all through; one of several values must match."""

    types: frozenset[str] = frozenset()
    entity_types: frozenset[str] = frozenset()
    entity_ids: frozenset[UUID] = frozenset()
    actor_ids: frozenset[UUID] = frozenset()
    commits: frozenset[int] = frozenset()

    def matches(self, event: LoggedEvent) -> bool:
        return (
            (not self.types or event.type in self.types)
            and (not self.entity_types or event.entity_type in self.entity_types)
            and (not self.entity_ids or event.entity_id in self.entity_ids)
            and (not self.actor_ids or event.actor_id in self.actor_ids)
            and (not self.commits or event.commit in self.commits)
        )


ALL_EVENTS = EventFilter()


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some events of a log.

    Attributes:
        until: the place up to which there are no others that are wanted.
        last_seq: the end of the log when it was read.
        removed_until: the place after which the log was kept when it was read.
    """

    events: Sequence[LoggedEvent]
    until: int
    last_seq: int
    removed_until: int = 0

    def has_place(self, seq: int) -> bool:
        """Whether the log goes on after a place without a gap."""
        return self.removed_until <= seq <= self.last_seq

    @property
    def has_more(self) -> bool:
        """Whether the log goes on: not for certain with events that are wanted."""
        return self.until < self.last_seq
