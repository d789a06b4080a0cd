"""Filters of tasks, against the same filters told in Python; and what clients see of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.tasks import ContentFactory
from support.harness.api import Api, ok
from support.harness.task_rows import store, task_of
from taskhub.container import Container
from taskhub.kernel.application.pages import PageRequest, SortOrder
from taskhub.tasks.application.queries import TaskFilter, TaskSort
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.moments import DueBound
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.task import Task

pytestmark = pytest.mark.usefixtures("app")

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("Etc/GMT+12", "America/Los_Angeles", "UTC", "Asia/Kathmandu", "Pacific/Kiritimati")]
USERS, PROJECTS, IDS = [uuid4() for _ in range(3)], [uuid4() for _ in range(3)], [uuid4() for _ in range(12)]
LABELS = [uuid4() for _ in range(3)]

some: Any = {"max_size": 2, "unique": True}
instants = st.sampled_from([DAY - timedelta(days=1), DAY, DAY + timedelta(hours=5), DAY + timedelta(days=1)])
dates = st.sampled_from([DAY.date() + timedelta(days=n) for n in (-1, 0, 1)])
around = st.builds(lambda hours: DAY + timedelta(hours=hours), st.integers(-40, 40))
bounds = st.none() | st.builds(DueBound.of, around | dates, st.sampled_from(ZONES))
dues = st.none() | st.builds(Due, dates) | st.builds(Due, st.just(DAY.date()), at=around)
rows = st.fixed_dictionaries(
    {
        "project_id": st.sampled_from(PROJECTS),
        "closed_at": st.none() | st.just(DAY),
        "deleted_at": st.none() | st.just(DAY),
        "created_at": instants,
        "updated_at": instants,
        "content": st.builds(
            ContentFactory,
            title=st.sampled_from(["Oil", "Engine", "Oil the engine"]),
            status=st.sampled_from(["todo", "in_progress", "done"]),
            priority=st.sampled_from(Priority),
            assignee_ids=st.lists(st.sampled_from(USERS), **some).map(tuple),
            label_ids=st.lists(st.sampled_from(LABELS), **some).map(tuple),
            due=dues,
        ),
    }
)
filters: dict[str, Any] = {
    "ids": st.just(()) | st.lists(st.sampled_from([*IDS, uuid4()]), min_size=1, max_size=8, unique=True).map(tuple),
    "project_ids": st.lists(st.sampled_from([*PROJECTS, uuid4()]), **some).map(tuple),
    "statuses": st.lists(st.sampled_from(["todo", "done", "unheard_of"]), **some).map(tuple),
    "status_categories": st.lists(st.sampled_from(["todo", "done"]), **some).map(tuple),
    "priorities": st.lists(st.integers(0, 4), **some).map(tuple),
    "assignee_ids": st.lists(st.sampled_from(USERS), **some).map(tuple),
    "unassigned": st.booleans(),
    "label_ids": st.lists(st.sampled_from(LABELS), **some).map(tuple),
    "unlabelled": st.booleans(),
    "due_before": bounds,
    "due_after": bounds,
    "created_before": st.none() | instants,
    "created_after": st.none() | instants,
    "updated_before": st.none() | instants,
    "updated_after": st.none() | instants,
    "not_statuses": st.lists(st.sampled_from(["todo", "done", "unheard_of"]), **some).map(tuple),
    "not_priorities": st.lists(st.integers(0, 4), **some).map(tuple),
    "not_assignee_ids": st.lists(st.sampled_from([*USERS, uuid4()]), **some).map(tuple),
    "assigned": st.booleans(),
    "not_label_ids": st.lists(st.sampled_from([*LABELS, uuid4()]), **some).map(tuple),
    "labelled": st.booleans(),
    "closed": st.none() | st.booleans(),
    "q": st.none() | st.sampled_from(["oil", "eng", "oil engine", "the"]),
    "deleted": st.booleans(),
}
some_filters = st.lists(st.sampled_from(sorted(filters)), max_size=5, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: filters[name] for name in names})
)
ORDERS = [SortOrder(sort, descending) for sort in TaskSort if sort is not TaskSort.RANK for descending in (False, True)]
"""The order of one project is found by its row, which these projects have not."""


def matches(task: Task, chosen: TaskFilter) -> bool:
    content, due = task.content, task.content.due
    words = content.title.lower().split()
    *whole, last = (chosen.q or "").split() or [""]
    nobody = chosen.unassigned and not content.assignee_ids
    return all(
        (
            not chosen.ids or task.id in chosen.ids,
            not chosen.project_ids or task.project_id in chosen.project_ids,
            not chosen.statuses or content.status in chosen.statuses,
            not chosen.status_categories or task.status_category in chosen.status_categories,
            not chosen.priorities or content.priority in chosen.priorities,
            not (chosen.assignee_ids or chosen.unassigned) or nobody or set(chosen.assignee_ids) & set(content.assignee_ids),
            not (chosen.label_ids or chosen.unlabelled)
            or (chosen.unlabelled and not content.label_ids)
            or set(chosen.label_ids) & set(content.label_ids),
            content.status not in chosen.not_statuses,
            content.priority not in chosen.not_priorities,
            not set(chosen.not_assignee_ids) & set(content.assignee_ids),
            not chosen.assigned or content.assignee_ids,
            not set(chosen.not_label_ids) & set(content.label_ids),
            not chosen.labelled or content.label_ids,
            chosen.due_before is None or (due is not None and chosen.due_before.is_after(due)),
            chosen.due_after is None or (due is not None and not chosen.due_after.is_after(due)),
            chosen.created_before is None or task.created_at < chosen.created_before,
            chosen.created_after is None or task.created_at >= chosen.created_after,
            chosen.updated_before is None or task.updated_at < chosen.updated_before,
            chosen.updated_after is None or task.updated_at >= chosen.updated_after,
            chosen.closed is None or chosen.closed == (task.closed_at is not None),
            chosen.deleted == (task.deleted_at is not None),
            chosen.q is None or (all(w in words for w in whole) and any(w.startswith(last) for w in words)),
        )
    )


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, min_size=4, max_size=12), some_filters, st.sampled_from(ORDERS))
async def test_all_filters_have_to_match(
    container: Container, values: list[dict[str, Any]], asked: dict[str, Any], order: SortOrder[TaskSort]
) -> None:
    workspace_id = uuid4()
    tasks = [task_of(workspace_id, id=id, number=n, **row) for n, (id, row) in enumerate(zip(IDS, values, strict=False), start=1)]
    await store(container.database(), tasks)
    chosen = TaskFilter(**asked)
    page_slice = await container.modules["tasks"].task_queries().list(workspace_id, chosen, PageRequest(order, 50))
    assert {view.id for view in page_slice.items} == {task.id for task in tasks if matches(task, chosen)}


async def test_in_utc_an_all_day_task_is_due_at_the_end_of_its_date_in_utc(ada: Api) -> None:
    all_day = await ada.add_task(due={"date": "2026-11-20"})
    timed = await ada.add_task(due={"date": "2026-11-20", "time": "23:30", "time_zone": "America/New_York"})
    await ada.add_task()
    assert await keys(ada, due_before="2026-11-21") == [all_day["key"]]
    assert await keys(ada, due_before="2026-11-20T23:59:59Z") == []
    assert await keys(ada, due_after="2026-11-20", due_before="2026-11-20") == []
    assert await keys(ada, due_after="2026-11-21T04:30:00Z") == [timed["key"]]
    assert await keys(ada, due_after="2026-11-21T04:30:00.000001Z") == []
    assert await keys(ada, due_before="2026-11-21T04:30:00Z") == [all_day["key"]]


async def test_me_and_none_are_assignees_to_ask_for(ada: Api) -> None:
    mine = await ada.add_task(assignee_ids=[ada.user["id"]])
    nobodys = await ada.add_task()
    assert await keys(ada, assignee_id="me") == [mine["key"]]
    assert await keys(ada, assignee_id="none") == [nobodys["key"]]
    assert await keys(ada, assignee_id=["me", "none"]) == [nobodys["key"], mine["key"]]
    assert await keys(ada, assignee_id=str(uuid4())) == []


@pytest.mark.parametrize("name", ["ids", "project_id", "assignee_id"])
async def test_an_unknown_id_gives_an_empty_list_and_a_malformed_one_is_refused(ada: Api, name: str) -> None:
    await ada.add_task()
    assert await keys(ada, **{name: str(uuid4())}) == []
    answer = await ada.get("tasks", **{name: "OPS_1"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == name


async def test_the_trash_is_another_list(ada: Api) -> None:
    kept, thrown = await ada.add_task("Kept"), await ada.add_task("Thrown")
    await ada.delete(f"tasks/{thrown['id']}")
    assert await keys(ada) == [kept["key"]]
    assert await keys(ada, deleted="true") == [thrown["key"]]
    assert await keys(ada, deleted="true", q="thro", sort="due") == [thrown["key"]]
    await ada.delete(f"projects/{ada.project['id']}")
    assert await keys(ada) == []
    assert await keys(ada, deleted="true", sort="key") == [kept["key"], thrown["key"]]


async def keys(api: Api, **parameters: Any) -> list[str]:
    return [task["key"] for task in ok(await api.get("tasks", **parameters))["items"]]
