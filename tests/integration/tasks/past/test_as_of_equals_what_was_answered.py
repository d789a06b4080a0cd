"""As of equals what was answered then: whatever is done at random, every kept answer comes again by its seq."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import pytest

from integration.tasks.reads.test_lists_over_http import walk
from support.harness.api import Api
from support.harness.concurrency.random_requests import CATEGORIES, EXTERNAL_KEYS, RandomRequests
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.tasks.api.query_params import TaskListParams
from taskhub.tasks.infrastructure.queries.past import task_lists

STEPS = 150
QUESTIONS_PER_STEP = 4
PAGE = 3
NOT_ASKED = {"as_of", "cursor", "limit", "q", "sort", "time_zone"}
"""What is no filter, or can't be asked as of a moment."""

DONE = {
    *("put_task", "move", "trash", "restore", "change_project", "delete_label", "change_comment", "set_workflow", "bulk_update")
}
"""What has to have happened at least."""


@dataclass(frozen=True)
class Kept:
    """An answer, and which moment it was of. ``body``: of a list all of its items, of all pages."""

    seq: int
    path: str
    parameters: dict[str, Any]
    status: int
    body: Any


class Questions:
    """Reads of everything that can be read as of a moment, at random."""

    def __init__(self, work: RandomRequests, seed: int) -> None:
        self.work = work
        self.random = Random(seed)
        self.filters: set[str] = set()
        self._known_labels = 0

    def any(self) -> tuple[str, dict[str, Any]]:
        names = ("task", "task", *["tasks"] * 6, "project", "projects", "label", "labels", "comment", "comments")
        path, parameters = getattr(self, self.random.choice(names))()
        return path, parameters

    def new_labels(self) -> list[tuple[str, dict[str, Any]]]:
        """Each label once: few are ever deleted, and one of them has to be asked for before."""
        new = self.work.labels[self._known_labels :]
        self._known_labels = len(self.work.labels)
        return [(f"labels/{id}", {}) for id in new]

    def task(self) -> tuple[str, dict[str, Any]]:
        return f"tasks/{self.work.one(self.work.tasks)}", self._deleted()

    def project(self) -> tuple[str, dict[str, Any]]:
        return f"projects/{self.random.choice([*self.work.projects, 'OPS', 'web'])}", self._deleted()

    def projects(self) -> tuple[str, dict[str, Any]]:
        return "projects", {**self._deleted(), **self.random.choice([{}, {"archived": "true"}, {"archived": "false"}])}

    def label(self) -> tuple[str, dict[str, Any]]:
        return f"labels/{self.work.one(self.work.labels)}", {}

    def labels(self) -> tuple[str, dict[str, Any]]:
        return "labels", {}

    def comment(self) -> tuple[str, dict[str, Any]]:
        return self.work._comment_path(), {}

    def comments(self) -> tuple[str, dict[str, Any]]:
        return (
            f"tasks/{self.random.choice([task for task, _ in self.work.comments] or self.work.tasks or ['OPS-1'])}/comments",
            {},
        )

    def tasks(self) -> tuple[str, dict[str, Any]]:
        made = self._filters()
        often = self.random.choice([[], [], [], ["blocked"], ["blocks"], ["external_key"]])  # They look at other rows.
        chosen = often or self.random.sample([*made], self.random.choice([0, 1, 1, 1, 2]))
        self.filters |= set(chosen)
        return "tasks", {name: made[name] for name in chosen}

    def _deleted(self) -> dict[str, Any]:
        return self.random.choice([{}, {"deleted": "true"}])

    def _filters(self) -> dict[str, Any]:
        work, random = self.work, self.random
        moments = [task["updated_at"] for task in work.seen.values()] or ["2026-03-01T00:00:00Z"]
        me, flag = work.api.user["id"], random.choice(["true", "false"])
        return {
            "ids": work.some(work.tasks) or [work.one([])],
            "project_id": random.choice([[work.one(work.projects)], ["OPS"], ["WEB", "OPS"]]),
            "status": random.sample([*CATEGORIES], 2),
            "not_status": random.choice([*CATEGORIES]),
            "status_category": random.choice(["todo", "in_progress", "done", "cancelled"]),
            "priority": random.choice([["none"], ["low", "urgent"], ["high"]]),
            "not_priority": random.choice(["none", "low"]),
            "assignee_id": random.choice([["me"], ["none"], ["none", me]]),
            "not_assignee_id": random.choice([["me"], ["none"]]),
            "label_id": random.choice([work.one(work.labels), "none"]),
            "not_label_id": random.choice([work.one(work.labels), "none"]),
            "parent_id": random.choice([[work.one(work.tasks)], ["none"], ["none", work.one(work.tasks)]]),
            "blocked": flag,
            "external_key": random.sample(EXTERNAL_KEYS, 3),
            "blocks": work.some(work.tasks) or [work.one([])],
            "due_before": random.choice(["2026-03-02", "2026-03-01", "2026-10-25T01:00:00Z"]),
            "due_after": random.choice(["2026-03-01", "2026-03-02", "2026-03-02T00:00:00Z"]),
            "created_before": random.choice(moments),
            "created_after": random.choice(moments),
            "updated_before": random.choice(moments),
            "updated_after": random.choice(moments),
            "closed": flag,
            "deleted": flag,
        }


