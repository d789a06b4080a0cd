"""A workspace in memory to run use cases on, without a database."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from factories.tasks import LATER, CommentFactory, LabelFactory, ProjectFactory, TaskFactory
from support.fakes.tasks.store import FakeStore, key_of
from support.fakes.tasks.unit_of_work import FakeTasksUnitOfWork
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.background.purge_trash import PurgeTrash, purge_trash
from taskhub.tasks.application.tasks.change_task import ChangeTask
from taskhub.tasks.application.tasks.create_task import CreateTask
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


class Scenario:
    """A store with one project to begin with. What is put there was committed long ago: it left no events."""

    def __init__(self, **project: Any) -> None:
        self.store = FakeStore()
        self.project: Project = self.put(ProjectFactory(**project))

    @property
    def workspace_id(self) -> UUID:
        return self.project.workspace_id

    # -- what is there ---------------------------------------------------------------------------

    def put(self, aggregate: Any) -> Any:
        key = key_of(aggregate)
        self.store.aggregates[key] = aggregate
        self.store.used_ids.add(key[1:])
        return aggregate

    def another_project(self, **fields: Any) -> Project:
        return self.put(ProjectFactory(workspace_id=self.workspace_id, **fields))

    def task(self, project: Project | None = None, **fields: Any) -> Task:
        """A task at the end of a project, of the first one unless told otherwise."""
        home = project or self.project
        allocation = self.store.ledger.allocate(home.id, 1, 1)
        task = TaskFactory(project=home, **{"number": allocation.numbers[0], **fields})
        self.store.ledger.rank_index.put(home.id, task.id, allocation.ranks[0])
        return self.put(task)

    def chain(self, length: int, **fields: Any) -> list[Task]:
        """Tasks of which each is the parent of the next."""
        tasks = [self.task(**fields)]
        while len(tasks) < length:
            tasks.append(self.task(**fields, content__parent_id=tasks[-1].id))
        return tasks

    def label(self, **fields: Any) -> Label:
        return self.put(LabelFactory(workspace_id=self.workspace_id, **fields))

    def comment(self, task: Task, **fields: Any) -> Comment:
        return self.put(CommentFactory(workspace_id=self.workspace_id, task_id=task.id, **fields))

    def member(self) -> UUID:
        id = uuid4()
        self.store.members.add(id)
        return id

    # -- what is done ----------------------------------------------------------------------------

    async def run(self, use_case: Callable[..., Awaitable[Any]], command: Any) -> Any:
        async with FakeTasksUnitOfWork(self.store) as uow:
            result = await use_case(command, uow, clock=lambda: LATER)
            await uow.commit(result)
            return result

    async def purge(self, now: datetime) -> int:
        async with FakeTasksUnitOfWork(self.store) as uow:
            count = await purge_trash(PurgeTrash(self.workspace_id, now), uow)
            await uow.commit()
            return count

    def create(self, **content: Any) -> CreateTask:
        return CreateTask(self.workspace_id, uuid4(), self.project.id, {"title": "Oil the engine", **content}, uuid4())

    def change(self, task: Task, expected: Expected = None, **changes: Any) -> ChangeTask:
        return ChangeTask(self.workspace_id, task.id, changes, expected)

    # -- what came of it -------------------------------------------------------------------------

    def stored(self, aggregate: Any) -> Any:
        return self.store.aggregates[key_of(aggregate)]

    def order(self, project: Project | None = None) -> list[UUID]:
        """The ids of a project's tasks in their order."""
        return self.store.ledger.rank_index.ids((project or self.project).id)

    def events_of(self, aggregates: Iterable[Any]) -> list[str]:
        """What was logged about some things."""
        ids = {aggregate.id for aggregate in aggregates}
        return [event for event, id, _ in self.store.events if id in ids]
