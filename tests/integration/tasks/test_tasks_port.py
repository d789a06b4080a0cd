"""What other modules rely on: tasks, inside their own unit of work and for their own reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Uuid, bindparam, update

from factories.tasks import LATER
from factories.workspaces import InvitationFactory, TokenFactory
from integration.tasks.test_sql_unit_of_work import SqlUnitsOfWork
from support.contracts.tasks.steps import add_project, add_task, change_task, locked, take_over, trash_project
from support.harness.lock_waits import until_a_lock_is_waited_for
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import TaskKey, TaskRef
from taskhub.tasks.contract.tasks import TaskFacts
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.tasks_port import SqlTaskReader, sql_tasks
from taskhub.testing.conformance.round_trips import recording_round_trips
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork

_CLOSE = Statement(
    update(TASKS.table)
    .values(closed_at=bindparam("now", type_=TASKS.table.c.closed_at.type))
    .where(
        TASKS.table.c.workspace_id == bindparam("of_workspace", type_=Uuid()),
        TASKS.table.c.id == bindparam("of_task", type_=Uuid()),
    )
)

Change = Callable[[SqlUnitsOfWork, Project, Task], Coroutine[Any, Any, None]]

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def units(container: Container) -> SqlUnitsOfWork:
    return SqlUnitsOfWork(container)


@pytest.fixture
def round_trips(database: Database) -> Iterator[list[str]]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


class OtherModule:
    """A module whose things belong to tasks."""

    def __init__(self, units: SqlUnitsOfWork, container: Container) -> None:
        self.workspace_id = units.workspace_id
        self._container = container

    def begin(self, *, locking: bool = False) -> SqlWorkspacesUnitOfWork:
        attempt = Attempt(Context(), system_clock())
        attempt.locking = locking
        return self._container.modules["workspaces"].unit_of_work(attempt)

    async def find(self, *refs: TaskRef) -> dict[TaskRef, TaskFacts]:
        async with self.begin() as uow:
            return await sql_tasks(uow).find(self.workspace_id, refs)

    async def commit(self, uow: SqlWorkspacesUnitOfWork) -> None:
        """Writes one thing of its own."""
        thing: Any = InvitationFactory(token=TokenFactory(workspace_id=self.workspace_id))
        thing._record("invitation.created")
        uow.invitations.add(thing)
        await uow.commit(None, Reply())


@pytest.fixture
def other(units: SqlUnitsOfWork, container: Container) -> OtherModule:
    return OtherModule(units, container)


async def archive(units: SqlUnitsOfWork, project: Project, task: Task) -> None:
    async with units.begin() as uow:
        (await uow.projects.get(units.workspace_id, project.id)).archive(LATER)
        await uow.commit(None, Reply())


async def trash(units: SqlUnitsOfWork, project: Project, task: Task) -> None:
    async with locked(units) as uow:
        subtree = await uow.tasks.get_subtree(units.workspace_id, task.id)
        subtree.task.trash(project=subtree.project, now=LATER)
        await uow.commit(None, Reply())


async def trash_with_project(units: SqlUnitsOfWork, project: Project, task: Task) -> None:
    await trash_project(units, project)


async def go_over(units: SqlUnitsOfWork, project: Project, task: Task) -> None:
    await take_over(units, task, await add_project(units))


async def close(units: SqlUnitsOfWork, project: Project, task: Task) -> None:
    await change_task(units, task, status="done")


async def rename(units: SqlUnitsOfWork, project: Project, task: Task) -> None:
    await change_task(units, task, title="Other")


# -- finding ------------------------------------------------------------------------------------------


async def test_tasks_are_found_by_ids_and_keys_in_one_round_trip(
    units: SqlUnitsOfWork, other: OtherModule, round_trips: list[str]
) -> None:
    project = await add_project(units)
    first, second = [await add_task(units, project) for _ in range(2)]
    await close(units, project, second)
    key, former = TaskKey(project.key, 1), TaskKey(project.key, 2)
    target = await add_project(units)
    await take_over(units, second, target)
    round_trips.clear()
    found = await other.find(first.id, key, former, TaskKey(target.key, 1), second.id, uuid4(), TaskKey(project.key, 9))
    assert len(round_trips) == 1
    open_task = TaskFacts(first.id, project.id, is_closed=False, is_archived=False)
    closed_task = TaskFacts(second.id, target.id, is_closed=True, is_archived=False)
    assert found == {
        first.id: open_task,
        key: open_task,
        second.id: closed_task,
        former: closed_task,
        TaskKey(target.key, 1): closed_task,
    }


async def test_nothing_is_asked_where_nothing_is_wanted(other: OtherModule, round_trips: list[str]) -> None:
    assert await other.find() == {}
    assert round_trips == []


@pytest.mark.parametrize("remove", [trash, trash_with_project])
async def test_a_task_in_the_trash_is_not_found(units: SqlUnitsOfWork, other: OtherModule, remove: Change) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    await remove(units, project, task)
    assert await other.find(task.id, TaskKey(project.key, 1)) == {}


async def test_a_task_of_another_workspace_is_not_found(units: SqlUnitsOfWork, container: Container) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    stranger = OtherModule(SqlUnitsOfWork(container), container)
    assert await stranger.find(task.id, TaskKey(project.key, 1)) == {}


async def test_a_task_of_an_archived_project_is_found_as_such(units: SqlUnitsOfWork, other: OtherModule) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    await archive(units, project, task)
    assert await other.find(task.id) == {task.id: TaskFacts(task.id, project.id, is_closed=False, is_archived=True)}


async def test_a_read_without_a_unit_of_work_finds_the_same(
    units: SqlUnitsOfWork, other: OtherModule, database: Database
) -> None:
    task = await add_task(units, await add_project(units))
    assert await SqlTaskReader(database).find(units.workspace_id, [task.id]) == await other.find(task.id) != {}


# -- relying on one, optimistically -------------------------------------------------------------------


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_relying_on_a_task_costs_one_round_trip_before_the_commit(
    units: SqlUnitsOfWork, other: OtherModule, round_trips: list[str]
) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    round_trips.clear()
    async with other.begin() as uow:
        facts = await sql_tasks(uow).require(units.workspace_id, TaskKey(project.key, 1), keep_unclosed=True)
        await other.commit(uow)
    assert facts == TaskFacts(task.id, project.id, is_closed=False, is_archived=False)
    assert len(round_trips) == 2


async def changed_meanwhile(units: SqlUnitsOfWork, other: OtherModule, change: Change, *, keep_unclosed: bool) -> None:
    """A command of another module, while the task is changed between its read and its commit."""
    project = await add_project(units)
    task = await add_task(units, project)
    async with other.begin() as uow:
        await sql_tasks(uow).require(units.workspace_id, task.id, keep_unclosed=keep_unclosed)
        await change(units, project, task)
        await other.commit(uow)


@pytest.mark.parametrize("keep_unclosed", [False, True])
@pytest.mark.parametrize("change", [archive, trash, trash_with_project, go_over])
async def test_a_commit_misses_where_the_task_may_not_be_changed_any_more(
    units: SqlUnitsOfWork, other: OtherModule, change: Change, keep_unclosed: bool
) -> None:
    with pytest.raises(ConcurrencyConflict):
        await changed_meanwhile(units, other, change, keep_unclosed=keep_unclosed)


async def test_a_commit_misses_where_a_task_that_is_to_stay_unclosed_was_closed(
    units: SqlUnitsOfWork, other: OtherModule
) -> None:
    with pytest.raises(ConcurrencyConflict):
        await changed_meanwhile(units, other, close, keep_unclosed=True)


@pytest.mark.parametrize(("change", "keep_unclosed"), [(rename, True), (rename, False), (close, False)])
async def test_other_changes_of_the_task_are_nothing_to_a_commit(
    units: SqlUnitsOfWork, other: OtherModule, change: Change, keep_unclosed: bool
) -> None:
    await changed_meanwhile(units, other, change, keep_unclosed=keep_unclosed)


async def test_a_closed_task_is_told_as_such_and_not_refused(units: SqlUnitsOfWork, other: OtherModule) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    await close(units, project, task)
    for locking in (False, True):
        async with other.begin(locking=locking) as uow:
            assert (await sql_tasks(uow).require(units.workspace_id, task.id, keep_unclosed=True)).is_closed
            await other.commit(uow)


@pytest.mark.parametrize("locking", [False, True])
async def test_what_is_not_there_is_refused(
    units: SqlUnitsOfWork, other: OtherModule, container: Container, locking: bool
) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    stranger = await add_task(away := SqlUnitsOfWork(container), await add_project(away))
    await trash(units, project, task)
    for ref in (task.id, TaskKey(project.key, 1), stranger.id, uuid4()):
        async with other.begin(locking=locking) as uow:
            with pytest.raises(NotFound):
                await sql_tasks(uow).require(units.workspace_id, ref)


@pytest.mark.parametrize("locking", [False, True])
async def test_a_task_of_an_archived_project_is_refused(units: SqlUnitsOfWork, other: OtherModule, locking: bool) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    await archive(units, project, task)
    async with other.begin(locking=locking) as uow:
        with pytest.raises(ProjectArchived):
            await sql_tasks(uow).require(units.workspace_id, task.id)


# -- under locks --------------------------------------------------------------------------------------


async def test_the_project_is_locked_before_the_task(units: SqlUnitsOfWork, other: OtherModule, round_trips: list[str]) -> None:
    task = await add_task(units, await add_project(units))
    async with other.begin(locking=True) as uow:
        round_trips.clear()
        await sql_tasks(uow).require(units.workspace_id, task.id)
        assert [sql.split("FROM ")[1].split()[0] for sql in round_trips if "FOR KEY SHARE" in sql] == ["projects", "tasks"]
        assert len(round_trips) == 3


@pytest.mark.parametrize(
    ("change", "keep_unclosed"), [(archive, False), (trash, False), (trash_with_project, False), (go_over, False), (close, True)]
)
async def test_what_was_required_stays_so_until_the_end(
    units: SqlUnitsOfWork, other: OtherModule, database_url: str, change: Change, keep_unclosed: bool
) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    async with other.begin(locking=True) as uow:
        await sql_tasks(uow).require(units.workspace_id, task.id, keep_unclosed=keep_unclosed)
        changing = asyncio.create_task(change(units, project, task))
        await until_a_lock_is_waited_for(database_url)
        assert not changing.done()
        await other.commit(uow)
    await changing


@pytest.mark.parametrize("change", [rename, close])
async def test_other_changes_need_not_wait(units: SqlUnitsOfWork, other: OtherModule, change: Change) -> None:
    project = await add_project(units)
    task = await add_task(units, project)
    async with other.begin(locking=True) as uow:
        await sql_tasks(uow).require(units.workspace_id, task.id)
        async with asyncio.timeout(5):
            await change(units, project, task)


async def test_a_commit_waits_for_a_task_that_is_being_closed_and_misses(
    units: SqlUnitsOfWork, other: OtherModule, database_url: str
) -> None:
    """Whoever reads the log for closed tasks, to end what runs on them, finds all that was begun before."""
    project = await add_project(units)
    task = await add_task(units, project)
    async with other.begin() as uow:
        await sql_tasks(uow).require(units.workspace_id, task.id, keep_unclosed=True)
        async with closing(units, task):
            committing = asyncio.create_task(other.commit(uow))
            await until_a_lock_is_waited_for(database_url)
        with pytest.raises(ConcurrencyConflict):
            await committing


@asynccontextmanager
async def closing(units: SqlUnitsOfWork, task: Task) -> AsyncIterator[None]:
    """A task whose row is being closed, as an optimistic command does it: without a lock before."""
    async with locked(units) as uow:
        assert isinstance(uow, SqlUnitOfWork)
        await uow.write(_CLOSE, {"of_workspace": units.workspace_id, "of_task": task.id, "now": LATER})
        yield
        await uow.commit(None, Reply())


async def test_a_task_that_went_over_while_its_project_was_waited_for_is_looked_at_again(
    units: SqlUnitsOfWork, other: OtherModule, database_url: str
) -> None:
    project, target = await add_project(units), await add_project(units)
    task = await add_task(units, project)
    async with locked(units) as uow, other.begin(locking=True) as waiting:
        subtree = await uow.tasks.get_subtree(units.workspace_id, task.id, target_id=target.id)
        assert subtree.target is not None
        requiring = asyncio.create_task(sql_tasks(waiting).require(units.workspace_id, task.id))
        await until_a_lock_is_waited_for(database_url)
        await uow.tasks.record_former_keys([subtree.task])
        allocation = await uow.projects.allocate(subtree.target, numbers=1, places=1)
        subtree.task.move_to_project(subtree.target, allocation.numbers[0], allocation.ranks[0], subtree.task.content, now=LATER)
        await uow.commit(None, Reply())
        with pytest.raises(ConcurrencyConflict):
            await requiring
