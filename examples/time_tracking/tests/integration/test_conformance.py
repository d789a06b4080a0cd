"""What clients may rely on holds for time entries, too: the tests are those of TaskHub's conformance kit."""

from typing import Any

from taskhub.testing.conformance import Action, Client, Conformance, Resource, World

from taskhub_time_tracking.module import module


async def task(world: World) -> dict[str, Any]:
    number = world.unique()
    project = await world.add("projects", {"key": f"P{number}", "name": f"Project {number}"})
    return await world.add("tasks", {"project_id": project["id"], "title": "Oil the engine"})


async def new_time_entry(world: World, client: Client) -> dict[str, Any]:
    """A member has one running entry: the one before is stopped."""
    running = await client.get(f"time_entries?running=true&user_id={client.id}")
    for entry in running.json()["items"]:
        assert (await client.post(f"time_entries/{entry['id']}/stop")).is_success
    return {"task_id": (await task(world))["id"], "note": "Oiling"}


async def a_task_is_closed(world: World) -> None:
    client = await world.client()
    entry = await world.add("time_entries", await new_time_entry(world, client))
    assert (await client.patch(f"tasks/{entry['task_id']}", {"status": "done"})).is_success


async def a_task_is_deleted(world: World) -> None:
    client = await world.client()
    entry = await world.add("time_entries", await new_time_entry(world, client))
    assert (await client.delete(f"tasks/{entry['task_id']}")).is_success


TIME_ENTRY = Resource(
    "time_entry",
    "time_entries",
    make=new_time_entry,
    patches=[{"note": "Polishing"}, {"started_at": "2026-01-01T12:00:00Z"}],
    text="note",
    is_personal=True,
    belongs_to="tasks/{task_id}",
    actions=[Action("stop", "POST", "stop")],
)


class TestTimeTracking(Conformance):
    module = module
    resources = (TIME_ENTRY,)
    triggers = (a_task_is_closed, a_task_is_deleted)
