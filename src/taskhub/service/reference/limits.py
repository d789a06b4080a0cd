"""Copies length limits from schemas of request bodies to the schemas of answers: what can be written bounds what can be read."""

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from typing import Any

Schema = dict[str, Any]
_LIMITS = ("maxLength", "maxItems")


def copy_limits(written: Dict[str, Schema], read: Dict[str, Schema]) -> None:
    """Gives members of answers the limits of the same member in a request body of the same resource, or else of a member with the
    same name and description in any body.
    """
    in_bodies = [(_resource(body), name, member) for body, schema in written.items() for name, member in _members(schema)]
    by_resource = {(resource, name): member for resource, name, member in in_bodies}
    by_description = {(name, _description(member)): member for _, name, member in in_bodies}
    for resource, schema in read.items():
        for name, member in _members(schema):
            source = by_resource.get((resource, name)) or by_description.get((name, _description(member)))
            if source is not None:
                _copy(_non_null(source), _non_null(member))


def _resource(body: str) -> str:
    """`Task` for `NewTask`, `TaskPatch` and the like."""
    return body.removeprefix("New").removesuffix("Patch").removesuffix("Body")


def _members(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()


def _description(member: Schema) -> str:
    return str(member.get("description", ""))


def _non_null(schema: Schema) -> Schema:
    """A schema without its null: the first of its forms."""
    return next((choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}), schema)


def _copy(source: Schema, target: Schema) -> None:
    if source.get("type") == target.get("type"):
        target.update({limit: source[limit] for limit in _LIMITS if limit in source})
    for inner in ("items", "additionalProperties"):
        if isinstance(source.get(inner), dict) and isinstance(target.get(inner), dict):
            _copy(source[inner], target[inner])
