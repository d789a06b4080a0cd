"""Whether events are what their modules declare: strictly, with nothing more and nothing less."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from taskhub.kernel.application.event_types import EventType


def faults_of(events: Iterable[Mapping[str, Any]], types: Mapping[str, EventType]) -> list[str]:
    """What is wrong with events as they stand in the log, each told once."""
    return sorted({f"{event['type']}: {fault}" for event in events if (fault := _fault_of(event, types))})


def _fault_of(event: Mapping[str, Any], types: Mapping[str, EventType]) -> str | None:
    declared = types.get(event["type"])
    if declared is None:
        return "no module declares this type of event"
    if event["entity_type"] != declared.name.partition(".")[0]:
        return f"it is about a thing of the type {event['entity_type']}"
    if event["schema"] != declared.content.schema:
        return f"it has the schema {event['schema']}, and not {declared.content.schema}"
    if declared.has_snapshot and event["snapshot"] is None and has_values(event):
        return "it has no snapshot"
    content = {"changes": event["changes"], "snapshot": event["snapshot"]}
    try:
        read = msgspec.convert(content, declared.content, strict=True)
    except msgspec.ValidationError as error:
        return str(error)
    understood = msgspec.json.decode(msgspec.json.encode(read))
    return None if understood == content else f"{_difference(content, understood)} is not declared, or not in its one form"


def has_values(event: Mapping[str, Any]) -> bool:
    """Whether an event tells more than the names of what changed."""
    return event["snapshot"] is not None or any(event["changes"].values())


def _difference(content: dict[str, Any], understood: dict[str, Any]) -> str:
    return ", ".join(
        f"{part}.{name}"
        for part in content
        for name, value in (content[part] or {}).items()
        if name not in (understood[part] or {}) or understood[part][name] != value
    )
