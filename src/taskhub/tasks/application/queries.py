"""Reads of projects and tasks: what can be asked for, and in which order."""

from collections.abc import Collection
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec

from taskhub.tasks.application.ports import Key, ProjectRef, TaskRef
from taskhub.tasks.application.views import CommentView, HistoryEntry, LabelView, ProjectView, TaskView
from taskhub.tasks.domain.moments import DueBound

Position = tuple[Any, ...]
"""Where a row stands in an order: its values of the order's members, and what else it takes to find that place again."""


class TaskSort(Enum):
    """What tasks can be sorted by. All but `key` and `rank` are told apart by their ids where they are equal.

    `rank` is the order in which people have put them, project by project.
    """

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    DUE = "due"
    PRIORITY = "priority"
    KEY = "key"
    RANK = "rank"


class ProjectSort(Enum):
    NAME = "name"
    KEY = "key"
    CREATED_AT = "created_at"


class LabelSort(Enum):
    NAME = "name"
    CREATED_AT = "created_at"


class CommentSort(Enum):
    CREATED_AT = "created_at"


class HistorySort(Enum):
    SEQ = "seq"


Sort = TypeVar("Sort", bound=Enum)

_At = tuple[datetime, UUID]
POSITIONS: dict[Enum, Any] = {
    TaskSort.CREATED_AT: _At,
    TaskSort.UPDATED_AT: _At,
    TaskSort.DUE: tuple[datetime | None, UUID],
    TaskSort.PRIORITY: tuple[Annotated[int, msgspec.Meta(ge=0, le=4)], UUID],
    TaskSort.KEY: tuple[str, Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]],
    TaskSort.RANK: tuple[str, str, UUID, int],
    ProjectSort.NAME: tuple[str, UUID, str],
    ProjectSort.KEY: tuple[str],
    ProjectSort.CREATED_AT: _At,
    LabelSort.NAME: tuple[str, UUID],
    LabelSort.CREATED_AT: _At,
    CommentSort.CREATED_AT: _At,
    HistorySort.SEQ: tuple[Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]],
}
"""The form of a position in each order."""


class SortOrder(msgspec.Struct, Generic[Sort], frozen=True, cache_hash=True):
    """An order of a list. Descending, a tie is descending too; tasks without a due date are last either way."""

    sort: Sort
    descending: bool = False


NEWEST_FIRST = SortOrder(TaskSort.CREATED_AT, descending=True)
OLDEST_FIRST = SortOrder(CommentSort.CREATED_AT)
LATEST_FIRST = SortOrder(HistorySort.SEQ, descending=True)


class PageRequest(msgspec.Struct, Generic[Sort], frozen=True):
    """Which part of a list: at most `limit` things, from the beginning or after a position."""

    order: SortOrder[Sort]
    limit: int = 50
    after: Position | None = None


Item = TypeVar("Item")


class PageSlice(msgspec.Struct, Generic[Item], frozen=True):
    """A part of a list. ``after`` is the position of its last item, or None where the list ends."""

    items: list[Item]
    after: Position | None


class TaskFilter(msgspec.Struct, frozen=True):
    """Which tasks: those that match all members that are set, each by any of its values.

    Attributes:
        priorities: by their numbers.
        unassigned: tasks that nobody is on, beside those of `assignee_ids`.
        unlabelled: tasks without labels, beside those with any of `label_ids`.
        top_level: tasks that are no subtasks, beside those right below any of `parent_ids`.
        blocked: whether they wait for a task that is open: neither closed nor in the trash.
        blocks: tasks that any of these waits for.
        due_before: exclusive, as all of these; tasks without a due date match neither this nor `due_after`.
        due_after: inclusive, as all of these.
        not_statuses: tasks in none of these; so for the others.
        assigned: tasks that anybody is on. With `not_assignee_ids`: but none of these.
        labelled: tasks with any label. With `not_label_ids`: but none of these.
        closed: whether they are done or cancelled.
        q: words that all occur in key, title or description; the last may be the beginning of one.
        deleted: those in the trash, instead of those that are not.
    """

    ids: tuple[UUID, ...] = ()
    project_ids: tuple[UUID, ...] = ()
    statuses: tuple[str, ...] = ()
    status_categories: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    assignee_ids: tuple[UUID, ...] = ()
    unassigned: bool = False
    label_ids: tuple[UUID, ...] = ()
    unlabelled: bool = False
    parent_ids: tuple[UUID, ...] = ()
    top_level: bool = False
    blocked: bool | None = None
    blocks: tuple[UUID, ...] = ()
    due_before: DueBound | None = None
    due_after: DueBound | None = None
    created_before: datetime | None = None
    created_after: datetime | None = None
    updated_before: datetime | None = None
    updated_after: datetime | None = None
    not_statuses: tuple[str, ...] = ()
    not_priorities: tuple[int, ...] = ()
    not_assignee_ids: tuple[UUID, ...] = ()
    assigned: bool = False
    not_label_ids: tuple[UUID, ...] = ()
    labelled: bool = False
    closed: bool | None = None
    q: str | None = None
    deleted: bool = False


class ProjectFilter(msgspec.Struct, frozen=True):
    archived: bool | None = None
    deleted: bool = False


class TaskQueries(Protocol):
    """One round trip each."""

    async def find(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False) -> TaskView | None: ...

    async def list(self, workspace_id: UUID, filters: TaskFilter, page: PageRequest[TaskSort]) -> PageSlice[TaskView]: ...


class ProjectQueries(Protocol):
    """One round trip each."""

    async def find(self, workspace_id: UUID, ref: ProjectRef, *, with_deleted: bool = False) -> ProjectView | None: ...

    async def list(
        self, workspace_id: UUID, filters: ProjectFilter, page: PageRequest[ProjectSort]
    ) -> PageSlice[ProjectView]: ...


class KeyQueries(Protocol):
    """One round trip each."""

    async def ids(self, workspace_id: UUID, keys: Collection[Key]) -> dict[Key, UUID]:
        """What keys of projects and tasks stand for, in the trash or not; those that were never given are left out.

        Keys of tasks that went over to another project go on naming them. What a key names never changes.
        """


class LabelQueries(Protocol):
    """One round trip each."""

    async def find(self, workspace_id: UUID, id: UUID) -> LabelView | None: ...

    async def list(self, workspace_id: UUID, page: PageRequest[LabelSort]) -> PageSlice[LabelView]: ...


class CommentQueries(Protocol):
    """Comments on tasks that are not in the trash. One round trip each."""

    async def find(self, workspace_id: UUID, task: TaskRef, id: UUID) -> CommentView | None: ...

    async def list(self, workspace_id: UUID, task: TaskRef, page: PageRequest[CommentSort]) -> PageSlice[CommentView]:
        """Raises:
        NotFound: no such task.
        """


class HistoryQueries(Protocol):
    """One round trip each."""

    async def list(self, workspace_id: UUID, task: TaskRef, page: PageRequest[HistorySort]) -> PageSlice[HistoryEntry]:
        """What happened to a task, in the trash or not, and to the comments on it.

        Raises:
            NotFound: no such task.
        """
