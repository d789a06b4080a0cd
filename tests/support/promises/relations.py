"""How tasks hang together, their labels, and what is said about them."""

from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER
from support.promises.workbench import (
    Workbench,
    add_chain,
    add_comment,
    add_label,
    add_project,
    add_task,
    locked,
    trash_task,
)
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotFound, StaleVersion, UnknownReference
from taskhub.tasks.domain.errors import Cycle, TooDeep
from taskhub.tasks.domain.hierarchy import Hierarchy, Node
from taskhub.tasks.domain.project import Project


async def hierarchy_for(bench: Workbench, child: UUID, parent: UUID) -> Hierarchy:
    async with locked(bench) as uow:
        return await uow.structure.hierarchy(bench.workspace_id, [parent], [child])


class StructurePromises:
    async def test_all_above_a_parent_to_be_is_known(self, bench: Workbench) -> None:
        project = await add_project(bench)
        tasks = await add_chain(bench, project, 4)
        hierarchy = await hierarchy_for(bench, tasks[0].id, tasks[3].id)
        with pytest.raises(Cycle) as refusal:
            hierarchy.check(Node(tasks[0].id, tasks[3].id, project.id))
        top, second, third, leaf = (task.id for task in tasks)
        assert refusal.value.extra["path"] == [top, leaf, third, second, top]

    async def test_all_below_a_task_that_gets_a_parent_is_known(self, bench: Workbench) -> None:
        project = await add_project(bench)
        upper, lower = await add_chain(bench, project, 3), await add_chain(bench, project, 3)
        await trash_task(bench, lower[2])
        hierarchy = await hierarchy_for(bench, lower[0].id, upper[2].id)
        with pytest.raises(TooDeep):
            hierarchy.check(Node(lower[0].id, upper[2].id, project.id))

    async def test_a_parent_to_be_is_known_with_its_project_and_whether_it_is_in_the_trash(self, bench: Workbench) -> None:
        project, elsewhere = await add_project(bench), await add_project(bench)
        child, live, trashed = [await add_task(bench, project) for _ in range(3)]
        await trash_task(bench, trashed)
        (await hierarchy_for(bench, child.id, live.id)).check(Node(child.id, live.id, project.id))
        for parent_id in (trashed.id, (await add_task(bench, elsewhere)).id, uuid4()):
            hierarchy = await hierarchy_for(bench, child.id, parent_id)
            with pytest.raises(UnknownReference):
                hierarchy.check(Node(child.id, parent_id, project.id))

    async def test_all_that_a_blocker_to_be_waits_for_is_known(self, bench: Workbench) -> None:
        here, there = await add_project(bench), await add_project(bench)
        first = await add_task(bench, here)
        second = await add_task(bench, there, blocked_by_ids=(first.id, uuid4()))
        third = await add_task(bench, here, blocked_by_ids=(second.id,))
        await trash_task(bench, second)
        async with locked(bench) as uow:
            blockers = await uow.structure.blockers(bench.workspace_id, [third.id])
        with pytest.raises(Cycle) as refusal:
            blockers.block(first.id, (third.id,), before=())
        assert refusal.value.extra["path"] == [first.id, third.id, second.id, first.id]

    async def test_only_what_is_there_and_live_comes_to_block(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task, live, trashed = [await add_task(bench, project) for _ in range(3)]
        await trash_task(bench, trashed)
        ids = (live.id, trashed.id, uuid4())
        async with locked(bench) as uow:
            blockers = await uow.structure.blockers(bench.workspace_id, ids)
        with pytest.raises(UnknownReference) as refusal:
            blockers.block(task.id, ids, before=())
        assert [fault.pointer for fault in refusal.value.faults] == ["/blocked_by_ids/1", "/blocked_by_ids/2"]

    async def test_tasks_of_another_workspace_are_no_part_of_it(self, bench: Workbench) -> None:
        project: Project = await add_project(bench)
        task = await add_task(bench, project)
        async with locked(bench) as uow:
            hierarchy = await uow.structure.hierarchy(uuid4(), [task.id], [uuid4()])
            blockers = await uow.structure.blockers(uuid4(), [task.id])
        with pytest.raises(UnknownReference):
            hierarchy.check(Node(uuid4(), task.id, project.id))
        with pytest.raises(UnknownReference):
            blockers.block(uuid4(), (task.id,), before=())


class LabelPromises:
    async def test_a_label_is_changed_and_deleted(self, bench: Workbench) -> None:
        label = await add_label(bench)
        async with bench.begin() as uow:
            found = await uow.labels.get(bench.workspace_id, label.id)
            found.describe(name="Other", color="#ffffff", now=LATER)
            await uow.commit(found, Reply())
        async with bench.begin() as uow:
            found = await uow.labels.get(bench.workspace_id, label.id, expected=frozenset({2}))
            assert (found.name, found.color) == ("Other", "#ffffff")
            found.delete(LATER)
            uow.labels.remove(found)
            await uow.commit(None, Reply(204))
        async with bench.begin() as uow:
            with pytest.raises(NotFound):
                await uow.labels.get(bench.workspace_id, label.id)

    async def test_a_label_that_nobody_expects_is_refused(self, bench: Workbench) -> None:
        label = await add_label(bench)
        async with bench.begin() as uow:
            with pytest.raises(StaleVersion):
                await uow.labels.get(bench.workspace_id, label.id, expected=frozenset({2}))

    async def test_only_labels_that_are_there_are_made_sure_of(self, bench: Workbench) -> None:
        labels = [await add_label(bench) for _ in range(2)]
        ids = [label.id for label in labels]
        async with locked(bench) as uow:
            assert await uow.labels.require(bench.workspace_id, [*ids, uuid4()]) == set(ids)
            assert await uow.labels.require(uuid4(), ids) == frozenset()
            assert await uow.labels.require(bench.workspace_id, []) == frozenset()


class CommentPromises:
    async def test_a_comment_is_found_on_its_own_task(self, bench: Workbench) -> None:
        project = await add_project(bench)
        task, other = await add_task(bench, project), await add_task(bench, project)
        comment = await add_comment(bench, task)
        async with bench.begin() as uow:
            assert (await uow.comments.get_of(bench.workspace_id, task.id, comment.id)).body == comment.body
            for task_id in (other.id, uuid4()):
                with pytest.raises(NotFound):
                    await uow.comments.get_of(bench.workspace_id, task_id, comment.id)

    async def test_a_comment_is_edited(self, bench: Workbench) -> None:
        task, someone = await add_task(bench, await add_project(bench)), uuid4()
        comment = await add_comment(bench, task)
        async with bench.begin() as uow:
            found = await uow.comments.get_of(bench.workspace_id, task.id, comment.id)
            found.edit("Better", actor_id=comment.author_id, members=[someone], now=LATER)
            await uow.commit(found, Reply())
        async with bench.begin() as uow:
            found = await uow.comments.get_of(bench.workspace_id, task.id, comment.id)
            assert (found.body, found.mentioned_ids, found.edited_at, found.version) == ("Better", (someone,), LATER, 2)

    async def test_a_comment_that_was_deleted_is_gone(self, bench: Workbench) -> None:
        task = await add_task(bench, await add_project(bench))
        comment = await add_comment(bench, task)
        async with bench.begin() as uow:
            found = await uow.comments.get_of(bench.workspace_id, task.id, comment.id)
            found.delete(actor_id=comment.author_id, moderates=False, now=LATER)
            uow.comments.remove(found)
            await uow.commit(None, Reply(204))
        async with bench.begin() as uow:
            with pytest.raises(NotFound):
                await uow.comments.get_of(bench.workspace_id, task.id, comment.id)
