"""Tasks, as other modules may ask about them: inside their own unit of work, or for their own reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from taskhub.tasks.contract.references import TaskRef


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What other modules may know of a task that is not in the trash. All else about it is told by its events.

    Attributes:
        is_closed: whether its status stands for done or cancelled.
        is_archived: whether its project is, so that nothing that belongs to the task is to be changed.
    """

    id: UUID
    project_id: UUID
    is_closed: bool
    is_archived: bool


class TaskReader(Protocol):
    """Reads tasks as they are at this moment. Nothing is locked."""

    async def find(self, workspace_id: UUID, refs: Iterable[TaskRef]) -> dict[TaskRef, TaskFacts]:
        """Those of these tasks that are there and not in the trash, by the references that were given, in one round trip.

        What belongs to a task is shown where its task is found, and nowhere else.
        """


class Tasks(TaskReader, Protocol):
    """The same over the caller's connection, and with locks."""

    async def require(self, workspace_id: UUID, ref: TaskRef, *, keep_unclosed: bool = False) -> TaskFacts:
        """Makes sure that a task is not in the trash and its project not archived, and stays so until the unit of work ends.

        The first, optimistic attempt at a command reads it in one round trip and locks nothing: where that is no longer true at
        commit, the commit misses and the command is run again. Then the project is share-locked before the task. So it is to be
        called after members and before rows of the caller's own are loaded. Other things about the task may change meanwhile.

        ``keep_unclosed``: a task that is not closed stays so as well; other changes of the task wait for the caller. One that is
        closed is told as such, and not refused.

        Raises:
            NotFound: there is no such task, or it is in the trash.
            ProjectArchived
        """
