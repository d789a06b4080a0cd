"""Data to measure on, loaded by COPY: made by the service's own aggregates and mappings, so that it is valid by construction.

Every thing has its event with snapshot and changes, every log its counter, every project the number of its newest task.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from benchmarks import texts

from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.commit import SCHEMA, changes_between, encode
from taskhub.kernel.infrastructure.mapping import Mapping
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.session import Session
from taskhub.users.domain.user import User
from taskhub.users.infrastructure.mappings import SESSIONS, USERS
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import Workspace
from taskhub.workspaces.infrastructure.mappings import MEMBERS, WORKSPACES

SEED = 20261120
ROWS_PER_COPY = 5_000
TRASHED = 0.02
EVENT_COLUMNS = (
    "stream_id",
    "seq",
    "id",
    "type",
    "schema",
    "entity_type",
    "entity_id",
    "entity_version",
    "occurred_at",
    "changes",
    "snapshot",
    "actor_id",
    "request_id",
)
_STATUSES = ("todo", "todo", "todo", "in_progress", "done", "done", "done", "cancelled")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is loaded. Every user is a member of some of the workspaces, and has a session for each of these."""

    workspaces: int
    projects: int
    tasks: int
    users: int
    memberships_per_user: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A user's session, for use in one workspace that they are a member of."""

    workspace_id: UUID
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was loaded, as far as requests need it: a workspace's first seat is its owner's, its tasks those not in the trash."""

    seats: dict[UUID, list[Seat]]
    projects: dict[UUID, list[UUID]]
    tasks: dict[UUID, list[UUID]]


async def load(database_url: str, size: Size) -> Dataset:
    """Fills an empty, migrated database, and brings its statistics up to date."""
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        dataset = await _Loader(connection, size).load()
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return dataset


class _Loader:
    def __init__(self, connection: asyncpg.Connection, size: Size) -> None:
        self.connection = connection
        self.size = size
        self.random = random.Random(SEED)
        self.now = datetime.now(UTC)
        self.numbers: dict[UUID, int] = defaultdict(int)
        self.seqs: dict[UUID, int] = defaultdict(int)
        self.rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.events: list[tuple[Any, ...]] = []
        self.dataset = Dataset(defaultdict(list), defaultdict(list), defaultdict(list))

    async def load(self) -> Dataset:
        workspaces = [self._workspace(index) for index in range(self.size.workspaces)]
        self._people(workspaces)
        projects = self._projects(workspaces)
        for mapping in (WORKSPACES, USERS, SESSIONS, MEMBERS):
            await self._copy_rows(mapping)
        await self._copy_events()
        for count, (task, project) in enumerate(self._tasks(projects), start=1):
            self._log(TASKS, task, task.created_by_id)
            if self.random.random() < TRASHED:
                self._trash(task, project)
            else:
                self.dataset.tasks[task.workspace_id].append(task.id)
            self._add_row(TASKS, task)
            if count % ROWS_PER_COPY == 0:
                await self._copy_rows(TASKS)
                await self._copy_events()
        await self._copy_rows(TASKS)
        await self._copy_events()
        await self._copy_counters(projects)
        return self.dataset

    # -- things ----------------------------------------------------------------------------------

    def _workspace(self, index: int) -> Workspace:
        workspace = Workspace.create(id=new_id(), name=f"Workspace {index}", time_zone="UTC", now=self._ago(days=400))
        self._keep(WORKSPACES, workspace, None)
        return workspace

    def _people(self, workspaces: list[Workspace]) -> None:
        """The first users own a workspace each; the memberships are dealt around."""
        for index in range(self.size.users):
            address = EmailAddress.parse(f"user{index}@example.com")
            user = User.create(
                id=new_id(), email=address, name=f"User {index}", time_zone="UTC", password_hash="none", now=self._ago(days=400)
            )
            self._keep(USERS, user, user.id)
            for place in range(self.size.memberships_per_user):
                workspace = workspaces[(index + place) % len(workspaces)]
                self._seat(user, workspace, Role.OWNER if place == 0 and index < len(workspaces) else Role.MEMBER)

    def _seat(self, user: User, workspace: Workspace, role: Role) -> None:
        session = Session.open(
            user_id=user.id, id=new_id(), user_agent="benchmark", refresh_digest=new_id().hex, now=self._ago(minutes=1)
        )
        self._keep(SESSIONS, session, user.id)
        member = Member.join(workspace_id=workspace.id, user_id=user.id, role=role, now=self._ago(days=399))
        self._keep(MEMBERS, member, user.id)
        self.dataset.seats[workspace.id].append(Seat(workspace.id, user.id, session.id))

    def _projects(self, workspaces: list[Workspace]) -> list[Project]:
        projects = []
        for index in range(self.size.projects):
            workspace = workspaces[index % len(workspaces)]
            owner = self.dataset.seats[workspace.id][0].user_id
            project = Project.create(
                workspace_id=workspace.id,
                id=new_id(),
                key=f"P{index // len(workspaces)}",
                name=f"Project {index}",
                description=None,
                created_by_id=owner,
                now=self._ago(days=399),
            )
            # Its row is written last, with its counter.
            self._log(PROJECTS, project, owner)
            self.dataset.projects[workspace.id].append(project.id)
            projects.append(project)
        return projects

    def _tasks(self, projects: list[Project]) -> Iterator[tuple[Task, Project]]:
        """Task after task in time, each in the next workspace: rows of one workspace lie scattered, as they would."""
        for index in range(self.size.tasks):
            project = projects[index % len(projects)]
            seats = self.dataset.seats[project.workspace_id]
            now = self.now - timedelta(days=365) * (1 - index / self.size.tasks)
            task = Task.create(
                id=new_id(), project=project, content=self._content(index, seats, now), created_by_id=seats[0].user_id, now=now
            )
            self.numbers[project.id] += 1
            task.number = self.numbers[project.id]
            yield task, project

    def _trash(self, task: Task, project: Project) -> None:
        before = TASKS.represent(task)
        task.trash(project=project, now=self.now)
        task.version += 1
        self._log(TASKS, task, task.created_by_id, before)

    def _content(self, index: int, seats: list[Seat], now: datetime) -> Content:
        chance = self.random.random()
        return Content(
            title=texts.title(self.random, index // self.size.workspaces),
            description=texts.description(self.random) if chance < 0.5 else None,
            status=self.random.choice(_STATUSES),
            priority=self.random.choice(tuple(Priority)),
            assignee_ids=(self.random.choice(seats[:20]).user_id,) if chance < 0.6 else (),
            due=Due((now + timedelta(days=self.random.randrange(1, 60))).date()) if chance < 0.4 else None,
        )

    def _ago(self, **duration: int) -> datetime:
        return self.now - timedelta(**duration)

    # -- rows ------------------------------------------------------------------------------------

    def _keep(self, mapping: Mapping[Any], aggregate: Aggregate, actor_id: UUID | None) -> None:
        self._add_row(mapping, aggregate)
        self._log(mapping, aggregate, actor_id)

    def _add_row(self, mapping: Mapping[Any], aggregate: Aggregate) -> None:
        self.rows[mapping.name].append(tuple(mapping.to_row(aggregate)))

    def _log(
        self, mapping: Mapping[Any], aggregate: Aggregate, actor_id: UUID | None, before: msgspec.Struct | None = None
    ) -> None:
        view = mapping.represent(aggregate)
        changes = changes_between(before, view)
        self.seqs[aggregate.stream_id] += 1
        self.events.append(
            (
                aggregate.stream_id,
                self.seqs[aggregate.stream_id],
                new_id(),
                aggregate.event,
                SCHEMA,
                aggregate.entity_type,
                aggregate.id,
                aggregate.version,
                aggregate.updated_at,
                encode(changes if mapping.logs_values else dict.fromkeys(changes)).decode(),
                encode(view).decode() if mapping.logs_values else None,
                actor_id,
                None,
            )
        )

    async def _copy_rows(self, mapping: Mapping[Any]) -> None:
        await self._copy(mapping.name, [column.name for column in mapping.columns], self.rows.pop(mapping.name, []))

    async def _copy_events(self) -> None:
        rows, self.events = self.events, []
        await self._copy("events", EVENT_COLUMNS, rows)

    async def _copy_counters(self, projects: list[Project]) -> None:
        names = [column.name for column in PROJECTS.columns]
        rows = [(*PROJECTS.to_row(project), self.numbers[project.id]) for project in projects]
        await self._copy(PROJECTS.name, [*names, "last_number"], rows)
        # Moved long ago: subscribers have nothing to catch up with while requests are measured.
        counters = [(stream_id, seq, self._ago(days=1)) for stream_id, seq in self.seqs.items()]
        await self._copy("event_streams", ("stream_id", "last_seq", "moved_at"), counters)

    async def _copy(self, table: str, columns: Any, rows: list[tuple[Any, ...]]) -> None:
        await self.connection.copy_records_to_table(table, columns=columns, records=rows)
