"""What the reference tells of events: their types, and what each of them holds. Made of what the modules declare."""

from collections.abc import Iterable, Mapping

from taskhub.kernel.application.event_types import EventType

EVENTS = """
**Events.** Every change is kept in the log of its workspace; the `history` of a task shows those of the task. An event has a
`type`, and `changes`: the members that changed, each with its values before and after. Values of what was removed for good are
taken out of the log: `changes` then has null in place of the two. Other types may come. Today there are:

"""


def events_in_words(types: Mapping[str, EventType]) -> str:
    """A paragraph on the types of events that clients see, with a list of them. What holds no values is not shown to clients."""
    things = {_thing(one) for one in types.values() if one.has_snapshot}
    return EVENTS + type_table(one for one in types.values() if _thing(one) in things)


def type_table(types: Iterable[EventType]) -> str:
    """The types, as a table in Markdown: form, meaning and members that may change."""
    shown = list(types)
    rows = (
        f"| `{one.name}` | {one.content.schema} | {one.content.summary} | {_members(one, _all_members(shown, _thing(one)))} |\n"
        for one in shown
    )
    return "| type | schema | what happened | members in `changes` |\n|---|---|---|---|\n" + "".join(rows)


def thing_table(types: Iterable[EventType]) -> str:
    """The things that events are about, as a table in Markdown: all members that may change, and whether values are logged."""
    shown = list(types)
    rows = (
        f"| `{thing}` | {_listed(_all_members(shown, thing))} | {_values(shown, thing)} |\n"
        for thing in dict.fromkeys(map(_thing, shown))
    )
    return "| thing | members | with values |\n|---|---|---|\n" + "".join(rows)


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
