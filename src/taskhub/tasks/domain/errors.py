"""What the rules of projects and tasks refuse."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.errors import Category, DomainError

MAX_IN_PATH = 200
"""A problem has up to 10 kB."""


class KeyTaken(DomainError):
    category, code, title = Category.CONFLICT, "key_taken", "Key taken"

    def __init__(self) -> None:
        super().__init__("Another project of this workspace has, or had, this key. Keys are never given twice.")


class NameTaken(DomainError):
    category, code, title = Category.CONFLICT, "name_taken", "Name taken"

    def __init__(self) -> None:
        super().__init__("Another label of this workspace has this name, however it is written.")


class ProjectArchived(DomainError):
    category, code, title = Category.CONFLICT, "project_archived", "Project archived"

    def __init__(self) -> None:
        super().__init__("The project is archived: it takes no new tasks and no changes to its tasks. Unarchive it first.")


class ProjectDeleted(DomainError):
    category, code, title = Category.CONFLICT, "project_deleted", "Project deleted"

    def __init__(self) -> None:
        super().__init__("The task's project is in the trash. Restore the project first.")


class ParentDeleted(DomainError):
    category, code, title = Category.CONFLICT, "parent_deleted", "Parent deleted"

    def __init__(self) -> None:
        super().__init__("The task that this is a subtask of is in the trash, or gone for good. Restore that one first.")


class TooManyAssignees(DomainError):
    category, code, title = Category.CONFLICT, "too_many_assignees", "Too many assignees"

    def __init__(self, most: int) -> None:
        super().__init__(f"A task has up to {most} assignees. Take somebody off it first.")


class TooManyLabels(DomainError):
    category, code, title = Category.CONFLICT, "too_many_labels", "Too many labels"

    def __init__(self, most: int) -> None:
        super().__init__(f"A task has up to {most} labels. Take one off it first.")


class TooManyBlockers(DomainError):
    category, code, title = Category.CONFLICT, "too_many_blockers", "Too many blockers"

    def __init__(self, most: int) -> None:
        super().__init__(f"A task is blocked by up to {most} others. Take one of them off it first.")


class TooDeep(DomainError):
    category, code, title = Category.CONFLICT, "too_deep", "Too deep"

    def __init__(self, most: int) -> None:
        super().__init__(f"Tasks are nested at most {most} levels deep.")


class Cycle(DomainError):
    """``path`` begins and ends with the task that was to be changed; each is a subtask of, or blocked by, the next."""

    category, code, title = Category.CONFLICT, "cycle", "Cycle"
    members: ClassVar[Mapping[str, Any]] = {"path": list[UUID]}

    def __init__(self, path: Sequence[UUID]) -> None:
        super().__init__("A task would come to stand above, or before, itself; see `path`.", path=list(path)[:MAX_IN_PATH])


class IllegalTransition(DomainError):
    category, code, title = Category.CONFLICT, "illegal_transition", "Illegal transition"
    members: ClassVar[Mapping[str, Any]] = {"allowed": list[str]}

    def __init__(self, origin: str, target: str, allowed: Sequence[str]) -> None:
        way = f"to: {', '.join(allowed)}" if allowed else "nowhere"
        super().__init__(
            f"The project's workflow lets no task go from {origin} to {target}. From there it goes {way}.", allowed=allowed
        )


class StatusInUse(DomainError):
    category, code, title = Category.CONFLICT, "status_in_use", "Status in use"
    members: ClassVar[Mapping[str, Any]] = {"statuses": list[str]}

    def __init__(self, statuses: Sequence[str]) -> None:
        super().__init__(
            f"Tasks of the project, in the trash or not, are at {', '.join(statuses)}. Say in `status_map` where they are to go.",
            statuses=list(statuses),
        )
