"""The use cases of projects and tasks, without a database."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW
from support.fakes.tasks.unit_of_work import FakeTasksUnitOfWork
from support.harness.scenario import Scenario
from taskhub.kernel.contract.events import Event
from taskhub.kernel.contract.ids import derived_id, new_id
from taskhub.kernel.domain.errors import NotFound, StaleVersion, UnknownReference
from taskhub.tasks.application.background.purge_trash import RETENTION
from taskhub.tasks.application.background.release_former_member import BATCH_SIZE, ReleaseFormerMember
from taskhub.tasks.application.projects.archive_project import ArchiveProject, archive_project, unarchive_project
from taskhub.tasks.application.projects.change_project import ChangeProject, change_project
from taskhub.tasks.application.projects.trash_project import TrashProject, restore_project, trash_project
from taskhub.tasks.application.tasks.assign_task import AssignTask, assign_task, unassign_task
from taskhub.tasks.application.tasks.change_task import change_task
from taskhub.tasks.application.tasks.create_task import CreateTask, create_task
from taskhub.tasks.application.tasks.trash_task import TrashTask, restore_task, trash_task
from taskhub.tasks.domain.errors import ProjectArchived, ProjectDeleted
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


async def test_a_task_gets_the_next_number_of_its_project() -> None:
    scenario = Scenario()
    await scenario.run(create_task, scenario.create())
    assert (await scenario.run(create_task, scenario.create())).number == 2


async def test_a_task_needs_a_project_of_its_workspace() -> None:
    scenario = Scenario()
    command = CreateTask(uuid4(), uuid4(), scenario.project.id, {"title": "Astray"}, uuid4())
    with pytest.raises(UnknownReference) as refusal:
        await scenario.run(create_task, command)
    assert refusal.value.faults[0].pointer == "/project_id"


async def test_a_task_needs_a_project_that_is_not_archived() -> None:
    scenario = Scenario(archived_at=NOW)
    with pytest.raises(ProjectArchived):
        await scenario.run(create_task, scenario.create())


async def test_only_members_are_assigned_and_the_refusal_points_at_the_stranger() -> None:
    scenario, member, stranger = Scenario(), uuid4(), uuid4()
    scenario.store.members.add(member)
    with pytest.raises(UnknownReference) as refusal:
        await scenario.run(create_task, scenario.create(assignee_ids=(member, stranger)))
    assert [fault.pointer for fault in refusal.value.faults] == ["/assignee_ids/1"]


async def test_a_change_replaces_only_what_it_names() -> None:
    scenario = Scenario()
    task = scenario.task(content__description="stays")
    await scenario.run(change_task, scenario.change(task, title="Other"))
    content = scenario.stored(task).content
    assert (content.title, content.description) == ("Other", "stays")


async def test_a_change_of_an_unexpected_version_changes_nothing() -> None:
    scenario = Scenario()
    task = scenario.task(version=3)
    with pytest.raises(StaleVersion):
        await scenario.run(change_task, scenario.change(task, frozenset({2}), title="Other"))
    assert scenario.stored(task).version == 3


async def test_who_is_assigned_already_need_not_be_a_member_any_more() -> None:
    scenario, former = Scenario(), uuid4()
    task = scenario.task(content__assignee_ids=(former,))
    await scenario.run(change_task, scenario.change(task, assignee_ids=(former,), title="Other"))
    assert scenario.stored(task).content.assignee_ids == (former,)


async def test_assigning_a_stranger_finds_nobody() -> None:
    scenario = Scenario()
    with pytest.raises(NotFound):
        await scenario.run(assign_task, AssignTask(scenario.workspace_id, scenario.task().id, uuid4(), None))


async def test_two_assignments_keep_both() -> None:
    scenario, task = Scenario(), None
    task = scenario.task()
    for _ in range(2):
        member = uuid4()
        scenario.store.members.add(member)
        await scenario.run(assign_task, AssignTask(scenario.workspace_id, task.id, member, None))
    assert set(scenario.stored(task).content.assignee_ids) == scenario.store.members


async def test_taking_off_someone_who_is_not_on_the_task_changes_nothing() -> None:
    scenario = Scenario()
    task = scenario.task()
    await scenario.run(unassign_task, AssignTask(scenario.workspace_id, task.id, uuid4(), None))
    assert scenario.store.events == []


async def test_a_task_in_the_trash_can_not_be_changed() -> None:
    scenario = Scenario()
    task = scenario.task()
    await scenario.run(trash_task, TrashTask(scenario.workspace_id, task.id, None))
    with pytest.raises(NotFound):
        await scenario.run(change_task, scenario.change(task, title="Other"))


async def test_a_task_comes_back_from_the_trash_as_it_was() -> None:
    scenario = Scenario()
    task = scenario.task(deleted_at=NOW)
    await scenario.run(restore_task, TrashTask(scenario.workspace_id, task.id, None))
    assert scenario.stored(task).deleted_at is None


async def test_a_project_comes_back_with_what_went_with_it_and_no_more() -> None:
    scenario = Scenario()
    before, along = scenario.task(deleted_at=NOW), scenario.task()
    await scenario.run(trash_project, TrashProject(scenario.workspace_id, scenario.project.id, None))
    await scenario.run(restore_project, TrashProject(scenario.workspace_id, scenario.project.id, None))
    assert scenario.stored(before).deleted_at == NOW
    assert scenario.stored(along).deleted_at is None


async def test_a_task_of_a_trashed_project_comes_back_only_with_it() -> None:
    scenario = Scenario()
    task = scenario.task()
    await scenario.run(trash_project, TrashProject(scenario.workspace_id, scenario.project.id, None))
    with pytest.raises(ProjectDeleted):
        await scenario.run(restore_task, TrashTask(scenario.workspace_id, task.id, None))


async def test_restoring_a_project_that_is_not_in_the_trash_changes_nothing() -> None:
    scenario = Scenario()
    await scenario.run(restore_project, TrashProject(scenario.workspace_id, scenario.project.id, None))
    assert scenario.store.events == []


async def test_a_project_is_archived_once() -> None:
    scenario = Scenario(archived_at=NOW)
    await scenario.run(archive_project, ArchiveProject(scenario.workspace_id, scenario.project.id, None))
    assert scenario.stored(scenario.project).archived_at == NOW


async def test_a_project_comes_out_of_the_archive() -> None:
    scenario = Scenario(archived_at=NOW)
    await scenario.run(unarchive_project, ArchiveProject(scenario.workspace_id, scenario.project.id, None))
    assert scenario.stored(scenario.project).archived_at is None


async def test_a_project_patch_keeps_what_it_does_not_name() -> None:
    scenario = Scenario(description="stays")
    await scenario.run(change_project, ChangeProject(scenario.workspace_id, scenario.project.id, {"name": "Other"}, None))
    project: Project = scenario.stored(scenario.project)
    assert (project.name, project.description) == ("Other", "stays")


async def test_a_former_member_is_taken_off_all_tasks_a_batch_at_a_time() -> None:
    scenario, former = Scenario(), new_id()
    tasks = [scenario.task(content__assignee_ids=(former,)) for _ in range(BATCH_SIZE + 1)]
    subscriber = ReleaseFormerMember(lambda: LATER)
    finished = []
    for _ in range(2):
        async with FakeTasksUnitOfWork(scenario.store) as uow:
            finished.append(await subscriber.handle(member_removed(scenario.workspace_id, former), uow))
            await uow.commit()
    assert finished == [False, True]
    assert all(scenario.stored(task).content.assignee_ids == () for task in tasks)


async def test_what_has_lain_in_the_trash_for_thirty_days_goes_for_good() -> None:
    scenario = Scenario()
    old, recent, live = scenario.task(deleted_at=NOW), scenario.task(deleted_at=LATER), scenario.task()
    assert await scenario.purge(NOW + RETENTION + (LATER - NOW) / 2) == 1
    left = {id for kind, _, id in scenario.store.aggregates if kind is Task}
    assert left == {recent.id, live.id}
    assert scenario.store.events == [("task.purged", old.id, 2)]


async def test_a_project_is_emptied_after_its_tasks_and_its_key_stays_taken() -> None:
    scenario = Scenario(deleted_at=NOW)
    scenario.task(deleted_at=NOW)
    assert [await scenario.purge(NOW + 2 * RETENTION) for _ in range(3)] == [1, 1, 0]
    tombstone = scenario.stored(scenario.project)
    assert (tombstone.key, tombstone.name) == (scenario.project.key, "")


def member_removed(workspace_id: UUID, user_id: UUID, at: datetime = NOW) -> Event:
    return Event(workspace_id, 1, uuid4(), "member.removed", "member", derived_id(user_id), 2, None, at, None, {}, None)
