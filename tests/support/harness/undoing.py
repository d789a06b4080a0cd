"""Undoing over HTTP, and all that there is in a workspace, to be compared."""

from typing import Any

from support.harness.api import Api, ok

OF_ITSELF = frozenset({"version", "updated_at"})
"""What every change changes."""


async def last_seq(api: Api) -> int:
    """The end of the log."""
    changes = [change async for change in walk(api, "changes")]
    return int(changes[-1]["seq"])


async def walk(api: Api, path: str, **parameters: Any) -> Any:
    """All items of a list or of the feed."""
    has_more = True
    while has_more:
        page = ok(await api.get(path, limit=200, **parameters))
        for item in page["items"]:
            yield item
        has_more = page.get("has_more", page["next_cursor"] is not None)
        parameters = {name: value for name, value in parameters.items() if name != "from"} | {"cursor": page["next_cursor"]}


async def undo(api: Api, seq: int, **headers: str) -> list[dict[str, Any]]:
    """Undoes the command of a change, and returns the changes of the undo."""
    changes: list[dict[str, Any]] = ok(await api.post(f"changes/{seq}/undo", **headers))["items"]
    return changes


async def everything(api: Api) -> dict[str, Any]:
    """All that there is, in the trash or not, by id, but for what every change changes; and the order of the tasks."""
    things: dict[str, Any] = {"workspace": ok(await api.get(f"/v1/workspaces/{api.workspace['id']}"))}
    for path in ("projects", "tasks", "labels"):
        for parameters in ({}, {"deleted": "true"}) if path != "labels" else ({},):
            async for thing in walk(api, path, **parameters):
                things[thing["id"]] = thing
    for task in [thing for thing in things.values() if "parent_id" in thing and thing["deleted_at"] is None]:
        async for comment in walk(api, f"tasks/{task['id']}/comments"):
            things[comment["id"]] = comment
    shown = {id: {name: value for name, value in thing.items() if name not in OF_ITSELF} for id, thing in things.items()}
    order = {
        project["id"]: [task["id"] async for task in walk(api, "tasks", project_id=project["id"], sort="rank")]
        for project in things.values()
        if "workflow" in project
    }
    return {"things": shown, "order": {id: tasks for id, tasks in order.items() if tasks}}


def differences(state: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What is not as it should be, with the values that are there and that are wanted.

    What was created and undone is in the trash instead of nowhere.
    """
    found: dict[str, Any] = {}
    for id in {*state["things"], *wanted["things"]}:
        is_one, should_be = state["things"].get(id), wanted["things"].get(id)
        if should_be is None and is_one is not None and is_one.get("deleted_at"):
            continue
        if is_one is None or should_be is None:
            found[id] = (is_one, should_be)
            continue
        pairs = {name: (is_one[name], should_be[name]) for name in should_be if is_one[name] != should_be[name]}
        found |= {id: pairs} if pairs else {}
    if state["order"] != wanted["order"]:
        found["order"] = (state["order"], wanted["order"])
    return found
