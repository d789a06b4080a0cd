"""Whether the floors do the service's work: the same answers to the same requests, the same rows after them."""

from typing import Any
from uuid import UUID

from benchmarks.dataset import Dataset
from benchmarks.exchanges import Client, difference
from benchmarks.filters import filters_of
from benchmarks.servers import Server
from benchmarks.targets import path
from benchmarks.traces import trace_of_comment, trace_of_tasks

NOBODY = UUID("00000000-0000-4000-8000-000000000000")

Answers = dict[str, Any]


class Disagreement(Exception):
    """A floor does something else than the service."""


class Conversation:
    """The same requests to one server after another."""

    def __init__(self, database_url: str, dataset: Dataset, token: str) -> None:
        self._database_url = database_url
        self._workspace_id = next(iter(dataset.projects))
        self._project_id = dataset.projects[self._workspace_id][0]
        self._dataset = dataset
        self._client = Client(token)

    async def agree(self, servers: list[Server]) -> None:
        """Everything is read before anything is written: later pages show what was written.

        Raises:
            Disagreement: says where.
        """
        self._compare({server.name: await self._read(server) for server in servers})
        for write in (self._change, self._move, self._create_many, self._change_many, self._comment):
            self._compare({server.name: await write(server) for server in servers})

    def _compare(self, answers: dict[str, Answers]) -> None:
        (service, expected), *floors = answers.items()
        for floor, given in floors:
            for name, answer in given.items():
                if (place := difference(expected[name], answer)) is not None:
                    raise Disagreement(f"{name}: {service} and {floor} differ in {place}")

    async def _read(self, server: Server) -> Answers:
        task = self._dataset.tasks[self._workspace_id][0]
        common = (await filters_of(self._database_url, [self._workspace_id]))[0]
        return {
            "a task": self._client.send(server, "GET", path(self._workspace_id, task)),
            **self._pages(server, "a page", "limit=50"),
            **self._pages(server, "a page of a filtered list", f"{common.query}&limit=2"),
            **self._pages(server, "a page of a list by any of several", f"{common.query}&label_id={NOBODY}&status=done&limit=2"),
            "a filtered list that is empty": self._list(server, common._replace(label_id=NOBODY).query),
            "a task that is not there": self._client.send(server, "GET", path(self._workspace_id, NOBODY)).status,
        }

    def _pages(self, server: Server, name: str, query: str) -> Answers:
        first = self._list(server, query)
        second = self._list(server, f"{query}&cursor={first.body['next_cursor']}")
        return {name: first.without_passing(), f"{name}, the next": second.without_passing()}

    def _list(self, server: Server, query: str) -> Any:
        return self._client.send(server, "GET", f"{path(self._workspace_id)}?{query}")

    async def _change(self, server: Server) -> Answers:
        created = self._create(server, "Agreed")
        id = UUID(created.body["id"])
        task = path(self._workspace_id, id)
        changes = {"title": "Agreed upon", "description": "By all."}
        patched = self._client.send(server, "PATCH", task, changes, version=1)
        return {
            "a created task": created.without_passing(),
            "a patched task": patched.without_passing(),
            "that task, read again": self._client.send(server, "GET", task).body == patched.body,
            "a patch of an old version": self._client.send(server, "PATCH", task, {"title": "Too late"}, version=1).status,
            "a patch that changes nothing": self._client.send(server, "PATCH", task, changes, version=2).without_passing(),
            "what a patch leaves": await self._trace([id]),
        }

    async def _move(self, server: Server) -> Answers:
        """From the order 1, 2, 3 to 1, 3, 2, then to 3, 1, 2, and back."""
        ids = first, second, third = self._create_three(server)

        def move(id: UUID, **place: UUID) -> Any:
            body = {side: str(other) for side, other in place.items()}
            return self._client.send(server, "POST", f"{path(self._workspace_id, id)}/move", body)

        return {
            "a task moved before another": move(third, before=second).without_passing(),
            "a task moved to where it is": move(third, before=second).without_passing(),
            "a task moved after another": move(first, after=third).without_passing(),
            "a task moved behind the last": move(third, after=second).without_passing(),
            "a task moved beside itself": move(first, after=first).status,
            "a task moved beside one that is not there": move(first, before=NOBODY).status,
            "a move of a task that is not there": move(NOBODY, before=first).status,
            "what moves leave": await self._trace(ids),
        }

    async def _create_many(self, server: Server) -> Answers:
        def create(*items: dict[str, Any], project_id: UUID = self._project_id) -> Any:
            body = {"items": [{"project_id": str(project_id), **item} for item in items]}
            return self._client.send(server, "POST", f"{path(self._workspace_id)}/bulk_create", body)

        created = create({"title": "First"}, {"title": "Second", "description": "Of three."}, {"title": "Third"})
        ids = [UUID(item["id"]) for item in created.body["items"]]
        return {
            "new tasks": created.without_passing(),
            "new tasks of which one has no title": create({"title": "First"}, {"title": ""}).status,
            "new tasks in a project that is not there": create({"title": "First"}, project_id=NOBODY).status,
            "what new tasks leave": await self._trace(ids),
        }

    async def _change_many(self, server: Server) -> Answers:
        ids = first, second, third = self._create_three(server)

        def put_off(days: dict[UUID, str]) -> Any:
            items = [{"id": str(id), "patch": {"due": {"date": day}}} for id, day in days.items()]
            return self._client.send(server, "POST", f"{path(self._workspace_id)}/bulk_update", {"items": items})

        later = {first: "2031-05-07", second: "2031-05-09"}
        return {
            "a batch": put_off({third: "2031-05-06", first: "2031-05-07", second: "2031-05-08"}).without_passing(),
            "a batch that changes some": put_off(later).without_passing(),
            "a batch that changes nothing": put_off(later).without_passing(),
            "a batch with a task that is not there": put_off({third: "2031-05-10", NOBODY: "2031-05-11"}).status,
            "what batches leave": await self._trace(ids),
        }

    async def _comment(self, server: Server) -> Answers:
        comments = f"{path(self._workspace_id, UUID(self._create(server, 'Talked about').body['id']))}/comments"
        member = self._dataset.seats[self._workspace_id][1].user_id

        def comment(path: str, body: str) -> Any:
            return self._client.send(server, "POST", path, {"body": body})

        created = comment(comments, f"Look, @{member}, and @{NOBODY}.")
        return {
            "a comment": created.without_passing(),
            "a comment that says nothing": comment(comments, "").status,
            "a comment on a task that is not there": comment(f"{path(self._workspace_id, NOBODY)}/comments", "Hello?").status,
            "what a comment leaves": await trace_of_comment(self._database_url, self._workspace_id, UUID(created.body["id"])),
        }

    def _create(self, server: Server, title: str) -> Any:
        body = {"project_id": str(self._project_id), "title": title}
        return self._client.send(server, "POST", path(self._workspace_id), body)

    def _create_three(self, server: Server) -> list[UUID]:
        return [UUID(self._create(server, f"Agreed {place}").body["id"]) for place in ("first", "second", "third")]

    async def _trace(self, ids: list[UUID]) -> Answers:
        return await trace_of_tasks(self._database_url, self._workspace_id, self._project_id, ids)
