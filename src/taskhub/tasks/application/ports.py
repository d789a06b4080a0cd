"""Ports: what the use cases of this module need from the infrastructure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.hierarchy import Hierarchy
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.domain.workflow import Workflow
from taskhub.workspaces.contract.memberships import Memberships

CASCADE_SECONDS = 60.0
"""How many seconds a change of many tasks may take; 10,000 tasks take less than one."""


@dataclass(frozen=True, slots=True)
class TaskSubtree:
    """A task with its parent and its descendants, in the trash or not.

    Attributes:
        parent: None at the top level.
        descendants: on all levels, in their order in the project.
        target: the project that the task is moved to, or stays in; None if it does not exist.
    """

    task: Task
    project: Project
    parent: Task | None
    descendants: Sequence[Task]
    target: Project | None


@dataclass(frozen=True, slots=True)
class RankGap:
    """The ranks before and after a position; None at the beginning and the end of the project.

    Attributes:
        is_current: whether the task is already at this position.
        place: the next place at the end of the project.
        beside: the task that the position is beside, and its version, where the project was not locked.
    """

    low: str | None
    high: str | None
    is_current: bool = False
    place: int = field(default=0, compare=False)
    beside: tuple[UUID, int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RankWindow:
    """The tasks around a gap in their order, and the ranks before and after them; None as in `RankGap`."""

    low: str | None
    high: str | None
    ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Numbers of a project, and ranks at its end, that are reserved for new tasks."""

    numbers: Sequence[int]
    ranks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Expired:
    """Tasks to be purged from the trash, and tasks that are blocked by one of them."""

    tasks: list[Task]
    waiting: list[Task]


class ProjectRepository(Protocol):
    async def find(self, workspace_id: UUID, id: UUID, /, *, with_deleted: bool = False) -> Project | None: ...

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Project:
        """Raises:
        NotFound
        StaleVersion
        """

    async def allocate(self, project: Project, *, numbers: int = 0, places: int = 0) -> Allocation:
        """Reserves the next numbers and positions of a project and locks the project.

        Whoever gives a task a rank reserves a position, or takes a gap (`TaskOrder.take`): others who have read the order notice.
        """

    async def find_all(self, workspace_id: UUID, ids: Iterable[UUID]) -> list[Project]:
        """The projects among these that exist, in the trash or not, sorted by id."""

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        """Some projects that were moved to the trash before an instant, locked."""

    def add(self, project: Project) -> None: ...

    def remove(self, project: Project) -> None: ...


