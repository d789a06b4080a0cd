"""Whether events are what their modules declare: strictly, with nothing more and nothing less."""

from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg
import msgspec

from taskhub.kernel.application.event_types import EventType
from taskhub.modules.discovery import installed_modules

EVENT_TYPES = installed_modules().catalogue.events

_LOG = "SELECT type, schema, entity_type, changes::text, snapshot::text FROM events"


async def check_events(url: str) -> None:
    """Reads all events of a database that tests have worked on.

    Raises:
        AssertionError: some are not what is declared.
    """
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        async with connection.transaction():
            faults = set()
            async for record in connection.cursor(_LOG, prefetch=1000):
                faults.update(faults_of([_decoded(record)]))
    finally:
        await connection.close()
    assert not faults, "tests have appended events that no module declares so:\n" + "\n".join(sorted(faults))


def _decoded(record: asyncpg.Record) -> dict[str, Any]:
    texts = {part: msgspec.json.decode(record[part] or "null") for part in ("changes", "snapshot")}
    return {**record, **texts}


def declared(name: str | None) -> str:
    """A type of event, for what keeps no more of events than that.

    Raises:
        AssertionError: no module declares it.
    """
    assert name in EVENT_TYPES, f"no module declares events of the type {name}"
    return str(name)


def faults_of(events: Iterable[Mapping[str, Any]], types: Mapping[str, EventType] = EVENT_TYPES) -> list[str]:
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
    if declared.has_snapshot and event["snapshot"] is None and not _has_lost_its_values(event):
        return "it has no snapshot"
    content = {"changes": event["changes"], "snapshot": event["snapshot"]}
    try:
        read = msgspec.convert(content, declared.content, strict=True)
    except msgspec.ValidationError as error:
        return str(error)
    understood = msgspec.json.decode(msgspec.json.encode(read))
    return None if understood == content else f"{_difference(content, understood)} is not declared, or not in its one form"


def _has_lost_its_values(event: Mapping[str, Any]) -> bool:
    """Whether they were taken out of the log, as those of what was purged are."""
    return not any(event["changes"].values())


def _difference(content: dict[str, Any], understood: dict[str, Any]) -> str:
    return ", ".join(
        f"{part}.{name}"
        for part in content
        for name, value in (content[part] or {}).items()
        if name not in (understood[part] or {}) or understood[part][name] != value
    )
