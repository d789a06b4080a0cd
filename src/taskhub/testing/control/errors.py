"""What the control interface refuses."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from taskhub.kernel.domain.errors import Category, DomainError


class NotSettled(DomainError):
    category, code, title = Category.CONFLICT, "not_settled", "Not settled"
    members: ClassVar[Mapping[str, Any]] = {"pending": list[str]}

    def __init__(self, pending: Sequence[str]) -> None:
        super().__init__(f"Not everything that is due was done in time: {'; '.join(pending)}.", pending=list(pending))


class EventNotSeen(DomainError):
    category, code, title = Category.CONFLICT, "event_not_seen", "Event not seen"
    members: ClassVar[Mapping[str, Any]] = {"seen": list[str]}

    def __init__(self, wanted: str, seen: Sequence[str]) -> None:
        last = f"the last ones in the log are {', '.join(seen)}" if seen else "the log holds none after that"
        super().__init__(f"No {wanted} was appended in time: {last}.", seen=list(seen))
