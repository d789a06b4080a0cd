"""Take back a command: everything that it did, by a new command of the caller."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from taskhub.activity.application.ports import UndoUnitOfWork
from taskhub.activity.domain.errors import RightRequired
from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.reversal import THING, Effect, ModuleReversal, Undo
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotUndoable
from taskhub.workspaces.contract.access import Role, WorkspaceAccess

UNDO_SECONDS = 60.0
"""How many seconds each statement may take; those of ten thousand events take a few."""

Reversals = Callable[[], Sequence[ModuleReversal]]


@dataclass(frozen=True, slots=True)
class UndoCommand:
    """``seq``: of any event of the command. ``role`` and ``scope``: what the caller may do in the workspace."""

    workspace_id: UUID
    seq: int
    actor_id: UUID
    role: Role
    scope: Scope

    def may(self, access: Access) -> bool:
        role = access.role if isinstance(access, WorkspaceAccess) else Role.VIEWER
        return self.scope >= access.scope and self.role >= role


async def undo_command(command: UndoCommand, uow: UndoUnitOfWork, *, clock: Clock, reversals: Reversals) -> Aggregate:
    """The modules do it, each for its own things, those of lower modules first: rows are locked in this order everywhere.

    Returns one of the things that were changed: its version is where to look for the command in the log.

    Raises:
        NotFound: there is no such event.
        RightRequired: the opposite of the command takes a right that the caller lacks.
        NotUndoable, ChangedSince
        DomainError: whatever the modules' own rules refuse today.
    """
    await uow.lock(seconds=UNDO_SECONDS)
    effects = [one for one in await uow.effects_of(command.workspace_id, command.seq) if not one.came_and_went]
    modules = reversals()
    _check(effects, {type: undoable for module in modules for type, undoable in module.types.items()}, command)
    undo = Undo(command.workspace_id, command.actor_id, clock(), command.may, uow.shown)
    for effect in effects:
        if effect.came_back:  # What was removed last is another one, by somebody else perhaps: that is undone instead.
            undo.conflicts.add(effect.entity_type, effect.entity_id, THING)
    for module in modules:
        own = [effect for effect in effects if any(type in module.types for type, _ in effect.events)]
        if own and module.reversal is not None:
            await module.reversal.take_back(own, undo, uow)
    undo.conflicts.check()
    changed = uow.changed()
    if not changed:
        raise NotUndoable("The command left nothing behind that could be taken back.")
    return changed[0]


def _check(effects: Sequence[Effect], types: Mapping[str, Access | str], command: UndoCommand) -> None:
    """Raises:
    RightRequired
    NotUndoable: there is a type among the events that can't be taken back.
    """
    found = dict.fromkeys(type for effect in effects for type, _ in effect.events)
    undoable = {type: types.get(type, "No module that is installed takes it back.") for type in found}
    for type, access in undoable.items():
        if isinstance(access, str):
            raise NotUndoable(f"The command has an event `{type}`, which can't be taken back. {access}")
        if not command.may(access):
            raise RightRequired(access)