@pytest.fixture(params=range(2), scope="module")
async def past(request: pytest.FixtureRequest, app: TaskHub) -> AsyncIterator[tuple[Questions, list[Kept]]]:
    """What was answered while somebody worked at random."""
    async with Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        work = RandomRequests(api, seed=100 + request.param)
        await work.prepare()
        questions, kept = Questions(work, seed=request.param), list[Kept]()
        log = LogReader(app.state.container.database())
        for _ in work.steps(STEPS, until_done=DONE):
            await work.do(1)
            seq = await log.last_seq(UUID(api.workspace["id"]))
            for path, parameters in [*questions.new_labels(), *(questions.any() for _ in range(QUESTIONS_PER_STEP))]:
                kept.append(Kept(seq, path, parameters, *await answered(api, path, parameters)))
        yield questions, kept


async def answered(api: Api, path: str, parameters: dict[str, Any]) -> tuple[int, Any]:
    """Status and body. Lists are read to their end in pages."""
    answer = await api.get(path, **parameters)
    if not answer.is_success:
        return answer.status_code, {name: value for name, value in answer.json().items() if name != "request_id"}
    return 200, await walk(api, path, limit=PAGE, **parameters) if "items" in answer.json() else answer.text


@pytest.fixture(params=[None, 4], ids=["", "pages are short"])
def candidates(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many tasks as a page looks at."""
    if request.param is not None:
        monkeypatch.setattr(task_lists, "CANDIDATES", {51: request.param})
        task_lists.past_list_statement.cache_clear()
    yield
    task_lists.past_list_statement.cache_clear()


@pytest.mark.usefixtures("candidates")
async def test_every_answer_comes_again_by_its_seq(past: tuple[Questions, list[Kept]]) -> None:
    questions, kept = past
    for one in kept:
        assert await answered(questions.work.api, one.path, {**one.parameters, "as_of": one.seq}) == (one.status, one.body), one


async def test_the_answers_were_of_everything_that_can_be_asked(past: tuple[Questions, list[Kept]]) -> None:
    questions, kept = past
    assert questions.filters == TaskListParams.model_fields.keys() - NOT_ASKED
    assert questions.work.done >= DONE
    assert any(one.body for one in kept if "external_key" in one.parameters)
    gone_since = [one for one in kept if one.status == 200 and (await questions.work.api.get(one.path)).status_code == 404]
    assert {one.path.split("/")[0] for one in gone_since} >= {"tasks", "labels"}
    assert max(len(one.body) for one in kept if one.path == "tasks") > PAGE
