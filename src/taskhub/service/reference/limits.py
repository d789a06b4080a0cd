"""How long what is answered can be: as long as what may be written under the same word."""

from collections.abc import Iterable, Iterator
from typing import Any

Schema = dict[str, Any]
_LIMITS = ("maxLength", "maxItems")


def share(written: Iterable[Schema], read: Iterable[Schema]) -> None:
    """Gives the members of schemas that are read the limits of members with the same name and meaning that can be written."""
    known = {_word(name, member): member for schema in written for name, member in _members(schema)}
    for schema in read:
        for name, member in _members(schema):
            if (source := known.get(_word(name, member))) is not None:
                _bound(_proper(source), _proper(member))


def _members(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()


def _word(name: str, member: Schema) -> tuple[str, str]:
    return name, member.get("description", "")


def _proper(schema: Schema) -> Schema:
    """A schema without its null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    return choices[0] if len(choices) == 1 else schema


def _bound(source: Schema, target: Schema) -> None:
    if source.get("type") == target.get("type"):
        target.update({limit: source[limit] for limit in _LIMITS if limit in source})
    for inner in ("items", "additionalProperties"):
        if isinstance(source.get(inner), dict) and isinstance(target.get(inner), dict):
            _bound(source[inner], target[inner])
