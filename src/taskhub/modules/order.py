"""Modules in the order of what they require."""

from collections.abc import Iterable

from taskhub.kernel.module_api import Module
from taskhub.modules.refusals import wrong_module


def in_order(modules: Iterable[Module]) -> tuple[Module, ...]:
    """Each after those that it requires; those that don't depend on each other by name.

    Raises:
        WrongModule: one requires what is not there, or some require each other.
    """
    waiting = {module.name: module for module in sorted(modules, key=lambda one: one.name)}
    _check_requirements(waiting)
    placed: dict[str, Module] = {}
    while waiting:
        ready = next((module for module in waiting.values() if module.requires <= placed.keys()), None)
        if ready is None:
            cycle = _cycle(waiting)
            raise wrong_module(
                f"Modules require each other: {' requires '.join(cycle)}. Remove one of these requirements.", *cycle
            )
        placed[ready.name] = waiting.pop(ready.name)
    return tuple(placed.values())


def _check_requirements(modules: dict[str, Module]) -> None:
    for module in modules.values():
        for name in sorted(module.requires - modules.keys()):
            raise wrong_module(
                f"The module {module.name} requires the module {name}, which is not installed: install it.", module.name
            )


def _cycle(waiting: dict[str, Module]) -> list[str]:
    """A way around, which begins and ends with the same module. All that wait for each other have one."""
    way = [next(iter(waiting))]
    while way[-1] not in way[:-1]:
        way.append(min(waiting[way[-1]].requires & waiting.keys()))
    return way[way.index(way[-1]) :]
