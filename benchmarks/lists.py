"""Asking for lists over HTTP, one request at a time."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from benchmarks.dataset import Dataset
from benchmarks.questions import Facts, Question
from benchmarks.servers import SECRET, Server
from benchmarks.targets import path

from taskhub.users.infrastructure.access_tokens import JwtAccessTokens

PAGE = 50
MAX_PER_PAGE = 200
WORKSPACES_ASKED = 5
TOKEN_SECONDS = 600


class ListFailed(Exception):
    """An answer other than 200."""


class Lists:
    """The task lists of some workspaces of one server, each asked by its owner."""

    def __init__(self, connection: http.client.HTTPConnection, dataset: Dataset) -> None:
        self.workspaces = len(dataset.projects)
        self._connection = connection
        self._dataset = dataset
        every = list(dataset.projects)
        self._asked = every[:: max(1, len(every) // WORKSPACES_ASKED)][:WORKSPACES_ASKED]
        self._facts = {workspace_id: self._facts_of(workspace_id) for workspace_id in self._asked}
        self._access_tokens = JwtAccessTokens((SECRET.encode(),))
        self._tokens: dict[UUID, tuple[float, str]] = {}
        self._cursors: dict[tuple[UUID, str], list[str]] = {}

    @classmethod
    @contextmanager
    def of(cls, server: Server, dataset: Dataset) -> Iterator[Self]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            yield cls(connection, dataset)
        finally:
            connection.close()

    def ask(self, question: Question, turn: int) -> float:
        """Seconds for one page. Turn by turn another workspace is asked, and each time again for one task more: a page that was
        answered twice may be remembered.
        """
        workspace_id = self._asked[turn % len(self._asked)]
        query = question.text(self._facts[workspace_id])
        if question.depth:
            query = self._deep(workspace_id, query, question.depth)
        return self._get(workspace_id, _joined(query, f"limit={PAGE + turn // len(self._asked)}"))[0]

    def _deep(self, workspace_id: UUID, query: str, depth: float) -> str:
        """The query with a cursor from so far into its list. The list is walked once."""
        cursors = self._cursors.get((workspace_id, query))
        if cursors is None:
            cursors = self._cursors[(workspace_id, query)] = self._walk(workspace_id, query)
        if not cursors:
            raise ListFailed(f"{query}: the list has one page only, there is nothing in its middle")
        return _joined(query, f"cursor={cursors[round((len(cursors) - 1) * depth)]}")

    def _walk(self, workspace_id: UUID, query: str) -> list[str]:
        cursors: list[str] = []
        while True:
            last = (f"cursor={cursors[-1]}",) if cursors else ()
            body = self._get(workspace_id, _joined(query, f"limit={MAX_PER_PAGE}", *last))[1]
            if body["next_cursor"] is None:
                return cursors
            cursors.append(body["next_cursor"])

    def _get(self, workspace_id: UUID, query: str) -> tuple[float, Any]:
        headers = {"Authorization": f"Bearer {self._token(workspace_id)}", "Accept": "application/json"}
        started = time.perf_counter()
        self._connection.request("GET", f"{path(workspace_id)}?{query}", headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - started
        if answer.status != 200:
            raise ListFailed(f"{query}: {answer.status} {body.decode(errors='replace')}")
        return seconds, json.loads(body)

    def _token(self, workspace_id: UUID) -> str:
        made_at, token = self._tokens.get(workspace_id, (0.0, ""))
        if time.monotonic() - made_at > TOKEN_SECONDS or not token:
            seat = self._dataset.seats[workspace_id][0]
            token = self._access_tokens.issue(seat.user_id, seat.session_id, now=datetime.now(UTC))
            self._tokens[workspace_id] = (time.monotonic(), token)
        return token

    def _facts_of(self, workspace_id: UUID) -> Facts:
        dataset = self._dataset
        return Facts(
            project_id=str(dataset.projects[workspace_id][0]),
            user_id=str(dataset.seats[workspace_id][1].user_id),
            label_id=str(dataset.labels[workspace_id][0]),
            parent_id=str(dataset.parents[workspace_id][0]),
            waiting_id=str(dataset.waiting[workspace_id][0]),
            task_ids=[str(id) for id in dataset.tasks[workspace_id]],
        )


def _joined(*parts: str) -> str:
    return "&".join(part for part in parts if part)
