"""What the reference tells of events: their types, and what each of them holds. Made of what the modules declare."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import inspect

from taskhub.kernel.application.event_types import EventType

EVENTS = """
**Events.** Every change is an event in the log of its workspace; the `history` of a task shows those of the task. An event has a
`type`, and `changes`: the fields that changed, each with its values before and after. When a resource is deleted permanently, its
values are removed from the log: `changes` then has null instead of the two values. Other types may be added.
[A page](/docs/events) lists all types by module, with the types of their members. Today there are:

"""


def events_in_words(types: Mapping[str, EventType]) -> str:
    """A paragraph on the types of events that clients see, with a list of them. What holds no values is not shown to clients."""
    things = {_thing(one) for one in types.values() if one.has_snapshot}
    return EVENTS + type_table(one for one in types.values() if _thing(one) in things)


def type_table(types: Iterable[EventType]) -> str:
    """The types, as a table in Markdown: form, meaning and members that may change."""
    rows = (f"| `{one.name}` | {one.content.schema} | {one.content.summary} | {members} |\n" for one, members in rows_of(types))
    return "| type | schema | what happened | members in `changes` |\n|---|---|---|---|\n" + "".join(rows)


def thing_table(types: Iterable[EventType]) -> str:
    """The things that events are about, as a table in Markdown: all members that may change, and whether values are logged."""
    shown = list(types)
    rows = (
        f"| `{thing}` | {_listed(_all_members(shown, thing))} | {_values(shown, thing)} |\n"
        for thing in dict.fromkeys(map(_thing, shown))
    )
    return "| thing | members | with values |\n|---|---|---|\n" + "".join(rows)


def by_module(types: Iterable[EventType]) -> dict[str, list[EventType]]:
    """The types of each module, in the order of modules."""
    modules: dict[str, list[EventType]] = {}
    for one in types:
        modules.setdefault(one.module, []).append(one)
    return modules


def rows_of(types: Iterable[EventType]) -> Iterator[tuple[EventType, str]]:
    """Each type with the members in its `changes`, in words."""
    shown = list(types)
    return ((one, _members(one, _all_members(shown, _thing(one)))) for one in shown)


def fields_by_thing(types: Iterable[EventType]) -> dict[str, dict[str, str]]:
    """The things that events are about, each with its members and their types in words."""
    things: dict[str, dict[str, str]] = {}
    for one in types:
        known = things.setdefault(_thing(one), {})
        for name, kind in one.fields.items():
            known.setdefault(name, "not in the log" if kind is None else _in_words(inspect.type_info(kind)))
    return things


_WORDS: dict[type, str] = {
    inspect.AnyType: "any",
    inspect.UUIDType: "string (UUID)",
    inspect.DateTimeType: "string (instant)",
    inspect.DateType: "string (date)",
    inspect.TimeType: "string (time)",
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
}


def _in_words(kind: Any) -> str:
    if isinstance(kind, inspect.Metadata):
        return _in_words(kind.type)
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return f"array of {_in_words(kind.item_type)}"
    if isinstance(kind, inspect.UnionType):
        return " or ".join(_in_words(one) for one in kind.types)
    if isinstance(kind, inspect.StructType):
        return f"object with {', '.join(field.encode_name for field in kind.fields)}"
    return _WORDS.get(type(kind), "object")


def _thing(one: EventType) -> str:
    return one.name.partition(".")[0]


def _all_members(types: Iterable[EventType], thing: str) -> tuple[str, ...]:
    return max((one.members for one in types if _thing(one) == thing), key=len)


def _values(types: Iterable[EventType], thing: str) -> str:
    return "yes" if any(one.has_snapshot for one in types if _thing(one) == thing) else "no, names of members only"


def _members(one: EventType, everything: tuple[str, ...]) -> str:
    if not one.members:
        return "none"
    return f"any of `{_thing(one)}`" if one.members == everything else _listed(one.members)


def _listed(members: Iterable[str]) -> str:
    return ", ".join(f"`{member}`" for member in members)
