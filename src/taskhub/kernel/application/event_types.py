"""The types of events: what each holds, derived from the representation of the thing that it is about, and who appends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, get_args

import msgspec

from taskhub.kernel.contract.event_content import EventContent

UNLOGGED = frozenset({"version", "updated_at"})
"""Members of a representation that an event tells by itself."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event, such as ``task.created``, and the module that appends it."""

    name: str
    module: str
    content: type[EventContent]

    @property
    def members(self) -> tuple[str, ...]:
        """The members of the thing that may change by it."""
        return tuple(self.fields)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The members that may change by it, each with the type of its values; None where the log holds no values."""
        views = [one for one in get_args(_type_of(self.content, "snapshot")) if one is not NoneType]
        kinds = {field.encode_name: field.type for field in msgspec.structs.fields(views[0])} if views else {}
        changes = msgspec.structs.fields(_type_of(self.content, "changes"))
        return {field.encode_name: kinds.get(field.encode_name) for field in changes}

    @property
    def has_snapshot(self) -> bool:
        return _type_of(self.content, "snapshot") not in (None, NoneType)


def event_types(modules: Mapping[str, Mapping[str, type[EventContent]]]) -> dict[str, EventType]:
    """All types of events, by name: what each module declares, by the module's name. No two declare the same."""
    return {name: EventType(name, module, content) for module, events in modules.items() for name, content in events.items()}


def event_content(
    summary: str,
    view: type[msgspec.Struct],
    base: type[EventContent] = EventContent,
    *,
    only: tuple[str, ...] | None = None,
    logs_values: bool = True,
) -> type[EventContent]:
    """The content of events about a thing that goes on.

    Args:
        summary: what happened, for the reference.
        view: the representation of the thing: the snapshot is one.
        base: adds what can be told of such an event.
        only: the members that may change by it, where that are not all of the representation.
        logs_values: as in the mapping of the thing. Otherwise the log holds names of members only.
    """
    return _content(summary, base, _changes(view, only, logs_values), view | None if logs_values else None)


class _NoChanges(msgspec.Struct, frozen=True):
    pass


def last_event_content(summary: str, base: type[EventContent] = EventContent) -> type[EventContent]:
    """The content of the last event about a thing, which is gone for good: nothing changes, and nothing is left to be shown."""
    return _content(summary, base, _NoChanges, None)


def _content(summary: str, base: type[EventContent], changes: type[msgspec.Struct], snapshot: Any) -> type[EventContent]:
    fields = [("changes", changes), ("snapshot", snapshot)]
    made: Any = msgspec.defstruct(
        base.__name__, fields, bases=(base,), namespace={"summary": summary}, module=base.__module__, frozen=True
    )
    content: type[EventContent] = made
    return content


@lru_cache(maxsize=64)
def _changes(view: type[msgspec.Struct], only: tuple[str, ...] | None, logs_values: bool) -> type[msgspec.Struct]:
    members = [
        (field.encode_name, _values(field.type) if logs_values else None | msgspec.UnsetType, msgspec.UNSET)
        for field in msgspec.structs.fields(view)
        if field.name not in UNLOGGED and (only is None or field.name in only)
    ]
    return msgspec.defstruct(f"{view.__name__.removesuffix('View')}Changes", members, frozen=True)


def _values(kind: Any) -> Any:
    return tuple[kind | None, kind | None] | None | msgspec.UnsetType


def _type_of(struct: type[msgspec.Struct], name: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(struct) if field.name == name)
