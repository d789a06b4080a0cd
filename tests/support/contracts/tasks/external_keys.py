"""External keys: each names one task of a workspace, and goes over to another one only once it was taken off."""

from uuid import uuid4

import pytest

from factories.tasks import LATER
from support.contracts.tasks.steps import UnitsOfWork, add_project, add_task, change_task, load_task, locked, new_task, trash_task
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.contract.references import ExternalKey


class ExternalKeyContract:
    async def test_an_external_key_names_its_task(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project, external_keys=("a", "b"))
        async with units.begin() as uow:
            found, home = await uow.tasks.get_in_project(units.workspace_id, ExternalKey("b"))
            assert (found.id, home.id) == (task.id, project.id)
            assert await uow.tasks.identify(units.workspace_id, ExternalKey("a")) == task.id
            for stranger in (ExternalKey("A"), ExternalKey("c")):
                with pytest.raises(NotFound):
                    await uow.tasks.identify(units.workspace_id, stranger)
            with pytest.raises(NotFound):
                await uow.tasks.identify(uuid4(), ExternalKey("a"))

    async def test_the_owners_of_external_keys_are_known(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        one, other = (
            await add_task(units, project, external_keys=("a", "b")),
            await add_task(units, project, external_keys=("c",)),
        )
        await trash_task(units, other)
        await change_task(units, one, external_keys=("b", "d"))
        async with units.begin() as uow:
            owners = await uow.tasks.external_key_owners(units.workspace_id, ["a", "b", "c", "d", "e"])
            assert owners == {"b": one.id, "c": other.id, "d": one.id}

    async def test_a_commit_with_the_external_key_of_another_task_misses(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        await add_task(units, project, external_keys=("a",))
        other = await add_task(units, project)
        with pytest.raises(ConcurrencyConflict):
            await add_task(units, project, external_keys=("a", "b"))
        with pytest.raises(ConcurrencyConflict):
            await change_task(units, other, external_keys=("a", "b"))
        assert (await load_task(units, other.id)).version == 1
        assert (await add_task(units, project, external_keys=("b",))).number == 3

    async def test_two_new_tasks_can_not_share_one(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with locked(units) as uow:
            home = await uow.projects.get(units.workspace_id, project.id)
            places = await uow.projects.allocate(home, numbers=2, places=2)
            for number, rank in zip(places.numbers, places.ranks, strict=True):
                uow.tasks.add(new_task(home, number=number, rank=rank, external_keys=("a",)))
            with pytest.raises(ConcurrencyConflict):
                await uow.commit(None, Reply())

    async def test_one_commit_takes_them_off_and_gives_them_to_others(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = [await add_task(units, project, external_keys=keys) for keys in (("a", "b"), ("c",), ())]
        async with locked(units) as uow:
            found = await uow.tasks.find_batch(units.workspace_id, [task.id for task in tasks], in_structure=False)
            for task, keys in zip(tasks, (("c", "d"), ("a",), ("b", "e")), strict=True):
                loaded, home = found[task.id]
                loaded.change(loaded.content.changed({"external_keys": keys}), project=home, now=LATER)
            await uow.commit(None, Reply())
        async with units.begin() as uow:
            owners = await uow.tasks.external_key_owners(units.workspace_id, "abcde")
            assert owners == {"c": tasks[0].id, "d": tasks[0].id, "a": tasks[1].id, "b": tasks[2].id, "e": tasks[2].id}

    async def test_those_of_a_purged_task_stay_its_own(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project, external_keys=("a",))
        async with locked(units) as uow:
            found, _ = await uow.tasks.get_in_project(units.workspace_id, task.id)
            found.purge(LATER)
            uow.tasks.remove(found)
            await uow.remove_dependent_rows(units.workspace_id, [task.id])
            await uow.commit(None, Reply(204))
        async with units.begin() as uow:
            assert await uow.tasks.external_key_owners(units.workspace_id, ["a"]) == {"a": task.id}
            with pytest.raises(NotFound):
                await uow.tasks.identify(units.workspace_id, ExternalKey("a"), with_deleted=True)
        with pytest.raises(ConcurrencyConflict):
            await add_task(units, project, external_keys=("a",))
