"""Remove the projects and tasks of a workspace that is gone for good."""

from taskhub.kernel.contract.events import Event
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.workspaces.contract.events import WORKSPACE_PURGED

BATCH_SIZE = 1000


class EmptyPurgedWorkspace:
    """Subscribes to workspaces that were purged. Their log is emptied already, so nothing is appended to it."""

    name = "tasks.empty_purged_workspace"
    types = frozenset({WORKSPACE_PURGED})

    async def handle(self, event: Event, uow: TasksUnitOfWork) -> bool:
        return await uow.remove_workspace_rows(event.stream_id, limit=BATCH_SIZE) == 0
