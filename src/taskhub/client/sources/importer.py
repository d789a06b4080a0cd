"""Brings what was read from a file into a project. Each task has an external key, so that it is made once."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from taskhub.client.errors import ClientError, Refused, WrongUsage
from taskhub.client.names import new_id_from
from taskhub.client.output import Progress
from taskhub.client.sources.model import Item, Source, folded
from taskhub.client.sources.statuses import STANDARD, Statuses, workflow_of
from taskhub.client.workspace import Workspace, part
from taskhub.client.writer import MAX_BYTES, MAX_OPERATIONS, Operation, Refusal, Result, length, write

KEYS_PER_REQUEST = 50
STANDARD_COLOR = "#808080"
_KEY = re.compile("[A-Za-z][A-Za-z0-9]{1,9}")


@dataclass
class Imported:
    """How many tasks were (or would be) created, changed, unchanged, and what was refused."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)


class Importer:
    def __init__(self, workspace: Workspace, source: Source, project: str, *, dry_run: bool) -> None:
        """``project``: the key of a project, which is made if it is not there."""
        self._workspace, self._source, self._dry_run = workspace, source, dry_run
        self._setup: list[Operation] = []
        self._project_id, statuses = self._project(project)
        self._statuses = Statuses(statuses)
        self._labels = {folded(label["name"]): label["id"] for label in workspace.labels}
        self._known = self._known_tasks()
        self._ids = {item.key: self._known.get(item.key, {}).get("id", self._new_id(item.key)) for item in source.items}
        self._strangers: dict[str, list[str]] = {}
        """Assignees who are no members, by the item."""
        self.done = Imported()

    def run(self) -> Imported:
        """Raises:
        ClientError: the project or a label can't be made.
        """
        progress = Progress("tasks", len(self._source.items))
        for items, operations in self._chunks():
            results, refusals = write(self._workspace, operations, lambda _: None, dry_run=self._dry_run)
            self._count(results)
            self._take_refusals(refusals)
            if not self._dry_run:
                self._setup = []
                self._labels |= {folded(one.body["name"]): one.body["id"] for one in operations if one.path == "/labels"}
            self._comment(items, {result.operation.path for result in results})
            progress.add(len(items))
        progress.end()
        for name, count in Counter(item.column for item in self._source.items if self._statuses.lacks(item)).items():
            self._source.lose(_tasks(count), f"the status {name!r}, which the project does not have")
        strangers = Counter(name for names in self._strangers.values() for name in names)
        for name, count in strangers.items():
            self._source.lose(_tasks(count), f"the assignee {name!r}, who is no member of the workspace")
        return self.done

    # -- what is there -----------------------------------------------------------------------------

    def _project(self, key: str) -> tuple[str, Sequence[Mapping[str, str]]]:
        try:
            found = self._workspace.get(f"projects/{part(key)}")
        except Refused as refused:
            if refused.code != "not_found":
                raise
        else:
            return found["id"], found["workflow"]["statuses"]
        if not _KEY.fullmatch(key):
            raise WrongUsage(f"{key!r} is no key of a project: expected 2 to 10 letters and digits, first a letter, such as OPS.")
        id, about = self._new_id(f"project {key.upper()}"), f"project {key.upper()}"
        self._setup = [Operation("POST", "/projects", {"id": id, "key": key.upper(), "name": self._source.name[:200]}, about)]
        if not self._source.columns:
            return id, STANDARD
        workflow = workflow_of(self._source.columns)
        self._setup.append(Operation("PUT", f"/projects/{id}/workflow", workflow, about))
        return id, workflow["statuses"]

    def _known_tasks(self) -> dict[str, Mapping[str, Any]]:
        """Tasks by external key, also those in the trash."""
        keys = [item.key for item in self._source.items]
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(keys), KEYS_PER_REQUEST):
            for deleted in (True, None):
                for task in self._workspace.every("tasks", external_key=keys[start : start + KEYS_PER_REQUEST], deleted=deleted):
                    found |= dict.fromkeys(task["external_keys"], task)
        return found

    def _new_id(self, name: str) -> str:
        return new_id_from(f"{self._workspace.id} {name}")

    # -- what is sent ------------------------------------------------------------------------------

    def _chunks(self) -> Iterator[tuple[list[Item], list[Operation]]]:
        """As many items as fit into one batch with what they need: the project if it is new, and their labels."""
        items: list[Item] = []
        needed: dict[str, Operation] = {}
        puts: list[Operation] = []
        size = 0
        for item in self._source.items:
            if self._is_in_trash(item):
                continue
            own = self._needed_labels(item)
            put = self._put(item, {one.key for one in items})
            count = len(self._setup) + len({**needed, **own}) + len(puts) + 1
            if puts and (count > MAX_OPERATIONS or size + length(put) > MAX_BYTES):
                yield items, [*self._setup, *needed.values(), *puts]
                items, needed, puts, size = [], {}, [], 0
                own, put = self._needed_labels(item), self._put(item, set())
            items.append(item)
            needed |= own
            puts.append(put)
            size += length(put)
        if puts:
            yield items, [*self._setup, *needed.values(), *puts]

    def _is_in_trash(self, item: Item) -> bool:
        is_there = self._known.get(item.key, {}).get("deleted_at") is not None
        if is_there:
            self._source.lose(item.where, "it is in the trash here: restore it, or leave it there")
        return is_there

    def _needed_labels(self, item: Item) -> dict[str, Operation]:
        colors = {folded(name): color for name, color in self._source.colors.items()}
        return {
            folded(name): Operation(
                "POST",
                "/labels",
                {"id": self._label_id(name), "name": name, "color": colors.get(folded(name), STANDARD_COLOR)},
                f"label {name}",
            )
            for name in item.labels
            if folded(name) not in self._labels
        }

    def _label_id(self, name: str) -> str:
        return str(self._labels.get(folded(name), self._new_id(f"label {folded(name)}")))

    def _put(self, item: Item, beside: set[str]) -> Operation:
        """``beside``: the keys of the items before it in its batch."""
        task = self._known.get(item.key)
        held = task["label_ids"] if task else []
        body: dict[str, Any] = {
            "project_id": self._project_id,
            "title": item.title,
            "description": item.description,
            "label_ids": sorted({*held, *map(self._label_id, item.labels)}),
            "due": item.due,
            **({} if task else {"id": self._ids[item.key]}),
        }
        optional = {
            "status": self._statuses.of(item, task),
            "priority": item.priority,
            "parent_id": self._parent(item, beside),
            "assignee_ids": self._assignees(item) or None,
        }
        body |= {name: value for name, value in optional.items() if value is not None}
        return Operation("PUT", _path(item), body, item.where)

    def _parent(self, item: Item, beside: set[str]) -> str | None:
        """None if it is in the trash, and in a preview if it is neither there nor in the same batch."""
        if item.parent is None:
            return None
        known = self._known.get(item.parent)
        is_to_come = known is None and self._dry_run and item.parent not in beside
        return None if is_to_come or (known and known["deleted_at"]) else str(self._ids[item.parent])

    def _assignees(self, item: Item) -> list[str]:
        present = [member for member in self._workspace.members if member["role"] is not None]
        names = {folded(member[name] or ""): member["user_id"] for name in ("name", "email") for member in present}
        self._strangers[item.key] = [person for person in item.assignees if folded(person) not in names]
        return sorted({names[folded(person)] for person in item.assignees if folded(person) in names})

    # -- what became of it -------------------------------------------------------------------------

    def _count(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.operation.method == "PUT" and result.operation.path.startswith("/tasks/"):
                before = next((self._known[key] for key in result.body["external_keys"] if key in self._known), None)
                is_same = before is not None and before["version"] == result.body["version"]
                self.done.counts["created" if before is None else "unchanged" if is_same else "changed"] += 1
            elif result.operation.path == "/labels":
                self.done.counts["labels"] += not self._dry_run

    def _take_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Raises:
        ClientError: the project or a label is refused, without which all that follow would be.
        """
        for refusal in refusals:
            if refusal.operation.method == "POST" or refusal.operation.path.endswith("/workflow"):
                raise ClientError(f"The {refusal.operation.about} can't be made: {refusal.why}")
        self.done.refusals += refusals

    def _comment(self, items: Sequence[Item], written: set[str]) -> None:
        """Comments of the items that are there now. They are not part of a preview, but counted."""
        operations = [
            Operation(
                "POST", f"/tasks/{self._ids[item.key]}/comments", {"id": id, "body": remark.text}, f"a comment on {item.where}"
            )
            for item in items
            if item.remarks and _path(item) in written
            for there in [self._comments_of(item)]
            for remark in item.remarks
            if (id := self._new_id(remark.key)) not in there
        ]
        if not self._dry_run:
            results, refusals = write(self._workspace, operations, lambda _: None)
            self.done.refusals += [refusal for refusal in refusals if refusal.code != "id_taken"]  # It was deleted here.
            self.done.counts["comments"] += len(results)
        else:
            self.done.counts["comments"] += len(operations)

    def _comments_of(self, item: Item) -> set[str]:
        if item.key not in self._known:
            return set()
        return {comment["id"] for comment in self._workspace.every(f"tasks/{self._ids[item.key]}/comments")}


def _path(item: Item) -> str:
    return f"/tasks/external/{part(item.key)}"


def _tasks(count: int) -> str:
    return f"{count} {'task' if count == 1 else 'tasks'}"
