"""Everything that changes tasks and locks more than one row for it, at random."""

from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import uuid4

from support.harness.api import Api, ok
from support.harness.concurrency.clients import ClientGroup, Exchange, Request, recorded_exchange
from support.harness.concurrency.order_history import added

TASKS, FAMILIES, AT_ONCE = 250, 15, 100
ACTIONS = {
    "change_one": 6,
    "move": 4,
    "block": 3,
    "comment": 3,
    "label_for_a_while": 1,
    "trash_and_restore": 1,
    "change_workflow": 1,
}
"""What others do, and how often each, compared to the others."""

EXPECTED = {
    (200, None),
    (201, None),
    (204, None),
    (404, "not_found"),  # A task in the trash, or a label that is gone.
    (409, "cycle"),
    (409, "too_deep"),
    (409, "name_taken"),
    (409, "status_in_use"),
    (422, "unknown_reference"),
    (422, "validation_failed"),  # A status that the project has no more.
}


class ConcurrentWrites:
    """What there is to change, and all the ways in which it can be.

    ``batches`` counts how those went, by status; ``interfered`` holds what else has succeeded.
    """

    def __init__(self, group: ClientGroup) -> None:
        self.group = group
        self.projects: list[str] = []
        self.tasks: list[str] = []
        self.parents: list[str] = []
        self.children: list[str] = []
        self.labels: list[str] = []
        self.batches: Counter[int] = Counter()
        self.interfered: set[str] = set()

    async def prepare(self) -> None:
        leader = self.group.leader
        for key in ("ONE", "TWO"):
            self.projects.append((await leader.open_project(key=key))["id"])
            self.tasks += await added(leader, TASKS // 2)
            self.parents += await added(leader, FAMILIES)
        for parent_id in self.parents:
            task = ok(await leader.get(f"tasks/{parent_id}"))
            body = {"project_id": task["project_id"], "title": "Below", "parent_id": parent_id}
            self.children.append(ok(await leader.post("tasks", body))["id"])
        for n in range(4):
            self.labels.append(ok(await leader.post("labels", {"name": f"Label {n}"}))["id"])
        self.group.follow()

    async def send(self, api: Api, method: str, path: str, body: Any = None) -> Exchange:
        exchange = await recorded_exchange(api, Request(method, path, body))
        assert exchange.outcome in EXPECTED, exchange
        return exchange

    def patch(self, random: Random) -> dict[str, Any]:
        return random.choice(
            [
                {"title": f"{random.random()}"},
                {"priority": random.choice(["low", "high"]), "status": random.choice(["todo", "done"])},
                {"assignee_ids": random.choice([[], [self.group.leader.user["id"]]])},
                {"label_ids": random.sample(self.labels, 2)},
            ]
        )

    # -- what batchers and others do -----------------------------------------------------------

    async def change_many(self, api: Api, random: Random) -> None:
        """In any order; now and then with edges, which take more locks, or with tasks that go to the trash and back."""
        tasks = [*self.tasks, *self.children] if random.random() < 0.1 else self.tasks
        items = [{"id": id, "patch": self.patch(random)} for id in random.sample(tasks, AT_ONCE)]
        if random.random() < 0.1:
            items[0]["patch"] = random.choice([{"blocked_by_ids": [items[1]["id"]]}, {"parent_id": items[1]["id"]}])
        exchange = await self.send(api, "POST", "tasks/bulk_update", {"items": items})
        self.batches[exchange.status] += 1

    async def change_one(self, api: Api, random: Random) -> Exchange:
        return await self.send(api, "PATCH", f"tasks/{random.choice(self.tasks)}", self.patch(random))

    async def move(self, api: Api, random: Random) -> Exchange:
        id, other = random.sample(self.tasks, 2)
        place = random.choice(
            [
                {"after": self.tasks[0]},
                {"before": other},
                {"to": "last"},
                {"to": "first", "project_id": random.choice(self.projects)},
            ]
        )
        return await self.send(api, "POST", f"tasks/{id}/move", place)

    async def block(self, api: Api, random: Random) -> Exchange:
        id, other = random.sample(self.tasks, 2)
        return await self.send(api, random.choice(["PUT", "DELETE"]), f"tasks/{id}/blockers/{other}")

    async def comment(self, api: Api, random: Random) -> Exchange:
        return await self.send(api, "POST", f"tasks/{random.choice(self.tasks)}/comments", {"body": "Well done."})

    async def label_for_a_while(self, api: Api, random: Random) -> Exchange:
        label_id = ok(await api.post("labels", {"name": uuid4().hex}))["id"]
        items = [{"id": id, "patch": {"label_ids": [label_id]}} for id in random.sample(self.tasks, AT_ONCE)]
        await self.send(api, "POST", "tasks/bulk_update", {"items": items})
        return await self.send(api, "DELETE", f"labels/{label_id}")

    async def trash_and_restore(self, api: Api, random: Random) -> Exchange:
        id = random.choice(self.parents)
        await self.send(api, "DELETE", f"tasks/{id}")
        return await self.send(api, "POST", f"tasks/{id}/restore")

    async def change_workflow(self, api: Api, random: Random) -> Exchange:
        project_id, key = random.choice(self.projects), f"review-{uuid4().hex[:6]}"
        workflow = ok(await api.get(f"projects/{project_id}"))["workflow"]
        going = [status["key"] for status in workflow["statuses"] if status["key"].startswith("review")]
        staying = [status for status in workflow["statuses"] if status["key"] not in going]
        statuses = [*staying, {"key": key, "name": "Review", "category": "in_progress"}]
        body = {"statuses": statuses, "transitions": None, "status_map": dict.fromkeys(going, key)}
        await self.send(api, "PUT", f"projects/{project_id}/workflow", body)
        return await self.send(api, "PATCH", f"tasks/{random.choice(self.tasks)}", {"status": key})

    async def interfere(self, api: Api, random: Random) -> None:
        action: Callable[[Api, Random], Awaitable[Exchange]] = getattr(self, random.choices([*ACTIONS], [*ACTIONS.values()])[0])
        exchange = await action(api, random)
        if exchange.status < 300:
            self.interfered.add(action.__name__)
