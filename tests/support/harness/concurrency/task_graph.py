"""Parents and blockers among the tasks of a workspace, and random requests that change them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from support.harness.api import Api, ok
from support.harness.concurrency.clients import Exchange, Request
from support.harness.concurrency.graph_history import BLOCKERS, PARENTS, Edge

MAX_TASKS = 40


@dataclass
class TaskGraph:
    """The tasks of a workspace, as the last answers showed them."""

    workspace_id: str
    projects: list[str] = field(default_factory=list)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    trashed: set[str] = field(default_factory=set)

    @classmethod
    async def create(cls, api: Api, *, projects: int, tasks: int) -> "TaskGraph":
        """A workspace with projects of so many tasks each, which have nothing to do with each other yet."""
        await api.open_workspace()
        graph = cls(api.workspace["id"])
        for n in range(projects):
            project = await api.open_project(key=f"P{n}")
            items = [{"project_id": project["id"], "title": f"Task {m}"} for m in range(tasks)]
            graph.projects.append(project["id"])
            graph._learn(ok(await api.post("tasks/bulk_create", {"items": items}))["items"])
        return graph

    def request(self, method: str, path: str, body: Any = None) -> Request:
        return Request(method, f"/v1/workspaces/{self.workspace_id}/tasks{path}", body)

    def any(self, random: Random) -> str:
        return random.choice([*self.tasks])

    def two_of_one_project(self, random: Random) -> list[str]:
        """Two tasks, of one project according to the last answers."""
        id = self.any(random)
        home = self.tasks[id]["project_id"]
        return [id, random.choice([other for other, task in self.tasks.items() if task["project_id"] == home])]

    def record(self, exchange: Exchange) -> None:
        if exchange.status == 204:
            self.trashed.add(target_of(exchange))
        elif exchange.status < 300:
            self._learn(exchange.answer.get("items", [exchange.answer]))

    def _learn(self, tasks: list[dict[str, Any]]) -> None:
        for task in tasks:
            self.tasks[task["id"]] = task
            self.trashed.discard(task["id"])

    async def fetched_by(self, api: Api) -> dict[str, Any]:
        """All tasks as they are, the trash included."""
        path = self.request("GET", "").path
        pages = [ok(await api.get(path, limit=200, deleted=deleted)) for deleted in ("true", "false")]
        return {task["id"]: task for page in pages for task in page["items"]}


def block(graph: TaskGraph, random: Random) -> Request:
    return graph.request("PUT", f"/{graph.any(random)}/blockers/{graph.any(random)}")


def unblock(graph: TaskGraph, random: Random) -> Request:
    id = random.choice([id for id, task in graph.tasks.items() if task["blocked_by_ids"]] or [*graph.tasks])
    return graph.request("DELETE", f"/{id}/blockers/{random.choice(graph.tasks[id]['blocked_by_ids'] or [id])}")


def replace_blockers(graph: TaskGraph, random: Random) -> Request:
    id, *others = random.sample([*graph.tasks], random.randint(1, 4))
    return graph.request("PATCH", f"/{id}", {"blocked_by_ids": others})


def set_parent(graph: TaskGraph, random: Random) -> Request:
    id, parent_id = graph.two_of_one_project(random)
    return graph.request("PATCH", f"/{id}", {"parent_id": parent_id})


def clear_parent(graph: TaskGraph, random: Random) -> Request:
    return graph.request("PATCH", f"/{graph.any(random)}", {"parent_id": None})


def move_under(graph: TaskGraph, random: Random) -> Request:
    id, parent_id = graph.two_of_one_project(random)
    return graph.request("POST", f"/{id}/move", {"to": "last", "parent_id": parent_id})


def move_to_other_project(graph: TaskGraph, random: Random) -> Request:
    """To another project, perhaps under a task there."""
    project_id = random.choice(graph.projects)
    there = [id for id, task in graph.tasks.items() if task["project_id"] == project_id]
    parent = {"parent_id": random.choice(there)} if there and random.random() < 0.5 else {}
    return graph.request("POST", f"/{graph.any(random)}/move", {"to": "first", "project_id": project_id, **parent})


def change_many(graph: TaskGraph, random: Random) -> Request:
    items = []
    for id in random.sample([*graph.tasks], 4):
        other = graph.any(random)
        items.append({"id": id, "patch": random.choice([{"blocked_by_ids": [other]}, {"parent_id": other}, {"title": "other"}])})
    return graph.request("POST", "/bulk_update", {"items": items})


def add_task(graph: TaskGraph, random: Random) -> Request:
    """One more task, under one that is there and waiting for another; when there are enough, it only gets another title."""
    id, parent_id = graph.two_of_one_project(random)
    if len(graph.tasks) >= MAX_TASKS:
        return graph.request("PATCH", f"/{id}", {"title": f"{random.random()}"})
    home = graph.tasks[id]["project_id"]
    body = {"project_id": home, "title": "New", "parent_id": parent_id, "blocked_by_ids": [graph.any(random)]}
    return graph.request("POST", "", body)


def trash(graph: TaskGraph, random: Random) -> Request:
    live = [id for id in graph.tasks if id not in graph.trashed]
    return graph.request("DELETE", f"/{random.choice(live or [*graph.tasks])}")


def restore(graph: TaskGraph, random: Random) -> Request:
    return graph.request("POST", f"/{random.choice([*graph.trashed] or [*graph.tasks])}/restore")


Action = Callable[[TaskGraph, Random], Request]
ACTIONS: dict[Action, int] = {
    block: 8,
    unblock: 4,
    replace_blockers: 4,
    set_parent: 6,
    clear_parent: 2,
    move_under: 4,
    move_to_other_project: 2,
    change_many: 3,
    add_task: 2,
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


def requested_edges(exchange: Exchange) -> dict[str, set[Edge]]:
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


def target_of(exchange: Exchange) -> str:
    """The task that was to be changed; of a batch the one that the problem points at."""
    id, *_ = _tail(exchange)
    if id != "bulk_update":
        return id
    place = exchange.answer["errors"][0]["pointer"].split("/")[2]
    return str(exchange.request.body["items"][int(place)]["id"])


def _tail(exchange: Exchange) -> list[str]:
    return exchange.request.path.split("/tasks/")[1].split("/")
