"""Hooks of FastAPI either work, or say what to do instead: none does nothing in silence."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router
from starlette.testclient import TestClient

from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.api.fastapi_hooks import FastAPIWithoutHooks, HookNotSupported
from taskhub.settings import Settings

WORK = {"build_middleware_stack", "frontend", "host", "mount", "openapi", "setup", "url_path_for"}
HOOKS = sorted(
    name for name in dir(FastAPI) if not name.startswith("_") and callable(getattr(FastAPI, name)) and name not in WORK
)

WORK_ON_ROUTER = {"app", "frontend", "handle", "host", "lifespan", "matches", "mount", "not_found", "url_path_for"}
ROUTER_HOOKS = sorted(
    name
    for name in dir(APIRouter)
    if not name.startswith("_") and callable(getattr(APIRouter, name)) and name not in WORK_ON_ROUTER
)


@pytest.fixture
def app() -> FastAPI:
    return FastAPIWithoutHooks(openapi_url=None)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_that_would_do_nothing_says_what_to_do_instead(app: FastAPI, hook: str) -> None:
    with pytest.raises(HookNotSupported, match=rf"FastAPI's `{hook}`\. \w"):
        getattr(app, hook)("/path")


@pytest.mark.parametrize("hook", ROUTER_HOOKS)
def test_so_does_one_of_its_router(app: FastAPI, hook: str) -> None:
    with pytest.raises(HookNotSupported, match=rf"FastAPI's `{hook}`\. \w"):
        getattr(app.router, hook)("/path")


OVERRIDES: list[Callable[[dict[Any, Any]], object]] = [
    lambda overrides: overrides.__setitem__("a", 1),
    lambda overrides: overrides.update(a=1),
    lambda overrides: overrides.setdefault("a", 1),
    lambda overrides: overrides.__ior__({"a": 1}),
]


@pytest.mark.parametrize("override", OVERRIDES)
def test_a_dependency_that_is_not_solved_is_not_overridden(app: FastAPI, override: Callable[[dict[Any, Any]], object]) -> None:
    with pytest.raises(HookNotSupported, match=r"Override the provider in the container"):
        override(app.dependency_overrides)
    assert app.dependency_overrides == {}


def test_dependencies_are_not_overridden_all_at_once_either(app: FastAPI) -> None:
    with pytest.raises(HookNotSupported, match=r"Override the provider in the container"):
        app.dependency_overrides = {print: print}


def test_what_is_mounted_answers_for_itself() -> None:
    app = TaskHub(Container(settings=Settings(_env_file=None), database_url="postgresql://nowhere", secret_keys=(b"secret" * 6,)))
    app.mount("/notes", Router([Route("/hello", lambda request: PlainTextResponse("hello"))]))
    client = TestClient(app)
    assert client.get("/notes/hello").text == "hello"
    wrong_method, unknown = client.put("/notes/hello"), client.get("/notes/nowhere")
    assert (wrong_method.status_code, set(wrong_method.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
