"""What happens to time entries when something happens to their task or their workspace."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, func, select
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement

from client import Client, eventually
from log import own_events
from taskhub_time_tracking.infrastructure.mappings import TIME_ENTRIES

LATER = timedelta(days=31)
"""The trash, and deleted workspaces, are kept for 30 days."""

_entries = TIME_ENTRIES.table.c
_COUNT = Statement(
    select(func.count()).where(_entries.workspace_id == bindparam("workspace_id", type_=_entries.workspace_id.type))
)


async def count(database: Database, workspace: dict[str, Any]) -> int:
    return int((await database.fetch(_COUNT, {"workspace_id": UUID(workspace["id"])}))[0][0])


async def purge(container: Container, name: str) -> None:
    """As the service does it on its own, when the time has come."""
    (wanted,) = (one for one in container.purges() if one.name == name)
    await wanted.remove(container.database(), container.clock()() + LATER)


@pytest.mark.parametrize("way", ["closed", "trashed", "trashed with its project"])
async def test_it_stops_when_its_task_is_over(ada: Client, way: str) -> None:
    task = await ada.make_task()
    entry = await ada.post("time_entries", {"task_id": task["id"]})
    if way == "closed":
        over = (await ada.patch(f"tasks/{task['id']}", {"status": "done"}))["closed_at"]
    else:
        await ada.send("DELETE", f"tasks/{task['id']}" if way == "trashed" else f"projects/{ada.project['id']}")
        over = (await ada.get(f"tasks/{task['id']}?deleted=true"))["deleted_at"]

    async def is_stopped() -> bool:
        return (await ada.get(f"time_entries/{entry['id']}"))["stopped_at"] is not None

    await eventually(is_stopped)
    stopped = await ada.get(f"time_entries/{entry['id']}")
    assert (stopped["stopped_at"], stopped["version"]) == (over, 2)


async def test_its_time_is_counted_while_its_task_is_in_the_trash_and_goes_with_it(
    ada: Client, container: Container, database: Database
) -> None:
    task = await ada.make_task()
    entry = await ada.post("time_entries", {"task_id": task["id"], "note": "Looked for the leak"})
    await ada.post(f"time_entries/{entry['id']}/stop")
    await ada.send("DELETE", f"tasks/{task['id']}")
    assert [row["task_id"] for row in (await ada.get("time_reports/tasks"))["items"]] == [task["id"]]

    async def is_gone() -> bool:
        return (await ada.send("GET", f"time_entries/{entry['id']}")).status_code == 404

    await purge(container, "trash")
    await eventually(is_gone)
    events = await own_events(database, ada.workspace["id"])
    assert [event["type"] for event in events] == ["time_entry.started", "time_entry.stopped", "time_entry.deleted"]
    assert [event["snapshot"] for event in events] == [None, None, None]
    assert "leak" not in str(events)


async def test_a_purged_workspace_leaves_nothing_behind(ada: Client, container: Container, database: Database) -> None:
    await ada.post("time_entries", {"task_id": (await ada.make_task())["id"]})
    deleted = ada.workspace
    await ada.send("DELETE", f"/v1/workspaces/{deleted['id']}")
    await ada.make_workspace()
    await ada.post("time_entries", {"task_id": (await ada.make_task())["id"]})
    assert await count(database, deleted) == 1

    async def is_empty() -> bool:
        return await count(database, deleted) == 0

    await purge(container, "workspaces")
    await eventually(is_empty)
    assert await count(database, ada.workspace) == 1
