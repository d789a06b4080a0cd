"""The errors that rules raise. Each has a category and a stable code; `kernel/api/problems.py` maps them to HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

import msgspec


class Category(Enum):
    """The kind of an error. It decides the HTTP status, and what the caller may do next."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    GONE = "gone"
    STALE = "stale"
    INVALID = "invalid"
    PRECONDITION_REQUIRED = "precondition_required"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One error in the request, and where it is: a JSON pointer into the body, a query parameter or a header."""

    code: str
    message: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class DomainError(Exception):
    """The base of all errors that a client gets to see. ``extra``: further fields of the problem document; ``members`` has their
    types.
    """

    category: ClassVar[Category]
    code: ClassVar[str]
    title: ClassVar[str]
    members: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, detail: str, *, faults: tuple[Fault, ...] = (), **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.extra = extra


class NotFound(DomainError):
    category, code, title = Category.NOT_FOUND, "not_found", "Not found"

    def __init__(self, detail: str = "The resource does not exist, or you have no access to it.") -> None:
        super().__init__(detail)


class NotAllowed(DomainError):
    category, code, title = Category.FORBIDDEN, "not_allowed", "Not allowed"


class StaleVersion(DomainError):
    category, code, title = Category.STALE, "stale_version", "Stale version"
    members: ClassVar[Mapping[str, Any]] = {"current_version": int}

    def __init__(self, current_version: int | None, detail: str | None = None) -> None:
        """``current_version``: None if the resource has no version."""
        if detail is not None:
            super().__init__(detail, current_version=current_version)
            return
        if current_version is None:
            super().__init__("If-Match names a version, but this resource has another version or none.")
        else:
            super().__init__(
                f"The resource is at version {current_version}, not at the version in If-Match. Read it again before you change "
                f"it.",
                current_version=current_version,
            )


class PreconditionRequired(DomainError):
    category, code, title = Category.PRECONDITION_REQUIRED, "precondition_required", "Precondition required"

    def __init__(self) -> None:
        super().__init__("This service requires If-Match on every change. Send the ETag of the version that you have read.")


class IdTaken(DomainError):
    category, code, title = Category.CONFLICT, "id_taken", "Id taken"

    def __init__(self) -> None:
        super().__init__("This id is or was already used in this workspace. Choose a new one.")


class ValidationFailed(DomainError):
    category, code, title = Category.INVALID, "validation_failed", "Validation failed"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("The request is not valid: see `errors`.", faults=faults)


class UnknownReference(DomainError):
    category, code, title = Category.INVALID, "unknown_reference", "Unknown reference"

    def __init__(self, *faults: Fault) -> None:
        super().__init__(
            "The request refers to something that does not exist or that you have no access to: see `errors`.", faults=faults
        )


class NotInLog(DomainError):
    """A moment that the log does not have."""

    category, code, title = Category.MALFORMED, "not_in_log", "Not in the log"

    def __init__(self, message: str) -> None:
        super().__init__(message, faults=(Fault("not_in_log", message, parameter="as_of"),))


class IdempotencyKeyReused(DomainError):
    category, code, title = Category.INVALID, "idempotency_key_reused", "Idempotency key reused"

    def __init__(self) -> None:
        super().__init__("You have used this Idempotency-Key for a different request. Use a new key for a new request.")


class ChangedThing(msgspec.Struct, frozen=True):
    """A thing that was changed since the command that was to be taken back, and the members in question."""

    entity_type: str
    entity_id: UUID
    fields: list[str]


MAX_THINGS = 15
"""That are named in one problem document: they keep it below its limit of 10 kB."""


class ChangedSince(DomainError):
    """``changed``: the first things that were; ``fields`` has ``id`` for one that is gone, or back."""

    category, code, title = Category.CONFLICT, "changed_since", "Changed since"
    members: ClassVar[Mapping[str, Any]] = {"changed": list[ChangedThing]}

    def __init__(self, changed: Sequence[ChangedThing]) -> None:
        super().__init__(
            "Something that would be taken back was changed since: see `changed`. Nothing was taken back.",
            changed=list(changed)[:MAX_THINGS],
        )


class NotUndoable(DomainError):
    category, code, title = Category.CONFLICT, "not_undoable", "Not undoable"
