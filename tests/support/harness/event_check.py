"""Whether events are what their modules declare: strictly, with nothing more and nothing less."""

from typing import Any

import asyncpg
import msgspec

from taskhub.modules.discovery import installed_modules
from taskhub.testing.conformance.events import faults_of

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
                faults.update(faults_of([_decoded(record)], EVENT_TYPES))
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
