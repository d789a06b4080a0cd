"""Changes of many tasks at once, the trash, and what comes after it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from factories.tasks import LATER, NOW, workflow_of
from support.promises.workbench import (
    Workbench,
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
from taskhub.tasks.contract.references import TaskKey
from taskhub.tasks.domain.project import Project

AFTERWARDS = LATER + timedelta(hours=1)


async def restore_project(bench: Workbench, project: Project) -> None:
    async with locked(bench) as uow:
        found = await uow.projects.get(bench.workspace_id, project.id, with_deleted=True)
        found.restore(AFTERWARDS)
        await uow.cascades.restore_with(found, now=AFTERWARDS)
        await uow.commit(found, Reply())


class ProjectTrashPromises:
    async def test_a_project_takes_its_tasks_to_the_trash_and_back(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task = await add_task(bench, project)
        await trash_project(bench, project)
        trashed = await load_task(bench, task.id, with_deleted=True)
        assert (trashed.deleted_at, trashed.trashed_with, trashed.version) == (LATER, project.id, 2)
        await restore_project(bench, project)
        restored = await load_task(bench, task.id)
        assert (restored.deleted_at, restored.trashed_with, restored.version) == (None, None, 3)
        assert restored.updated_at == AFTERWARDS

    async def test_a_task_that_was_in_the_trash_before_its_project_stays_there(self, bench: Workbench) -> None:
        project = await add_project(bench)
        parent, child = await add_chain(bench, project, 2)
        await trash_task(bench, parent, at=NOW)
        await trash_task(bench, child, at=NOW, leader=parent)
        await trash_project(bench, project)
        await restore_project(bench, project)
        after = [await load_task(bench, task.id, with_deleted=True) for task in (parent, child)]
        assert [(task.deleted_at, task.trashed_with, task.version) for task in after] == [(NOW, None, 2), (NOW, parent.id, 2)]

    async def test_tasks_of_other_projects_stay_out_of_it(self, bench: Workbench) -> None:
        project = await add_project(bench)
        gone_over, other = await add_task(bench, project), await add_task(bench, await add_project(bench))
        await take_over(bench, gone_over, await add_project(bench))
        await trash_project(bench, project)
        assert [(await load_task(bench, task.id)).deleted_at for task in (gone_over, other)] == [None, None]


class CascadePromises:
    async def test_a_label_is_taken_off_all_tasks_that_have_it(self, bench: Workbench) -> None:
        gone, kept = await add_label(bench), await add_label(bench)
        both = tuple(sorted((gone.id, kept.id)))
        here, there = await add_project(bench), await add_project(bench)
        live, trashed = await add_task(bench, here, label_ids=both), await add_task(bench, there, label_ids=(gone.id,))
        other = await add_task(bench, here, label_ids=(kept.id,))
        await trash_task(bench, trashed)
        async with locked(bench) as uow:
            await uow.cascades.take_off(gone, now=AFTERWARDS)
            await uow.commit(None, Reply(204))
        after = [await load_task(bench, task.id, with_deleted=True) for task in (live, trashed, other)]
        assert [(task.content.label_ids, task.version) for task in after] == [((kept.id,), 2), ((), 3), ((kept.id,), 1)]
        assert [task.updated_at for task in after] == [AFTERWARDS, AFTERWARDS, NOW]

    async def test_a_cascade_that_was_not_committed_never_happened(self, bench: Workbench) -> None:
        label = await add_label(bench)
        task = await add_task(bench, await add_project(bench), label_ids=(label.id,))
        async with locked(bench) as uow:
            await uow.cascades.take_off(label, now=LATER)
        after = await load_task(bench, task.id)
        assert (after.content.label_ids, after.version) == ((label.id,), 1)

    async def test_the_statuses_of_all_tasks_of_a_project_are_in_use(self, bench: Workbench) -> None:
        project, empty = await add_project(bench), await add_project(bench)
        await add_task(bench, project, status="todo")
        await add_task(bench, project, status="todo")
        await trash_task(bench, await add_task(bench, project, status="cancelled"))
        await take_over(bench, await add_task(bench, project, status="done"), empty)
        async with locked(bench) as uow:
            assert await uow.cascades.statuses_in_use(project) == {"todo", "cancelled"}
            assert await uow.cascades.statuses_in_use(empty) == {"done"}
            assert await uow.cascades.statuses_in_use(await uow.projects.get(bench.workspace_id, project.id)) == {
                "todo",
                "cancelled",
            }

    async def test_statuses_that_are_no_more_take_their_tasks_along(self, bench: Workbench) -> None:
        project = await add_project(bench)
        workflow = workflow_of("open:todo", "shipped:done", "done")
        statuses = ["todo", "in_progress", "cancelled", "done"]
        tasks = [await add_task(bench, project, status=status) for status in statuses]
        elsewhere = await add_task(bench, await add_project(bench))
        await trash_task(bench, tasks[0])
        async with locked(bench) as uow:
            found = await uow.projects.get(bench.workspace_id, project.id)
            moves = {"todo": "shipped", "in_progress": "open", "cancelled": "open"}
            await uow.cascades.change_statuses(found, moves, workflow, now=AFTERWARDS)
            await uow.commit(None, Reply())
        after = [await load_task(bench, task.id, with_deleted=True) for task in (*tasks, elsewhere)]
        assert [(task.content.status, task.status_category, task.closed_at, task.version) for task in after] == [
            ("shipped", "done", AFTERWARDS, 3),
            ("open", "todo", None, 2),
            ("open", "todo", None, 2),
            ("done", "done", NOW, 1),
            ("todo", "todo", None, 1),
        ]

    async def test_a_task_that_was_closed_stays_closed_since_then(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task = await add_task(bench, project, status="cancelled")
        async with locked(bench) as uow:
            workflow = workflow_of("todo", "shipped:done")
            await uow.cascades.change_statuses(project, {"cancelled": "shipped"}, workflow, now=LATER)
            await uow.commit(None, Reply())
        after = await load_task(bench, task.id)
        assert (after.status_category, after.closed_at) == ("done", NOW)


class PurgePromises:
    async def test_what_went_to_the_trash_before_an_instant_is_expired(self, bench: Workbench) -> None:
        project = await add_project(bench)
        old, recent, live = [await add_task(bench, project) for _ in range(3)]
        await trash_task(bench, old, at=NOW)
        await trash_task(bench, recent, at=LATER)
        async with locked(bench) as uow:
            expired = await uow.tasks.find_expired(bench.workspace_id, LATER, limit=10)
            assert ([task.id for task in expired.tasks], expired.waiting) == ([old.id], [])
            assert live.deleted_at is None
            assert (await uow.tasks.find_expired(uuid4(), LATER, limit=10)).tasks == []

    async def test_those_that_others_went_with_expire_first(self, bench: Workbench) -> None:
        project = await add_project(bench)
        tasks = [await add_task(bench, project) for _ in range(2)]
        follower, leader = sorted(tasks, key=lambda task: task.id)
        for task, its_leader in ((follower, leader), (leader, None)):
            await trash_task(bench, task, at=NOW, leader=its_leader)
        async with locked(bench) as uow:
            expired = await uow.tasks.find_expired(bench.workspace_id, LATER, limit=1)
            assert [task.id for task in expired.tasks] == [leader.id]

    async def test_whoever_waits_for_one_that_expires_is_told(self, bench: Workbench) -> None:
        project = await add_project(bench)
        gone = await add_task(bench, project)
        gone_too = await add_task(bench, project, blocked_by_ids=(gone.id,))
        waiting = await add_task(bench, await add_project(bench), blocked_by_ids=(gone.id, uuid4()))
        in_trash = await add_task(bench, project, blocked_by_ids=(gone.id,))
        await add_task(bench, project, blocked_by_ids=(waiting.id,))
        for task, at in ((gone, NOW), (gone_too, NOW), (in_trash, LATER)):
            await trash_task(bench, task, at=at)
        async with locked(bench) as uow:
            expired = await uow.tasks.find_expired(bench.workspace_id, LATER, limit=10)
            assert {task.id for task in expired.tasks} == {gone.id, gone_too.id}
            assert {task.id for task in expired.waiting} == {waiting.id, in_trash.id}

    async def test_a_purged_task_takes_its_comments_and_former_keys_along(self, bench: Workbench) -> None:
        here, there = await add_project(bench), await add_project(bench)
        gone, kept = await add_task(bench, here), await add_task(bench, here)
        for task in (gone, kept):
            await take_over(bench, task, there)
        comments = [await add_comment(bench, gone) for _ in range(2)]
        other = await add_comment(bench, kept)
        await trash_task(bench, gone, at=NOW)
        async with locked(bench) as uow:
            (task,) = (await uow.tasks.find_expired(bench.workspace_id, LATER, limit=10)).tasks
            task.purge(LATER)
            uow.tasks.remove(task)
            removed = await uow.remove_belongings(bench.workspace_id, [task.id])
            await uow.commit(None, Reply(204))
        assert {*removed} == {comment.id for comment in comments}
        async with bench.begin() as uow:
            with pytest.raises(NotFound):
                await uow.tasks.identify(bench.workspace_id, TaskKey(here.key, 1), with_deleted=True)
            assert await uow.tasks.identify(bench.workspace_id, TaskKey(here.key, 2)) == kept.id
            with pytest.raises(NotFound):
                await uow.comments.get_of(bench.workspace_id, gone.id, comments[0].id)
            assert (await uow.comments.get_of(bench.workspace_id, kept.id, other.id)).body == other.body

    async def test_a_project_expires_and_leaves_its_key_behind(self, bench: Workbench) -> None:
        project, other = await add_project(bench), await add_project(bench)
        await trash_project(bench, project, at=NOW)
        await trash_project(bench, other, at=LATER)
        async with locked(bench) as uow:
            (expired,) = await uow.projects.find_expired(bench.workspace_id, LATER, limit=10)
            assert expired.id == project.id
            expired.purge(LATER)
            uow.projects.remove(expired)
            await uow.commit(None, Reply(204))
        async with locked(bench) as uow:
            assert await uow.projects.find_expired(bench.workspace_id, LATER, limit=10) == []
