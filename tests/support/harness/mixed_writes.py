"""Random writes of all kinds over few things, so that they meet each other: for batches, and alone."""

from collections.abc import Callable
from copy import copy
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

from support.harness.api import Api, ok

Operation = dict[str, Any]
"""As in the body of a batch."""
KEYS = ("AA", "BB")
EXTERNAL_KEYS = ("github:o/r#1", "50% off?", "ü")


class MixedWrites:
    """Things are named by ids that the client mints: the same in every workspace that is filled with the same ``seed``."""

    def __init__(self, seed: int, user_id: str) -> None:
        self._random = Random(seed)
        self._user_id = user_id
        self.projects = [self.new_id() for _ in range(2)]
        self.labels = [self.new_id() for _ in range(3)]
        self.tasks = [self.new_id() for _ in range(6)]
        self.comments = [(task, self.new_id()) for task in self.tasks[:3]]
        self._put_ids: dict[str, str] = {}

    def new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def beginning(self) -> list[Operation]:
        """What there is in a workspace before."""
        return [
            *(_post("/projects", id=id, key=key, name=f"Project {key}") for id, key in zip(self.projects, KEYS, strict=True)),
            *(_post("/labels", id=id, name=f"label {number}") for number, id in enumerate(self.labels)),
            *(_post("/tasks", id=id, project_id=self.projects[n % 2], title=f"Task {n}") for n, id in enumerate(self.tasks)),
            *(_post(f"/tasks/{task}/comments", id=id, body="Done yet?") for task, id in self.comments),
        ]

    def next(self) -> Operation:
        kinds: list[Callable[[], Operation]] = [
            *(self._create_task, self._patch, self._patch, self._move, self._relate, self._relate, self._relate),
            *(self._comment, self._label, self._project, self._trash, self._bulk, self._put, self._put),
        ]
        return self._random.choice(kinds)()

    def next_good(self) -> Operation:
        """One that no other of this sort can make impossible, but for some blockers."""
        task, label = self._random.choice(self.tasks[:6]), self._random.choice(self.labels[:3])
        kinds = [
            _operation("PATCH", f"/tasks/{task}", {"title": self._name("Title"), "priority": "high"}),
            _operation("PATCH", f"/tasks/{task}", {"label_ids": [label]}),
            _operation(self._random.choice(["PUT", "DELETE"]), f"/tasks/{task}/labels/{label}"),
            _operation(self._random.choice(["PUT", "DELETE"]), f"/tasks/{task}/assignees/{self._user_id}"),
            _operation("POST", f"/tasks/{task}/move", {"to": self._random.choice(["first", "last"])}),
            _operation("POST", f"/tasks/{task}/move", {"to": "last", "project_id": self._random.choice(self.projects)}),
            _post(f"/tasks/{task}/comments", id=self.new_id(), body="Done yet?"),
            _operation("PATCH", f"/labels/{label}", {"name": self.new_id()}),
            _operation("PATCH", f"/projects/{self._random.choice(self.projects)}", {"name": self._name("Project")}),
            self._created(),
            _operation(
                "PUT",
                f"/tasks/external/{_encoded(self._random.choice(EXTERNAL_KEYS))}",
                {"project_id": self._random.choice(self.projects), "title": self._name("Put")},
            ),
        ]
        if self._random.random() < 0.01:
            return _operation("PUT", f"/tasks/{task}/blockers/{self._random.choice(self.tasks[:6])}")
        return self._random.choice(kinds)

    def marker(self) -> Operation:
        """A new task."""
        return self._created()

    def over_the_same(self, seed: int) -> "MixedWrites":
        """Other writes over what this one begins with."""
        other = copy(self)
        other._random = Random(seed)
        return other

    def _created(self) -> Operation:
        return _post("/tasks", id=self.new_id(), project_id=self._random.choice(self.projects), title=self._name("New"))

    # -- kinds -----------------------------------------------------------------------------------

    def _task(self) -> str:
        key = f"{self._random.choice(KEYS)}-{self._random.randint(1, 6)}"
        return self._random.choice([*self.tasks, key]) if self._random.random() < 0.4 else self._random.choice(self.tasks)

    def _path(self) -> str:
        """Of a task."""
        external = f"external:{_encoded(self._random.choice(EXTERNAL_KEYS))}"
        return f"/tasks/{external if self._random.random() < 0.1 else self._task()}"

    def _name(self, what: str) -> str:
        return f"{what} {self._random.randint(1, 9)}"

    def _create_task(self) -> Operation:
        body: dict[str, Any] = {"id": self.new_id(), "project_id": self._random.choice([*self.projects, *KEYS])}
        body["title"] = self._name("New")
        if self._random.random() < 0.3:
            body["parent_id"] = self._task()
        if self._random.random() < 0.3:
            body["label_ids"] = self._random.sample(self.labels, 2)
        if self._random.random() < 0.2:
            body["blocked_by_ids"] = [self._task()]
        if self._random.random() < 0.2:
            body["assignee_ids"] = ["me"]
        self.tasks.append(body["id"])
        return _post("/tasks", **body)

    def _patch(self) -> Operation:
        changes = [
            {"title": self._name("Title")},
            {"status": self._random.choice(["todo", "in_progress", "done", "waiting"])},
            {"priority": "high", "due": {"date": "2026-12-01"}},
            {"label_ids": self._random.sample(self.labels, 1), "assignee_ids": []},
            {"parent_id": self._random.choice([None, self._task()])},
            {"blocked_by_ids": [self._task()]},
            {"external_keys": self._random.sample(EXTERNAL_KEYS, self._random.randint(0, 2))},
            {},
        ]
        operation = _operation("PATCH", self._path(), self._random.choice(changes))
        return {**operation, "if_match": '"1", "2"'} if self._random.random() < 0.1 else operation

    def _put(self) -> Operation:
        """Mostly with the id that was sent with this key before: another one is refused, unless the key is free again."""
        key = self._random.choice(EXTERNAL_KEYS)
        if key not in self._put_ids or self._random.random() < 0.2:
            self._put_ids[key] = self.new_id()
            self.tasks.append(self._put_ids[key])
        body: dict[str, Any] = {
            "id": self._put_ids[key],
            "project_id": self._random.choice(self.projects),
            "title": self._name("Put"),
        }
        if self._random.random() < 0.3:
            body["external_keys"] = self._random.sample(EXTERNAL_KEYS, 1)
        return _operation("PUT", f"/tasks/external/{_encoded(key)}", body)

    def _move(self) -> Operation:
        body: dict[str, Any] = self._random.choice(
            [{"to": "first"}, {"to": "last"}, {"before": self._task()}, {"after": self._task()}]
        )
        if self._random.random() < 0.3:
            body = {**body, "project_id": self._random.choice(self.projects)}
        if self._random.random() < 0.2:
            body = {**body, "parent_id": self._task()}
        return _operation("POST", f"{self._path()}/move", body)

    def _relate(self) -> Operation:
        kinds = [f"labels/{self._random.choice(self.labels)}", f"assignees/{self._user_id}", f"blockers/{self._task()}"]
        return _operation(self._random.choice(["PUT", "PUT", "DELETE"]), f"{self._path()}/{self._random.choice(kinds)}")

    def _comment(self) -> Operation:
        task, comment = self._random.choice(self.comments)
        if self._random.random() < 0.5:
            self.comments.append((self._task(), self.new_id()))
            task, comment = self.comments[-1]
            return _post(f"/tasks/{task}/comments", id=comment, body=f"@{self._user_id} Done?")
        if self._random.random() < 0.6:
            return _operation("PATCH", f"/tasks/{task}/comments/{comment}", {"body": self._name("Not")})
        return _operation("DELETE", f"/tasks/{task}/comments/{comment}")

    def _label(self) -> Operation:
        if self._random.random() < 0.4:
            self.labels.append(self.new_id())
            return _post("/labels", id=self.labels[-1], name=self._name("label"))
        label = f"/labels/{self._random.choice(self.labels)}"
        if self._random.random() < 0.7:
            return _operation("PATCH", label, {"name": self._name("label")})
        return _operation("DELETE", label)

    def _project(self) -> Operation:
        project = f"/projects/{self._random.choice([*self.projects, *KEYS])}"
        statuses = [{"key": key, "name": key, "category": key} for key in ("todo", "in_progress", "done")]
        workflow = {"statuses": [*statuses, {"key": "waiting", "name": "Waiting", "category": "todo"}], "transitions": None}
        return self._random.choice(
            [
                _operation("PATCH", project, {"name": self._name("Project")}),
                _operation("POST", f"{project}/archive"),
                _operation("POST", f"{project}/unarchive"),
                _operation("POST", f"{project}/unarchive"),
                _operation("PUT", f"{project}/workflow", workflow),
                _operation(
                    "PUT", f"{project}/workflow", {"statuses": statuses, "transitions": None, "status_map": {"waiting": "done"}}
                ),
            ]
        )

    def _trash(self) -> Operation:
        project = f"/projects/{self._random.choice(self.projects)}"
        return self._random.choice(
            [
                *[_operation("DELETE", self._path()), _operation("POST", f"{self._path()}/restore")] * 3,
                *[_operation("DELETE", project), *[_operation("POST", f"{project}/restore")] * 3],
            ]
        )

    def _bulk(self) -> Operation:
        if self._random.random() < 0.5:
            items = [{"id": self.new_id(), "project_id": self._random.choice(self.projects), "title": "Bulk"} for _ in range(3)]
            self.tasks += [item["id"] for item in items]
            return _post("/tasks/bulk_create", items=items)
        chosen = self._random.sample(self.tasks, 3)
        return _post("/tasks/bulk_update", items=[{"id": id, "patch": {"title": self._name("Bulk")}} for id in chosen])


async def fill(api: Api, writes: list[Operation]) -> None:
    for operation in writes:
        ok(await send_alone(api, operation))


async def send_alone(api: Api, operation: Operation) -> Any:
    """The operation as a request of its own."""
    headers = {"if_match": operation["if_match"]} if "if_match" in operation else {}
    return await api.send(operation["method"], operation["path"].removeprefix("/"), operation.get("body"), **headers)


async def possible(api: Api, operations: list[Operation]) -> list[Operation]:
    """Those that a batch can do, one after the other."""
    while True:
        answer = await api.post("batch?dry_run=true", {"operations": operations})
        if answer.is_success:
            return operations
        del operations[answer.json()["operation"]]


def _operation(method: str, path: str, body: Any = None) -> Operation:
    return {"method": method, "path": path} if body is None else {"method": method, "path": path, "body": body}


def _encoded(key: str) -> str:
    return quote(key, safe="")


def _post(path: str, **body: Any) -> Operation:
    return _operation("POST", path, body)
