"""Relations of tasks: hierarchy, blockers, labels and comments."""

from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER
from support.contracts.tasks.steps import (
    UnitsOfWork,
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


async def hierarchy_for(units: UnitsOfWork, child: UUID, parent: UUID) -> Hierarchy:
    async with locked(units) as uow:
        return await uow.structure.hierarchy(units.workspace_id, [parent], [child])


class StructureContract:
    async def test_all_above_a_parent_to_be_is_known(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_chain(units, project, 4)
        hierarchy = await hierarchy_for(units, tasks[0].id, tasks[3].id)
        with pytest.raises(Cycle) as refusal:
            hierarchy.check(Node(tasks[0].id, tasks[3].id, project.id))
        top, second, third, leaf = (task.id for task in tasks)
        assert refusal.value.extra["path"] == [top, leaf, third, second, top]

    async def test_all_below_a_task_that_gets_a_parent_is_known(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        upper, lower = await add_chain(units, project, 3), await add_chain(units, project, 3)
        await trash_task(units, lower[2])
        hierarchy = await hierarchy_for(units, lower[0].id, upper[2].id)
        with pytest.raises(TooDeep):
            hierarchy.check(Node(lower[0].id, upper[2].id, project.id))

    async def test_a_parent_to_be_is_known_with_its_project_and_whether_it_is_in_the_trash(self, units: UnitsOfWork) -> None:
        project, elsewhere = await add_project(units), await add_project(units)
        child, live, trashed = [await add_task(units, project) for _ in range(3)]
        await trash_task(units, trashed)
        (await hierarchy_for(units, child.id, live.id)).check(Node(child.id, live.id, project.id))
        for parent_id in (trashed.id, (await add_task(units, elsewhere)).id, uuid4()):
            hierarchy = await hierarchy_for(units, child.id, parent_id)
            with pytest.raises(UnknownReference):
                hierarchy.check(Node(child.id, parent_id, project.id))

    async def test_all_that_a_blocker_to_be_waits_for_is_known(self, units: UnitsOfWork) -> None:
        here, there = await add_project(units), await add_project(units)
        first = await add_task(units, here)
        second = await add_task(units, there, blocked_by_ids=(first.id, uuid4()))
        third = await add_task(units, here, blocked_by_ids=(second.id,))
        await trash_task(units, second)
        async with locked(units) as uow:
            blockers = await uow.structure.blockers(units.workspace_id, [third.id])
        with pytest.raises(Cycle) as refusal:
            blockers.block(first.id, (third.id,), before=())
        assert refusal.value.extra["path"] == [first.id, third.id, second.id, first.id]

    async def test_only_what_is_there_and_live_comes_to_block(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task, live, trashed = [await add_task(units, project) for _ in range(3)]
        await trash_task(units, trashed)
        ids = (live.id, trashed.id, uuid4())
        async with locked(units) as uow:
            blockers = await uow.structure.blockers(units.workspace_id, ids)
        with pytest.raises(UnknownReference) as refusal:
            blockers.block(task.id, ids, before=())
        assert [fault.pointer for fault in refusal.value.faults] == ["/blocked_by_ids/1", "/blocked_by_ids/2"]

    async def test_tasks_of_another_workspace_are_no_part_of_it(self, units: UnitsOfWork) -> None:
        project: Project = await add_project(units)
        task = await add_task(units, project)
        async with locked(units) as uow:
            hierarchy = await uow.structure.hierarchy(uuid4(), [task.id], [uuid4()])
            blockers = await uow.structure.blockers(uuid4(), [task.id])
        with pytest.raises(UnknownReference):
            hierarchy.check(Node(uuid4(), task.id, project.id))
        with pytest.raises(UnknownReference):
            blockers.block(uuid4(), (task.id,), before=())


class LabelContract:
    async def test_a_label_is_changed_and_deleted(self, units: UnitsOfWork) -> None:
        label = await add_label(units)
        async with units.begin() as uow:
            found = await uow.labels.get(units.workspace_id, label.id)
            found.update(name="Other", color="#ffffff", now=LATER)
            await uow.commit(found, Reply())
        async with units.begin() as uow:
            found = await uow.labels.get(units.workspace_id, label.id, expected=frozenset({2}))
            assert (found.name, found.color) == ("Other", "#ffffff")
            found.delete(LATER)
            uow.labels.remove(found)
            await uow.commit(None, Reply(204))
        async with units.begin() as uow:
            with pytest.raises(NotFound):
                await uow.labels.get(units.workspace_id, label.id)

    async def test_a_label_that_nobody_expects_is_refused(self, units: UnitsOfWork) -> None:
        label = await add_label(units)
        async with units.begin() as uow:
            with pytest.raises(StaleVersion):
                await uow.labels.get(units.workspace_id, label.id, expected=frozenset({2}))

    async def test_only_labels_that_are_there_are_made_sure_of(self, units: UnitsOfWork) -> None:
        labels = [await add_label(units) for _ in range(2)]
        ids = [label.id for label in labels]
        async with locked(units) as uow:
            assert await uow.labels.require(units.workspace_id, [*ids, uuid4()]) == set(ids)
            assert await uow.labels.require(uuid4(), ids) == frozenset()
            assert await uow.labels.require(units.workspace_id, []) == frozenset()


class CommentContract:
    async def test_a_comment_is_found_on_its_own_task(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task, other = await add_task(units, project), await add_task(units, project)
        comment = await add_comment(units, task)
        async with units.begin() as uow:
            assert (await uow.comments.get_of(units.workspace_id, task.id, comment.id)).body == comment.body
            for task_id in (other.id, uuid4()):
                with pytest.raises(NotFound):
                    await uow.comments.get_of(units.workspace_id, task_id, comment.id)

    async def test_a_comment_is_edited(self, units: UnitsOfWork) -> None:
        task, someone = await add_task(units, await add_project(units)), uuid4()
        comment = await add_comment(units, task)
        async with units.begin() as uow:
            found = await uow.comments.get_of(units.workspace_id, task.id, comment.id)
            found.edit("Better", actor_id=comment.author_id, members=[someone], now=LATER)
            await uow.commit(found, Reply())
        async with units.begin() as uow:
            found = await uow.comments.get_of(units.workspace_id, task.id, comment.id)
            assert (found.body, found.mentioned_ids, found.edited_at, found.version) == ("Better", (someone,), LATER, 2)

    async def test_a_comment_that_was_deleted_is_gone(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        comment = await add_comment(units, task)
        async with units.begin() as uow:
            found = await uow.comments.get_of(units.workspace_id, task.id, comment.id)
            found.delete(actor_id=comment.author_id, moderates=False, now=LATER)
            uow.comments.remove(found)
            await uow.commit(None, Reply(204))
        async with units.begin() as uow:
            with pytest.raises(NotFound):
                await uow.comments.get_of(units.workspace_id, task.id, comment.id)
