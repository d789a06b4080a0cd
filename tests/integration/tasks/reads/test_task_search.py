"""Searching tasks for words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from factories.tasks import ContentFactory
from support.harness.api import Api, ok
from support.harness.task_rows import store, task_of
from taskhub.container import Container
from taskhub.kernel.application.pages import PageRequest, SortOrder
from taskhub.tasks.application.queries import NEWEST_FIRST, TaskFilter, TaskSort
from taskhub.tasks.infrastructure.queries.few_or_many import FEW

pytestmark = pytest.mark.usefixtures("app")

DAY = datetime(2026, 3, 1, tzinfo=UTC)


async def found(api: Api, q: str, **parameters: Any) -> list[str]:
    return [task["title"] for task in ok(await api.get("tasks", q=q, **parameters))["items"]]


async def test_words_are_found_in_key_title_and_description(ada: Api) -> None:
    await ada.add_task("Oil the engine", description="Twice a *day*, says Grace.")
    for q in ("oil", "ENGINE", "grace", "day twice oil", "OPS", "ops-1", "OPS-1 oil grace"):
        assert await found(ada, q) == ["Oil the engine"], q


async def test_every_word_has_to_be_there(ada: Api) -> None:
    await ada.add_task("Oil the engine")
    assert await found(ada, "oil boat") == []
    assert await found(ada, "boat oil") == []


async def test_only_the_last_word_may_be_a_beginning(ada: Api) -> None:
    await ada.add_task("Oil the engine")
    assert await found(ada, "oil eng") == ["Oil the engine"]
    assert await found(ada, "eng oil") == []
    assert await found(ada, "gine") == []


async def test_a_key_finds_its_task_and_those_that_mention_it(ada: Api) -> None:
    await ada.add_task("Call 1 of 42 people")
    mentions = (await ada.add_task("Wait for OPS-1, then go"))["title"]
    assert await found(ada, "ops-1") == [mentions, "Call 1 of 42 people"]
    assert await found(ada, "OPS-2") == [mentions]
    assert await found(ada, "OPS-42") == []


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("Move config.yaml to /etc/task-hub", "config.yaml"),
        ("Move config.yaml to /etc/task-hub", "yaml"),
        ("Move config.yaml to /etc/task-hub", "hub"),
        ("Move config.yaml to /etc/task-hub", "etc/task"),
        ("Don't panic", "don't"),
        ("See https://example.com/a?b=c.", "example.com"),
        ("Upgrade to v1.2.3", "v1.2"),
        ("Ask mira@example.com (today)", "mira@example.com today"),
        ("Straße für Ärger", "STRAß"),
        ("Straße für Ärger", "ÄRGER"),
        ("数据库 迁移", "数据"),
        ("Café au lait", "café, au"),
        ("R&D budget", "r&d"),
        ("snake_case names", "case"),
    ],
)
async def test_punctuation_separates_words_and_keeps_them_side_by_side(ada: Api, title: str, q: str) -> None:
    await ada.add_task(title)
    assert await found(ada, q) == [title]


@pytest.mark.parametrize("q", ["yaml.config", "2.1", "eric-task", "r&x"])
async def test_words_with_punctuation_between_them_don_t_match_just_anywhere(ada: Api, q: str) -> None:
    await ada.add_task("config.yaml v1.2.3: task by eric, r and d and x")
    assert await found(ada, q) == []


@pytest.mark.parametrize(
    "q", ["oil:*", "oil & !engine", "(oil", "'oil", 'oil"', "oil | boat", "oil\\", "!oil", "oil <-> engine", "%oil_"]
)
async def test_what_means_something_to_the_database_means_nothing_here(ada: Api, q: str) -> None:
    await ada.add_task("Oil the engine")
    await ada.add_task("Paint the boat")
    answer = await ada.get("tasks", q=q)
    assert answer.status_code == 200
    assert "Paint the boat" not in answer.text


@pytest.mark.parametrize("q", ["", "  ", "-", "!!!", "&|*", "…"])
async def test_a_search_without_a_word_is_refused(ada: Api, q: str) -> None:
    answer = await ada.get("tasks", q=q)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "q"


async def test_a_raised_digit_is_the_digit(ada: Api) -> None:
    await ada.add_task("Oil the engine")
    await ada.add_task("Paint 4 m²")
    assert await found(ada, "⁴") == ["Paint 4 m²"]


async def test_a_search_follows_changes_and_leaves_the_trash_out(ada: Api) -> None:
    task = await ada.add_task("Oil the engine")
    path = f"tasks/{task['id']}"
    await ada.patch(path, {"title": "Grease the engine"})
    assert await found(ada, "oil") == []
    await ada.delete(path)
    assert await found(ada, "grease") == []
    assert await found(ada, "grease", deleted="true") == ["Grease the engine"]
    await ada.post(f"{path}/restore")
    assert await found(ada, "grease") == ["Grease the engine"]


async def test_nobody_finds_what_belongs_to_another_workspace(ada: Api) -> None:
    await ada.add_task("Oil the engine")
    await ada.open_workspace()
    assert await found(ada, "oil") == []


async def test_two_workspaces_with_the_same_mark_stay_apart(container: Container) -> None:
    one = uuid4()
    other = UUID(bytes=uuid4().bytes[:13] + one.bytes[13:])
    for workspace_id in (one, other):
        await store(container.database(), [task_of(workspace_id, number=1)])
    queries = container.modules["tasks"].task_queries()
    page_slice = await queries.list(other, TaskFilter(q="task"), PageRequest(NEWEST_FIRST))
    assert [view.workspace_id for view in page_slice.items] == [other]


async def test_the_largest_description_of_the_most_different_words_can_be_searched(ada: Api) -> None:
    words = " ".join(chr(0x20000 + number) for number in range(42_000))
    blob = "x" * 5_000
    title = (await ada.add_task(description=f"{words} {blob} end"[:100_000]))["title"]
    assert await found(ada, chr(0x20000)) == [title]
    assert await found(ada, chr(0x20000 + 41_999) + " end") == [title]
    long_one = (await ada.add_task("Other", description="a " * 50_000))["title"]
    assert await found(ada, "other a") == [long_one]


@pytest.mark.parametrize("count", [FEW - 1, FEW, FEW + 1, FEW + 60])
@pytest.mark.parametrize("order", [NEWEST_FIRST, SortOrder(TaskSort.DUE), SortOrder(TaskSort.KEY)], ids=str)
async def test_common_words_are_found_like_rare_ones(container: Container, count: int, order: SortOrder[TaskSort]) -> None:
    workspace_id, queries = uuid4(), container.modules["tasks"].task_queries()
    tasks = [
        task_of(
            workspace_id,
            number=number,
            content=ContentFactory(title="Oil it" if number <= count else "Wait", status=("todo", "done")[number % 2]),
            created_at=DAY + timedelta(minutes=number * 7 % 500),
        )
        for number in range(1, FEW + 100)
    ]
    await store(container.database(), tasks)
    for chosen in (TaskFilter(q="oil"), TaskFilter(q="it o", statuses=("todo",))):
        seen, page = [], PageRequest(order, 120)
        while page is not None:
            page_slice = await queries.list(workspace_id, chosen, page)
            seen += [view.number for view in page_slice.items]
            page = msgspec.structs.replace(page, after=page_slice.after) if page_slice.after else None  # type: ignore[assignment]  # None ends it.
        assert sorted(seen) == [n for n in range(1, count + 1) if not chosen.statuses or n % 2 == 0]
        if order.sort is TaskSort.KEY:
            assert seen == sorted(seen)
