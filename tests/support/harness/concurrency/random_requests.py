"""Somebody who does everything that can be done to tasks, at random, one request after the other."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence, Set
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2

from support.harness.api import Api, ok

CATEGORIES = {
    "todo": "todo",
    "waiting": "todo",
    "in_progress": "in_progress",
    "review": "in_progress",
    "done": "done",
    "cancelled": "cancelled",
}
REFUSALS = {404, 409, 412, 422}
EXTERNAL_KEYS = [f"github:org/repo#{n}" for n in range(20)]


class RandomRequests:
    """``seen`` are the tasks of all answers, by id and version; ``outcomes`` counts how actions went, by name and status."""

    def __init__(self, api: Api, seed: int) -> None:
        self.api = api
        self.random = Random(seed)
        self.projects: list[str] = []
        self.tasks: list[str] = []
        self.labels: list[str] = []
        self.comments: list[tuple[str, str]] = []
        self.seen: dict[tuple[str, int], dict[str, Any]] = {}
        self.outcomes: Counter[tuple[str, int]] = Counter()

    async def prepare(self) -> None:
        for key in ("OPS", "WEB"):
            self.projects.append((await self.api.open_project(key=key))["id"])
        for name in ("Bug", "UI"):
            self.labels.append(ok(await self.api.post("labels", {"name": name}))["id"])

    async def do(self, steps: int) -> None:
        names = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
        for _ in range(steps):
            name = self.random.choice(names)
            action: Callable[[], Awaitable[httpx2.Response]] = getattr(self, name)
            answer = await action()
            assert answer.is_success or answer.status_code in REFUSALS, f"{name}: {answer.status_code} {answer.text}"
            self.outcomes[name, answer.status_code] += 1
            self._remember(answer)

    @property
    def done(self) -> Set[str]:
        """The names of the actions that have succeeded."""
        return {name for name, status in self.outcomes if status < 300}

    def steps(self, steps: int, *, until_done: Set[str]) -> Iterator[int]:
        """So many, and up to twice as many again while one of these actions has not succeeded yet."""
        for step in range(3 * steps):
            if step >= steps and self.done >= until_done:
                return
            yield step

    def _remember(self, answer: httpx2.Response) -> None:
        if not answer.is_success or not answer.content:
            return
        body = answer.json()
        for thing in body.get("items", [body]):
            if "parent_id" in thing:
                self.seen[thing["id"], thing["version"]] = thing
                if thing["id"] not in self.tasks:
                    self.tasks.append(thing["id"])

    # -- what to do it to ------------------------------------------------------------------------

    def some(self, ids: Sequence[str], *, most: int = 3) -> list[str]:
        return self.random.sample(ids, min(len(ids), self.random.randrange(most + 1)))

    def one(self, ids: Sequence[str]) -> str:
        """One of them; now and then nobody's."""
        if not ids or self.random.random() < 0.02:
            return str(UUID(int=self.random.getrandbits(128), version=4))
        return self.random.choice(ids)

    def content(self) -> dict[str, Any]:
        """Some members of a task."""
        everything = {
            "title": f"Task {self.random.randrange(5)}",
            "description": self.random.choice([None, "Twice *a* day. ☃", "x" * 300]),
            "status": self.random.choice([*CATEGORIES]),
            "priority": self.random.choice(["none", "low", "urgent"]),
            "assignee_ids": self.random.choice([[], [self.api.user["id"]]]),
            "label_ids": self.some(self.labels),
            "parent_id": self.random.choice([None, self.one(self.tasks)]),
            "blocked_by_ids": self.some(self.tasks, most=2),
            "external_keys": self.some(EXTERNAL_KEYS, most=2),
            "due": self.random.choice(
                [None, {"date": "2026-03-01"}, {"date": "2026-10-25", "time": "02:30", "time_zone": "Europe/Berlin"}]
            ),
        }
        names = self.random.sample([*everything], self.random.choice([1, 1, 2, 3]))
        return {name: everything[name] for name in names}

    def new_task(self) -> dict[str, Any]:
        return {"title": "New", **self.content(), "project_id": self.one(self.projects)}

    def task_path(self, *more: str) -> str:
        return "/".join(("tasks", self.one(self.tasks), *more))

    # -- what to do ------------------------------------------------------------------------------

    async def create_task(self) -> httpx2.Response:
        return await self.api.post("tasks", self.new_task())

    async def put_task(self) -> httpx2.Response:
        return await self.api.put(f"tasks/external/{quote(self.random.choice(EXTERNAL_KEYS), safe='')}", self.new_task())

    async def change_task(self) -> httpx2.Response:
        headers = {"if_match": f'"{self.random.randrange(1, 6)}"'} if self.random.random() < 0.2 else {}
        return await self.api.patch(self.task_path(), self.content(), **headers)

    async def bulk_create(self) -> httpx2.Response:
        return await self.api.post("tasks/bulk_create", {"items": [self.new_task() for _ in range(self.random.randrange(1, 4))]})

    async def bulk_update(self) -> httpx2.Response:
        items = [{"id": id, "patch": self.content()} for id in self.some(self.tasks, most=4)]
        return await self.api.post("tasks/bulk_update", {"items": items})

    async def move(self) -> httpx2.Response:
        places = ({"to": "first"}, {"to": "last"}, {"before": self.one(self.tasks)}, {"after": self.one(self.tasks)})
        others = {
            "status": self.random.choice([*CATEGORIES]),
            "parent_id": self.random.choice([None, self.one(self.tasks)]),
            "project_id": self.one(self.projects),
        }
        body = {**self.random.choice(places), **{name: others[name] for name in self.some([*others])}}
        return await self.api.post(self.task_path("move"), body)

    async def label(self) -> httpx2.Response:
        method = self.random.choice(["PUT", "PUT", "DELETE"])
        return await self.api.send(method, self.task_path("labels", self.one(self.labels)))

    async def block(self) -> httpx2.Response:
        method = self.random.choice(["PUT", "PUT", "DELETE"])
        return await self.api.send(method, self.task_path("blockers", self.one(self.tasks)))

    async def assign(self) -> httpx2.Response:
        method = self.random.choice(["PUT", "DELETE"])
        return await self.api.send(method, self.task_path("assignees", self.api.user["id"]))

    async def trash(self) -> httpx2.Response:
        return await self.api.delete(self.task_path())

    async def restore(self) -> httpx2.Response:
        return await self.api.post(self.task_path("restore"))

    async def change_project(self) -> httpx2.Response:
        """Most of the time it is there and open."""
        path, verb = f"projects/{self.one(self.projects)}", self.random.choice(["archive", "DELETE"])
        answer = await (self.api.delete(path) if verb == "DELETE" else self.api.post(f"{path}/{verb}"))
        if self.random.random() < 0.8:
            return await self.api.post(f"{path}/{'restore' if verb == 'DELETE' else 'unarchive'}")
        return answer

    async def reopen_project(self) -> httpx2.Response:
        path = f"projects/{self.one(self.projects)}"
        await self.api.post(f"{path}/restore")
        return await self.api.post(f"{path}/unarchive")

    async def set_workflow(self) -> httpx2.Response:
        kept = self.random.sample([*CATEGORIES], self.random.randrange(2, len(CATEGORIES) + 1))
        statuses = [{"key": key, "name": key.title(), "category": CATEGORIES[key]} for key in kept]
        body = {
            "statuses": statuses,
            "transitions": self.random.choice([None, {key: self.some(kept) for key in kept}]),
            "status_map": {key: self.random.choice(kept) for key in CATEGORIES if key not in kept},
        }
        return await self.api.put(f"projects/{self.one(self.projects)}/workflow", body)

    async def create_label(self) -> httpx2.Response:
        answer = await self.api.post("labels", {"name": f"Label {self.random.randrange(6)}"})
        if answer.is_success:
            self.labels.append(answer.json()["id"])
        return answer

    async def change_label(self) -> httpx2.Response:
        return await self.api.patch(f"labels/{self.one(self.labels)}", {"name": f"Label {self.random.randrange(6)}"})

    async def delete_label(self) -> httpx2.Response:
        return await self.api.delete(f"labels/{self.one(self.labels)}")

    async def comment(self) -> httpx2.Response:
        answer = await self.api.post(self.task_path("comments"), {"body": f"Ask @{self.api.user['id']}"})
        if answer.is_success:
            self.comments.append((answer.json()["task_id"], answer.json()["id"]))
        return answer

    async def change_comment(self) -> httpx2.Response:
        path = self._comment_path()
        if self.random.random() < 0.3:
            return await self.api.delete(path)
        return await self.api.patch(path, {"body": f"Comment {self.random.randrange(3)}"})

    def _comment_path(self) -> str:
        task, comment = self.random.choice(self.comments or [(self.one([]), self.one([]))])
        return f"tasks/{task}/comments/{comment}"


WEIGHTS = {
    "create_task": 6,
    "put_task": 4,
    "change_task": 8,
    "bulk_create": 2,
    "bulk_update": 4,
    "move": 6,
    "label": 4,
    "block": 4,
    "assign": 2,
    "trash": 4,
    "restore": 6,
    "change_project": 1,
    "reopen_project": 1,
    "set_workflow": 2,
    "create_label": 1,
    "change_label": 1,
    "delete_label": 1,
    "comment": 3,
    "change_comment": 3,
}
