"""Ports: what the use cases of this module need from the infrastructure."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.tasks.contract.tasks import Tasks

from taskhub_time_tracking.domain.time_entry import TimeEntry


class TimeEntryRepository(Protocol):
    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None) -> TimeEntry:
        """Raises:
        NotFound
        StaleVersion
        """

    async def find_running(self, workspace_id: UUID, task_id: UUID, *, limit: int) -> list[TimeEntry]:
        """Some entries that run on a task, those first that were started first."""

    async def find_of_task(self, workspace_id: UUID, task_id: UUID, *, limit: int) -> list[TimeEntry]:
        """Some entries on a task."""

    async def find_all(self, workspace_id: UUID, ids: Iterable[UUID], /) -> list[TimeEntry]:
        """The entries among these that exist, locked."""

    def add(self, entry: TimeEntry) -> None: ...

    def remove(self, entry: TimeEntry) -> None: ...


class TimeTrackingUnitOfWork(UnitOfWork, Protocol):
    @property
    def time_entries(self) -> TimeEntryRepository: ...

    @property
    def tasks(self) -> Tasks:
        """Tasks, over the connection and in the transaction of this unit of work."""

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        """Removes the content of these entries from the log. The events themselves stay."""

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        """Deletes some rows of a workspace without events. Returns how many; 0 if none are left."""
