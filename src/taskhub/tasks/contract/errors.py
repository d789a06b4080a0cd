"""What other modules refuse with, too, where something belongs to a task. A task that is not there is the kernel's `NotFound`."""

from taskhub.kernel.domain.errors import Category, DomainError


class ProjectArchived(DomainError):
    category, code, title = Category.CONFLICT, "project_archived", "Project archived"

    def __init__(self) -> None:
        super().__init__("The project is archived and accepts no new tasks and no changes to its tasks. Unarchive it first.")
