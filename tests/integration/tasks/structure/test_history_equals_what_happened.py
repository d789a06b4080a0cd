"""History equals what happened: whatever was done to tasks at random, their changes from the first on lead to what they are."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

import pytest

from integration.tasks.reads.test_lists_over_http import walk
from support.harness.api import Api, ok
from support.harness.concurrency.random_requests import WEIGHTS, RandomRequests
from support.harness.event_log import read_log
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database

STEPS = 250
TOLD_BY_ITSELF = {"version", "updated_at"}
"""What an event tells beside its changes."""


@pytest.fixture(params=range(4), scope="module")
async def work(request: pytest.FixtureRequest, app: TaskHub) -> AsyncIterator[RandomRequests]:
    """A workspace in which somebody has worked at random."""
    async with Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        work = RandomRequests(api, seed=request.param)
        await work.prepare()
        for _ in work.steps(STEPS, until_done={*WEIGHTS}):
            await work.do(1)
        yield work


def replayed(changes: Iterable[dict[str, list[Any]]]) -> dict[str, Any]:
    """What a thing is after changes, of which each has to begin where the one before it ended. At first all is null."""
    thing: defaultdict[str, Any] = defaultdict(lambda: None)
    for step in changes:
        for name, (before, after) in step.items():
            assert thing[name] == before, name
            assert before != after, name
            thing[name] = after
    return dict(thing)


async def test_the_changes_of_each_task_lead_to_what_it_is(work: RandomRequests) -> None:
    assert len(work.tasks) > 10
    for id in work.tasks:
        now = ok(await work.api.get(f"tasks/{id}", deleted="true"))
        told = [entry for entry in await walk(work.api, f"tasks/{id}/history", limit=7) if entry["type"].startswith("task.")]
        entries = told[::-1]
        assert [entry["version"] for entry in entries] == list(range(1, now["version"] + 1))
        of_itself = {"version": entries[-1]["version"], "updated_at": entries[-1]["occurred_at"]}
        assert dict.fromkeys(now) | replayed(entry["changes"] for entry in entries) | of_itself == now


async def test_the_log_holds_each_thing_as_its_changes_made_it(work: RandomRequests, database: Database) -> None:
    so_far: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for event in await read_log(database, UUID(work.api.workspace["id"])):
        if event["entity_type"] not in ("task", "project", "label", "comment") or event["snapshot"] is None:
            continue
        so_far[event["entity_id"]].append(event["changes"])
        assert event["entity_version"] == event["snapshot"]["version"] == len(so_far[event["entity_id"]])
        shown = {name: value for name, value in event["snapshot"].items() if name not in TOLD_BY_ITSELF}
        assert dict.fromkeys(shown) | replayed(so_far[event["entity_id"]]) == shown


async def test_every_answer_was_what_the_log_holds_of_that_version(work: RandomRequests, database: Database) -> None:
    log = await read_log(database, UUID(work.api.workspace["id"]))
    logged = {(str(event["entity_id"]), event["entity_version"]): event["snapshot"] for event in log}
    assert {key: logged[key] for key in work.seen} == work.seen


async def test_the_random_work_does_something_of_everything(work: RandomRequests) -> None:
    assert work.done == {*WEIGHTS}
    assert sum(count for (_, status), count in work.outcomes.items() if status < 300) > STEPS / 3
