"""The containers of modules: built in turn, and checked for what each has to bring."""

from collections.abc import Iterable
from typing import Any

from taskhub.kernel.application.due_work import DueWork
from taskhub.kernel.application.empty_purged_workspace import EmptyPurgedWorkspace
from taskhub.kernel.application.reversal import ModuleReversal
from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.kernel.infrastructure.background.purge import PURGES
from taskhub.kernel.infrastructure.unit_of_work.row_locks import LocksOfLostRaces, RowLocks
from taskhub.kernel.module_api import Module, ModuleContext, keeps_nothing
from taskhub.modules.entry_points import reason
from taskhub.modules.refusals import wrong_module

_REQUIRED = ("runner", "subscribers", "purges", "background", "ports", "services", "empty")
"""Of a module's container."""


def build(module: Module, context: ModuleContext) -> Any:
    """Raises:
    WrongModule: it can't be built, or lacks something.
    """
    try:
        container = module.container(context)
    except Exception as error:
        raise wrong_module(f"The container of the module {module.name} can't be built: {reason(error)}.", module.name) from error
    for member in _REQUIRED:
        if not callable(getattr(container, member, None)):
            sentence = f"The container of the module {module.name} has no `{member}`, which taskhub.kernel.module_api asks for."
            raise wrong_module(sentence, module.name)
    if _is_undoable(module) and not callable(getattr(container, "reversal", None)):
        sentence = f"`undo` of the module {module.name} says that events can be taken back, and its container has no `reversal`."
        raise wrong_module(sentence, module.name)
    return container


def reversal_of(module: Module, container: Any) -> ModuleReversal:
    """How commands are taken back that did something in this module."""
    return ModuleReversal(module.undo, container.reversal() if _is_undoable(module) else None)


def row_locks_of(module: Module, container: Any) -> RowLocks:
    """What locks the rows of a module that batches name."""
    provided = getattr(container, "row_locks", None)
    locks: RowLocks = LocksOfLostRaces(module.mappings) if provided is None else provided()
    return locks


def _is_undoable(module: Module) -> bool:
    return any(not isinstance(undoable, str) for undoable in module.undo.values())


def subscribers_of(name: str, container: Any) -> list[Subscriber]:
    """What reacts to events in the module of this name, its `empty` as well."""
    emptying = [] if _keeps_nothing(container) else [EmptyPurgedWorkspace(name, container.empty)]
    return [*container.subscribers(), *emptying]


def check_containers(containers: Iterable[tuple[Module, Any]]) -> None:
    """Raises:
    WrongModule
    """
    purges = dict.fromkeys((purge.name for purge in PURGES), "")
    for module, container in containers:
        subscribers = subscribers_of(module.name, container)
        work = [one.name for one in container.background() if isinstance(one, DueWork)]
        _check_names(module.name, [*(one.name for one in subscribers), *work])
        _check_removal(module, {type for one in subscribers for type in one.types})
        for purge in container.purges():
            if purge.name in purges:
                sentence = f"Two purges are called `{purge.name}`: give the one of the module {module.name} another name."
                raise wrong_module(sentence, purges[purge.name], module.name)
            purges[purge.name] = module.name


def _check_names(module: str, names: Iterable[str]) -> None:
    """Of subscribers and of background work, which no other module has then."""
    seen: set[str] = set()
    for name in names:
        if not name.startswith(f"{module}."):
            sentence = f"The name of the subscriber or background work `{name}` has to begin with its module's: `{module}.`."
            raise wrong_module(sentence, module)
        if name in seen:
            sentence = f"Two subscribers or background works of the module {module} are called `{name}`: rename the newer one."
            raise wrong_module(sentence, module)
        seen.add(name)


def _check_removal(module: Module, handled: set[str]) -> None:
    """``handled``: the types of events that subscribers of the module react to."""
    for row, owners in module.rows.items():
        for type in sorted(owners - handled):
            table = f"`{row.__tablename__}` of the module {module.name}"
            sentence = f"The rows of the table {table} are to be removed after `{type}`, and nothing does it: {_remedy(type)}."
            raise wrong_module(sentence, module.name)


def _remedy(type: str) -> str:
    if type == WORKSPACE_PURGED:
        return "the `empty` of the module's container is `keeps_nothing`; let it remove them"
    return "give the module's container a subscriber with this type of event that removes them"


def _keeps_nothing(container: Any) -> bool:
    return keeps_nothing in (container.empty, getattr(container.empty, "provides", None))
