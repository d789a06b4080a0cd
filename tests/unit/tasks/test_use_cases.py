"""The use cases of projects and tasks, without a database."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW
from support.fakes import FakeUnitOfWork
from support.house import House
from taskhub.kernel.contract.events import Event
from taskhub.kernel.contract.ids import new_id, shadow_of
from taskhub.kernel.domain.errors import NotFound, StaleVersion, UnknownReference
from taskhub.tasks.application.archive_project import ArchiveProject, archive_project, unarchive_project
from taskhub.tasks.application.assign_task import AssignTask, assign_task, unassign_task
from taskhub.tasks.application.change_project import ChangeProject, change_project
from taskhub.tasks.application.change_task import change_task
from taskhub.tasks.application.create_task import CreateTask, create_task
from taskhub.tasks.application.purge_trash import KEPT
from taskhub.tasks.application.release_former_member import TASKS_AT_ONCE, ReleaseFormerMember
from taskhub.tasks.application.trash_project import TrashProject, restore_project, trash_project
from taskhub.tasks.application.trash_task import TrashTask, restore_task, trash_task
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import ProjectDeleted
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


async def test_a_task_gets_the_next_number_of_its_project() -> None:
    house = House()
    await house.run(create_task, house.create())
    assert (await house.run(create_task, house.create())).number == 2


async def test_a_task_needs_a_project_of_its_workspace() -> None:
    house = House()
    command = CreateTask(uuid4(), uuid4(), house.project.id, {"title": "Astray"}, uuid4())
    with pytest.raises(UnknownReference) as refusal:
        await house.run(create_task, command)
    assert refusal.value.faults[0].pointer == "/project_id"


async def test_a_task_needs_a_project_that_is_not_archived() -> None:
    house = House(archived_at=NOW)
    with pytest.raises(ProjectArchived):
        await house.run(create_task, house.create())


async def test_only_members_are_assigned_and_the_refusal_points_at_the_stranger() -> None:
    house, member, stranger = House(), uuid4(), uuid4()
    house.store.members.add(member)
    with pytest.raises(UnknownReference) as refusal:
        await house.run(create_task, house.create(assignee_ids=(member, stranger)))
    assert [fault.pointer for fault in refusal.value.faults] == ["/assignee_ids/1"]


async def test_a_change_replaces_only_what_it_names() -> None:
    house = House()
    task = house.task(content__description="stays")
    await house.run(change_task, house.change(task, title="Other"))
    content = house.stored(task).content
    assert (content.title, content.description) == ("Other", "stays")


async def test_a_change_of_an_unexpected_version_changes_nothing() -> None:
    house = House()
    task = house.task(version=3)
    with pytest.raises(StaleVersion):
        await house.run(change_task, house.change(task, frozenset({2}), title="Other"))
    assert house.stored(task).version == 3


async def test_who_is_assigned_already_need_not_be_a_member_any_more() -> None:
    house, former = House(), uuid4()
    task = house.task(content__assignee_ids=(former,))
    await house.run(change_task, house.change(task, assignee_ids=(former,), title="Other"))
    assert house.stored(task).content.assignee_ids == (former,)


async def test_assigning_a_stranger_finds_nobody() -> None:
    house = House()
    with pytest.raises(NotFound):
        await house.run(assign_task, AssignTask(house.workspace_id, house.task().id, uuid4(), None))


async def test_two_assignments_keep_both() -> None:
    house, task = House(), None
    task = house.task()
    for _ in range(2):
        member = uuid4()
        house.store.members.add(member)
        await house.run(assign_task, AssignTask(house.workspace_id, task.id, member, None))
    assert set(house.stored(task).content.assignee_ids) == house.store.members


async def test_taking_off_someone_who_is_not_on_the_task_changes_nothing() -> None:
    house = House()
    task = house.task()
    await house.run(unassign_task, AssignTask(house.workspace_id, task.id, uuid4(), None))
    assert house.store.events == []


async def test_a_task_in_the_trash_can_not_be_changed() -> None:
    house = House()
    task = house.task()
    await house.run(trash_task, TrashTask(house.workspace_id, task.id, None))
    with pytest.raises(NotFound):
        await house.run(change_task, house.change(task, title="Other"))


async def test_a_task_comes_back_from_the_trash_as_it_was() -> None:
    house = House()
    task = house.task(deleted_at=NOW)
    await house.run(restore_task, TrashTask(house.workspace_id, task.id, None))
    assert house.stored(task).deleted_at is None


async def test_a_project_comes_back_with_what_went_with_it_and_no_more() -> None:
    house = House()
    before, along = house.task(deleted_at=NOW), house.task()
    await house.run(trash_project, TrashProject(house.workspace_id, house.project.id, None))
    await house.run(restore_project, TrashProject(house.workspace_id, house.project.id, None))
    assert house.stored(before).deleted_at == NOW
    assert house.stored(along).deleted_at is None


async def test_a_task_of_a_trashed_project_comes_back_only_with_it() -> None:
    house = House()
    task = house.task()
    await house.run(trash_project, TrashProject(house.workspace_id, house.project.id, None))
    with pytest.raises(ProjectDeleted):
        await house.run(restore_task, TrashTask(house.workspace_id, task.id, None))


async def test_restoring_a_project_that_is_not_in_the_trash_changes_nothing() -> None:
    house = House()
    await house.run(restore_project, TrashProject(house.workspace_id, house.project.id, None))
    assert house.store.events == []


async def test_a_project_is_archived_once() -> None:
    house = House(archived_at=NOW)
    await house.run(archive_project, ArchiveProject(house.workspace_id, house.project.id, None))
    assert house.stored(house.project).archived_at == NOW


async def test_a_project_comes_out_of_the_archive() -> None:
    house = House(archived_at=NOW)
    await house.run(unarchive_project, ArchiveProject(house.workspace_id, house.project.id, None))
    assert house.stored(house.project).archived_at is None


async def test_a_project_patch_keeps_what_it_does_not_name() -> None:
    house = House(description="stays")
    await house.run(change_project, ChangeProject(house.workspace_id, house.project.id, {"name": "Other"}, None))
    project: Project = house.stored(house.project)
    assert (project.name, project.description) == ("Other", "stays")


async def test_a_former_member_is_taken_off_all_tasks_a_batch_at_a_time() -> None:
    house, former = House(), new_id()
    tasks = [house.task(content__assignee_ids=(former,)) for _ in range(TASKS_AT_ONCE + 1)]
    subscriber = ReleaseFormerMember(lambda: LATER)
    finished = []
    for _ in range(2):
        async with FakeUnitOfWork(house.store) as uow:
            finished.append(await subscriber.handle(member_removed(house.workspace_id, former), uow))
            await uow.commit()
    assert finished == [False, True]
    assert all(house.stored(task).content.assignee_ids == () for task in tasks)


async def test_what_has_lain_in_the_trash_for_thirty_days_goes_for_good() -> None:
    house = House()
    old, recent, live = house.task(deleted_at=NOW), house.task(deleted_at=LATER), house.task()
    assert await house.purge(NOW + KEPT + (LATER - NOW) / 2) == 1
    left = {id for kind, _, id in house.store.aggregates if kind is Task}
    assert left == {recent.id, live.id}
    assert house.store.events == [("task.purged", old.id, 2)]


async def test_a_project_is_emptied_after_its_tasks_and_its_key_stays_taken() -> None:
    house = House(deleted_at=NOW)
    house.task(deleted_at=NOW)
    assert [await house.purge(NOW + 2 * KEPT) for _ in range(3)] == [1, 1, 0]
    tombstone = house.stored(house.project)
    assert (tombstone.key, tombstone.name) == (house.project.key, "")


def member_removed(workspace_id: UUID, user_id: UUID, at: datetime = NOW) -> Event:
    return Event(workspace_id, 1, uuid4(), "member.removed", "member", shadow_of(user_id), 2, None, at, None, {}, None)
