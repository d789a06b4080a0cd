"""What a rule says when it refuses. A category and a stable code; how that travels over HTTP is decided elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar


class Category(Enum):
    """Why something was refused: what the caller may do about it follows from this alone."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    STALE = "stale"
    INVALID = "invalid"
    PRECONDITION_REQUIRED = "precondition_required"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input, and where: a JSON pointer into the body, a query parameter or a header."""

    code: str
    message: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class DomainError(Exception):
    """The base of all refusals. ``extra`` holds further members for the answer, of the types that ``members`` says they have."""

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

    def __init__(self, detail: str = "There is nothing here, or nothing that you may see.") -> None:
        super().__init__(detail)


class NotAllowed(DomainError):
    category, code, title = Category.FORBIDDEN, "not_allowed", "Not allowed"


class StaleVersion(DomainError):
    category, code, title = Category.STALE, "stale_version", "Stale version"
    members: ClassVar[Mapping[str, Any]] = {"current_version": int}

    def __init__(self, current_version: int | None) -> None:
        """``current_version``: None where the thing has none."""
        if current_version is None:
            super().__init__("If-Match names a version, and what is here is not of that version, or of none.")
        else:
            super().__init__(
                f"The thing is at version {current_version}, which If-Match does not name. Read it again and decide anew.",
                current_version=current_version,
            )


class PreconditionRequired(DomainError):
    category, code, title = Category.PRECONDITION_REQUIRED, "precondition_required", "Precondition required"

    def __init__(self) -> None:
        super().__init__("This service requires If-Match on every change: send the ETag that you last read.")


class IdTaken(DomainError):
    category, code, title = Category.CONFLICT, "id_taken", "Id taken"

    def __init__(self) -> None:
        super().__init__("This id was already used in this workspace. Mint a new one.")


class ValidationFailed(DomainError):
    category, code, title = Category.INVALID, "validation_failed", "Validation failed"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("The request does not have the shape that is expected here; see `errors`.", faults=faults)


class UnknownReference(DomainError):
    category, code, title = Category.INVALID, "unknown_reference", "Unknown reference"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("The request names something that is not there for you; see `errors`.", faults=faults)


class IdempotencyKeyReused(DomainError):
    category, code, title = Category.INVALID, "idempotency_key_reused", "Idempotency key reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key belongs to an earlier, different request. Use a new key for a new request.")
