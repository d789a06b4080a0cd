"""The rule that only members are assigned."""

from uuid import UUID

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.application.ports import TasksUnitOfWork


async def require_members(workspace_id: UUID, user_ids: tuple[UUID, ...], uow: TasksUnitOfWork) -> None:
    """Raises:
    UnknownReference: one of them is no member of the workspace.
    """
    if not user_ids:
        return
    members = await uow.memberships.require(workspace_id, user_ids)
    faults = [
        Fault("unknown_reference", "no member of this workspace", pointer=f"/assignee_ids/{index}")
        for index, user_id in enumerate(user_ids)
        if user_id not in members
    ]
    if faults:
        raise UnknownReference(*faults)
