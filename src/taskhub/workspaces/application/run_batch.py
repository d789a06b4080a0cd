"""Run the operations of a batch, all of them or none."""

from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.shared_work import SharedWork
from taskhub.workspaces.contract.memberships import Memberships

BATCH_SECONDS = 60.0
"""How many seconds each statement may take."""


@dataclass(frozen=True, slots=True)
class RunBatch:
    """``operations`` runs them and gives the body of the answer. ``names``: whatever stands in them, ids and keys among it."""

    workspace_id: UUID
    names: Set[str]
    operations: Callable[[SharedWork], Awaitable[bytes]]


async def run_batch(command: RunBatch, work: SharedWork, *, memberships: Callable[[SharedWork], Memberships]) -> bytes:
    """One at a time in a workspace, as for all commands that lock much of it.

    Raises:
        DomainError: the refusal of the first operation that is refused.
    """
    await work.lock()
    await memberships(work).lock_workspace(command.workspace_id)
    await work.lock_named(command.workspace_id, command.names)
    await work.defer(seconds=BATCH_SECONDS)
    return await command.operations(work)
