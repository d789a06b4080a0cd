"""A commit stores everything, or nothing."""

from uuid import uuid4

import pytest

from factories.tasks import LATER
from support.contracts.tasks.steps import (
    UnitsOfWork,
    add_label,
    add_project,
    add_task,
    change_task,
    load_task,
    locked,
    new_label,
    new_project,
    trash_task,
)
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import IdTaken, NotFound, StaleVersion
from taskhub.tasks.domain.errors import KeyTaken, NameTaken


class CommitContract:
    async def test_what_was_added_is_there_after_commit(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with units.begin() as uow:
            assert (await uow.projects.get(units.workspace_id, project.id)).name == project.name

    async def test_what_was_not_committed_never_happened(self, units: UnitsOfWork) -> None:
        project = new_project(units)
        async with units.begin() as uow:
            uow.projects.add(project)
        async with units.begin() as uow:
            assert await uow.projects.find(units.workspace_id, project.id) is None

    async def test_a_thing_of_another_workspace_is_not_there(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        async with units.begin() as uow:
            assert await uow.projects.find(uuid4(), project.id) is None

    async def test_a_committed_change_adds_one_to_the_version(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        await change_task(units, task, title="Other")
        assert (await load_task(units, task.id)).version == 2

    async def test_a_change_that_changed_nothing_keeps_the_version(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        await change_task(units, task, title=task.content.title)
        assert (await load_task(units, task.id)).version == 1

    async def test_all_that_a_task_refers_to_is_kept(self, units: UnitsOfWork) -> None:
        ids = tuple(sorted(uuid4() for _ in range(2)))
        task = await add_task(
            units, await add_project(units), assignee_ids=ids, label_ids=ids, blocked_by_ids=ids, parent_id=ids[0]
        )
        assert (await load_task(units, task.id)).content == task.content

    async def test_a_version_that_nobody_expects_is_refused(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        async with units.begin() as uow:
            with pytest.raises(StaleVersion):
                await uow.tasks.get_in_project(units.workspace_id, task.id, expected=frozenset({2}))

    async def test_what_is_in_the_trash_is_found_only_on_demand(self, units: UnitsOfWork) -> None:
        task = await add_task(units, await add_project(units))
        await trash_task(units, task)
        assert (await load_task(units, task.id, with_deleted=True)).deleted_at == LATER
        with pytest.raises(NotFound):
            await load_task(units, task.id)

    async def test_someones_tasks_are_found(self, units: UnitsOfWork) -> None:
        someone, project = uuid4(), await add_project(units)
        task = await add_task(units, project, assignee_ids=(someone,))
        await add_task(units, project)
        async with units.begin() as uow:
            found = await uow.tasks.find_assigned(someone, units.workspace_id, limit=10)
            assert [each.id for each in found] == [task.id]

    async def test_an_id_is_given_once_whatever_it_names(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        with pytest.raises(IdTaken):
            await add_project(units, id=project.id)
        async with units.begin() as uow:
            uow.labels.add(new_label(units, id=project.id))
            with pytest.raises(IdTaken):
                await uow.commit(None, Reply(201))

    async def test_the_key_of_a_project_is_given_once(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        with pytest.raises(KeyTaken):
            await add_project(units, key=project.key)

    async def test_the_name_of_a_label_is_given_once_however_it_is_written(self, units: UnitsOfWork) -> None:
        await add_label(units, "Straße")
        with pytest.raises(NameTaken):
            await add_label(units, "STRASSE")

    async def test_the_name_of_a_label_that_is_gone_is_free(self, units: UnitsOfWork) -> None:
        label = await add_label(units, "Bug")
        async with units.begin() as uow:
            found = await uow.labels.get(units.workspace_id, label.id)
            found.delete(LATER)
            uow.labels.remove(found)
            await uow.commit(None, Reply(204))
        assert (await add_label(units, "bug")).version == 1

    async def test_used_ids_are_known_whatever_became_of_them(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        label, task = await add_label(units), await add_task(units, project)
        await change_task(units, task, title="Other")
        async with units.begin() as uow:
            found = await uow.labels.get(units.workspace_id, label.id)
            found.delete(LATER)
            uow.labels.remove(found)
            await uow.commit(None, Reply(204))
        async with locked(units) as uow:
            ids = [project.id, label.id, task.id]
            assert await uow.tasks.used_ids(units.workspace_id, [*ids, uuid4()]) == set(ids)
            assert await uow.tasks.used_ids(uuid4(), ids) == frozenset()
