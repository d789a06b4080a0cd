"""The filters of the structure of work, in every order, with words and in the trash."""

from typing import Any, get_args

import pytest

from support.harness.api import Api, ok
from taskhub.tasks.api.query_params import TaskListParams

SORTS = get_args(TaskListParams.model_fields["sort"].annotation)


class Board:
    """Tasks with and without labels, parents and blockers, half of them closed, and the filters that choose from them."""

    def __init__(self, titles: list[str], filters: dict[str, tuple[dict[str, Any], set[str]]]) -> None:
        self.titles = titles
        self.filters = filters

    @classmethod
    async def of(cls, api: Api) -> "Board":
        bug, ui = [ok(await api.post("labels", {"name": name}))["id"] for name in ("Bug", "UI")]
        top, done = await api.add_task("top task"), await api.add_task("done task", status="done", label_ids=[ui])
        both = await api.add_task("both task", label_ids=[bug, ui], parent_id=top["id"], blocked_by_ids=[done["id"]])
        await api.add_task("bug task", label_ids=[bug], parent_id=both["id"], blocked_by_ids=[top["id"], done["id"]])
        await api.add_task("plain task", blocked_by_ids=[top["id"]], priority="high", due={"date": "2026-03-01"})
        titles = ["top", "done", "both", "bug", "plain"]
        chosen = {
            "one label": ({"label_id": bug}, {"both", "bug"}),
            "any label": ({"label_id": [bug, ui]}, {"both", "bug", "done"}),
            "no label": ({"label_id": "none"}, {"top", "plain"}),
            "a label or none": ({"label_id": ["none", ui]}, {"top", "plain", "done", "both"}),
            "one parent": ({"parent_id": top["id"]}, {"both"}),
            "any parent": ({"parent_id": [top["id"], both["id"]]}, {"both", "bug"}),
            "no parent": ({"parent_id": "none"}, {"top", "done", "plain"}),
            "a parent or none": ({"parent_id": [both["id"], "none"]}, {"top", "done", "plain", "bug"}),
            "blocked": ({"blocked": "true"}, {"bug", "plain"}),
            "not blocked": ({"blocked": "false"}, {"top", "done", "both"}),
            "blocks": ({"blocks": both["id"]}, {"done"}),
            "all at once": ({"blocked": "true", "label_id": bug, "parent_id": both["id"], "closed": "false"}, {"bug"}),
        }
        return cls(titles, chosen)


async def listed(api: Api, **parameters: Any) -> list[str]:
    return [task["title"].removesuffix(" task") for task in ok(await api.get("tasks", **parameters))["items"]]


@pytest.fixture
async def board(ada: Api) -> Board:
    return await Board.of(ada)


@pytest.mark.parametrize("sort", SORTS)
async def test_every_filter_leaves_the_order_as_it_is(ada: Api, board: Board, sort: str) -> None:
    whole = await listed(ada, sort=sort)
    assert sorted(whole) == sorted(board.titles)
    for name, (parameters, titles) in board.filters.items():
        expected = [title for title in whole if title in titles]
        for more in ({}, {"q": "task"}, {"project_id": ada.project["id"]}, {"q": "task", "project_id": ada.project["id"]}):
            assert await listed(ada, sort=sort, **parameters, **more) == expected, name


async def test_every_filter_works_in_the_trash(ada: Api, board: Board) -> None:
    await ada.delete(f"projects/{ada.project['id']}")
    for name, (parameters, titles) in board.filters.items():
        if not {"blocked", "blocks"} & {*parameters}:
            for more in ({}, {"q": "task"}):
                assert {*await listed(ada, deleted="true", **parameters, **more)} == titles, name
