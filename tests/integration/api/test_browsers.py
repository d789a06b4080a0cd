"""What a page of another origin may do: nothing, unless its origin was named."""

from collections.abc import AsyncIterator

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.problems import problem
from taskhub.app import TaskHub

FRIEND, STRANGER = "https://app.example.com", "https://evil.example.com"
EXPOSED = "ETag, Location, Link, Retry-After, X-Request-ID, Idempotency-Replayed, RateLimit, RateLimit-Policy"


@pytest.fixture(scope="module")
async def open_api(database_url: str) -> AsyncIterator[Api]:
    """A client of a service that one origin may use."""
    app = TaskHub(make_container(database_url, cors_origins=FRIEND))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        yield api


def preflight(origin: str, method: str = "PATCH") -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization, content-type, if-match, idempotency-key",
    }


async def test_no_origin_is_named_unless_it_was_configured(api: Api) -> None:
    answer = await api.get("/v1", headers={"origin": FRIEND})

    assert "access-control-allow-origin" not in answer.headers


async def test_a_named_origin_may_ask_and_read_the_headers(open_api: Api) -> None:
    answer = await open_api.get("/v1", headers={"origin": FRIEND})

    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert answer.headers["access-control-expose-headers"] == EXPOSED
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]


async def test_a_named_origin_may_read_refusals_too(open_api: Api) -> None:
    answer = await open_api.get("/v1/workspaces", headers={"origin": FRIEND})

    problem(answer, 401, "not_authenticated")
    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert {part.strip() for part in answer.headers["vary"].split(",")} == {"Authorization", "Origin"}


async def test_a_preflight_of_a_named_origin_is_granted(open_api: Api) -> None:
    answer = await open_api.client.options("/v1/workspaces", headers=preflight(FRIEND))

    assert answer.status_code == 200
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "if-match" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_preflight_of_another_origin_is_refused(open_api: Api) -> None:
    answer = await open_api.client.options("/v1/workspaces", headers=preflight(STRANGER))

    problem(answer, 403, "preflight_refused")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/workspaces", "/v1/workspaces/x/tasks/OPS-1", "/nowhere", "/health/live"])
async def test_a_preflight_is_refused_alike_whether_other_origins_were_named_or_none(api: Api, open_api: Api, path: str) -> None:
    refused = await api.client.options(path, headers=preflight(STRANGER))
    elsewhere = await open_api.client.options(path, headers=preflight(STRANGER))

    assert problem(refused, 403, "preflight_refused")["detail"] == elsewhere.json()["detail"]
    assert refused.headers["vary"] == elsewhere.headers["vary"] == "Origin"


@pytest.mark.parametrize("headers", [{}, {"origin": STRANGER}, {"access-control-request-method": "PATCH"}])
async def test_who_asks_for_the_options_of_a_path_gets_one_answer(api: Api, open_api: Api, headers: dict[str, str]) -> None:
    for client in (api.client, open_api.client):
        answer = await client.options("/v1/workspaces", headers=headers)
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD, POST"
        problem(await client.options("/nowhere", headers=headers), 404, "not_found")


async def test_options_that_are_no_preflight_are_405(open_api: Api) -> None:
    problem(await open_api.client.options("/v1/workspaces"), 405, "method_not_allowed")
