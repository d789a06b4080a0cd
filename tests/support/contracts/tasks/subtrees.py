"""Loading a task with its parent and all below it, and batches of tasks."""

from uuid import uuid4

import pytest

from factories.tasks import LATER
from support.contracts.tasks.steps import (
    UnitsOfWork,
    add_chain,
    add_project,
    add_task,
    load_task,
    locked,
    place_task,
    trash_project,
    trash_task,
)
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.ports import TaskKey
from taskhub.tasks.domain.errors import ProjectArchived


class SubtreeContract:
    async def test_a_family_is_the_task_above_and_all_below(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        top, parent, task, child, leaf = await add_chain(units, project, 5)
        await add_task(units, project, parent_id=parent.id)
        async with locked(units) as uow:
            subtree = await uow.tasks.get_subtree(units.workspace_id, task.id)
            assert (subtree.task.id, subtree.project.id) == (task.id, project.id)
            assert subtree.parent is not None
            assert subtree.parent.id == parent.id != top.id
            assert [each.id for each in subtree.descendants] == [child.id, leaf.id]

    async def test_a_task_by_itself_has_none_around_it(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        async with locked(units) as uow:
            subtree = await uow.tasks.get_subtree(units.workspace_id, task.id)
            assert (subtree.parent, [*subtree.descendants]) == (None, [])

    async def test_those_below_are_in_the_order_of_their_places(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        top = await add_task(units, project)
        one, two, three = [await add_task(units, project, parent_id=top.id) for _ in range(3)]
        await place_task(units, three, "a0")
        below = await add_task(units, project, parent_id=two.id)
        await place_task(units, below, "a1")
        async with locked(units) as uow:
            subtree = await uow.tasks.get_subtree(units.workspace_id, top.id)
            assert [task.id for task in subtree.descendants] == [three.id, below.id, one.id, two.id]

    async def test_those_around_a_task_may_be_in_the_trash(self, units: UnitsOfWork) -> None:
        parent, task, child = await add_chain(units, await add_project(units), 3)
        for each in (parent, child):
            await trash_task(units, each)
        async with locked(units) as uow:
            subtree = await uow.tasks.get_subtree(units.workspace_id, task.id)
            assert subtree.parent is not None
            assert [subtree.parent.deleted_at, subtree.descendants[0].deleted_at] == [LATER, LATER]

    async def test_a_family_is_found_by_a_task_in_the_trash_only_on_demand(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        await trash_task(units, task)
        async with locked(units) as uow:
            with pytest.raises(NotFound):
                await uow.tasks.get_subtree(units.workspace_id, task.id)
            assert (await uow.tasks.get_subtree(units.workspace_id, task.id, with_deleted=True)).task.id == task.id

    async def test_a_family_is_found_by_a_key_and_at_an_expected_version(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project)
        key = TaskKey(project.key, 1)
        async with locked(units) as uow:
            assert (await uow.tasks.get_subtree(units.workspace_id, key, expected=frozenset({1}))).task.id == task.id
            with pytest.raises(StaleVersion):
                await uow.tasks.get_subtree(units.workspace_id, key, expected=frozenset({2}))

    async def test_a_family_comes_with_the_project_that_it_is_to_go_to(self, units: UnitsOfWork) -> None:
        here, there, gone = [await add_project(units) for _ in range(3)]
        task = await add_task(units, here)
        await trash_project(units, gone)
        targets = []
        for target_id in (None, here.id, there.id, gone.id, uuid4()):
            async with locked(units) as uow:
                subtree = await uow.tasks.get_subtree(units.workspace_id, task.id, target_id=target_id)
                targets.append(subtree.target and subtree.target.id)
                assert (subtree.target is subtree.project) == (target_id in {None, here.id})
        assert targets == [here.id, here.id, there.id, None, None]

    async def test_what_is_changed_in_a_family_is_written_back(self, units: UnitsOfWork) -> None:
        parent, child = await add_chain(units, await add_project(units), 2)
        async with locked(units) as uow:
            subtree = await uow.tasks.get_subtree(units.workspace_id, parent.id)
            subtree.descendants[0].trash_with_ancestor(subtree.task, now=LATER)
            await uow.commit(None, Reply(204))
        async with locked(units) as uow:
            (after,) = (await uow.tasks.get_subtree(units.workspace_id, parent.id)).descendants
            assert (after.id, after.trashed_with, after.version) == (child.id, parent.id, 2)


class BatchContract:
    @pytest.mark.parametrize("in_structure", [True, False])
    async def test_a_batch_is_what_is_there_of_it_each_with_its_project(self, units: UnitsOfWork, in_structure: bool) -> None:
        here, there = await add_project(units), await add_project(units)
        one, other, gone = await add_task(units, here), await add_task(units, there), await add_task(units, there)
        await trash_task(units, gone)
        ids = [one.id, gone.id, other.id, uuid4()]
        async with locked(units) as uow:
            batch = await uow.tasks.find_batch(units.workspace_id, ids, in_structure=in_structure)
            homes = {id: (task.id, project.id) for id, (task, project) in batch.items()}
            assert homes == {one.id: (one.id, here.id), other.id: (other.id, there.id)}

    async def test_a_batch_of_another_workspace_is_empty(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        async with locked(units) as uow:
            assert await uow.tasks.find_batch(uuid4(), [task.id], in_structure=False) == {}

    async def test_what_is_changed_in_a_batch_is_written_back(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = [await add_task(units, project) for _ in range(3)]
        async with locked(units) as uow:
            batch = await uow.tasks.find_batch(units.workspace_id, [task.id for task in tasks], in_structure=False)
            for task, home in batch.values():
                task.assign(home.created_by_id, project=home, now=LATER)
            await uow.commit([batch[task.id][0] for task in tasks], Reply())
        async with locked(units) as uow:
            batch = await uow.tasks.find_batch(units.workspace_id, [task.id for task in tasks], in_structure=False)
            after = {(task.version, task.content.assignee_ids) for task, _ in batch.values()}
            assert after == {(2, (project.created_by_id,))}

    async def test_several_projects_are_found_in_the_trash_or_not(self, units: UnitsOfWork) -> None:
        projects = [await add_project(units) for _ in range(3)]
        await trash_project(units, projects[0])
        async with locked(units) as uow:
            found = await uow.projects.find_all(units.workspace_id, [*(project.id for project in projects), uuid4()])
            assert [project.id for project in found] == sorted(project.id for project in projects)


class OpenTaskContract:
    async def test_a_task_of_an_open_project_is_open(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project)
        async with locked(units) as uow:
            assert await uow.tasks.require_open(units.workspace_id, TaskKey(project.key, 1)) == task.id

    async def test_a_task_that_has_to_be_open_is_not_changed_by_that(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        async with units.begin() as uow:
            await uow.tasks.require_open(units.workspace_id, task.id)
            await uow.commit(None, Reply())
        assert (await load_task(units, task.id)).version == 1

    async def test_a_task_of_an_archived_project_is_not_open(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project)
        async with units.begin() as uow:
            (await uow.projects.get(units.workspace_id, project.id)).archive(LATER)
            await uow.commit(None, Reply())
        async with units.begin() as uow:
            with pytest.raises(ProjectArchived):
                await uow.tasks.require_open(units.workspace_id, task.id)

    async def test_a_task_in_the_trash_is_not_there_to_be_open(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        await trash_task(units, task)
        async with units.begin() as uow:
            for id in (task.id, uuid4()):
                with pytest.raises(NotFound):
                    await uow.tasks.require_open(units.workspace_id, id)
