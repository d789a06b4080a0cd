"""Reads of projects and tasks, with their filters and orders."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, NamedTuple, Protocol
from uuid import UUID

import msgspec

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.tasks.application.views import CommentView, HistoryEntry, LabelView, ProjectView, TaskView
from taskhub.tasks.contract.references import Key, ProjectRef, TaskRef
from taskhub.tasks.domain.moments import DueBound


class TaskSort(Enum):
    """What tasks can be sorted by. Tasks with equal values are sorted by id, except for `key` and `rank`, which are unique. Tasks
    without a due date are always last.

    `rank` is the manual order, project by project.
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
"""The type of a position in each order."""


NEWEST_FIRST = SortOrder(TaskSort.CREATED_AT, descending=True)
OLDEST_FIRST = SortOrder(CommentSort.CREATED_AT)
LATEST_FIRST = SortOrder(HistorySort.SEQ, descending=True)


class TaskFilter(msgspec.Struct, frozen=True):
    """Finds tasks that match all fields that are set. Of a field with several values, one has to match.

    Attributes:
        priorities: as numbers.
        unassigned: tasks without assignees, in addition to those of `assignee_ids`.
        unlabelled: tasks without labels, in addition to those with any of `label_ids`.
        top_level: tasks without a parent, in addition to direct subtasks of `parent_ids`.
        blocked: whether they are blocked by an open task, which is neither closed nor in the trash.
        blocks: tasks that block any of these.
        due_before: exclusive, like all `…_before`. Tasks without a due date match neither this nor `due_after`.
        due_after: inclusive, like all `…_after`.
        not_statuses: tasks with none of these; the other `not_…` likewise.
        assigned: tasks with any assignee. With `not_assignee_ids`: any assignee, but none of these.
        labelled: tasks with any label. With `not_label_ids`: any label, but none of these.
        closed: whether they are done or cancelled.
        q: words that all occur in key, title or description; of the last one the beginning is enough.
        deleted: tasks in the trash instead of the others.
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
    external_keys: tuple[str, ...] = ()
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
    """One round trip each. ``as_of``: the ``seq`` of the last event of a moment, to read what was then; in the default order."""

    async def find(
        self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False, as_of: int | None = None
    ) -> TaskView | None: ...

    async def list(
        self, workspace_id: UUID, filters: TaskFilter, page: PageRequest[TaskSort], *, as_of: int | None = None
    ) -> PageSlice[TaskView]: ...

    async def time_zone_at(self, workspace_id: UUID, as_of: int) -> str | None:
        """The time zone that the workspace had; None where its log does not tell."""


class ProjectQueries(Protocol):
    """One round trip each, or two as of a moment."""

    async def find(
        self, workspace_id: UUID, ref: ProjectRef, *, with_deleted: bool = False, as_of: int | None = None
    ) -> ProjectView | None: ...

    async def list(
        self, workspace_id: UUID, filters: ProjectFilter, page: PageRequest[ProjectSort], *, as_of: int | None = None
    ) -> PageSlice[ProjectView]: ...


class FoundIds(NamedTuple):
    """What keys stand for, and the head of the log at that moment. Keys that stand for nothing are left out."""

    ids: Mapping[Key, UUID]
    log_head: str | None


class KeyQueries(Protocol):
    """One round trip each."""

    async def ids(self, workspace_id: UUID, keys: Collection[Key]) -> FoundIds:
        """The ids for keys of projects and tasks, in the trash or not.

        Former keys of tasks that were moved to another project are found as well, and external keys. A key always leads to the
        same resource; an external one leads to the task that has it now.
        """


class LabelQueries(Protocol):
    """One round trip each, or two as of a moment."""

    async def find(self, workspace_id: UUID, id: UUID, *, as_of: int | None = None) -> LabelView | None: ...

    async def list(
        self, workspace_id: UUID, page: PageRequest[LabelSort], *, as_of: int | None = None
    ) -> PageSlice[LabelView]: ...


class CommentQueries(Protocol):
    """Comments on tasks that are not in the trash. One round trip each, or two as of a moment."""

    async def find(self, workspace_id: UUID, task: TaskRef, id: UUID, *, as_of: int | None = None) -> CommentView | None: ...

    async def list(
        self, workspace_id: UUID, task: TaskRef, page: PageRequest[CommentSort], *, as_of: int | None = None
    ) -> PageSlice[CommentView]:
        """Raises:
        NotFound: no such task.
        """


class HistoryQueries(Protocol):
    """One round trip each."""

    async def list(self, workspace_id: UUID, task: TaskRef, page: PageRequest[HistorySort]) -> PageSlice[HistoryEntry]:
        """The changes of a task, in the trash or not, and of its comments.

        Raises:
            NotFound: no such task.
        """
