"""What other modules rely on: tasks, inside their own unit of work and for their own reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Uuid, bindparam, func, select, text, update

from factories.tasks import LATER
from factories.workspaces import InvitationFactory, TokenFactory
from integration.tasks.test_sql_unit_of_work import SqlBench
from support.counting import counted
from support.promises.workbench import (
    add_project,
    add_task,
    change_task,
    locked,
    take_over,
    trash_project,
)
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt, Moved
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
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork

_WAITING = Statement(select(func.count()).select_from(text("pg_locks")).where(text("NOT granted")))

_CLOSE = Statement(
    update(TASKS.table)
    .values(closed_at=bindparam("now", type_=TASKS.table.c.closed_at.type))
    .where(
        TASKS.table.c.workspace_id == bindparam("of_workspace", type_=Uuid()),
        TASKS.table.c.id == bindparam("of_task", type_=Uuid()),
    )
)

Change = Callable[[SqlBench, Project, Task], Coroutine[Any, Any, None]]

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def bench(container: Container) -> SqlBench:
    return SqlBench(container)


@pytest.fixture
def round_trips(database: Database) -> Iterator[list[str]]:
    with counted(database) as round_trips:
        yield round_trips


class OtherModule:
    """A module whose things belong to tasks."""

    def __init__(self, bench: SqlBench, container: Container) -> None:
        self.workspace_id = bench.workspace_id
        self._container = container

    def begin(self, *, locking: bool = False) -> SqlWorkspacesUnitOfWork:
        attempt = Attempt(Context(), system_clock())
        attempt.locking = locking
        return self._container.workspaces.unit_of_work(attempt)

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
def other(bench: SqlBench, container: Container) -> OtherModule:
    return OtherModule(bench, container)


async def archive(bench: SqlBench, project: Project, task: Task) -> None:
    async with bench.begin() as uow:
        (await uow.projects.get(bench.workspace_id, project.id)).archive(LATER)
        await uow.commit(None, Reply())


async def trash(bench: SqlBench, project: Project, task: Task) -> None:
    async with locked(bench) as uow:
        family = await uow.tasks.get_family(bench.workspace_id, task.id)
        family.task.trash(project=family.project, now=LATER)
        await uow.commit(None, Reply())


async def trash_with_project(bench: SqlBench, project: Project, task: Task) -> None:
    await trash_project(bench, project)


async def go_over(bench: SqlBench, project: Project, task: Task) -> None:
    await take_over(bench, task, await add_project(bench))


async def close(bench: SqlBench, project: Project, task: Task) -> None:
    await change_task(bench, task, status="done")


async def rename(bench: SqlBench, project: Project, task: Task) -> None:
    await change_task(bench, task, title="Other")


# -- finding ------------------------------------------------------------------------------------------


async def test_tasks_are_found_by_ids_and_keys_in_one_round_trip(
    bench: SqlBench, other: OtherModule, round_trips: list[str]
) -> None:
    project = await add_project(bench)
    first, second = [await add_task(bench, project) for _ in range(2)]
    await close(bench, project, second)
    key, former = TaskKey(project.key, 1), TaskKey(project.key, 2)
    target = await add_project(bench)
    await take_over(bench, second, target)
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
async def test_a_task_in_the_trash_is_not_found(bench: SqlBench, other: OtherModule, remove: Change) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    await remove(bench, project, task)
    assert await other.find(task.id, TaskKey(project.key, 1)) == {}


async def test_a_task_of_another_workspace_is_not_found(bench: SqlBench, container: Container) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    stranger = OtherModule(SqlBench(container), container)
    assert await stranger.find(task.id, TaskKey(project.key, 1)) == {}


async def test_a_task_of_an_archived_project_is_found_as_such(bench: SqlBench, other: OtherModule) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    await archive(bench, project, task)
    assert await other.find(task.id) == {task.id: TaskFacts(task.id, project.id, is_closed=False, is_archived=True)}


async def test_a_read_without_a_unit_of_work_finds_the_same(bench: SqlBench, other: OtherModule, database: Database) -> None:
    task = await add_task(bench, await add_project(bench))
    assert await SqlTaskReader(database).find(bench.workspace_id, [task.id]) == await other.find(task.id) != {}


# -- relying on one, optimistically -------------------------------------------------------------------


async def test_relying_on_a_task_costs_one_round_trip_before_the_commit(
    bench: SqlBench, other: OtherModule, round_trips: list[str]
) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    round_trips.clear()
    async with other.begin() as uow:
        facts = await sql_tasks(uow).require(bench.workspace_id, TaskKey(project.key, 1), keep_unclosed=True)
        await other.commit(uow)
    assert facts == TaskFacts(task.id, project.id, is_closed=False, is_archived=False)
    assert len(round_trips) == 2


async def changed_meanwhile(bench: SqlBench, other: OtherModule, change: Change, *, keep_unclosed: bool) -> None:
    """A command of another module, while the task is changed between its read and its commit."""
    project = await add_project(bench)
    task = await add_task(bench, project)
    async with other.begin() as uow:
        await sql_tasks(uow).require(bench.workspace_id, task.id, keep_unclosed=keep_unclosed)
        await change(bench, project, task)
        await other.commit(uow)


@pytest.mark.parametrize("keep_unclosed", [False, True])
@pytest.mark.parametrize("change", [archive, trash, trash_with_project, go_over])
async def test_a_commit_misses_where_the_task_may_not_be_changed_any_more(
    bench: SqlBench, other: OtherModule, change: Change, keep_unclosed: bool
) -> None:
    with pytest.raises(Moved):
        await changed_meanwhile(bench, other, change, keep_unclosed=keep_unclosed)


async def test_a_commit_misses_where_a_task_that_is_to_stay_unclosed_was_closed(bench: SqlBench, other: OtherModule) -> None:
    with pytest.raises(Moved):
        await changed_meanwhile(bench, other, close, keep_unclosed=True)


@pytest.mark.parametrize(("change", "keep_unclosed"), [(rename, True), (rename, False), (close, False)])
async def test_other_changes_of_the_task_are_nothing_to_a_commit(
    bench: SqlBench, other: OtherModule, change: Change, keep_unclosed: bool
) -> None:
    await changed_meanwhile(bench, other, change, keep_unclosed=keep_unclosed)


async def test_a_closed_task_is_told_as_such_and_not_refused(bench: SqlBench, other: OtherModule) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    await close(bench, project, task)
    for locking in (False, True):
        async with other.begin(locking=locking) as uow:
            assert (await sql_tasks(uow).require(bench.workspace_id, task.id, keep_unclosed=True)).is_closed
            await other.commit(uow)


@pytest.mark.parametrize("locking", [False, True])
async def test_what_is_not_there_is_refused(bench: SqlBench, other: OtherModule, container: Container, locking: bool) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    stranger = await add_task(away := SqlBench(container), await add_project(away))
    await trash(bench, project, task)
    for ref in (task.id, TaskKey(project.key, 1), stranger.id, uuid4()):
        async with other.begin(locking=locking) as uow:
            with pytest.raises(NotFound):
                await sql_tasks(uow).require(bench.workspace_id, ref)


@pytest.mark.parametrize("locking", [False, True])
async def test_a_task_of_an_archived_project_is_refused(bench: SqlBench, other: OtherModule, locking: bool) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    await archive(bench, project, task)
    async with other.begin(locking=locking) as uow:
        with pytest.raises(ProjectArchived):
            await sql_tasks(uow).require(bench.workspace_id, task.id)


# -- under locks --------------------------------------------------------------------------------------


async def test_the_project_is_locked_before_the_task(bench: SqlBench, other: OtherModule, round_trips: list[str]) -> None:
    task = await add_task(bench, await add_project(bench))
    async with other.begin(locking=True) as uow:
        round_trips.clear()
        await sql_tasks(uow).require(bench.workspace_id, task.id)
        assert [sql.split("FROM ")[1].split()[0] for sql in round_trips if "FOR KEY SHARE" in sql] == ["projects", "tasks"]
        assert len(round_trips) == 3


@pytest.mark.parametrize(
    ("change", "keep_unclosed"), [(archive, False), (trash, False), (trash_with_project, False), (go_over, False), (close, True)]
)
async def test_what_was_required_stays_so_until_the_end(
    bench: SqlBench, other: OtherModule, change: Change, keep_unclosed: bool
) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    async with other.begin(locking=True) as uow:
        await sql_tasks(uow).require(bench.workspace_id, task.id, keep_unclosed=keep_unclosed)
        changing = asyncio.create_task(change(bench, project, task))
        await waiting_for_a_lock(other)
        assert not changing.done()
        await other.commit(uow)
    await changing


@pytest.mark.parametrize("change", [rename, close])
async def test_other_changes_need_not_wait(bench: SqlBench, other: OtherModule, change: Change) -> None:
    project = await add_project(bench)
    task = await add_task(bench, project)
    async with other.begin(locking=True) as uow:
        await sql_tasks(uow).require(bench.workspace_id, task.id)
        async with asyncio.timeout(5):
            await change(bench, project, task)


async def test_a_commit_waits_for_a_task_that_is_being_closed_and_misses(bench: SqlBench, other: OtherModule) -> None:
    """Whoever reads the log for closed tasks, to end what runs on them, finds all that was begun before."""
    project = await add_project(bench)
    task = await add_task(bench, project)
    async with other.begin() as uow:
        await sql_tasks(uow).require(bench.workspace_id, task.id, keep_unclosed=True)
        async with closing(bench, task):
            committing = asyncio.create_task(other.commit(uow))
            await waiting_for_a_lock(other)
        with pytest.raises(Moved):
            await committing


@asynccontextmanager
async def closing(bench: SqlBench, task: Task) -> AsyncIterator[None]:
    """A task whose row is being closed, as an optimistic command does it: without a lock before."""
    async with locked(bench) as uow:
        assert isinstance(uow, SqlUnitOfWork)
        await uow.write(_CLOSE, {"of_workspace": bench.workspace_id, "of_task": task.id, "now": LATER})
        yield
        await uow.commit(None, Reply())


async def test_a_task_that_went_over_while_its_project_was_waited_for_is_looked_at_again(
    bench: SqlBench, other: OtherModule
) -> None:
    project, target = await add_project(bench), await add_project(bench)
    task = await add_task(bench, project)
    async with locked(bench) as uow, other.begin(locking=True) as waiting:
        family = await uow.tasks.get_family(bench.workspace_id, task.id, target_id=target.id)
        assert family.target is not None
        requiring = asyncio.create_task(sql_tasks(waiting).require(bench.workspace_id, task.id))
        await waiting_for_a_lock(other)
        await uow.tasks.keep_keys([family.task])
        allotment = await uow.projects.allot(family.target, numbers=1, places=1)
        family.task.enter(family.target, allotment.numbers[0], allotment.ranks[0], family.task.content, now=LATER)
        await uow.commit(None, Reply())
        with pytest.raises(Moved):
            await requiring


async def waiting_for_a_lock(other: OtherModule) -> None:
    async with other.begin() as uow, asyncio.timeout(5):
        while (await uow.fetch(_WAITING, {}))[0][0] == 0:
            pass