class TaskRepository(Protocol):
    async def identify(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False) -> UUID:
        """The id of a task.

        Raises:
            NotFound
        """

    async def get_in_project(
        self, workspace_id: UUID, ref: TaskRef, *, expected: Expected = None, with_deleted: bool = False
    ) -> tuple[Task, Project]:
        """A task together with its project.

        Raises:
            NotFound
            StaleVersion
        """

    async def get_subtree(
        self,
        workspace_id: UUID,
        ref: TaskRef,
        *,
        expected: Expected = None,
        with_deleted: bool = False,
        target_id: UUID | None = None,
    ) -> TaskSubtree:
        """A task with its parent and descendants, and the project that it is moved to, all locked.

        Raises:
            NotFound
            StaleVersion
        """

    async def find_batch(
        self, workspace_id: UUID, ids: Iterable[UUID], *, in_structure: bool
    ) -> dict[UUID, tuple[Task, Project]]:
        """The tasks among these that exist and are not in the trash, each with its project, all locked.

        ``in_structure``: whether parents will change, so that nobody else may change parents in the same projects.
        """

    async def used_ids(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        """The ids among these that were ever used in the workspace, for any resource."""

    async def external_key_owners(self, workspace_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
        """The ids of the tasks that have these external keys, in the trash or purged as well. Free keys are left out."""

    async def require_open(self, workspace_id: UUID, ref: TaskRef) -> UUID:
        """Ensures that a task is not in the trash and its project is not archived, until the unit of work ends.

        Returns the id of the task. Its other fields may change in the meantime.

        Raises:
            NotFound
            ProjectArchived
        """

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> Expired:
        """Some tasks that were moved to the trash before an instant, first those with deleted subtasks; all locked."""

    async def find_assigned(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        """Some tasks that name someone in one of the lists of `PEOPLE`, in the trash or not."""

    async def record_former_keys(self, tasks: Iterable[Task]) -> None:
        """Stores the current keys of tasks as former keys, before the tasks get new ones."""

    def add(self, task: Task) -> None: ...

    def remove(self, task: Task) -> None: ...


class Structure(Protocol):
    """Parents and blockers of tasks. They are changed only under locks (decision 14)."""

    async def hierarchy(self, workspace_id: UUID, parents: Iterable[UUID], tasks: Iterable[UUID]) -> Hierarchy:
        """The ancestors of the new parents, and the descendants of the tasks that get a new parent."""

    async def blockers(self, workspace_id: UUID, ids: Iterable[UUID]) -> Blockers:
        """All blockers of these tasks, direct and indirect."""


class TaskOrder(Protocol):
    """The order of a project's tasks. It is changed while the project is locked, or by a commit that finds it as it was read."""

    async def find(
        self, workspace_id: UUID, ref: TaskRef, place: Place, *, expected: Expected = None
    ) -> tuple[Task, Project, RankGap]:
        """A task with its project, and the gap at a position there.

        Raises:
            NotFound
            StaleVersion
            UnknownReference: the task before or after the position does not exist.
        """

    async def gap(self, project: Project, place: Place, task: Task) -> RankGap:
        """The gap at a position, for a task that is moved there.

        Raises:
            UnknownReference: the task before or after the position does not exist.
        """

    def take(self, project: Project, gap: RankGap) -> None:
        """The commit puts a task into the gap, or misses if the order, or the task beside the position, has changed since."""

    async def window(self, project: Project, gap: RankGap, *, reach: int) -> RankWindow:
        """The tasks nearest to a gap: up to ``reach`` on each side, in the trash or not.

        Raises:
            ConcurrencyConflict: the project is not locked.
        """

    async def set_ranks(self, project: Project, window: RankWindow, ranks: Sequence[str]) -> None:
        """Gives these tasks new ranks. Their versions stay the same."""


class Ordering(Protocol):
    """What computing ranks needs of a unit of work."""

    @property
    def projects(self) -> ProjectRepository: ...

    @property
    def order(self) -> TaskOrder: ...


class Cascades(Protocol):
    """Changes of many tasks with one statement each."""

    async def trash_tasks_of(self, project: Project, *, now: datetime) -> None:
        """Moves all tasks of the project to the trash that are not there yet."""

    async def restore_tasks_of(self, project: Project, *, now: datetime) -> None:
        """Restores the tasks that were moved to the trash with the project."""

    async def statuses_in_use(self, project: Project) -> frozenset[str]:
        """The statuses that tasks of the project have, in the trash or not."""

    async def change_statuses(self, project: Project, moves: Mapping[str, str], workflow: Workflow, *, now: datetime) -> None:
        """Changes the statuses of all tasks that have one of these statuses."""

    async def remove_label(self, label: Label, *, now: datetime) -> None:
        """Removes a label from all tasks, in the trash or not."""


class LabelRepository(Protocol):
    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None) -> Label:
        """Raises:
        NotFound
        StaleVersion
        """

    async def require(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        """Ensures that labels exist until the unit of work ends, like `Memberships.require`."""

    def add(self, label: Label) -> None: ...

    def remove(self, label: Label) -> None: ...


class CommentRepository(Protocol):
    async def get_of(self, workspace_id: UUID, task_id: UUID, id: UUID) -> Comment:
        """A comment on this task.

        Raises:
            NotFound
        """

    def add(self, comment: Comment) -> None: ...

    def remove(self, comment: Comment) -> None: ...


class TasksUnitOfWork(UnitOfWork, Protocol):
    @property
    def is_locking(self) -> bool:
        """Whether everything that is loaded is locked. The first attempt at most commands is optimistic."""

    @property
    def projects(self) -> ProjectRepository: ...

    @property
    def tasks(self) -> TaskRepository: ...

    @property
    def structure(self) -> Structure: ...

    @property
    def order(self) -> TaskOrder: ...

    @property
    def cascades(self) -> Cascades: ...

    @property
    def labels(self) -> LabelRepository: ...

    @property
    def comments(self) -> CommentRepository: ...

    @property
    def memberships(self) -> Memberships: ...

    async def remove_dependent_rows(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> list[UUID]:
        """Deletes the comments, former keys and former places of tasks without events. Returns the ids of the comments."""

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        """Removes the content of these resources from the log. The events themselves stay."""

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        """Deletes some rows of a workspace without events. Returns how many; 0 if none are left."""
