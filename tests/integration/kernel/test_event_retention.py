"""Logs of which only the last days are kept."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from integration.conftest import make_container, migrated_database
from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.app import TaskHub
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log import retention
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.retention import EventRetention
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

DAYS = 30
AGE = timedelta(days=DAYS) + retention.MARGIN
ALL_HANDLED: tuple[str, ...] = ()
WRITES = 30


@pytest.fixture(scope="module")
def database_of_its_own(template_url: str) -> Iterator[str]:
    """Retention goes through all logs of a database, also those of other tests."""
    with migrated_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def app(database_of_its_own: str) -> AsyncIterator[TaskHub]:
    app = TaskHub(make_container(database_of_its_own, keep_events_days=DAYS))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def database(app: TaskHub) -> Database:
    return app.state.container.database()


class Recorder:
    """A subscriber that notes what it is given."""

    name = "test.recorder"
    types = frozenset({"task.created", "task.updated"})

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def handle(self, event: Event, uow: SqlUnitOfWork) -> bool:
        self.events.append(event)
        return True

    def seqs_in(self, api: Api) -> list[int]:
        return [event.seq for event in self.events if str(event.stream_id) == api.workspace["id"]]


async def remove(database: Database, before: datetime) -> int:
    """Removes what happened before an instant, whoever has handled it."""
    return await EventRetention(DAYS, ALL_HANDLED)(database, before + AGE)


async def rows(database: Database, api: Api) -> list[Any]:
    async with database.connection() as connection:
        query = "SELECT seq, entity_id, entity_version, changes::text, snapshot FROM events WHERE stream_id = $1 ORDER BY seq"
        return list(await connection._driver.fetch(query, UUID(api.workspace["id"])))


async def begin(database: Database, api: Api) -> int:
    async with database.connection() as connection:
        query = "SELECT removed_until FROM event_streams WHERE stream_id = $1"
        return int(await connection._driver.fetchval(query, UUID(api.workspace["id"])))


async def changes(api: Api, **parameters: Any) -> Any:
    return ok(await api.get("changes", **parameters))


async def half_removed(ada: Api, database: Database) -> tuple[dict[str, Any], list[Any]]:
    """A task of which three changes are too old and two are kept, and all changes as they were."""
    task = await ada.add_task()
    for title in ("Second", "Third"):
        ok(await ada.patch(f"tasks/{task['id']}", {"title": title}))
    instant = system_clock()
    for title in ("Fourth", "Fifth"):
        ok(await ada.patch(f"tasks/{task['id']}", {"title": title}))
    everything = (await changes(ada))["items"]
    assert await remove(database, instant) > 0
    return task, everything


async def test_what_is_older_is_removed_and_the_rest_has_no_gap(ada: Api, database: Database) -> None:
    _, everything = await half_removed(ada, database)
    place = everything[-3]["cursor"]
    kept = await changes(ada, cursor=place)
    assert kept["items"] == everything[-2:]
    assert await begin(database, ada) == everything[-3]["seq"]
    assert await remove(database, system_clock() - timedelta(days=1)) == 0


async def test_what_points_before_the_kept_is_told_to_begin_anew(ada: Api, database: Database) -> None:
    _, everything = await half_removed(ada, database)
    for parameters in (
        {"cursor": everything[-4]["cursor"]},
        {"cursor": everything[0]["cursor"], "entity_type": "task"},
        {"from": "start"},
        {},
        {"from": everything[0]["occurred_at"]},
        {"from": "2020-01-01T00:00:00Z", "wait": 1},
    ):
        refusal = problem(await ada.get("changes", **parameters), 410, "cursor_expired")
        assert "from=now" in refusal["detail"]
        problem(
            await ada.get("stream", **{name: parameters[name] for name in parameters if name != "wait"}), 410, "cursor_expired"
        )
    assert (await changes(ada, **{"from": everything[-1]["occurred_at"]}))["items"] == everything[-1:]
    assert (await changes(ada, **{"from": "now"}))["items"] == []


async def test_a_log_of_which_nothing_is_left_goes_on_with_its_numbers(ada: Api, database: Database) -> None:
    task = await ada.add_task()
    last = (await changes(ada))["items"][-1]
    instant = system_clock()
    await remove(database, instant)
    assert (await changes(ada, cursor=last["cursor"]))["items"] == []
    assert (await changes(ada, **{"from": instant.isoformat()}))["items"] == []
    ok(await ada.patch(f"tasks/{task['id']}", {"title": "Later"}))
    page = await changes(ada, cursor=last["cursor"])
    assert [one["seq"] for one in page["items"]] == [last["seq"] + 1]
    assert (await changes(ada, **{"from": instant.isoformat()}))["items"] == page["items"]


async def test_the_history_of_a_task_begins_where_the_log_does(ada: Api, database: Database) -> None:
    task, _ = await half_removed(ada, database)
    path = f"tasks/{task['id']}/history"
    answer = await ada.get(path)
    assert [one["version"] for one in ok(answer)["items"]] == [5, 4]
    await remove(database, system_clock())
    assert ok(await ada.get(path, headers={"if-none-match": answer.headers["etag"]}))["items"] == []


async def test_of_what_is_there_the_last_state_stays_without_the_values_of_its_changes(ada: Api, database: Database) -> None:
    task, everything = await half_removed(ada, database)
    since = await begin(database, ada)
    hidden = [row for row in await rows(database, ada) if row["seq"] <= since]
    (last,) = (row for row in hidden if str(row["entity_id"]) == task["id"])
    assert last["entity_version"] == 3
    assert '"Third"' in last["snapshot"]
    assert last["changes"] == '{"title": null}'
    things = {one["entity_id"] for one in everything}
    assert {str(row["entity_id"]) for row in hidden} == things
    await remove(database, system_clock())
    hidden = [row for row in await rows(database, ada) if str(row["entity_id"]) == task["id"]]
    assert [row["entity_version"] for row in hidden] == [5]


async def test_of_what_is_gone_for_good_nothing_stays(ada: Api, database: Database) -> None:
    label = ok(await ada.post("labels", {"name": "Engine", "color": "#ff0000"}))
    assert (await ada.delete(f"labels/{label['id']}")).status_code == 204
    await remove(database, system_clock())
    assert label["id"] not in {str(row["entity_id"]) for row in await rows(database, ada)}


async def test_no_event_goes_that_a_subscriber_has_not_had(ada: Api, database: Database) -> None:
    await ada.add_task()
    later = system_clock() + AGE
    assert await EventRetention(DAYS, ["of.nobody"])(database, later) == 0
    async with database.connection() as connection:
        move = "INSERT INTO subscriptions (stream_id, subscriber, position, failures) VALUES ($1, 'of.nobody', 2, 0)"
        await connection._driver.execute(move, UUID(ada.workspace["id"]))
    await EventRetention(DAYS, ["of.nobody"])(database, later)
    assert await begin(database, ada) == 2
    assert (await changes(ada, **{"from": "now"}))["items"] == []


async def test_as_of_goes_back_to_where_the_log_begins(ada: Api, database: Database) -> None:
    task, everything = await half_removed(ada, database)
    path, fourth = f"tasks/{task['id']}", everything[-2]
    for as_of in (everything[-3]["seq"], 1, everything[-3]["occurred_at"], "2020-01-01T00:00:00Z"):
        problem(await ada.get(path, as_of=as_of), 400, "not_in_log")
        problem(await ada.get("tasks", as_of=as_of), 400, "not_in_log")
    for as_of in (fourth["seq"], fourth["occurred_at"]):
        assert ok(await ada.get(path, as_of=as_of)) == fourth["snapshot"]
        assert ok(await ada.get("tasks", as_of=as_of))["items"] == [fourth["snapshot"]]


async def test_as_of_knows_what_has_not_changed_since_the_log_begins(ada: Api, database: Database) -> None:
    """Also at an instant after which nothing has happened yet."""
    task, other = await ada.add_task(), await ada.add_task()
    instant = system_clock()
    await remove(database, instant)
    changed = ok(await ada.patch(f"tasks/{task['id']}", {"title": "Later"}))
    last = (await changes(ada, **{"from": instant.isoformat()}))["items"][-1]["seq"]
    assert ok(await ada.get("tasks", as_of=instant.isoformat()))["items"] == [other, task]
    assert ok(await ada.get("tasks", as_of=last))["items"] == [other, changed]
    assert ok(await ada.get(f"tasks/{other['id']}", as_of=last)) == other


async def test_as_of_goes_on_where_the_last_removed_event_is_of_something_gone(ada: Api, database: Database) -> None:
    """Nothing is left of that event."""
    tasks = [await ada.add_task() for _ in range(3)]
    label = ok(await ada.post("labels", {"name": "Engine"}))
    assert (await ada.delete(f"labels/{label['id']}")).status_code == 204
    instant = system_clock()
    await remove(database, instant)
    assert ok(await ada.get("tasks", as_of=instant.isoformat()))["items"] == tasks[::-1]
    await ada.add_task()
    first = ok(await ada.get("tasks", as_of=instant.isoformat(), limit=2))
    second = ok(await ada.get("tasks", as_of=instant.isoformat(), limit=2, cursor=first["next_cursor"]))
    assert first["items"] + second["items"] == tasks[::-1]


async def test_a_walk_as_of_a_moment_is_told_when_the_log_keeps_it_no_more(ada: Api, database: Database) -> None:
    for _ in range(3):
        await ada.add_task()
    for name in ("One", "Two"):
        ok(await ada.post("labels", {"name": name}))
    as_of = (await changes(ada))["items"][-1]["seq"]
    cursors = {path: ok(await ada.get(path, as_of=as_of, limit=1))["next_cursor"] for path in ("tasks", "labels")}
    await ada.add_task()
    for path, cursor in cursors.items():
        assert len(ok(await ada.get(path, as_of=as_of, limit=1, cursor=cursor))["items"]) == 1
    await remove(database, system_clock())
    for path, cursor in cursors.items():
        problem(await ada.get(path, as_of=as_of, limit=1, cursor=cursor), 400, "not_in_log")


async def test_what_is_older_is_not_undone(ada: Api, database: Database) -> None:
    task, everything = await half_removed(ada, database)
    for change in everything[:-2]:
        problem(await ada.post(f"changes/{change['seq']}/undo"), 409, "not_undoable")
    problem(await ada.post(f"changes/{everything[-1]['seq'] + 1}/undo"), 404, "not_found")
    ok(await ada.post(f"changes/{everything[-1]['seq']}/undo"))
    assert ok(await ada.get(f"tasks/{task['id']}"))["title"] == "Fourth"


async def test_a_command_of_which_a_part_is_removed_is_not_undone(ada: Api, database: Database) -> None:
    """Of what is gone for good nothing stays that would tell of it."""
    label = ok(await ada.post("labels", {"name": "Engine"}))
    tasks = [await ada.add_task(label_ids=[label["id"]]) for _ in range(2)]
    assert (await ada.delete(f"labels/{label['id']}")).status_code == 204
    events = (await changes(ada))["items"][-3:]
    assert {event["entity_id"] for event in events} == {label["id"], *(task["id"] for task in tasks)}
    for position in (event["seq"] for event in events[:-1]):

        async def has_come_so_far(database: Database, stream_id: UUID, position: int = position) -> int | None:
            return position

        await EventRetention(DAYS, ALL_HANDLED, [has_come_so_far])(database, system_clock() + AGE)
        assert await begin(database, ada) == position
        for event in events:
            problem(await ada.post(f"changes/{event['seq']}/undo"), 409, "not_undoable")
    assert [task["label_ids"] for task in ok(await ada.get("tasks"))["items"]] == [[], []]


async def remove_what_is_handled(app: TaskHub) -> None:
    """As the service does it, once its subscribers have handled everything."""
    (purge,) = (one for one in app.state.container.purges() if one.name == "events")
    for subscription in app.state.background.subscriptions:
        await subscription.catch_up()
    await purge.remove(app.state.container.database(), system_clock() + AGE)


async def test_the_service_removes_by_itself_what_its_subscribers_have_handled(
    ada: Api, app: TaskHub, database: Database
) -> None:
    await ada.add_task()
    last = (await changes(ada))["items"][-1]["seq"]

    async def removed() -> bool:
        await remove_what_is_handled(app)
        return await begin(database, ada) == last

    await eventually(removed)


async def test_no_event_goes_that_a_webhook_has_yet_to_deliver(ada: Api, app: TaskHub, database: Database) -> None:
    """One that is switched off waits for nothing."""
    webhook = ok(await ada.post("webhooks", {"url": "https://example.com/hook", "types": ["comment.created"]}))
    await ada.add_task()
    last = (await changes(ada))["items"][-1]["seq"]
    hold = "UPDATE webhook_queues SET position = 1, is_full = true WHERE workspace_id = $1 AND position = $2 RETURNING position"

    async def held() -> bool:
        async with database.connection() as connection:
            return await connection._driver.fetchval(hold, UUID(ada.workspace["id"]), last) is not None

    async def begins_at(seq: int) -> bool:
        await remove_what_is_handled(app)
        return await begin(database, ada) == seq

    await eventually(held)
    await eventually(lambda: begins_at(1))
    assert not await begins_at(2)
    ok(await ada.patch(f"webhooks/{webhook['id']}", {"active": False}))
    await eventually(lambda: begins_at(last + 1))


async def test_by_default_events_are_kept_for_ever(database_of_its_own: str) -> None:
    assert "events" not in {purge.name for purge in make_container(database_of_its_own).purges()}


async def test_a_batch_is_bounded(ada: Api, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "EVENTS_PER_BATCH", 2)
    _, everything = await half_removed(ada, database)
    assert await begin(database, ada) == everything[-3]["seq"]


async def test_a_new_subscriber_begins_with_what_is_kept(ada: Api, app: TaskHub, database: Database) -> None:
    """It is not given the states that stay hidden, and holds nothing back for ever."""
    _, everything = await half_removed(ada, database)
    seen = Recorder()
    subscription = Subscription(seen, app.state.container.modules["tasks"].runner(), database, EventNotifier(), system_clock)
    await subscription.catch_up()
    assert seen.seqs_in(ada) == [one["seq"] for one in everything[-2:]]


class SlowReader:
    """Reads on, and rests now and then until the log does not hold its place any more: then it is ``told``, and begins anew."""

    def __init__(self, api: Api, database: Database, random: Random) -> None:
        self._api = api
        self._database = database
        self._random = random
        self.told = 0
        self.read = 0

    async def follow(self, is_over: asyncio.Event) -> None:
        cursor, last = await self._begin(), None
        while not is_over.is_set():
            if last is not None and self._random.random() < 0.2:
                await self._rest(last, is_over)
            answer = await self._api.get("changes", cursor=cursor, limit=self._random.choice((1, 5, 1000)))
            if answer.status_code == 410:
                self.told += 1
                cursor, last = await self._begin(), None
                continue
            page = ok(answer)
            cursor, last = page["next_cursor"], self._without_gap([one["seq"] for one in page["items"]], last)

    async def _rest(self, last: int, is_over: asyncio.Event) -> None:
        while not is_over.is_set() and await begin(self._database, self._api) <= last:
            await asyncio.sleep(0)

    async def _begin(self) -> str:
        return str((await changes(self._api, **{"from": "now"}))["next_cursor"])

    def _without_gap(self, seqs: list[int], last: int | None) -> int | None:
        if not seqs:
            return last
        self.read += len(seqs)
        assert seqs == [*range(seqs[0] if last is None else last + 1, seqs[-1] + 1)]
        return seqs[-1]


async def test_under_writers_no_reader_misses_anything_without_being_told(ada: Api, database: Database) -> None:
    """Two processes remove all that is older than now, while two write and others read on from where they were."""
    tasks = [(await ada.add_task())["id"] for _ in range(3)]
    is_over = asyncio.Event()

    async def write(random: Random) -> None:
        for _ in range(WRITES):
            items = [{"id": id, "patch": {"title": f"{random.random()}"}} for id in tasks]
            ok(await ada.post("tasks/bulk_update", {"items": items}))

    async def shorten() -> int:
        removed = 0
        while not is_over.is_set():
            removed += await remove(database, system_clock())
        return removed

    async with asyncio.timeout(10 * PATIENCE_SECONDS), asyncio.TaskGroup() as others:
        shortening = [others.create_task(shorten()) for _ in range(2)]
        readers = [SlowReader(ada, database, Random(seed)) for seed in range(3)]
        for reader in readers:
            others.create_task(reader.follow(is_over))
        async with asyncio.TaskGroup() as writing:
            for seed in range(2):
                writing.create_task(write(Random(seed)))
        is_over.set()

    assert sum([await task for task in shortening]) > WRITES
    assert all(reader.told or reader.read for reader in readers)
    since, events = await begin(database, ada), await rows(database, ada)
    kept = [row["seq"] for row in events if row["seq"] > since]
    assert kept == [*range(since + 1, since + 1 + len(kept))]
    for id in tasks:
        versions = [row["entity_version"] for row in events if str(row["entity_id"]) == id]
        assert versions[-1] == ok(await ada.get(f"tasks/{id}"))["version"]
