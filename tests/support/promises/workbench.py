"""What the promises of a unit of work are tried on, whether it keeps its things in memory or in PostgreSQL."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from factories.tasks import LATER, NOW, ContentFactory
from taskhub.kernel.application.commands import Reply
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import STANDARD_COLOR, Label
from taskhub.tasks.domain.place import Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task

TRASHED = Reply(204)


class Workbench(Protocol):
    """Units of work over one store."""

    workspace_id: UUID

    def begin(self) -> TasksUnitOfWork: ...


@asynccontextmanager
async def locked(bench: Workbench) -> AsyncIterator[TasksUnitOfWork]:
    """A unit of work that locks what it loads."""
    async with bench.begin() as uow:
        await uow.lock()
        yield uow


def new_project(bench: Workbench, **fields: Any) -> Project:
    id = uuid4()
    given = {"id": id, "key": f"K{id.hex[:8].upper()}", "name": "Operations", "description": None, "created_by_id": uuid4()}
    return Project.create(workspace_id=bench.workspace_id, now=NOW, **{**given, **fields})


def new_task(project: Project, *, number: int | None = None, rank: str | None = None, **content: Any) -> Task:
    return Task.create(
        id=uuid4(), project=project, content=ContentFactory(**content), created_by_id=uuid4(), now=NOW, number=number, rank=rank
    )


def new_label(bench: Workbench, name: str | None = None, id: UUID | None = None) -> Label:
    return Label.create(
        workspace_id=bench.workspace_id, id=id or uuid4(), name=name or uuid4().hex, color=STANDARD_COLOR, now=NOW
    )


async def add_project(bench: Workbench, **fields: Any) -> Project:
    project = new_project(bench, **fields)
    async with bench.begin() as uow:
        uow.projects.add(project)
        await uow.commit(project, Reply(201))
    return project


async def add_task(bench: Workbench, project: Project, **content: Any) -> Task:
    async with bench.begin() as uow:
        home = await uow.projects.get(bench.workspace_id, project.id)
        task = new_task(home, **content)
        uow.tasks.add(task)
        await uow.commit(task, Reply(201))
    return task


async def add_chain(bench: Workbench, project: Project, length: int) -> list[Task]:
    """Tasks of which each is the parent of the next."""
    tasks = [await add_task(bench, project)]
    while len(tasks) < length:
        tasks.append(await add_task(bench, project, parent_id=tasks[-1].id))
    return tasks


async def add_label(bench: Workbench, name: str | None = None) -> Label:
    label = new_label(bench, name)
    async with bench.begin() as uow:
        uow.labels.add(label)
        await uow.commit(label, Reply(201))
    return label


async def add_comment(bench: Workbench, task: Task) -> Comment:
    comment = Comment.create(
        workspace_id=bench.workspace_id, id=uuid4(), task_id=task.id, author_id=uuid4(), body="Done?", members=(), now=NOW
    )
    async with bench.begin() as uow:
        uow.comments.add(comment)
        await uow.commit(comment, Reply(201))
    return comment


async def change_task(bench: Workbench, task: Task, **content: Any) -> None:
    async with bench.begin() as uow:
        found, project = await uow.tasks.get_in_project(bench.workspace_id, task.id)
        found.change(replace(found.content, **content), project=project, now=LATER)
        await uow.commit(found, Reply())


async def trash_task(bench: Workbench, task: Task, *, at: datetime = LATER, leader: Task | None = None) -> None:
    async with bench.begin() as uow:
        found, project = await uow.tasks.get_in_project(bench.workspace_id, task.id)
        if leader is None:
            found.trash(project=project, now=at)
        else:
            found.follow_to_trash(leader, now=at)
        await uow.commit(None, TRASHED)


async def trash_project(bench: Workbench, project: Project, *, at: datetime = LATER) -> None:
    async with locked(bench) as uow:
        found = await uow.projects.get(bench.workspace_id, project.id)
        found.trash(at)
        await uow.cascades.trash_with(found, now=at)
        await uow.commit(None, TRASHED)


async def place_task(bench: Workbench, task: Task, rank: str) -> None:
    async with locked(bench) as uow:
        found, project = await uow.tasks.get_in_project(bench.workspace_id, task.id)
        found.move(found.content, rank, project=project, now=LATER)
        await uow.commit(found, Reply())


async def take_over(bench: Workbench, task: Task, target: Project) -> Task:
    """Moves a task to the end of another project, and keeps its former key."""
    async with locked(bench) as uow:
        family = await uow.tasks.get_family(bench.workspace_id, task.id, target_id=target.id)
        assert family.target is not None
        await uow.tasks.keep_keys([family.task])
        allotment = await uow.projects.allot(family.target, numbers=1, places=1)
        family.task.enter(family.target, allotment.numbers[0], allotment.ranks[0], family.task.content, now=LATER)
        await uow.commit(family.task, Reply())
        return family.task


async def load_task(bench: Workbench, id: UUID, *, with_deleted: bool = False) -> Task:
    async with bench.begin() as uow:
        task, _ = await uow.tasks.get_in_project(bench.workspace_id, id, with_deleted=with_deleted)
        return task


async def ranks_of(bench: Workbench, project: Project, tasks: Iterable[Task]) -> list[str]:
    """Where live tasks of a project stand, as a task of another one sees it."""
    stranger = new_task(new_project(bench))
    async with locked(bench) as uow:
        gaps = [await uow.order.gap(project, Place(Side.AFTER, task.id), stranger) for task in tasks]
        return [str(gap.low) for gap in gaps]
