"""`If-Match`, where the deployment requires it, and what the document says of it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.operations import PROTECTED, SampleData, each, example_body
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.preconditions import IfMatch

CHANGES = [operation for operation in PROTECTED if operation.writes]


@pytest.fixture(scope="module")
async def strict(database_url: str) -> AsyncIterator[SampleData]:
    """A world on a service that takes no change without `If-Match`."""
    app = TaskHub(make_container(database_url, require_if_match=True))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        yield await SampleData.create(api)


@each([operation for operation in CHANGES if operation.if_match is IfMatch.CHANGE])
async def test_a_change_without_a_version_is_428_where_one_is_required(strict: SampleData, operation: Operation) -> None:
    problem(await strict.call(operation), 428, "precondition_required")


@each([operation for operation in CHANGES if operation.if_match is not IfMatch.CHANGE])
async def test_what_has_no_version_needs_none(strict: SampleData, operation: Operation) -> None:
    body = example_body(operation)
    if operation.operation_id == "bulk_update_tasks":
        # The things in a batch have versions, and each is named where it stands.
        body = {"items": [{**item, "version": 1} for item in body["items"]]}
    sent = {} if body is None else {"json": body}
    # Nobody has this key yet: a change of the task that has one would need its version.
    path = strict.path(operation, session=str(uuid4()), key=str(uuid4()))
    answer = await strict.call(operation, path=path, **sent)

    assert answer.status_code != 428


@each([operation for operation in CHANGES if operation.if_match is IfMatch.CHANGE])
async def test_a_change_for_another_version_is_412_or_finds_a_wrong_password(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, headers={"if-match": '"77"'})

    if answer.status_code != 403:
        assert problem(answer, 412, "stale_version")["current_version"] >= 1
