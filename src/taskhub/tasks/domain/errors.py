"""Errors of projects, tasks, labels and comments."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.errors import Category, DomainError, Fault

MAX_IN_PATH = 200
"""Keeps the problem document below its limit of 10 kB."""
_HAS_KEY = "Another task of this workspace has this external key, or had it when it was deleted permanently: see `task_id`."


class KeyTaken(DomainError):
    category, code, title = Category.CONFLICT, "key_taken", "Key taken"

    def __init__(self) -> None:
        super().__init__("Another project of this workspace has or had this key. Keys are never reused: choose another one.")


class NameTaken(DomainError):
    category, code, title = Category.CONFLICT, "name_taken", "Name taken"

    def __init__(self) -> None:
        super().__init__("Another label of this workspace already has this name, apart from case and invisible characters.")


class ProjectDeleted(DomainError):
    category, code, title = Category.CONFLICT, "project_deleted", "Project deleted"

    def __init__(self) -> None:
        super().__init__("The project of the task is in the trash. Restore the project first.")


class ParentDeleted(DomainError):
    category, code, title = Category.CONFLICT, "parent_deleted", "Parent deleted"

    def __init__(self) -> None:
        super().__init__("The parent of this task is in the trash or was deleted permanently. Restore the parent first.")


class TooManyAssignees(DomainError):
    category, code, title = Category.CONFLICT, "too_many_assignees", "Too many assignees"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A task can have up to {limit} assignees. Remove one first.")


class TooManyLabels(DomainError):
    category, code, title = Category.CONFLICT, "too_many_labels", "Too many labels"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A task can have up to {limit} labels. Remove one first.")


class TooManyBlockers(DomainError):
    category, code, title = Category.CONFLICT, "too_many_blockers", "Too many blockers"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A task can have up to {limit} blockers. Remove one first.")


class TooManyExternalKeys(DomainError):
    category, code, title = Category.CONFLICT, "too_many_external_keys", "Too many external keys"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A task can have up to {limit} external keys. Remove one first.")


class ExternalKeyTaken(DomainError):
    """``task_id``: the task that has the key. It may be in the trash, or have been purged from there."""

    category, code, title = Category.CONFLICT, "external_key_taken", "External key taken"
    members: ClassVar[Mapping[str, Any]] = {"task_id": UUID}

    def __init__(self, key: str, task_id: UUID, *, pointer: str | None = None, parameter: str | None = None) -> None:
        super().__init__(_HAS_KEY, faults=(Fault(self.code, _HAS_KEY, pointer, parameter),), task_id=task_id)
        self.key, self.task_id = key, task_id


class TooDeep(DomainError):
    category, code, title = Category.CONFLICT, "too_deep", "Too deep"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Tasks can be nested up to {limit} levels deep. Choose a parent closer to the top level.")


class Cycle(DomainError):
    """``path``: the cycle. It begins and ends with the task that was to be changed; each task is a subtask of the next, or
    blocked by it.
    """

    category, code, title = Category.CONFLICT, "cycle", "Cycle"
    members: ClassVar[Mapping[str, Any]] = {"path": list[UUID]}

    def __init__(self, path: Sequence[UUID]) -> None:
        super().__init__(
            "The task would become a subtask of itself, or blocked by itself: see `path`.", path=list(path)[:MAX_IN_PATH]
        )


class IllegalTransition(DomainError):
    category, code, title = Category.CONFLICT, "illegal_transition", "Illegal transition"
    members: ClassVar[Mapping[str, Any]] = {"allowed": list[str]}

    def __init__(self, origin: str, target: str, allowed: Sequence[str]) -> None:
        way = f"to {', '.join(allowed)}" if allowed else "to no other status"
        super().__init__(
            f"The workflow does not allow the change from {origin} to {target}. From {origin} a task can change {way}.",
            allowed=allowed,
        )


class StatusInUse(DomainError):
    category, code, title = Category.CONFLICT, "status_in_use", "Status in use"
    members: ClassVar[Mapping[str, Any]] = {"statuses": list[str]}

    def __init__(self, statuses: Sequence[str]) -> None:
        super().__init__(
            f"Tasks, possibly in the trash, still have the status {', '.join(statuses)}. Name a new status for them in "
            f"`status_map`.",
            statuses=list(statuses),
        )
