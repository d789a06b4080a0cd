"""Keys, numbers and places: none is given twice, and a task answers to every key that it ever had."""

from uuid import uuid4

import pytest

from support.contracts.tasks.steps import (
    UnitsOfWork,
    add_project,
    add_task,
    load_task,
    locked,
    new_task,
    ranks_of,
    take_over,
    trash_task,
)
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import TaskKey


class KeyContract:
    async def test_tasks_are_numbered_from_one_within_their_project(self, units: UnitsOfWork) -> None:
        one, other = await add_project(units), await add_project(units)
        numbers = [(await add_task(units, project)).number for project in (one, one, other)]
        assert numbers == [1, 2, 1]

    async def test_a_task_is_found_by_its_key(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project)
        async with units.begin() as uow:
            found, home = await uow.tasks.get_in_project(units.workspace_id, TaskKey(project.key, 1))
            assert (found.id, home.id) == (task.id, project.id)

    async def test_a_key_that_no_task_has_names_nothing(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with units.begin() as uow:
            with pytest.raises(NotFound):
                await uow.tasks.identify(units.workspace_id, TaskKey(project.key, 1))

    async def test_a_task_answers_to_every_key_that_it_ever_had(self, units: UnitsOfWork) -> None:
        here, there = await add_project(units), await add_project(units)
        task = await add_task(units, here)
        await take_over(units, task, there)
        await take_over(units, task, here)
        async with units.begin() as uow:
            for key in (TaskKey(here.key, 1), TaskKey(there.key, 1), TaskKey(here.key, 2)):
                assert await uow.tasks.identify(units.workspace_id, key) == task.id
                assert (await uow.tasks.get_in_project(units.workspace_id, key))[1].id == here.id

    async def test_a_former_key_finds_a_task_in_the_trash_only_on_demand(self, units: UnitsOfWork) -> None:
        here = await add_project(units)
        task = await add_task(units, here)
        await take_over(units, task, await add_project(units))
        await trash_task(units, task)
        async with units.begin() as uow:
            key = TaskKey(here.key, 1)
            assert await uow.tasks.identify(units.workspace_id, key, with_deleted=True) == task.id
            with pytest.raises(NotFound):
                await uow.tasks.identify(units.workspace_id, key)

    async def test_a_former_key_means_nothing_in_another_workspace(self, units: UnitsOfWork) -> None:
        here = await add_project(units)
        await take_over(units, await add_task(units, here), await add_project(units))
        async with units.begin() as uow:
            with pytest.raises(NotFound):
                await uow.tasks.identify(uuid4(), TaskKey(here.key, 1))

    async def test_numbers_and_places_that_were_allotted_are_given_to_nobody_else(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        first = await add_task(units, project)
        async with locked(units) as uow:
            found = await uow.projects.get(units.workspace_id, project.id)
            allocation = await uow.projects.allocate(found, numbers=2, places=3)
            await uow.commit(None, Reply())
        last = await add_task(units, project)
        assert ([*allocation.numbers], last.number) == ([2, 3], 4)
        ranks = await ranks_of(units, project, [first, last])
        assert [ranks[0], *allocation.ranks, ranks[1]] == sorted({ranks[0], *allocation.ranks, ranks[1]})
        assert len(allocation.ranks) == 3

    async def test_what_was_allotted_and_not_committed_is_given_again(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with locked(units) as uow:
            found = await uow.projects.get(units.workspace_id, project.id)
            await uow.projects.allocate(found, numbers=2, places=3)
        assert (await add_task(units, project)).number == 1

    async def test_an_allotment_changes_no_version(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with locked(units) as uow:
            await uow.projects.allocate(await uow.projects.get(units.workspace_id, project.id), numbers=2, places=3)
            await uow.commit(None, Reply())
        async with units.begin() as uow:
            assert (await uow.projects.get(units.workspace_id, project.id)).version == 1

    async def test_tasks_may_bring_the_numbers_and_places_that_they_were_allotted(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with locked(units) as uow:
            home = await uow.projects.get(units.workspace_id, project.id)
            allocation = await uow.projects.allocate(home, numbers=2, places=2)
            places = zip(allocation.numbers, allocation.ranks, strict=True)
            tasks = [new_task(home, number=number, rank=rank) for number, rank in places]
            for task in tasks:
                uow.tasks.add(task)
            await uow.commit(tasks, Reply(201))
        assert [(await load_task(units, task.id)).number for task in tasks] == [1, 2]
        assert await ranks_of(units, project, tasks) == [*allocation.ranks]
