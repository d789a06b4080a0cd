"""The log names the statements of a request."""

import logging
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from integration.conftest import make_container
from support.harness.api import Api
from taskhub.app import TaskHub


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as lines:
        yield lines
    structlog.configure(**before)


@pytest.fixture
async def chatty(database_url: str) -> AsyncIterator[Api]:
    """A client of a service that logs all statements, and runs nothing in the background."""
    app = TaskHub(make_container(database_url, log_statements="on"))
    async with app.state.container.database().opened(), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_every_statement_of_a_request_is_logged_with_the_request(
    chatty: Api, lines: list[MutableMapping[str, Any]]
) -> None:
    task = await chatty.add_task(title="Nobody logs this")
    lines.clear()
    await chatty.patch(f"tasks/{task['id']}", {"title": "Nor this"}, x_request_id="7f3e")

    told = [line for line in lines if line["event"] == "statement"]
    assert [(line["statement"], line["rows"]) for line in told] == [
        ("tasks.repositories.tasks.with_project", 1),
        ("commit update tasks", 1),
    ]
    (operation,) = {line["operation"] for line in told}
    assert operation == "PATCH /v1/workspaces/{workspace_id}/tasks/{task}"
    assert {line["request_id"] for line in told} == {"7f3e"}
    assert "Nor this" not in str(lines)
    assert task["id"] not in str(told)


async def test_a_transaction_is_logged_from_its_begin_to_its_commit(chatty: Api, lines: list[MutableMapping[str, Any]]) -> None:
    tasks = [await chatty.add_task() for _ in range(2)]
    lines.clear()
    items = [{"id": task["id"], "patch": {"title": "Both"}} for task in tasks]
    assert (await chatty.post("tasks/bulk_update", {"items": items})).status_code == 200
    told = [line["statement"] for line in lines if line["event"] == "statement"]
    assert (told[0], told[-1]) == ("begin", "commit"), told
