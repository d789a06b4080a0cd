"""A body or query that can't be validated is found before a request: validators are made at the first one."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import QueryParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.api.validators import models_without_validator
from taskhub.kernel.contract.access import PUBLIC
from taskhub.modules.discovery import installed_modules


class OddType:
    """Nothing that JSON could be read as."""


class OddBody(Body):
    one: OddType


class OddQuery(QueryParams):
    one: tuple[OddType, ...] = ()


class Unknown(Body):
    one: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


def test_all_of_the_modules_can_be_validated() -> None:
    assert [*models_without_validator(installed_modules().operations)] == []


def test_what_can_not_is_told_with_its_operation_and_the_reason() -> None:
    routes = Routes("Things")

    @routes.post("/a", PUBLIC)
    async def make(request: ApiRequest, body: OddBody, query: OddQuery) -> Response:
        """As any."""
        return JsonResponse(200, b"{}")

    @routes.post("/b/{id}", PUBLIC)
    async def change(request: ApiRequest, id: UUID, body: Unknown) -> Response:
        """As any."""
        return JsonResponse(200, b"{}")

    found = [*models_without_validator(routes.operations)]
    assert [sentence.split(": ")[:2] for sentence in found] == [
        ["POST /a", "OddBody can't be validated"],
        ["POST /a", "OddQuery can't be validated"],
        ["POST /b/{id}", "Unknown can't be validated"],
    ]
    assert "OddType" in found[0]
    assert "Nowhere" in found[2]
