"""The files of requests that wrk sends: spread over workspaces, projects, tasks and sessions."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

import asyncpg
from benchmarks.database import plain
from benchmarks.dataset import Dataset, Seat
from benchmarks.filters import filters_of
from benchmarks.load import Plan
from benchmarks.servers import SECRET, Server

from taskhub.users.application.ports import ACCESS_SECONDS
from taskhub.users.infrastructure.access_tokens import JwtAccessTokens

MAX_CONNECTIONS = 64
VERSIONS = """
SELECT workspace_id, id, version
FROM tasks JOIN unnest($1::uuid[], $2::uuid[]) AS chosen (workspace_id, id) USING (workspace_id, id)
"""
TASKS_ASKED = 20_000
TASKS_PATCHED = 6_000
"""More than one run can patch, or move, at full speed, so that each is patched about once."""
BATCH = 100
FILLED = 16
"""Workspaces that `bulk_create` adds to: one for each connection, as a workspace has one batch at a time."""

LENGTHS = range(40, 61)
"""Of the pages of `cold_list`: with all of them there are four times as many pages as TaskHub remembers."""

_KINDS = {"create_single": "create", "cold_get": "get", "list_filtered": "list", "cold_list": "list"}

_TOKENS_USED_FOR = timedelta(seconds=ACCESS_SECONDS / 2)
"""A whole run may take longer than they are good for."""


class Targets:
    """Plans for every operation."""

    def __init__(self, dataset: Dataset, database_url: str, folder: Path) -> None:
        self._dataset = dataset
        self._database_url = database_url
        self._folder = folder
        self._random = random.Random(0)
        self._access_tokens = JwtAccessTokens((SECRET.encode(),))
        self._tasks = [(workspace_id, id) for workspace_id, ids in dataset.tasks.items() for id in ids]
        self._to_patch = cycle(self._random.sample(self._tasks, len(self._tasks)))
        self._single, *others = dataset.projects
        filled = min(FILLED, len(others) // 2)
        self._others, self._filled = others[filled:], others[:filled]
        self._next_cold: dict[str, int] = defaultdict(int)
        self._cold = {"cold_get": 0, "cold_list": 0}
        self._written_anew = {"patch": self._write_patches, "move": self._write_moves, "bulk_update": self._write_batches}
        self._write_with_new_tokens()

    def token(self, seat: Seat) -> str:
        return self._access_tokens.issue(seat.user_id, seat.session_id, now=self._now)

    async def plan(self, operation: str, server: Server) -> Plan:
        if datetime.now(UTC) - self._now > _TOKENS_USED_FOR:
            self._write_with_new_tokens()
        if operation in self._written_anew:
            await self._written_anew[operation]()
        if operation == "list_filtered" and not self._file(operation).exists():
            await self._write_filters()
        first = self._next_cold[f"{operation} {server.name}"] % self._cold[operation] + 1 if operation in self._cold else 1
        return Plan(_KINDS.get(operation, operation), self._file(operation), first)

    def asked(self, operation: str, server: Server, requests: int) -> None:
        """What is cold goes on where the last run of this server ended: a session or page is met when it is long forgotten."""
        if operation in self._cold:
            self._next_cold[f"{operation} {server.name}"] += requests + MAX_CONNECTIONS

    def _file(self, operation: str) -> Path:
        return self._folder / f"{operation}.targets"

    def _write(self, operation: str, lines: list[str]) -> None:
        self._file(operation).write_text("\n".join(lines) + "\n", encoding="ascii")

    def _write_cold(self, operation: str, lines: list[str]) -> None:
        self._cold[operation] = len(lines)
        self._write(operation, lines)

    def _write_with_new_tokens(self) -> None:
        self._now = datetime.now(UTC)
        self._owners = {workspace_id: self.token(seats[0]) for workspace_id, seats in self._dataset.seats.items()}
        self._file("list_filtered").unlink(missing_ok=True)
        self._write_files(random.Random(0))

    def _write_files(self, choices: random.Random) -> None:
        """The same choices each time: only the tokens are new."""
        workspaces = list(self._dataset.projects)
        creates = [self._line(path(w), self._owners[w], p) for w in workspaces for p in self._dataset.projects[w]]
        choices.shuffle(creates)
        chosen = choices.choices(self._tasks, k=TASKS_ASKED)
        self._write("get", [self._line(path(w, id), self._owners[w]) for w, id in chosen])
        self._write("comment", [self._line(f"{path(w, id)}/comments", self._owners[w]) for w, id in reversed(chosen)])
        self._write("list", [self._line(f"{path(w)}?limit=50", self._owners[w]) for w in workspaces])
        pages = [self._line(f"{path(w)}?limit={n}", self._owners[w]) for n in LENGTHS for w in workspaces]
        choices.shuffle(pages)
        self._write_cold("cold_list", pages)
        self._write("create", creates)
        in_turn = zip(*(self._dataset.projects[w] for w in self._filled), strict=False)
        filled = [(w, p) for projects in in_turn for w, p in zip(self._filled, projects, strict=True)]
        self._write("bulk_create", [self._line(f"{path(w)}/bulk_create", self._owners[w], p) for w, p in filled])
        single = self._single
        self._write("create_single", [self._line(path(single), self._owners[single], p) for p in self._dataset.projects[single]])
        seats = [seat for seats in self._dataset.seats.values() for seat in seats]
        choices.shuffle(seats)
        tasks = [choices.choice(self._dataset.tasks[seat.workspace_id]) for seat in seats]
        lines = [self._line(path(seat.workspace_id, task), self.token(seat)) for seat, task in zip(seats, tasks, strict=True)]
        self._write_cold("cold_get", lines)

    async def _write_filters(self) -> None:
        """Each as often as it finds something, not in workspaces that others fill: those have more tasks each time."""
        found = await filters_of(self._database_url, self._others)
        chosen = self._random.choices(found, weights=[one.finds for one in found], k=TASKS_ASKED)
        self._write(
            "list_filtered",
            [self._line(f"{path(f.workspace_id)}?{f.query}&limit=50", self._owners[f.workspace_id]) for f in chosen],
        )

    async def _write_patches(self) -> None:
        """Versions are read anew, of other tasks than last time: what that run left under way may go on for a moment."""
        chosen = list(islice(self._to_patch, TASKS_PATCHED))
        connection = await asyncpg.connect(plain(self._database_url))
        try:
            rows = await connection.fetch(VERSIONS, *map(list, zip(*chosen, strict=True)))
        finally:
            await connection.close()
        self._random.shuffle(rows)
        self._write("patch", [self._line(path(w, id), self._owners[w], version) for w, id, version in rows])

    async def _write_moves(self) -> None:
        """Right before or after another task of the project, others each time: a task that is there already is not moved."""
        projects = [(w, self._dataset.tasks_of[p]) for w, projects in self._dataset.projects.items() for p in projects]
        lines = []
        for workspace_id, tasks in self._random.choices(projects, k=TASKS_PATCHED):
            (task, other), side = self._random.sample(tasks, 2), self._random.choice(("before", "after"))
            lines.append(self._line(f"{path(workspace_id, task)}/move", self._owners[workspace_id], f'{{"{side}":"{other}"}}'))
        self._write("move", lines)

    async def _write_batches(self) -> None:
        """Each task is in one batch. A batch gets another day each time."""
        batches = []
        for workspace_id, ids in self._dataset.tasks.items():
            tasks = self._random.sample(ids, len(ids))
            batches += [(workspace_id, tasks[start : start + BATCH]) for start in range(0, len(tasks) - BATCH + 1, BATCH)]
        self._random.shuffle(batches)
        self._write(
            "bulk_update", [self._line(f"{path(w)}/bulk_update", self._owners[w], ",".join(map(str, ids))) for w, ids in batches]
        )

    def _line(self, path: str, token: str, extra: object = "") -> str:
        return f"{path}\t{token}\t{extra}"


def path(workspace_id: UUID, task_id: UUID | None = None) -> str:
    tasks = f"/v1/workspaces/{workspace_id}/tasks"
    return f"{tasks}/{task_id}" if task_id else tasks
