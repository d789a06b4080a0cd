"""Names that are older than their keys to sort by, and labels whose names have become equal since."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from integration.tasks.reads.test_lists_over_http import walk
from support.harness.api import Api, ok
from support.harness.migrations import downgrade, migrate
from support.harness.problems import problem
from support.harness.trusting_service import started_service
from taskhub.app import TaskHub
from taskhub.kernel.domain.texts import sort_key
from taskhub.workspaces.contract.access import Role

BEFORE, AFTER = "0006", "0007"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER, WORKSPACE = uuid4(), uuid4()
NAMES = ["item 10", "Zebra", "Äpfel", "item 2", "apfelmus", *(f"n{number}" for number in range(1, 1200))]
HEART, HEART_IN_COLOR = "❤", "❤\ufe0f"

Row = dict[str, Any]
MADE: Row = {"workspace_id": WORKSPACE, "version": 1, "created_at": NOW, "updated_at": NOW}


def label_of(name: str, folded_name: str, age: int = 0) -> Row:
    """As the former version folded names: with what is not to be seen."""
    then = NOW - timedelta(days=age)
    return {**MADE, "id": uuid4(), "name": name, "folded_name": folded_name, "color": "#808080", "created_at": then}


def project_of(name: str, key: str) -> Row:
    return {**MADE, "id": uuid4(), "key": key, "name": name, "workflow": WORKFLOW, "created_by_id": USER}


WORKFLOW = '{"statuses": [{"key": "todo", "name": "To do", "category": "todo"}], "transitions": null}'
LABELS = [
    *(label_of(name, name.casefold()) for name in NAMES),
    label_of(HEART_IN_COLOR, HEART_IN_COLOR, age=2),
    label_of(HEART, HEART, age=1),
    label_of("a\u200d\u200d", "a\u200d\u200d", age=1),
    label_of("A\u200d", "a\u200d", age=2),
]


def rows() -> dict[str, list[Row]]:
    owner = {"user_id": USER, "role": int(Role.OWNER), "joined_at": NOW, "updated_at": NOW, "version": 1}
    return {
        "workspaces": [{"id": WORKSPACE, "name": "Old", "time_zone": "UTC", "version": 1, "created_at": NOW, "updated_at": NOW}],
        "members": [{"workspace_id": WORKSPACE, **owner}],
        "projects": [project_of(name, f"P{index}") for index, name in enumerate(NAMES)],
        "labels": LABELS,
        "event_streams": [{"stream_id": WORKSPACE, "last_seq": 0, "moved_at": NOW}],
    }


async def insert(url: str, table: str, *records: Row) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        places = ", ".join(f"${number}" for number in range(1, len(records[0]) + 1))
        statement = f"INSERT INTO {table} ({', '.join(records[0])}) VALUES ({places})"
        await connection.executemany(statement, [tuple(record.values()) for record in records])
    finally:
        await connection.close()


async def fetch(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


@pytest.fixture
async def old_url(empty_url: str) -> str:
    """A database of before, with names in it."""
    await migrate(empty_url, BEFORE)
    for table, records in rows().items():
        await insert(empty_url, table, *records)
    return empty_url


@pytest.fixture
async def app(old_url: str) -> AsyncIterator[TaskHub]:
    """The service of today on the migrated database."""
    await migrate(old_url)
    async with started_service(old_url) as app:
        yield app


@pytest.fixture
async def old(app: TaskHub) -> AsyncIterator[Api]:
    async with Api.on(app) as api:
        api.user, api.workspace = {"id": str(USER)}, {"id": str(WORKSPACE)}
        api.client.headers["authorization"] = f"Bearer {USER} ADMIN"
        yield api


@pytest.mark.parametrize("path", ["projects", "labels"])
async def test_old_names_are_listed_as_people_sort_them(old: Api, path: str) -> None:
    names = [thing["name"] for thing in await walk(old, path, limit=200)]
    assert sorted(names) == sorted(NAMES if path == "projects" else [label["name"] for label in LABELS])
    assert [name for name in names if name[0] in "Äaiz" or name == "Zebra"][-5:] == [
        "Äpfel",
        "apfelmus",
        "item 2",
        "item 10",
        "Zebra",
    ]
    assert [name for name in names if name[0] == "n"] == NAMES[5:]


async def test_labels_whose_names_have_become_equal_all_go_on(old: Api, old_url: str) -> None:
    folded = {record["name"]: record["folded_name"] for record in await fetch(old_url, "SELECT name, folded_name FROM labels")}
    assert folded[HEART_IN_COLOR] == HEART_IN_COLOR, "the other one has the name already"
    assert (folded["A\u200d"], folded["a\u200d\u200d"]) == ("a", "a\u200d\u200d"), "the older one gets it"
    for label in LABELS[-4:]:
        changed = ok(await old.patch(f"labels/{label['id']}", {"color": "#123456"}))
        assert (changed["name"], changed["version"]) == (label["name"], 2)
    for name in (HEART, HEART_IN_COLOR, "a"):
        problem(await old.post("labels", {"name": name}), 409, "name_taken")


async def test_a_migration_that_broke_off_goes_on_where_it_was(old_url: str) -> None:
    """Its first statements are committed before its end."""
    connection = await asyncpg.connect(old_url.replace("+asyncpg", ""))
    try:
        await connection.execute("""ALTER TABLE labels ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT ''""")
        await connection.execute("UPDATE labels SET sort_key = 'half-way' WHERE name = 'Zebra'")
        await connection.execute("CREATE INDEX ix_labels_name ON labels (sort_key)")
    finally:
        await connection.close()
    await migrate(old_url, AFTER)
    assert {record["sort_key"] for record in await fetch(old_url, "SELECT sort_key FROM labels WHERE name = 'Zebra'")} == {
        "zebra"
    }
    indexes = await fetch(old_url, "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_labels_name'")
    assert "(workspace_id, sort_key, id)" in indexes[0]["indexdef"]


async def test_the_way_down_leaves_every_label_with_a_name_of_its_own(old_url: str) -> None:
    await migrate(old_url, AFTER)
    await downgrade(old_url, BEFORE)
    assert len(await fetch(old_url, "SELECT DISTINCT folded_name FROM labels")) == len(LABELS)
    await migrate(old_url, AFTER)


async def test_names_that_a_former_version_writes_meanwhile_are_mended(old: Api, app: TaskHub, old_url: str) -> None:
    """It knows of no keys: a new row has an empty one, and a new name leaves the key as it was."""
    now = datetime.now(UTC)
    fresh = {**label_of("Ärmel", "ärmel"), "created_at": now, "updated_at": now}
    await insert(old_url, "labels", fresh, {**label_of("item 3", "item 3"), "updated_at": now - timedelta(days=3)})
    await fetch(old_url, f"UPDATE projects SET name = 'Öl 12', updated_at = '{now.isoformat()}' WHERE key = 'P1' RETURNING id")
    listed = [label["name"] for label in await walk(old, "labels", limit=200)]
    assert sorted(listed) == sorted([*(label["name"] for label in LABELS), "Ärmel", "item 3"]), "none is missing before, either"
    container = app.state.container
    (upkeep,) = (purge for purge in container.modules["tasks"].purges() if purge.name == "sort_keys")
    assert await upkeep.remove(container.database(), now) == 3
    assert await upkeep.remove(container.database(), now) == 0
    for table in ("labels", "projects"):
        for record in await fetch(old_url, f"SELECT name, sort_key FROM {table}"):
            assert record["sort_key"] == sort_key(record["name"])
