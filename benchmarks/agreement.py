"""Whether the floors do the service's work: the same answers to the same requests, the same rows after them."""

import json
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import asyncpg
from benchmarks.database import plain
from benchmarks.dataset import Dataset
from benchmarks.servers import Server
from benchmarks.targets import path

HEADERS = ("content-type", "cache-control", "vary", "etag")
_OF_THIS_REQUEST = frozenset(
    {"id", "number", "key", "created_at", "updated_at", "entity_id", "occurred_at", "request_id", "seq", "next_cursor"}
)


class Disagreement(Exception):
    """A floor does something else than the service."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer, and the rows that it left."""

    status: int
    headers: dict[str, str | None]
    body: Any


class Conversation:
    """The same requests to one server after another."""

    def __init__(self, database_url: str, dataset: Dataset, token: str) -> None:
        self._database_url = database_url
        self._workspace_id = next(iter(dataset.projects))
        self._project_id = dataset.projects[self._workspace_id][0]
        self._task_id = dataset.tasks[self._workspace_id][0]
        self._token = token

    async def agree(self, servers: list[Server]) -> None:
        """Everything is read before anything is written: later pages show what was written.

        Raises:
            Disagreement: says where.
        """
        self._compare({server.name: self._read(server) for server in servers})
        self._compare({server.name: await self._write(server) for server in servers})

    def _compare(self, answers: dict[str, dict[str, Any]]) -> None:
        (service, expected), *floors = answers.items()
        for floor, given in floors:
            for name, answer in given.items():
                if (place := difference(expected[name], answer)) is not None:
                    raise Disagreement(f"{name}: {service} and {floor} differ in {place}")

    def _read(self, server: Server) -> dict[str, Any]:
        tasks = path(self._workspace_id)
        page = self._send(server, "GET", f"{tasks}?limit=50")
        return {
            "a task": self._send(server, "GET", path(self._workspace_id, self._task_id)),
            "a page": _without_passing(page),
            "the next page": _without_passing(self._send(server, "GET", f"{tasks}?limit=50&cursor={page.body['next_cursor']}")),
            "a task that is not there": self._send(server, "GET", path(self._workspace_id, self._workspace_id)).status,
        }

    async def _write(self, server: Server) -> dict[str, Any]:
        body = {"project_id": str(self._project_id), "title": "Agreed"}
        created = self._send(server, "POST", path(self._workspace_id), body)
        id = UUID(created.body["id"])
        task = path(self._workspace_id, id)
        changes = {"title": "Agreed upon", "description": "By all."}
        patched = self._send(server, "PATCH", task, changes, version=1)
        return {
            "a created task": _without_passing(created),
            "a patched task": _without_passing(patched),
            "that task, read again": self._send(server, "GET", task).body == patched.body,
            "a patch of an old version": self._send(server, "PATCH", task, {"title": "Too late"}, version=1).status,
            "a patch that changes nothing": _without_passing(self._send(server, "PATCH", task, changes, version=2)),
            "the rows": await self._rows(id),
        }

    def _send(self, server: Server, method: str, path: str, body: Any = None, version: int | None = None) -> Exchange:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", "Content-Type": "application/json"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(server.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                told = {name: answer.headers[name] for name in HEADERS}
                location, link = answer.headers["location"], answer.headers["link"]
                told["location"], told["link"] = location and location.rpartition("/")[0], link and link.partition("cursor=")[0]
                return Exchange(answer.status, told, json.load(answer))
        except urllib.error.HTTPError as error:
            return Exchange(error.code, {}, None)

    async def _rows(self, id: UUID) -> Any:
        """The task and its events, and whether the counters are those of the last event and the last number."""
        connection = await asyncpg.connect(plain(self._database_url))
        try:
            task = await connection.fetchrow("SELECT * FROM tasks WHERE workspace_id = $1 AND id = $2", self._workspace_id, id)
            events = await connection.fetch(
                "SELECT * FROM events WHERE stream_id = $1 AND entity_id = $2 ORDER BY seq", self._workspace_id, id
            )
            last_seq = await connection.fetchval("SELECT last_seq FROM event_streams WHERE stream_id = $1", self._workspace_id)
            last_number = await connection.fetchval(
                "SELECT last_number FROM projects WHERE workspace_id = $1 AND id = $2", self._workspace_id, self._project_id
            )
        finally:
            await connection.close()
        assert task is not None
        return {
            "task": _passing_removed({name: value for name, value in task.items() if name != "words"}),
            "events": [_event(event) for event in events],
            "snapshots have the task's own values": [
                _told(event["snapshot"], name) == (task[name] if name != "key" else f"{task['project_key']}-{task['number']}")
                for event in events
                for name in ("number", "key")
            ],
            "counters": [last_seq == events[-1]["seq"], last_number == task["number"], last_seq == events[0]["seq"] + 1],
        }


def difference(one: Any, other: Any, place: str = "") -> str | None:
    """Where two values differ first, and how; None where they don't."""
    if isinstance(one, Exchange) and isinstance(other, Exchange):
        one, other = asdict(one), asdict(other)
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((found for name in one if (found := difference(one[name], other[name], f"{place}/{name}"))), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for index, pair in pairs if (found := difference(*pair, f"{place}/{index}"))), None)
    return None if one == other else f"{place or 'all'}: {str(one)[:200]} and {str(other)[:200]}"


def _event(row: Any) -> dict[str, Any]:
    event = _passing_removed(dict(row))
    for name in ("changes", "snapshot"):
        document = json.loads(row[name])
        event[name] = _passing_removed(document)
        event[f"members of {name}"] = sorted(document)
    return event


def _told(snapshot: str, name: str) -> Any:
    return json.loads(snapshot)[name]


def _without_passing(exchange: Exchange) -> Exchange:
    """Without what differs from request to request."""
    body = dict(exchange.body)
    if "items" in body:
        body = {"items": body["items"], "has more": body["next_cursor"] is not None}
    return Exchange(exchange.status, exchange.headers, _passing_removed(body))


def _passing_removed(document: dict[str, Any]) -> dict[str, Any]:
    return {name: "some" if name in _OF_THIS_REQUEST and value is not None else value for name, value in document.items()}
