"""Data to measure on, loaded by COPY: made by the service's own aggregates and mappings, so that it is valid by construction.

Every thing has its event with snapshot and changes, every log its counter, every project the number and the place of its newest
task.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import asyncpg
from benchmarks.contents import Contents
from benchmarks.copying import Copying
from benchmarks.multiplication import copied_id, multiply

from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.domain.label import STANDARD_COLOR, Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import at_end
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import LABELS, PROJECTS, TASKS
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
LABELS_OF_A_WORKSPACE = 8

Ids = dict[UUID, list[UUID]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is loaded. Every user is a member of some of the workspaces, and has a session for each of these.

    ``copies``: how many times each workspace is there, with all that belongs to it (`benchmarks.multiplication`).
    """

    workspaces: int
    projects: int
    tasks: int
    users: int
    memberships_per_user: int
    copies: int = 1

    def __str__(self) -> str:
        return f"{self.tasks * self.copies} tasks in {self.workspaces * self.copies} workspaces"


@dataclass(frozen=True, slots=True)
class Seat:
    """A user's session, for use in one workspace that they are a member of."""

    workspace_id: UUID
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was loaded, as far as requests need it, by workspace. Tasks are those not in the trash.

    Attributes:
        seats: the first one is the owner's.
        labels: the first ones are on the most tasks.
        parents: tasks that others stand under, as often as there are such.
        waiting: tasks that are blocked by others, open or not.
        tasks_of: the tasks of a project, in their order.
    """

    seats: dict[UUID, list[Seat]] = field(default_factory=partial(defaultdict, list))
    labels: Ids = field(default_factory=partial(defaultdict, list))
    projects: Ids = field(default_factory=partial(defaultdict, list))
    tasks: Ids = field(default_factory=partial(defaultdict, list))
    parents: Ids = field(default_factory=partial(defaultdict, list))
    waiting: Ids = field(default_factory=partial(defaultdict, list))
    tasks_of: Ids = field(default_factory=partial(defaultdict, list))

    def multiplied(self, copies: int) -> "Dataset":
        """What is there when each workspace was replaced by ``copies`` of it."""
        every = [(id, copied_id(id, copy)) for copy in range(copies) for id in self.seats]

        def of_copies(ids: Ids) -> Ids:
            return defaultdict(list, {new: ids[old] for old, new in every})

        return Dataset(
            seats=defaultdict(list, {new: [replace(seat, workspace_id=new) for seat in self.seats[old]] for old, new in every}),
            labels=of_copies(self.labels),
            projects=of_copies(self.projects),
            tasks=of_copies(self.tasks),
            parents=of_copies(self.parents),
            waiting=of_copies(self.waiting),
            tasks_of=self.tasks_of,
        )


async def load(database_url: str, size: Size) -> Dataset:
    """Fills an empty, migrated database, and brings its statistics up to date."""
    url = database_url.replace("postgresql+asyncpg://", "postgresql://")
    connection = await asyncpg.connect(url)
    try:
        dataset = await _Loader(Copying(connection), size).load()
        if size.copies > 1:
            await multiply(url, size.copies)
            dataset = dataset.multiplied(size.copies)
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return dataset


class _Loader:
    def __init__(self, copying: Copying, size: Size) -> None:
        self.copying = copying
        self.size = size
        self.random = random.Random(SEED)
        self.contents = Contents(self.random)
        self.now = datetime.now(UTC)
        self.counts: dict[UUID, int] = defaultdict(int)
        self.dataset = Dataset()

    async def load(self) -> Dataset:
        workspaces = [self._workspace(index) for index in range(self.size.workspaces)]
        self._people(workspaces)
        self._labels(workspaces)
        projects = self._projects(workspaces)
        await self.copying.send(WORKSPACES, USERS, SESSIONS, MEMBERS, LABELS)
        for count, (task, project) in enumerate(self._tasks(projects), start=1):
            self._keep(task, project)
            if count % ROWS_PER_COPY == 0:
                await self.copying.send(TASKS)
        await self.copying.send(TASKS)
        for project in projects:
            self.copying.add_row(PROJECTS, project, self.counts[project.id], self.counts[project.id])
        await self.copying.send(PROJECTS, further=("last_number", "last_place"))
        # Moved long ago: subscribers have nothing to catch up with while requests are measured.
        await self.copying.send_counters(self._ago(days=1))
        return self.dataset

    def _workspace(self, index: int) -> Workspace:
        workspace = Workspace.create(id=new_id(), name=f"Workspace {index}", time_zone="UTC", now=self._ago(days=400))
        self.copying.keep(WORKSPACES, workspace, None)
        return workspace

    def _people(self, workspaces: list[Workspace]) -> None:
        """The first users own a workspace each; the memberships are dealt around."""
        for index in range(self.size.users):
            address = EmailAddress.parse(f"user{index}@example.com")
            user = User.create(
                id=new_id(), email=address, name=f"User {index}", time_zone="UTC", password_hash="none", now=self._ago(days=400)
            )
            self.copying.keep(USERS, user, user.id)
            for place in range(self.size.memberships_per_user):
                workspace = workspaces[(index + place) % len(workspaces)]
                self._seat(user, workspace, Role.OWNER if place == 0 and index < len(workspaces) else Role.MEMBER)

    def _seat(self, user: User, workspace: Workspace, role: Role) -> None:
        session = Session.open(
            user_id=user.id, id=new_id(), user_agent="benchmark", refresh_digest=new_id().hex, now=self._ago(minutes=1)
        )
        self.copying.keep(SESSIONS, session, user.id)
        member = Member.join(workspace_id=workspace.id, user_id=user.id, role=role, now=self._ago(days=399))
        self.copying.keep(MEMBERS, member, user.id)
        self.dataset.seats[workspace.id].append(Seat(workspace.id, user.id, session.id))

    def _labels(self, workspaces: list[Workspace]) -> None:
        for workspace in workspaces:
            for index in range(LABELS_OF_A_WORKSPACE):
                label = Label.create(
                    workspace_id=workspace.id, id=new_id(), name=f"Label {index}", color=STANDARD_COLOR, now=self._ago(days=399)
                )
                self.copying.keep(LABELS, label, self._owner(workspace.id))
                self.dataset.labels[workspace.id].append(label.id)

    def _projects(self, workspaces: list[Workspace]) -> list[Project]:
        projects = []
        for index in range(self.size.projects):
            workspace = workspaces[index % len(workspaces)]
            project = Project.create(
                workspace_id=workspace.id,
                id=new_id(),
                key=f"P{index // len(workspaces)}",
                name=f"Project {index}",
                description=None,
                created_by_id=self._owner(workspace.id),
                now=self._ago(days=399),
            )
            # Its row is written last, with its counters.
            self.copying.log(PROJECTS, project, project.created_by_id)
            self.dataset.projects[workspace.id].append(project.id)
            projects.append(project)
        return projects

    def _tasks(self, projects: list[Project]) -> Iterator[tuple[Task, Project]]:
        """Task after task in time, each in the next workspace: rows of one workspace lie scattered, as they would."""
        members = {id: [seat.user_id for seat in seats] for id, seats in self.dataset.seats.items()}
        for index in range(self.size.tasks):
            project = projects[index % len(projects)]
            now = self.now - timedelta(days=365) * (1 - index / self.size.tasks)
            place, labels = index // self.size.workspaces, self.dataset.labels[project.workspace_id]
            content = self.contents.draw(place, project, members[project.workspace_id], labels, now)
            count = self.counts[project.id] = self.counts[project.id] + 1
            owner = self._owner(project.workspace_id)
            yield (
                Task.create(
                    id=new_id(), project=project, content=content, created_by_id=owner, now=now, number=count, rank=at_end(count)
                ),
                project,
            )

    def _keep(self, task: Task, project: Project) -> None:
        """Some go to the trash, and nothing refers to these."""
        self.copying.log(TASKS, task, task.created_by_id)
        if self.random.random() < TRASHED:
            self._trash(task, project)
        else:
            self._offer(task)
        self.copying.add_row(TASKS, task)

    def _trash(self, task: Task, project: Project) -> None:
        before = TASKS.represent(task)
        task.trash(project=project, now=self.now)
        task.version += 1
        self.copying.log(TASKS, task, task.created_by_id, before)

    def _offer(self, task: Task) -> None:
        self.contents.offer(task)
        self.dataset.tasks[task.workspace_id].append(task.id)
        self.dataset.tasks_of[task.project_id].append(task.id)
        if task.content.parent_id:
            self.dataset.parents[task.workspace_id].append(task.content.parent_id)
        if task.content.blocked_by_ids:
            self.dataset.waiting[task.workspace_id].append(task.id)

    def _owner(self, workspace_id: UUID) -> UUID:
        return self.dataset.seats[workspace_id][0].user_id

    def _ago(self, **duration: int) -> datetime:
        return self.now - timedelta(**duration)
