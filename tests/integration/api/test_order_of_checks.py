"""Which of several refusals is told: the one that comes first in the contract, so that none gives away what it should not.

The conformance kit asks it of the operations of resources (`refusals_come_in_order`).
"""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.operations import PROTECTED, WITH_BODY, WITHOUT_BODY, SampleData, beside_resources, each
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.workspaces.contract.access import Role, WorkspaceAccess

IN_WORKSPACE = [operation for operation in PROTECTED if isinstance(operation.access, WorkspaceAccess)]
FOR_MORE_THAN_VIEWERS = [one for one in IN_WORKSPACE if isinstance(one.access, WorkspaceAccess) and one.access.role > Role.VIEWER]
CHANGES = [one for one in PROTECTED if one.if_match is IfMatch.CHANGE]
CHANGES_OF_THINGS = [one for one in CHANGES if {"project_id", "label_id", "task"} & {*one.param_convertors}]
WRONG_SHAPE = {"surprise": "1"}


@pytest.fixture(scope="module")
async def viewer(app: TaskHub, sample: SampleData) -> AsyncIterator[Api]:
    async with Api.on(app) as api:
        await api.sign_up(name="Vic")
        await sample.api.invite(api, role="viewer")
        yield api


@pytest.fixture(scope="module")
async def strict(database_url: str) -> AsyncIterator[SampleData]:
    """A world on a service that takes no change without `If-Match`."""
    app = TaskHub(make_container(database_url, require_if_match=True))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        yield await SampleData.create(api)


@each(beside_resources([*WITH_BODY, *WITHOUT_BODY]))
async def test_400_comes_before_401(sample: SampleData, api: Api, operation: Operation) -> None:
    problem(await sample.call(operation, api=api, content=b"{"), 400, "malformed_json")


@each(beside_resources(PROTECTED))
async def test_401_comes_before_422(sample: SampleData, api: Api, operation: Operation) -> None:
    problem(await sample.call(operation, api=api, params=WRONG_SHAPE), 401, "not_authenticated")


@each(beside_resources(IN_WORKSPACE))
async def test_404_of_the_workspace_comes_before_422(sample: SampleData, stranger: Api, operation: Operation) -> None:
    problem(await sample.call(operation, api=stranger, params=WRONG_SHAPE), 404, "not_found")


@each(beside_resources(FOR_MORE_THAN_VIEWERS))
async def test_403_comes_before_422(sample: SampleData, viewer: Api, operation: Operation) -> None:
    problem(await sample.call(operation, api=viewer, params=WRONG_SHAPE), 403, "not_allowed")


@each(CHANGES_OF_THINGS)
async def test_422_of_the_shape_comes_before_428(strict: SampleData, operation: Operation) -> None:
    problem(await strict.call(operation, params=WRONG_SHAPE), 422, "validation_failed")


@each(CHANGES_OF_THINGS)
async def test_428_comes_before_404_of_the_thing(strict: SampleData, operation: Operation) -> None:
    missing = str(uuid4())
    answer = await strict.call(operation, path=strict.path(operation, project_id=missing, label_id=missing, task=missing))

    problem(answer, 428, "precondition_required")


@each(CHANGES_OF_THINGS)
async def test_404_of_the_thing_comes_before_412(sample: SampleData, operation: Operation) -> None:
    missing = str(uuid4())
    path = sample.path(operation, project_id=missing, label_id=missing, task=missing)

    problem(await sample.call(operation, path=path, headers={"if-match": '"77"'}), 404, "not_found")
