"""Tasks of a workspace that hang together, and everything that can be done to how they do, at random."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from support.api import Api, made
from support.crowds import Exchange, Request
from support.graphs import BLOCKERS, PARENTS, Edge

MOST_TASKS = 40


@dataclass
class Forest:
    """The tasks of a workspace, and what was heard of them last."""

    workspace_id: str
    projects: list[str] = field(default_factory=list)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    trashed: set[str] = field(default_factory=set)

    @classmethod
    async def planted(cls, api: Api, *, projects: int, tasks: int) -> "Forest":
        """A workspace with projects of so many tasks each, which have nothing to do with each other yet."""
        await api.open_workspace()
        forest = cls(api.workspace["id"])
        for n in range(projects):
            project = await api.open_project(key=f"P{n}")
            items = [{"project_id": project["id"], "title": f"Task {m}"} for m in range(tasks)]
            forest.projects.append(project["id"])
            forest._learn(made(await api.post("tasks/bulk_create", {"items": items}))["items"])
        return forest

    def request(self, method: str, path: str, body: Any = None) -> Request:
        return Request(method, f"/v1/workspaces/{self.workspace_id}/tasks{path}", body)

    def any(self, random: Random) -> str:
        return random.choice([*self.tasks])

    def relatives(self, random: Random) -> list[str]:
        """Two tasks, of one project as far as was heard."""
        id = self.any(random)
        home = self.tasks[id]["project_id"]
        return [id, random.choice([other for other, task in self.tasks.items() if task["project_id"] == home])]

    def hear(self, exchange: Exchange) -> None:
        if exchange.status == 204:
            self.trashed.add(changed_by(exchange))
        elif exchange.status < 300:
            self._learn(exchange.answer.get("items", [exchange.answer]))

    def _learn(self, tasks: list[dict[str, Any]]) -> None:
        for task in tasks:
            self.tasks[task["id"]] = task
            self.trashed.discard(task["id"])

    async def seen_by(self, api: Api) -> dict[str, Any]:
        """All tasks as they are, the trash included."""
        path = self.request("GET", "").path
        pages = [made(await api.get(path, limit=200, deleted=deleted)) for deleted in ("true", "false")]
        return {task["id"]: task for page in pages for task in page["items"]}


def block(forest: Forest, random: Random) -> Request:
    return forest.request("PUT", f"/{forest.any(random)}/blockers/{forest.any(random)}")


def unblock(forest: Forest, random: Random) -> Request:
    id = random.choice([id for id, task in forest.tasks.items() if task["blocked_by_ids"]] or [*forest.tasks])
    return forest.request("DELETE", f"/{id}/blockers/{random.choice(forest.tasks[id]['blocked_by_ids'] or [id])}")


def replace_blockers(forest: Forest, random: Random) -> Request:
    id, *others = random.sample([*forest.tasks], random.randint(1, 4))
    return forest.request("PATCH", f"/{id}", {"blocked_by_ids": others})


def adopt(forest: Forest, random: Random) -> Request:
    id, parent_id = forest.relatives(random)
    return forest.request("PATCH", f"/{id}", {"parent_id": parent_id})


def leave(forest: Forest, random: Random) -> Request:
    return forest.request("PATCH", f"/{forest.any(random)}", {"parent_id": None})


def move_under(forest: Forest, random: Random) -> Request:
    id, parent_id = forest.relatives(random)
    return forest.request("POST", f"/{id}/move", {"to": "last", "parent_id": parent_id})


def go_over(forest: Forest, random: Random) -> Request:
    """To another project, perhaps under a task there."""
    project_id = random.choice(forest.projects)
    there = [id for id, task in forest.tasks.items() if task["project_id"] == project_id]
    parent = {"parent_id": random.choice(there)} if there and random.random() < 0.5 else {}
    return forest.request("POST", f"/{forest.any(random)}/move", {"to": "first", "project_id": project_id, **parent})


def change_many(forest: Forest, random: Random) -> Request:
    items = []
    for id in random.sample([*forest.tasks], 4):
        other = forest.any(random)
        items.append({"id": id, "patch": random.choice([{"blocked_by_ids": [other]}, {"parent_id": other}, {"title": "other"}])})
    return forest.request("POST", "/bulk_update", {"items": items})


def grow(forest: Forest, random: Random) -> Request:
    """One more task, under one that is there and waiting for another; when there are enough, it only gets another title."""
    id, parent_id = forest.relatives(random)
    if len(forest.tasks) >= MOST_TASKS:
        return forest.request("PATCH", f"/{id}", {"title": f"{random.random()}"})
    home = forest.tasks[id]["project_id"]
    body = {"project_id": home, "title": "New", "parent_id": parent_id, "blocked_by_ids": [forest.any(random)]}
    return forest.request("POST", "", body)


def trash(forest: Forest, random: Random) -> Request:
    live = [id for id in forest.tasks if id not in forest.trashed]
    return forest.request("DELETE", f"/{random.choice(live or [*forest.tasks])}")


def restore(forest: Forest, random: Random) -> Request:
    return forest.request("POST", f"/{random.choice([*forest.trashed] or [*forest.tasks])}/restore")


Deed = Callable[[Forest, Random], Request]
DEEDS: dict[Deed, int] = {
    block: 8,
    unblock: 4,
    replace_blockers: 4,
    adopt: 6,
    leave: 2,
    move_under: 4,
    go_over: 2,
    change_many: 3,
    grow: 2,
    trash: 2,
    restore: 3,
}
"""How often each is done, compared to the others."""

EXPECTED = {
    (200, None),
    (201, None),
    (204, None),
    (404, "not_found"),  # It is in the trash.
    (409, "cycle"),
    (409, "too_deep"),
    (409, "parent_deleted"),
    (422, "unknown_reference"),  # The other one is in the trash, or in another project.
}


def wanted_by(exchange: Exchange) -> dict[str, set[Edge]]:
    """The edges that a request asked for, by their kind."""
    id, *rest = _tail(exchange)
    if rest[:1] == ["blockers"]:
        return {PARENTS: set(), BLOCKERS: {(id, rest[1])}}
    body = exchange.request.body
    patches = [(item["id"], item["patch"]) for item in body.get("items", [{"id": id, "patch": body}])]
    return {
        PARENTS: {(id, patch["parent_id"]) for id, patch in patches if patch.get("parent_id")},
        BLOCKERS: {(id, blocker_id) for id, patch in patches for blocker_id in patch.get("blocked_by_ids", ())},
    }


def changed_by(exchange: Exchange) -> str:
    """The task that was to be changed; of a batch the one that the problem points at."""
    id, *_ = _tail(exchange)
    if id != "bulk_update":
        return id
    place = exchange.answer["errors"][0]["pointer"].split("/")[2]
    return str(exchange.request.body["items"][int(place)]["id"])


def _tail(exchange: Exchange) -> list[str]:
    return exchange.request.path.split("/tasks/")[1].split("/")
