"""Cascades over many tasks, the trash, and purges."""

from datetime import timedelta
from uuid import uuid4

import pytest

from factories.tasks import LATER, NOW, workflow_of
from support.contracts.tasks.steps import (
    UnitsOfWork,
    add_chain,
    add_comment,
    add_label,
    add_project,
    add_task,
    load_task,
    locked,
    take_over,
    trash_project,
    trash_task,
)
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import TaskKey
from taskhub.tasks.domain.project import Project

AFTERWARDS = LATER + timedelta(hours=1)


async def restore_project(units: UnitsOfWork, project: Project) -> None:
    async with locked(units) as uow:
        found = await uow.projects.get(units.workspace_id, project.id, with_deleted=True)
        found.restore(AFTERWARDS)
        await uow.cascades.restore_tasks_of(found, now=AFTERWARDS)
        await uow.commit(found, Reply())


class ProjectTrashContract:
    async def test_a_project_takes_its_tasks_to_the_trash_and_back(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project)
        await trash_project(units, project)
        trashed = await load_task(units, task.id, with_deleted=True)
        assert (trashed.deleted_at, trashed.trashed_with, trashed.version) == (LATER, project.id, 2)
        await restore_project(units, project)
        restored = await load_task(units, task.id)
        assert (restored.deleted_at, restored.trashed_with, restored.version) == (None, None, 3)
        assert restored.updated_at == AFTERWARDS

    async def test_a_task_that_was_in_the_trash_before_its_project_stays_there(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        parent, child = await add_chain(units, project, 2)
        await trash_task(units, parent, at=NOW)
        await trash_task(units, child, at=NOW, leader=parent)
        await trash_project(units, project)
        await restore_project(units, project)
        after = [await load_task(units, task.id, with_deleted=True) for task in (parent, child)]
        assert [(task.deleted_at, task.trashed_with, task.version) for task in after] == [(NOW, None, 2), (NOW, parent.id, 2)]

    async def test_tasks_of_other_projects_stay_out_of_it(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        gone_over, other = await add_task(units, project), await add_task(units, await add_project(units))
        await take_over(units, gone_over, await add_project(units))
        await trash_project(units, project)
        assert [(await load_task(units, task.id)).deleted_at for task in (gone_over, other)] == [None, None]


class CascadeContract:
    async def test_a_label_is_taken_off_all_tasks_that_have_it(self, units: UnitsOfWork) -> None:
        gone, kept = await add_label(units), await add_label(units)
        both = tuple(sorted((gone.id, kept.id)))
        here, there = await add_project(units), await add_project(units)
        live, trashed = await add_task(units, here, label_ids=both), await add_task(units, there, label_ids=(gone.id,))
        other = await add_task(units, here, label_ids=(kept.id,))
        await trash_task(units, trashed)
        async with locked(units) as uow:
            await uow.cascades.remove_label(gone, now=AFTERWARDS)
            await uow.commit(None, Reply(204))
        after = [await load_task(units, task.id, with_deleted=True) for task in (live, trashed, other)]
        assert [(task.content.label_ids, task.version) for task in after] == [((kept.id,), 2), ((), 3), ((kept.id,), 1)]
        assert [task.updated_at for task in after] == [AFTERWARDS, AFTERWARDS, NOW]

    async def test_a_cascade_that_was_not_committed_never_happened(self, units: UnitsOfWork) -> None:
        label = await add_label(units)
        task = await add_task(units, await add_project(units), label_ids=(label.id,))
        async with locked(units) as uow:
            await uow.cascades.remove_label(label, now=LATER)
        after = await load_task(units, task.id)
        assert (after.content.label_ids, after.version) == ((label.id,), 1)

    async def test_the_statuses_of_all_tasks_of_a_project_are_in_use(self, units: UnitsOfWork) -> None:
        project, empty = await add_project(units), await add_project(units)
        await add_task(units, project, status="todo")
        await add_task(units, project, status="todo")
        await trash_task(units, await add_task(units, project, status="cancelled"))
        await take_over(units, await add_task(units, project, status="done"), empty)
        async with locked(units) as uow:
            assert await uow.cascades.statuses_in_use(project) == {"todo", "cancelled"}
            assert await uow.cascades.statuses_in_use(empty) == {"done"}
            assert await uow.cascades.statuses_in_use(await uow.projects.get(units.workspace_id, project.id)) == {
                "todo",
                "cancelled",
            }

    async def test_statuses_that_are_no_more_take_their_tasks_along(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        workflow = workflow_of("open:todo", "shipped:done", "done")
        statuses = ["todo", "in_progress", "cancelled", "done"]
        tasks = [await add_task(units, project, status=status) for status in statuses]
        elsewhere = await add_task(units, await add_project(units))
        await trash_task(units, tasks[0])
        async with locked(units) as uow:
            found = await uow.projects.get(units.workspace_id, project.id)
            moves = {"todo": "shipped", "in_progress": "open", "cancelled": "open"}
            await uow.cascades.change_statuses(found, moves, workflow, now=AFTERWARDS)
            await uow.commit(None, Reply())
        after = [await load_task(units, task.id, with_deleted=True) for task in (*tasks, elsewhere)]
        assert [(task.content.status, task.status_category, task.closed_at, task.version) for task in after] == [
            ("shipped", "done", AFTERWARDS, 3),
            ("open", "todo", None, 2),
            ("open", "todo", None, 2),
            ("done", "done", NOW, 1),
            ("todo", "todo", None, 1),
        ]

    async def test_a_task_that_was_closed_stays_closed_since_then(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project, status="cancelled")
        async with locked(units) as uow:
            workflow = workflow_of("todo", "shipped:done")
            await uow.cascades.change_statuses(project, {"cancelled": "shipped"}, workflow, now=LATER)
            await uow.commit(None, Reply())
        after = await load_task(units, task.id)
        assert (after.status_category, after.closed_at) == ("done", NOW)


class PurgeContract:
    async def test_what_went_to_the_trash_before_an_instant_is_expired(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        old, recent, live = [await add_task(units, project) for _ in range(3)]
        await trash_task(units, old, at=NOW)
        await trash_task(units, recent, at=LATER)
        async with locked(units) as uow:
            expired = await uow.tasks.find_expired(units.workspace_id, LATER, limit=10)
            assert ([task.id for task in expired.tasks], expired.waiting) == ([old.id], [])
            assert live.deleted_at is None
            assert (await uow.tasks.find_expired(uuid4(), LATER, limit=10)).tasks == []

    async def test_those_that_others_went_with_expire_first(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = [await add_task(units, project) for _ in range(2)]
        follower, leader = sorted(tasks, key=lambda task: task.id)
        for task, its_leader in ((follower, leader), (leader, None)):
            await trash_task(units, task, at=NOW, leader=its_leader)
        async with locked(units) as uow:
            expired = await uow.tasks.find_expired(units.workspace_id, LATER, limit=1)
            assert [task.id for task in expired.tasks] == [leader.id]

    async def test_whoever_waits_for_one_that_expires_is_told(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        gone = await add_task(units, project)
        gone_too = await add_task(units, project, blocked_by_ids=(gone.id,))
        waiting = await add_task(units, await add_project(units), blocked_by_ids=(gone.id, uuid4()))
        in_trash = await add_task(units, project, blocked_by_ids=(gone.id,))
        await add_task(units, project, blocked_by_ids=(waiting.id,))
        for task, at in ((gone, NOW), (gone_too, NOW), (in_trash, LATER)):
            await trash_task(units, task, at=at)
        async with locked(units) as uow:
            expired = await uow.tasks.find_expired(units.workspace_id, LATER, limit=10)
            assert {task.id for task in expired.tasks} == {gone.id, gone_too.id}
            assert {task.id for task in expired.waiting} == {waiting.id, in_trash.id}

    async def test_a_purged_task_takes_its_comments_and_former_keys_along(self, units: UnitsOfWork) -> None:
        here, there = await add_project(units), await add_project(units)
        gone, kept = await add_task(units, here), await add_task(units, here)
        for task in (gone, kept):
            await take_over(units, task, there)
        comments = [await add_comment(units, gone) for _ in range(2)]
        other = await add_comment(units, kept)
        await trash_task(units, gone, at=NOW)
        async with locked(units) as uow:
            (task,) = (await uow.tasks.find_expired(units.workspace_id, LATER, limit=10)).tasks
            task.purge(LATER)
            uow.tasks.remove(task)
            removed = await uow.remove_dependent_rows(units.workspace_id, [task.id])
            await uow.commit(None, Reply(204))
        assert {*removed} == {comment.id for comment in comments}
        async with units.begin() as uow:
            with pytest.raises(NotFound):
                await uow.tasks.identify(units.workspace_id, TaskKey(here.key, 1), with_deleted=True)
            assert await uow.tasks.identify(units.workspace_id, TaskKey(here.key, 2)) == kept.id
            with pytest.raises(NotFound):
                await uow.comments.get_of(units.workspace_id, gone.id, comments[0].id)
            assert (await uow.comments.get_of(units.workspace_id, kept.id, other.id)).body == other.body

    async def test_a_project_expires_and_leaves_its_key_behind(self, units: UnitsOfWork) -> None:
        project, other = await add_project(units), await add_project(units)
        await trash_project(units, project, at=NOW)
        await trash_project(units, other, at=LATER)
        async with locked(units) as uow:
            (expired,) = await uow.projects.find_expired(units.workspace_id, LATER, limit=10)
            assert expired.id == project.id
            expired.purge(LATER)
            uow.projects.remove(expired)
            await uow.commit(None, Reply(204))
        async with locked(units) as uow:
            assert await uow.projects.find_expired(units.workspace_id, LATER, limit=10) == []
