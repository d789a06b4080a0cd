"""What every unit of work of the tasks module promises, whether it keeps its things in memory or in PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW, ContentFactory
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.ports import TaskKey, TasksUnitOfWork
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


class Workbench(Protocol):
    """Units of work over one store."""

    workspace_id: UUID

    def begin(self) -> TasksUnitOfWork: ...


class TasksUnitOfWorkSuite:
    """Subclass it with a fixture `bench`."""

    async def test_what_was_added_is_there_after_commit(self, bench: Workbench) -> None:
        project = await add_project(bench)
        async with bench.begin() as uow:
            assert (await uow.projects.get(bench.workspace_id, project.id)).name == project.name

    async def test_what_was_not_committed_never_happened(self, bench: Workbench) -> None:
        project = new_project(bench)
        async with bench.begin() as uow:
            uow.projects.add(project)
        async with bench.begin() as uow:
            assert await uow.projects.find(bench.workspace_id, project.id) is None

    async def test_a_thing_of_another_workspace_is_not_there(self, bench: Workbench) -> None:
        project = await add_project(bench)
        async with bench.begin() as uow:
            assert await uow.projects.find(uuid4(), project.id) is None

    async def test_tasks_are_numbered_from_one_within_their_project(self, bench: Workbench) -> None:
        one, other = await add_project(bench), await add_project(bench)
        numbers = [(await add_task(bench, project)).number for project in (one, one, other)]
        assert numbers == [1, 2, 1]

    async def test_a_task_is_found_by_its_key(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task = await add_task(bench, project)
        async with bench.begin() as uow:
            found, home = await uow.tasks.get_in_project(bench.workspace_id, TaskKey(project.key, 1))
            assert (found.id, home.id) == (task.id, project.id)

    async def test_a_committed_change_adds_one_to_the_version(self, bench: Workbench) -> None:
        task = await add_task(bench, await add_project(bench))
        async with bench.begin() as uow:
            found, project = await uow.tasks.get_in_project(bench.workspace_id, task.id)
            found.change(replace(found.content, title="Other"), project=project, now=LATER)
            await uow.commit(found, Reply())
        assert (await load_task(bench, task.id)).version == 2

    async def test_a_change_that_changed_nothing_keeps_the_version(self, bench: Workbench) -> None:
        task = await add_task(bench, await add_project(bench))
        async with bench.begin() as uow:
            found, project = await uow.tasks.get_in_project(bench.workspace_id, task.id)
            found.change(found.content, project=project, now=LATER)
            await uow.commit(found, Reply())
        assert (await load_task(bench, task.id)).version == 1

    async def test_a_version_that_nobody_expects_is_refused(self, bench: Workbench) -> None:
        task = await add_task(bench, await add_project(bench))
        async with bench.begin() as uow:
            with pytest.raises(StaleVersion):
                await uow.tasks.get_in_project(bench.workspace_id, task.id, expected=frozenset({2}))

    async def test_what_is_in_the_trash_is_found_only_on_demand(self, bench: Workbench) -> None:
        task = await add_task(bench, await add_project(bench))
        async with bench.begin() as uow:
            found, project = await uow.tasks.get_in_project(bench.workspace_id, task.id)
            found.trash(project=project, now=LATER)
            await uow.commit(None, Reply(204))
        assert (await load_task(bench, task.id, with_deleted=True)).deleted_at == LATER
        with pytest.raises(NotFound):
            await load_task(bench, task.id)

    async def test_a_project_takes_its_tasks_to_the_trash_and_back(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task = await add_task(bench, project)
        async with bench.begin() as uow:
            await uow.lock()
            found = await uow.projects.get(bench.workspace_id, project.id)
            found.trash(LATER)
            await uow.tasks.trash_with(found, now=LATER)
            await uow.commit(None, Reply(204))
        trashed = await load_task(bench, task.id, with_deleted=True)
        assert (trashed.deleted_at, trashed.version) == (LATER, 2)
        async with bench.begin() as uow:
            await uow.lock()
            found = await uow.projects.get(bench.workspace_id, project.id, with_deleted=True)
            found.restore(LATER + timedelta(hours=1))
            await uow.tasks.restore_with(found, now=LATER + timedelta(hours=1))
            await uow.commit(found, Reply())
        restored = await load_task(bench, task.id)
        assert (restored.deleted_at, restored.trashed_with, restored.version) == (None, None, 3)

    async def test_a_task_that_was_in_the_trash_before_its_project_stays_there(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task = await add_task(bench, project)
        async with bench.begin() as uow:
            found, home = await uow.tasks.get_in_project(bench.workspace_id, task.id)
            found.trash(project=home, now=NOW)
            await uow.commit(None, Reply(204))
        async with bench.begin() as uow:
            await uow.lock()
            home = await uow.projects.get(bench.workspace_id, project.id)
            await uow.tasks.trash_with(home, now=LATER)
            await uow.tasks.restore_with(home, now=LATER)
            await uow.commit(None, Reply(204))
        assert (await load_task(bench, task.id, with_deleted=True)).deleted_at == NOW

    async def test_someones_tasks_are_found(self, bench: Workbench) -> None:
        someone, project = uuid4(), await add_project(bench)
        task = await add_task(bench, project, assignee_ids=(someone,))
        await add_task(bench, project)
        async with bench.begin() as uow:
            found = await uow.tasks.assigned_to(someone, bench.workspace_id, limit=10)
            assert [each.id for each in found] == [task.id]


def new_project(bench: Workbench) -> Project:
    id = uuid4()
    return Project.create(
        workspace_id=bench.workspace_id,
        id=id,
        key=f"K{id.hex[:8].upper()}",
        name="Operations",
        description=None,
        created_by_id=uuid4(),
        now=NOW,
    )


async def add_project(bench: Workbench) -> Project:
    project = new_project(bench)
    async with bench.begin() as uow:
        uow.projects.add(project)
        await uow.commit(project, Reply(201))
    return project


async def add_task(bench: Workbench, project: Project, **content: Any) -> Task:
    async with bench.begin() as uow:
        home = await uow.projects.get(bench.workspace_id, project.id)
        task = Task.create(id=uuid4(), project=home, content=ContentFactory(**content), created_by_id=uuid4(), now=NOW)
        uow.tasks.add(task)
        await uow.commit(task, Reply(201))
    return task


async def load_task(bench: Workbench, id: UUID, *, with_deleted: bool = False) -> Task:
    async with bench.begin() as uow:
        task, _ = await uow.tasks.get_in_project(bench.workspace_id, id, with_deleted=with_deleted)
        return task
