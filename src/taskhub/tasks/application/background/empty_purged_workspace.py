"""Delete the projects and tasks of a workspace that was purged."""

from taskhub.kernel.contract.events import Event
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.workspaces.contract.events import WORKSPACE_PURGED

BATCH_SIZE = 1000


class EmptyPurgedWorkspace:
    """Subscribes to `WORKSPACE_PURGED`. The log of the workspace has been emptied, so nothing is appended to it."""

    name = "tasks.empty_purged_workspace"
    types = frozenset({WORKSPACE_PURGED})

    async def handle(self, event: Event, uow: TasksUnitOfWork) -> bool:
        return await uow.remove_workspace_rows(event.stream_id, limit=BATCH_SIZE) == 0
