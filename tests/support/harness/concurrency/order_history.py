"""The order of one project's tasks, replayed from its event log and the requested moves."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from support.harness.api import Api, ok
from support.harness.concurrency.clients import Exchange
from support.harness.event_log import Event, commits_in
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.infrastructure.mappings import TASKS

_tasks = TASKS.table.c
_RANKS = Statement(
    select(_tasks.id, _tasks.rank)
    .where(
        _tasks.workspace_id == bindparam("workspace_id", type_=Uuid()), _tasks.project_id == bindparam("project_id", type_=Uuid())
    )
    .order_by(_tasks.rank)
)


class OrderHistory:
    """Applies moves to a plain list, in the order of the log.

    Attributes:
        ids: the order now.
        changes: how often each task was changed: moved, or changed otherwise without being moved.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.changes: Counter[str] = Counter()
        self._before: dict[int, list[str]] = {}

    @classmethod
    def replayed(cls, log: Iterable[Event], moves: Mapping[str, Exchange]) -> "OrderHistory":
        """``moves``: those that were acknowledged, by the ids of their requests.

        Raises:
            AssertionError: the log has a move that nobody was told of, or one that touched another task.
        """
        order = cls()
        for commit in commits_in(log):
            for event in commit:
                if event["type"] == "task.created":
                    order.ids = [*order.ids, str(event["entity_id"])]
                else:
                    order.changes[str(event["entity_id"])] += 1
            if commit[0]["type"] == "task.moved":
                order._move(commit, moves[commit[0]["request_id"]])
            order._before[commit[-1]["seq"] + 1] = order.ids
        return order

    def was_already_there(self, exchange: Exchange, window: tuple[int, int]) -> bool:
        """Whether a move that changed nothing was asked for when the task stood at its place, at some moment in the window."""
        id, body = moved_by(exchange), exchange.request.body
        moments = (self._before[seq] for seq in range(window[0] + 1, window[1] + 1) if seq in self._before)
        return any(id in ids and _placed(ids, id, body) == ids for ids in moments)

    def _move(self, commit: list[Event], exchange: Exchange) -> None:
        id = moved_by(exchange)
        assert [str(event["entity_id"]) for event in commit] == [id]
        assert exchange.answer["version"] == commit[0]["entity_version"]
        self.ids = _placed(self.ids, id, exchange.request.body)


def moved_by(exchange: Exchange) -> str:
    """The task that was to be moved."""
    return exchange.request.path.split("/")[1]


async def added(api: Api, count: int) -> list[str]:
    """The ids of new tasks, in their order."""
    items = [{"project_id": api.project["id"], "title": f"Task {n}"} for n in range(count)]
    return [task["id"] for task in ok(await api.post("tasks/bulk_create", {"items": items}))["items"]]


async def tasks_by_rank(api: Api) -> list[dict[str, Any]]:
    """All tasks of the project that are not in the trash."""
    tasks: list[dict[str, Any]] = []
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        page = ok(await api.get("tasks", project_id=api.project["id"], sort="rank", limit=200, **cursor))
        tasks += page["items"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return tasks


async def ranks_in(database: Database, project: dict[str, Any]) -> dict[str, str]:
    """The rank of each task of a project, in their order. No two are the same."""
    parameters = {"workspace_id": UUID(project["workspace_id"]), "project_id": UUID(project["id"])}
    records = await database.fetch(_RANKS, parameters)
    ranks = {str(record["id"]): record["rank"] for record in records}
    assert len({*ranks.values()}) == len(records)
    return ranks


def _placed(ids: list[str], id: str, body: dict[str, Any]) -> list[str]:
    others = [other for other in ids if other != id]
    if "to" in body:
        return [id, *others] if body["to"] == "first" else [*others, id]
    place = others.index(body["before"]) if "before" in body else others.index(body["after"]) + 1
    return [*others[:place], id, *others[place:]]
