"""What a floor may leave out, and what not."""

from typing import Any

import pytest
from benchmarks.exchanges import difference

TASK = {"title": "Oil", "estimate_minutes": None, "watcher_ids": [], "assignee_ids": ["a"]}


@pytest.mark.parametrize(
    "floor", [TASK, {"title": "Oil", "assignee_ids": ["a"]}, {"title": "Oil", "assignee_ids": ["a"], "watcher_ids": []}]
)
def test_a_floor_may_lack_what_nobody_has_set(floor: dict[str, Any]) -> None:
    assert difference(TASK, floor) is None


@pytest.mark.parametrize(
    "floor",
    [
        {"title": "Oil"},
        {"assignee_ids": ["a"]},
        {**TASK, "more": None},
        {**TASK, "title": "Other"},
        {**TASK, "watcher_ids": ["a"]},
        {**TASK, "estimate_minutes": 1},
    ],
)
def test_a_floor_that_lacks_or_has_anything_else_differs(floor: dict[str, Any]) -> None:
    assert difference(TASK, floor) is not None


def test_a_list_of_tasks_is_compared_task_by_task() -> None:
    assert difference([TASK, TASK], [TASK, {"title": "Oil"}]) is not None
