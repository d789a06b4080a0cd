"""What the use cases of this module need from outside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.hierarchy import Hierarchy
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.domain.workflow import Workflow
from taskhub.workspaces.contract.memberships import Memberships


@dataclass(frozen=True, slots=True)
class TaskKey:
    """A task by its readable name, for example ``OPS-42``."""

    project_key: str
    number: int

    def __str__(self) -> str:
        return f"{self.project_key}-{self.number}"


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """A project by its readable name, for example ``OPS``."""

    key: str

    def __str__(self) -> str:
        return self.key


Key = TaskKey | ProjectKey
TaskRef = UUID | TaskKey
ProjectRef = UUID | ProjectKey

CASCADE_SECONDS = 60.0
"""How long changing many tasks at once may take; 10,000 take less than one."""


@dataclass(frozen=True, slots=True)
class TaskSubtree:
    """A task with those around it, in the trash or not.

    Attributes:
        parent: the task above, if there is one.
        descendants: all tasks below, however deep, in the order of their places.
        target: the project that the task is to go over to, or stays in; None where it is not there.
    """

    task: Task
    project: Project
    parent: Task | None
    descendants: Sequence[Task]
    target: Project | None


@dataclass(frozen=True, slots=True)
class RankGap:
    """The ranks between which a task is to stand; None for the beginning and the end of the project.

    ``is_current``: whether the task stands there already.
    """

    low: str | None
    high: str | None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class RankWindow:
    """The tasks around a gap, in their order, and the ranks between which they stand; None as in a `RankGap`."""

    low: str | None
    high: str | None
    ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Numbers of a project, and ranks at its end, that are given to nobody else."""

    numbers: Sequence[int]
    ranks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Expired:
    """Tasks whose time in the trash is over, and others that still wait for one of them."""

    tasks: list[Task]
    waiting: list[Task]


class Projects(Protocol):
    async def find(self, workspace_id: UUID, id: UUID, /, *, with_deleted: bool = False) -> Project | None: ...

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Project:
        """Raises:
        NotFound
        StaleVersion
        """

    async def allocate(self, project: Project, *, numbers: int = 0, places: int = 0) -> Allocation:
        """Takes the next numbers and places of a project; the unit of work holds the project from then on."""

    async def find_all(self, workspace_id: UUID, ids: Iterable[UUID]) -> list[Project]:
        """Those of these that are there, in the trash or not, in the order of their ids."""

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        """Some projects that went to the trash before an instant, locked."""

    def add(self, project: Project) -> None: ...

    def remove(self, project: Project) -> None: ...


class Tasks(Protocol):
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
        """A task with those around it, and the project that it is to go over to, all locked.

        Raises:
            NotFound
            StaleVersion
        """

    async def find_batch(
        self, workspace_id: UUID, ids: Iterable[UUID], *, in_structure: bool
    ) -> dict[UUID, tuple[Task, Project]]:
        """Those of these tasks that are there and not in the trash, each with its project, all locked.

        ``in_structure``: whether tasks are to come under others, so that nobody else may do that in the same projects.
        """

    async def used_ids(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        """Which of these ids were ever used in the workspace, for whatever thing."""

    async def require_open(self, workspace_id: UUID, ref: TaskRef) -> UUID:
        """Makes sure that a task is not in the trash and its project not archived, and stays so until the unit of work ends.

        Returns its id. Other things about it may change meanwhile.

        Raises:
            NotFound
            ProjectArchived
        """

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> Expired:
        """Some tasks that went to the trash before an instant, first those that others went with; all locked."""

    async def find_assigned(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        """Some tasks that someone is assigned to, in the trash or not."""

    async def record_former_keys(self, tasks: Iterable[Task]) -> None:
        """Lets the keys that tasks have now go on naming them when they get others."""

    def add(self, task: Task) -> None: ...

    def remove(self, task: Task) -> None: ...


class Structure(Protocol):
    """How tasks hang together. What is read here changes under locks only (decision 14)."""

    async def hierarchy(self, workspace_id: UUID, parents: Iterable[UUID], tasks: Iterable[UUID]) -> Hierarchy:
        """The ancestors of tasks that are to be parents, and the descendants of those that get one."""

    async def blockers(self, workspace_id: UUID, ids: Iterable[UUID]) -> Blockers:
        """All that can be reached from these tasks, from blocked to blocker."""


class TaskOrder(Protocol):
    """The order of a project's tasks. It is read and changed while the project is locked."""

    async def gap(self, project: Project, place: Place, task: Task) -> RankGap:
        """Where a place is, for a task that is to take it.

        Raises:
            UnknownReference: the task beside it is not there.
        """

    async def window(self, project: Project, gap: RankGap, *, reach: int) -> RankWindow:
        """Those that are nearest to a gap: as many as ``reach`` on each side, in the trash or not."""

    async def set_ranks(self, project: Project, window: RankWindow, ranks: Sequence[str]) -> None:
        """Gives the tasks of a window other ranks. No version changes."""


class Cascades(Protocol):
    """Changes of many tasks by one statement each."""

    async def trash_tasks_of(self, project: Project, *, now: datetime) -> None:
        """Moves all tasks of the project that are not in the trash there, with it."""

    async def restore_tasks_of(self, project: Project, *, now: datetime) -> None:
        """Brings back the tasks that went to the trash with the project."""

    async def statuses_in_use(self, project: Project) -> frozenset[str]:
        """The statuses at which tasks of the project are, in the trash or not."""

    async def change_statuses(self, project: Project, moves: Mapping[str, str], workflow: Workflow, *, now: datetime) -> None:
        """Moves the tasks at some statuses to others."""

    async def remove_label(self, label: Label, *, now: datetime) -> None:
        """Takes a label off all tasks, in the trash or not."""


class Labels(Protocol):
    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None) -> Label:
        """Raises:
        NotFound
        StaleVersion
        """

    async def require(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        """Makes sure that labels are there, and stay so until the unit of work ends: as `Memberships.require` does."""

    def add(self, label: Label) -> None: ...

    def remove(self, label: Label) -> None: ...


class Comments(Protocol):
    async def get_of(self, workspace_id: UUID, task_id: UUID, id: UUID) -> Comment:
        """A comment on this task.

        Raises:
            NotFound
        """

    def add(self, comment: Comment) -> None: ...

    def remove(self, comment: Comment) -> None: ...


class TasksUnitOfWork(UnitOfWork, Protocol):
    @property
    def projects(self) -> Projects: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def structure(self) -> Structure: ...

    @property
    def order(self) -> TaskOrder: ...

    @property
    def cascades(self) -> Cascades: ...

    @property
    def labels(self) -> Labels: ...

    @property
    def comments(self) -> Comments: ...

    @property
    def memberships(self) -> Memberships: ...

    async def remove_dependent_rows(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> list[UUID]:
        """Removes the comments and former keys of tasks without a trace in the log. Returns the ids of the comments."""

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        """Takes the content of things out of the log; that something happened to them stays."""

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        """Removes some rows of a workspace without a trace. Returns how many; 0 when none are left."""
