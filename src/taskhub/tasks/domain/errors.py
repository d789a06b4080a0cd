"""What the rules of projects and tasks refuse."""

from taskhub.kernel.domain.errors import Category, DomainError


class KeyTaken(DomainError):
    category, code, title = Category.CONFLICT, "key_taken", "Key taken"

    def __init__(self) -> None:
        super().__init__("Another project of this workspace has, or had, this key. Keys are never given twice.")


class ProjectArchived(DomainError):
    category, code, title = Category.CONFLICT, "project_archived", "Project archived"

    def __init__(self) -> None:
        super().__init__("The project is archived: it takes no new tasks and no changes to its tasks. Unarchive it first.")


class TooManyAssignees(DomainError):
    category, code, title = Category.CONFLICT, "too_many_assignees", "Too many assignees"

    def __init__(self, most: int) -> None:
        super().__init__(f"A task has up to {most} assignees. Take somebody off it first.")


class ProjectDeleted(DomainError):
    category, code, title = Category.CONFLICT, "project_deleted", "Project deleted"

    def __init__(self) -> None:
        super().__init__("The task's project is in the trash. Restore the project first.")
