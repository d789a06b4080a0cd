"""What the control interface refuses."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from taskhub.kernel.domain.errors import Category, DomainError

MAX_TOLD = 20
MAX_LENGTH = 1000


class NotSettled(DomainError):
    category, code, title = Category.CONFLICT, "not_settled", "Not settled"
    members: ClassVar[Mapping[str, Any]] = {"pending": list[str]}

    def __init__(self, pending: Sequence[str], progress: str = "") -> None:
        """``progress``: how far the clock has come."""
        told = [one[:MAX_LENGTH] for one in pending[:MAX_TOLD]]
        if len(pending) > MAX_TOLD:
            told.append(f"and {len(pending) - MAX_TOLD} more")
        where = f" ({progress})" if progress else ""
        super().__init__(f"Not everything that is due was done{where}: {'; '.join(told)}.", pending=told)


class EventNotSeen(DomainError):
    category, code, title = Category.CONFLICT, "event_not_seen", "Event not seen"
    members: ClassVar[Mapping[str, Any]] = {"seen": list[str]}

    def __init__(self, wanted: str, why: str, seen: Sequence[str]) -> None:
        super().__init__(f"No {wanted} was appended in time: {why}.", seen=list(seen))

    @classmethod
    def among(cls, wanted: str, seen: Sequence[str]) -> Self:
        """``seen``: what was appended instead."""
        return cls(wanted, f"the last ones in the log are {', '.join(seen)}", seen)

    @classmethod
    def after(cls, wanted: str, last_seq: int | None) -> Self:
        """``last_seq``: where the log ends; None where there is none."""
        return cls(wanted, "there is no such workspace" if last_seq is None else f"the log ends at {last_seq}", ())
