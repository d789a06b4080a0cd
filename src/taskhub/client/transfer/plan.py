"""What has to be written so that a workspace becomes what was exported. What is there already is not written again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from taskhub.client.names import new_id_from
from taskhub.client.transfer.order import moves
from taskhub.client.transfer.people import People
from taskhub.client.transfer.snapshot import Snapshot, Thing
from taskhub.client.writer import Operation

UNUSED = "(This number is not used.)"
"""The title of the tasks that take numbers which no exported task has, so that the others keep theirs. They go to the trash."""
CONTENT = ("title", "description", "status", "priority", "assignee_ids", "label_ids", "due", "external_keys")
"""Fields that a task is created with; links come when all tasks are there."""
LINKS = ("parent_id", "blocked_by_ids")


class Plan:
    """The operations, in the order in which they have to be done. ``exported``: the file; ``there``: the workspace as it is."""

    def __init__(self, exported: Snapshot, there: Snapshot) -> None:
        self._exported, self._there = exported, there
        self.people = People(exported, there)

    def operations(self) -> list[Operation]:
        steps = (
            self._labels(),
            self._projects(),
            self._tasks(),
            self._links(),
            self._comments(),
            self._places(),
            self._trashed_tasks(),
            self._put_away_projects(),
        )
        return [*chain.from_iterable(steps)]

    def foreign(self) -> list[str]:
        """What is in the workspace, and not in the file."""
        names = {"label": "name", "project": "key", "task": "key", "comment": "id"}
        return [
            f"{kind} {thing[name]}"
            for kind, name in names.items()
            for id, thing in self._there.things[kind].items()
            if id not in self._exported.things[kind] and not _is_placeholder(kind, thing)
        ]

    # -- the steps -------------------------------------------------------------------------------

    def _labels(self) -> Iterator[Operation]:
        for id, label, held in self._pairs("label"):
            wanted = {name: label[name] for name in ("name", "color")}
            if held is None:
                yield Operation("POST", "/labels", {"id": id, **wanted}, f"label {label['name']}")
            elif changed := _differing(wanted, held):
                yield Operation("PATCH", f"/labels/{id}", changed, f"label {label['name']}")

    def _projects(self) -> Iterator[Operation]:
        for id, project, held in self._pairs("project"):
            about = f"project {project['key']}"
            wanted = {name: project[name] for name in ("name", "description")}
            if held is None:
                yield Operation("POST", "/projects", {"id": id, "key": project["key"], **wanted}, about)
            elif changed := _differing(wanted, held):
                yield Operation("PATCH", f"/projects/{id}", changed, about)
            if held is None or held["workflow"] != project["workflow"]:
                yield Operation("PUT", f"/projects/{id}/workflow", project["workflow"], about)

    def _tasks(self) -> Iterator[Operation]:
        present = _by_project(self._there.all("task"))
        for project_id, tasks in _by_project(self._exported.all("task")).items():
            last = max((task["number"] for task in present[project_id]), default=0)
            for task in sorted(tasks, key=lambda task: task["number"]):
                held = self._there.things["task"].get(task["id"])
                if held is None:
                    yield from self._numbered(task, last)
                    last = max(last + 1, task["number"])
                elif changed := _differing(self._content(task), held):
                    yield Operation("PATCH", f"/tasks/{task['id']}", changed, task["key"])

    def _numbered(self, task: Thing, last: int) -> Iterator[Operation]:
        """The task, and before it those that take the numbers up to its own."""
        for number in range(last + 1, task["number"]):
            id = _placeholder_id(task["project_id"], number)
            body = {"id": id, "project_id": task["project_id"], "title": UNUSED}
            yield Operation("POST", "/tasks", body, f"number {number} before {task['key']}")
        body = {"id": task["id"], "project_id": task["project_id"], **self._content(task)}
        yield Operation("POST", "/tasks", body, task["key"])

    def _content(self, task: Thing) -> dict[str, Any]:
        content = {name: task[name] for name in CONTENT if name in task}
        return {**content, "assignee_ids": self.people.ids(task["assignee_ids"])}

    def _links(self) -> Iterator[Operation]:
        nothing: Thing = {"parent_id": None, "blocked_by_ids": []}
        for id, task, held in self._pairs("task"):
            if changed := _differing({name: task[name] for name in LINKS}, held or nothing):
                yield Operation("PATCH", f"/tasks/{id}", changed, task["key"])

    def _comments(self) -> Iterator[Operation]:
        for id, comment, held in self._pairs("comment"):
            path, body = f"/tasks/{comment['task_id']}/comments", self.people.mentioned(comment["body"])
            about = f"a comment of {comment['created_at']}"
            if held is None:
                yield Operation("POST", path, {"id": id, "body": body}, about)
            elif held["body"] != body:
                yield Operation("PATCH", f"{path}/{id}", {"body": body}, about)

    def _places(self) -> Iterator[Operation]:
        present = _by_project(self._there.all("task"))
        for project_id, tasks in _by_project(self._exported.all("task")).items():
            wanted = {task["id"]: task for task in tasks}
            there = [task["id"] for task in present[project_id] if task["id"] in wanted]
            created = [task["id"] for task in sorted(tasks, key=lambda task: task["number"]) if task["id"] not in there]
            for id, place in moves([*there, *created], [*wanted]):
                yield Operation("POST", f"/tasks/{id}/move", place, wanted[id]["key"])

    def _trashed_tasks(self) -> Iterator[Operation]:
        for project_id, tasks in _by_project(self._exported.all("task")).items():
            for number in self._unused_numbers(tasks):
                id = _placeholder_id(project_id, number)
                held = self._there.things["task"].get(id)
                if held is None or held["deleted_at"] is None:
                    yield Operation("DELETE", f"/tasks/{id}", None, f"number {number}")
        trashed = [task for task in self._exported.all("task") if task["deleted_at"] and not self._went_along(task)]
        for task in sorted(trashed, key=lambda task: str(task["deleted_at"])):
            held = self._there.things["task"].get(task["id"])
            if held is None or held["deleted_at"] is None:
                yield Operation("DELETE", f"/tasks/{task['id']}", None, task["key"])

    def _unused_numbers(self, tasks: list[Thing]) -> Iterator[int]:
        """Those that placeholders take, or took."""
        numbers = {task["number"] for task in tasks}
        held = {task["id"]: task["number"] for task in self._there.all("task")}
        last = max((held[task["id"]] for task in tasks if task["id"] in held), default=0)
        for number in range(1, max(numbers)):
            id = _placeholder_id(tasks[0]["project_id"], number)
            if number not in numbers and (number > last or id in held):
                yield number

    def _went_along(self, task: Thing) -> bool:
        """Whether it is in the trash because its parent or its project was moved there."""
        parent = self._exported.things["task"].get(task["parent_id"] or "")
        project = self._exported.things["project"][task["project_id"]]
        return any(one is not None and one["deleted_at"] == task["deleted_at"] for one in (parent, project))

    def _put_away_projects(self) -> Iterator[Operation]:
        for id, project, held in self._pairs("project"):
            about = f"project {project['key']}"
            if project["archived_at"] and (held is None or held["archived_at"] is None):
                yield Operation("POST", f"/projects/{id}/archive", None, about)
            if project["deleted_at"] and (held is None or held["deleted_at"] is None):
                yield Operation("DELETE", f"/projects/{id}", None, about)

    def _pairs(self, kind: str) -> Iterator[tuple[str, Thing, Thing | None]]:
        held = self._there.things[kind]
        for id, thing in self._exported.things[kind].items():
            yield id, thing, held.get(id)


def _placeholder_id(project_id: str, number: int) -> str:
    """The same at every try, so that it is made once."""
    return new_id_from(f"{project_id} {number}")


def _is_placeholder(kind: str, thing: Thing) -> bool:
    return kind == "task" and bool(
        thing["title"] == UNUSED and thing["id"] == _placeholder_id(thing["project_id"], thing["number"])
    )


def _differing(wanted: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if _plain(value) != _plain(held.get(name))}


def _plain(value: Any) -> Any:
    """Lists of ids have no order."""
    return sorted(value) if isinstance(value, list) else value


def _by_project(tasks: Iterable[Thing]) -> defaultdict[str, list[Thing]]:
    found: defaultdict[str, list[Thing]] = defaultdict(list)
    for task in tasks:
        found[task["project_id"]].append(task)
    return found
