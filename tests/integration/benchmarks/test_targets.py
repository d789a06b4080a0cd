"""What wrk is told to send can succeed, however often it is sent."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import pytest
from benchmarks.database import plain
from benchmarks.dataset import Dataset
from benchmarks.servers import Server
from benchmarks.targets import BATCH, Targets

Ask = Callable[[str], list[list[str]]]


@pytest.fixture
def planned(loaded_url: str, dataset: Dataset, tmp_path: Path) -> Ask:
    """The lines of an operation's next run: path, token, and the rest."""
    targets, server = Targets(dataset, loaded_url, tmp_path), Server("taskhub", 0, 0)

    def lines(operation: str) -> list[list[str]]:
        plan = asyncio.run(targets.plan(operation, server))
        return [line.split("\t") for line in plan.targets.read_text(encoding="ascii").splitlines()]

    return lines


def test_moves_stay_within_a_project_and_are_others_in_each_run(planned: Ask, dataset: Dataset) -> None:
    project_of = {str(id): project_id for project_id, ids in dataset.tasks_of.items() for id in ids}
    first, second = planned("move"), planned("move")
    for path, _, body in first:
        task_id, (other_id,) = path.split("/")[-2], json.loads(body).values()
        assert task_id != other_id
        assert project_of[task_id] == project_of[other_id]
    assert first != second


def test_each_task_is_in_one_batch_and_all_of_a_batch_are_of_one_workspace(planned: Ask, dataset: Dataset) -> None:
    workspace_of = {str(id): str(workspace_id) for workspace_id, ids in dataset.tasks.items() for id in ids}
    batched = []
    for path, _, listed in planned("bulk_update"):
        ids = listed.split(",")
        assert len(ids) == BATCH
        assert {workspace_of[id] for id in ids} == {path.split("/")[3]}
        batched += ids
    assert len(batched) == len(set(batched)) > 0


def test_batches_of_new_tasks_take_turns_in_their_workspaces(planned: Ask, dataset: Dataset) -> None:
    targets = planned("bulk_create")
    workspaces = [path.split("/")[3] for path, *_ in targets]
    count = len(set(workspaces))
    assert targets
    assert workspaces == workspaces[:count] * (len(workspaces) // count)
    assert all(UUID(project) in dataset.projects[UUID(path.split("/")[3])] for path, _, project in targets)


def test_a_filtered_list_has_something_in_it_and_is_of_no_workspace_that_grows(
    planned: Ask, loaded_url: str, dataset: Dataset
) -> None:
    growing = {path.split("/")[3] for operation in ("create_single", "bulk_create") for path, *_ in planned(operation)}
    for path, *_ in planned("list_filtered")[:10]:
        url = urlsplit(path)
        workspace_id, asked = url.path.split("/")[3], parse_qs(url.query)
        assert workspace_id not in growing
        assert _count(loaded_url, UUID(workspace_id), asked) > 0


def test_a_patch_is_for_the_version_that_the_task_has(planned: Ask) -> None:
    assert {version for *_, version in planned("patch")} == {"1"}


def _count(url: str, workspace_id: UUID, asked: dict[str, list[str]]) -> int:
    question = """
SELECT count(*) FROM tasks WHERE workspace_id = $1 AND deleted_at IS NULL
    AND label_ids && $2::uuid[] AND assignee_ids && $3::uuid[] AND status = ANY($4)
"""

    async def ask() -> int:
        connection = await asyncpg.connect(plain(url))
        try:
            count: int = await connection.fetchval(
                question, workspace_id, *(asked[n] for n in ("label_id", "assignee_id", "status"))
            )
            return count
        finally:
            await connection.close()

    return asyncio.run(ask())
