"""The time zone of a workspace, in which dates are meant, in a process that did not change it."""

import time

from support.harness.api import Api, ok
from support.harness.trusting_service import NewClient
from taskhub.app import TaskHub


async def test_elsewhere_another_time_zone_counts_within_a_second(
    new_client: NewClient, owner: Api, another_process: TaskHub
) -> None:
    await owner.open_project()
    task = await owner.add_task(due={"date": "2026-11-27", "time": "23:30", "time_zone": "UTC"})
    elsewhere = await new_client(owner, app=another_process)

    async def is_due() -> bool:
        return [each["id"] for each in ok(await elsewhere.get("tasks", due_after="2026-11-28"))["items"]] == [task["id"]]

    assert not await is_due()
    ok(await owner.patch(f"/v1/workspaces/{owner.workspace['id']}", {"time_zone": "Europe/Berlin"}))
    asked_at = changed_at = time.monotonic()
    while not await is_due():
        assert asked_at < changed_at + 1.0
        asked_at = time.monotonic()
