"""What clients may do at the same time without losing anything, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from support.harness.api import Api
from support.harness.lock_waits import until_a_lock_is_waited_for


async def test_fifty_clients_on_one_task_all_succeed(ada: Api) -> None:
    task = await ada.add_task()
    answers = await asyncio.gather(*(ada.patch(f"tasks/{task['id']}", {"title": f"title {n}"}) for n in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 52))


async def test_one_key_sent_a_hundred_times_at_once_makes_one_task(ada: Api) -> None:
    body = {"project_id": ada.project["id"], "title": "once"}
    answers = await asyncio.gather(*(ada.post("tasks", body, idempotency_key="once") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.headers["etag"], answer.headers["location"]) for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 99
    assert len((await ada.get("tasks")).json()["items"]) == 1


async def test_a_change_that_changes_nothing_is_kept_with_its_key(ada: Api) -> None:
    task = await ada.add_task()
    first = await ada.patch(f"tasks/{task['id']}", {"title": task["title"]}, idempotency_key="nothing")
    await ada.patch(f"tasks/{task['id']}", {"title": "Other"})
    again = await ada.patch(f"tasks/{task['id']}", {"title": task["title"]}, idempotency_key="nothing")
    assert (first.status_code, first.json()["version"]) == (200, 1)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content


async def test_creating_tasks_does_not_wait_for_those_who_change_others(ada: Api, database_url: str) -> None:
    task = await ada.add_task()
    async with connection(database_url) as raw:
        # As far as a change of the task has come while it waits for the counter of the log.
        transaction = raw.transaction()
        await transaction.start()
        workspace = ada.workspace["id"]
        await raw.execute("SELECT FROM projects WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE", workspace, ada.project["id"])
        await raw.execute("SELECT FROM tasks WHERE workspace_id = $1 AND id = $2 FOR UPDATE", workspace, task["id"])
        assert (await ada.add_task())["number"] == 2
        await transaction.rollback()


async def test_numbers_have_no_gap_when_many_create_at_once(ada: Api) -> None:
    tasks = await asyncio.gather(*(ada.add_task() for _ in range(60)))
    assert sorted(task["number"] for task in tasks) == list(range(1, 61))


async def test_a_refused_create_leaves_no_gap_in_the_numbers(ada: Api) -> None:
    first = await ada.add_task()
    refused = await ada.post("tasks", {"project_id": ada.project["id"], "title": "again", "id": first["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "id_taken")
    assert (await ada.add_task())["number"] == 2


async def test_the_log_has_no_hole_and_stands_in_the_order_of_commits(ada: Api, database_url: str) -> None:
    task = await ada.add_task()
    await asyncio.gather(
        *(ada.add_task() for _ in range(20)),
        *(ada.patch(f"tasks/{task['id']}", {"title": f"title {n}"}) for n in range(20)),
    )
    async with connection(database_url) as raw:
        rows = await raw.fetch(
            "SELECT seq, entity_id, entity_version FROM events WHERE stream_id = $1 ORDER BY seq", ada.workspace["id"]
        )
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    versions = [row["entity_version"] for row in rows if str(row["entity_id"]) == task["id"]]
    assert versions == list(range(1, 22))


@pytest.mark.not_on_citus(reason="finds a deadlock between nodes by itself, and ends the transaction that began last")
async def test_a_deadlock_is_run_again_and_invisible(ada: Api, database_url: str) -> None:
    task = await ada.add_task()
    async with connection(database_url) as raw:
        # The service's backend looks for deadlocks after one second, ours much later: so it is the victim.
        await raw.execute("SET deadlock_timeout = '60s'")
        transaction = raw.transaction()
        await transaction.start()
        await raw.execute("SELECT FROM tasks WHERE id = $1 FOR UPDATE", task["id"])
        request = asyncio.create_task(ada.patch(f"tasks/{task['id']}", {"title": "after the deadlock"}))
        await until_a_lock_is_waited_for(database_url)
        await raw.execute("SELECT FROM projects WHERE id = $1 FOR UPDATE", ada.project["id"])
        await transaction.rollback()
    answer = await request
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


@pytest.mark.not_on_citus(reason="has no triggers, by which it is made to fail")
async def test_serialization_failures_are_run_again_and_invisible(ada: Api, database_url: str) -> None:
    task = await ada.add_task()
    async with connection(database_url) as raw, failing_updates(raw, task["id"], failures=2):
        answer = await ada.patch(f"tasks/{task['id']}", {"title": "third time lucky"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_no_task_is_added_to_a_project_after_it_was_archived(ada: Api, database_url: str) -> None:
    for round_ in range(10):
        project = await ada.open_project(key=f"RACE{round_}")
        await asyncio.gather(
            ada.post(f"projects/{project['id']}/archive"),
            *(ada.post("tasks", {"project_id": project["id"], "title": "late"}) for _ in range(8)),
        )
    async with connection(database_url) as raw:
        late = await raw.fetchval(
            """
            SELECT count(*) FROM events AS added
            JOIN events AS archived ON archived.stream_id = added.stream_id AND archived.type = 'project.archived'
                AND archived.entity_id::text = added.snapshot ->> 'project_id'
            WHERE added.stream_id = $1 AND added.type = 'task.created' AND added.seq > archived.seq
            """,
            ada.workspace["id"],
        )
    assert late == 0


async def test_a_project_and_its_tasks_go_to_the_trash_together_whatever_happens_meanwhile(ada: Api) -> None:
    for round_ in range(10):
        project = await ada.open_project(key=f"BIN{round_}")
        tasks = [await ada.add_task() for _ in range(3)]
        await asyncio.gather(
            ada.delete(f"projects/{project['id']}"),
            *(ada.patch(f"tasks/{task['id']}", {"title": "meanwhile"}) for task in tasks),
            *(ada.post("tasks", {"project_id": project["id"], "title": "meanwhile"}) for _ in range(3)),
        )
        live = (await ada.get("tasks", project_id=project["id"])).json()["items"]
        assert live == []


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    raw = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        yield raw
    finally:
        await raw.close()


@asynccontextmanager
async def failing_updates(raw: asyncpg.Connection, task_id: str, *, failures: int) -> AsyncIterator[None]:
    """Makes the first updates of a task fail as a serialization failure would."""
    await raw.execute(
        f"""
        CREATE SEQUENCE failures;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.id = '{task_id}' AND nextval('failures') <= {failures} THEN
                RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fail BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION fail();
        """
    )
    try:
        yield
    finally:
        assert await raw.fetchval("SELECT last_value FROM failures") >= failures
        await raw.execute("DROP TRIGGER fail ON tasks; DROP FUNCTION fail; DROP SEQUENCE failures")
