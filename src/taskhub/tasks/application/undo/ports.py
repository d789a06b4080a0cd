"""What taking back commands needs of the infrastructure, beside what the use cases of this module need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from taskhub.tasks.application.ports import (
    CommentRepository,
    LabelRepository,
    ProjectRepository,
    RankGap,
    Structure,
    TaskOrder,
    TaskRepository,
)
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.workspaces.contract.memberships import Memberships


@dataclass(frozen=True, slots=True)
class FormerPlace:
    """``rank``: of the task before the move that has given it the version."""

    task_id: UUID
    version: int
    rank: str


class UndoWork(Protocol):
    """The repositories of this module, and some reads, over the unit of work of whoever takes a command back."""

    @property
    def projects(self) -> ProjectRepository: ...

    @property
    def tasks(self) -> TaskRepository: ...

    @property
    def structure(self) -> Structure: ...

    @property
    def order(self) -> TaskOrder: ...

    @property
    def labels(self) -> LabelRepository: ...

    @property
    def comments(self) -> CommentRepository: ...

    @property
    def memberships(self) -> Memberships: ...

    async def lock_labels(self, workspace_id: UUID, ids: Iterable[UUID]) -> Mapping[UUID, Label]: ...

    async def free_names(self, labels: Sequence[Label]) -> None:
        """Takes the names from labels that get others or are deleted, so that each may get that of another one."""

    async def lock_tasks(
        self, workspace_id: UUID, ids: Iterable[UUID], project_ids: Iterable[UUID]
    ) -> tuple[Mapping[UUID, Task], Mapping[UUID, Project]]:
        """Tasks, their projects and further projects, in the trash or not."""

    async def lock_comments(self, workspace_id: UUID, ids: Iterable[UUID]) -> Mapping[UUID, Comment]:
        """Comments, deleted ones as well."""

    async def live_tasks_of(self, project: Project, *, without: Iterable[UUID], limit: int) -> list[UUID]:
        """Some tasks of a project that are not in the trash."""

    async def tasks_with(self, label: Label, *, without: Iterable[UUID], limit: int) -> list[UUID]:
        """Some tasks that have a label, in the trash or not."""

    async def statuses_in_use(self, project: Project, *, without: Iterable[UUID]) -> frozenset[str]:
        """The statuses of other tasks of a project, in the trash or not."""

    async def former_places(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> Sequence[FormerPlace]:
        """The recorded places of these tasks, those of earlier versions first."""

    async def ranks_of(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """The ranks that they have now."""

    async def holders(self, project: Project, ranks: Iterable[str]) -> Mapping[str, UUID]:
        """The tasks that have these ranks now, in the trash or not."""

    async def gap_after(self, project: Project, holder_id: UUID, task: Task) -> RankGap:
        """The gap after a task, in the trash or not, for another one."""

    async def forget_former_keys(self, workspace_id: UUID, keys: Iterable[tuple[str, int]]) -> None:
        """Deletes former keys, of projects and numbers, that will be current ones again."""
