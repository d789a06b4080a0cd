"""The examples of the document can be sent as they are shown, by whoever made what the examples before made."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from integration.conftest import make_container
from support.harness.api import PASSWORD, Api
from support.harness.databases import cloned_database
from support.harness.operations import OPERATIONS, WITH_BODY, SampleData, each, example_body
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of

ADA = "ada@example.com"
OF_ONES_OWN = {"accept_invitation": 404, "refresh_session": 401}
"""A secret that was shown to somebody else is none, so these are refused as any wrong one is."""
PATHS = document_of(OPERATIONS, "", installed_modules().catalogue)["paths"]
ALWAYS_THERE = {"code", "session", "user_id"}
"""Path parameters with a value that works for everybody."""


@pytest.fixture
def empty_url(template_url: str) -> Iterator[str]:
    """A database that nobody has used: the examples bring their own names."""
    with cloned_database(template_url) as url:
        yield url


@pytest.fixture
async def newcomer(empty_url: str) -> AsyncIterator[Api]:
    app = TaskHub(make_container(empty_url))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        yield api


async def world_of_examples(api: Api) -> SampleData:
    """Everything that the examples before made, under the ids that a client minted for it."""
    await api.sign_up(email=ADA)
    return await SampleData.create(api)


async def another_member(api: Api) -> str:
    """Somebody whose role the owner may change."""
    async with httpx2.AsyncClient(transport=api.client._transport, base_url=api.client.base_url) as client:
        guest = Api(client)
        await guest.sign_up(name="Grace")
        await api.invite(guest)
    return str(guest.user["id"])


async def apart(api: Api, operation: str) -> dict[str, str]:
    """The places of a path where an example is not about the world: the key of its project is taken there, its owner stays."""
    if operation == "create_project":
        return {"workspace_id": (await api.open_workspace())["id"]}
    return {"user_id": await another_member(api)} if operation == "change_member" else {}


def test_the_password_of_the_examples_is_that_of_the_tests() -> None:
    bodies: list[dict[str, Any]] = [example_body(one) for one in WITH_BODY]

    assert {body["password"] for body in bodies if "password" in body} == {PASSWORD}
    assert {body["email"] for body in bodies if "email" in body} == {ADA}


@each(WITH_BODY)
async def test_the_example_of_a_body_can_be_sent_as_it_is_shown(newcomer: Api, operation: Operation) -> None:
    if operation.operation_id == "create_user":
        answer = await newcomer.client.post("/v1/users", json=example_body(operation))
    else:
        sample = await world_of_examples(newcomer)
        others = await apart(newcomer, operation.operation_id)
        answer = await sample.call(operation, path=sample.path(operation, **others))

    expected = OF_ONES_OWN.get(operation.operation_id, operation.status_code or 200)
    assert answer.status_code == expected, answer.text


@each([one for one in OPERATIONS if one.include_in_schema and not one.writes])
async def test_the_examples_of_the_parameters_of_a_read_can_be_sent_as_they_are_shown(
    sample: SampleData, operation: Operation
) -> None:
    described = PATHS[operation.path]["get"]["parameters"]
    shown = {one["name"]: one["example"] for one in described if "example" in one}
    in_path = {name: str(value) for name, value in shown.items() if name in operation.param_convertors}
    in_query = {name: value for name, value in shown.items() if name not in in_path}
    there = {name: value for name, value in in_path.items() if name in ALWAYS_THERE or value.partition("-")[0] == "OPS"}

    answer = await sample.api.client.get(sample.path(operation, **there), params=in_query)

    assert in_path == there
    assert answer.status_code == 200, answer.text
