"""The units of work under test, in memory or on PostgreSQL, and steps that the tests have in common."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from msgspec.structs import replace

from factories.tasks import LATER, NOW, ContentFactory
from taskhub.kernel.application.commands import Reply
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import STANDARD_COLOR, Label
from taskhub.tasks.domain.place import Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task

TRASHED = Reply(204)


class UnitsOfWork(Protocol):
    """Units of work over one store."""

    workspace_id: UUID

    def begin(self) -> TasksUnitOfWork: ...


@asynccontextmanager
async def locked(units: UnitsOfWork) -> AsyncIterator[TasksUnitOfWork]:
    """A unit of work that locks what it loads."""
    async with units.begin() as uow:
        await uow.lock()
        yield uow


def new_project(units: UnitsOfWork, **fields: Any) -> Project:
    id = uuid4()
    given = {"id": id, "key": f"K{id.hex[:8].upper()}", "name": "Operations", "description": None, "created_by_id": uuid4()}
    return Project.create(workspace_id=units.workspace_id, now=NOW, **{**given, **fields})


def new_task(project: Project, *, number: int | None = None, rank: str | None = None, **content: Any) -> Task:
    return Task.create(
        id=uuid4(), project=project, content=ContentFactory(**content), created_by_id=uuid4(), now=NOW, number=number, rank=rank
    )


def new_label(units: UnitsOfWork, name: str | None = None, id: UUID | None = None) -> Label:
    return Label.create(
        workspace_id=units.workspace_id, id=id or uuid4(), name=name or uuid4().hex, color=STANDARD_COLOR, now=NOW
    )


async def add_project(units: UnitsOfWork, **fields: Any) -> Project:
    project = new_project(units, **fields)
    async with units.begin() as uow:
        uow.projects.add(project)
        await uow.commit(project, Reply(201))
    return project


async def add_task(units: UnitsOfWork, project: Project, **content: Any) -> Task:
    async with units.begin() as uow:
        home = await uow.projects.get(units.workspace_id, project.id)
        task = new_task(home, **content)
        uow.tasks.add(task)
        await uow.commit(task, Reply(201))
    return task


async def add_chain(units: UnitsOfWork, project: Project, length: int) -> list[Task]:
    """Tasks of which each is the parent of the next."""
    tasks = [await add_task(units, project)]
    while len(tasks) < length:
        tasks.append(await add_task(units, project, parent_id=tasks[-1].id))
    return tasks


async def add_label(units: UnitsOfWork, name: str | None = None) -> Label:
    label = new_label(units, name)
    async with units.begin() as uow:
        uow.labels.add(label)
        await uow.commit(label, Reply(201))
    return label


async def add_comment(units: UnitsOfWork, task: Task) -> Comment:
    comment = Comment.create(
        workspace_id=units.workspace_id, id=uuid4(), task_id=task.id, author_id=uuid4(), body="Done?", members=(), now=NOW
    )
    async with units.begin() as uow:
        uow.comments.add(comment)
        await uow.commit(comment, Reply(201))
    return comment


async def change_task(units: UnitsOfWork, task: Task, **content: Any) -> None:
    async with units.begin() as uow:
        found, project = await uow.tasks.get_in_project(units.workspace_id, task.id)
        found.change(replace(found.content, **content), project=project, now=LATER)
        await uow.commit(found, Reply())


async def trash_task(units: UnitsOfWork, task: Task, *, at: datetime = LATER, leader: Task | None = None) -> None:
    async with units.begin() as uow:
        found, project = await uow.tasks.get_in_project(units.workspace_id, task.id)
        if leader is None:
            found.trash(project=project, now=at)
        else:
            found.trash_with_ancestor(leader, now=at)
        await uow.commit(None, TRASHED)


async def trash_project(units: UnitsOfWork, project: Project, *, at: datetime = LATER) -> None:
    async with locked(units) as uow:
        found = await uow.projects.get(units.workspace_id, project.id)
        found.trash(at)
        await uow.cascades.trash_tasks_of(found, now=at)
        await uow.commit(None, TRASHED)


async def place_task(units: UnitsOfWork, task: Task, rank: str) -> None:
    async with locked(units) as uow:
        found, project = await uow.tasks.get_in_project(units.workspace_id, task.id)
        found.move(found.content, rank, project=project, now=LATER)
        await uow.commit(found, Reply())


async def take_over(units: UnitsOfWork, task: Task, target: Project) -> Task:
    """Moves a task to the end of another project, and keeps its former key."""
    async with locked(units) as uow:
        subtree = await uow.tasks.get_subtree(units.workspace_id, task.id, target_id=target.id)
        assert subtree.target is not None
        await uow.tasks.record_former_keys([subtree.task])
        allocation = await uow.projects.allocate(subtree.target, numbers=1, places=1)
        subtree.task.move_to_project(subtree.target, allocation.numbers[0], allocation.ranks[0], subtree.task.content, now=LATER)
        await uow.commit(subtree.task, Reply())
        return subtree.task


async def load_task(units: UnitsOfWork, id: UUID, *, with_deleted: bool = False) -> Task:
    async with units.begin() as uow:
        task, _ = await uow.tasks.get_in_project(units.workspace_id, id, with_deleted=with_deleted)
        return task


async def ranks_of(units: UnitsOfWork, project: Project, tasks: Iterable[Task]) -> list[str]:
    """Where live tasks of a project stand, as a task of another one sees it."""
    stranger = new_task(new_project(units))
    async with locked(units) as uow:
        gaps = [await uow.order.gap(project, Place(Side.AFTER, task.id), stranger) for task in tasks]
        return [str(gap.low) for gap in gaps]
