"""A bare Starlette application that answers four requests as the service does, with nothing around them.

No log, no metrics, no problem documents, no idempotency, no throttling: the least that these answers can cost in Python.
"""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from benchmarks.floor import pages, views
from benchmarks.floor.auth import Refused, Tokens
from benchmarks.floor.single import Single
from benchmarks.floor.steps import Steps
from benchmarks.floor.store import Change, Draft, Store
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TASKS = "/v1/workspaces/{workspace_id}/tasks"
TASK = TASKS + "/{task_id}"
POOL_SIZE = 20
_SESSION = {
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "4000",
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "10000",
    "client_connection_check_interval": "1000",
}
_HEADERS = {"cache-control": "private, no-cache", "vary": "Authorization"}


def steps() -> Starlette:
    """One statement for each step, writes between BEGIN and COMMIT."""
    return _application(Steps)


def single() -> Starlette:
    """One statement for each request."""
    return _application(Single)


def _application(kind: type[Store]) -> Starlette:
    tokens = Tokens(os.environ["FLOOR_SECRET_KEY"])
    signer = pages.Signer(os.environ["FLOOR_SECRET_KEY"])

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            os.environ["FLOOR_DATABASE_URL"],
            min_size=0,
            max_size=POOL_SIZE,
            command_timeout=4,
            max_cached_statement_lifetime=0,
            server_settings=_SESSION,
            reset=_nothing,
        ) as pool:
            app.state.store = kind(pool)
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, *gc.get_threshold()[1:])
            yield

    async def get_task(request: Request) -> Response:
        claims = tokens.claims(request.headers["authorization"])
        workspace_id, task_id = UUID(request.path_params["workspace_id"]), UUID(request.path_params["task_id"])
        row = await request.app.state.store.task(claims, workspace_id, task_id)
        return _shown(request, views.task_of(row))

    async def list_tasks(request: Request) -> Response:
        claims = tokens.claims(request.headers["authorization"])
        workspace_id = UUID(request.path_params["workspace_id"])
        limit = min(int(request.query_params.get("limit", "50")), 200)
        after = signer.read(request)
        rows = await request.app.state.store.page(claims, workspace_id, after, limit + 1)
        items = [views.task_of(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return _answer(request, 200, views.encode(views.Page(items, None)))
        cursor, link = signer.make(request, items[-1])
        return _answer(request, 200, views.encode(views.Page(items, cursor)), link=link)

    async def create_task(request: Request) -> Response:
        claims = tokens.claims(request.headers["authorization"])
        workspace_id = UUID(request.path_params["workspace_id"])
        draft = Draft(workspace_id, views.read_new_task(await request.body()), claims, _request_id(request))
        task = await request.app.state.store.create(draft)
        return _shown(request, task, 201, location=f"/v1/workspaces/{workspace_id}/tasks/{task.id}")

    async def change_task(request: Request) -> Response:
        claims = tokens.claims(request.headers["authorization"])
        workspace_id, task_id = UUID(request.path_params["workspace_id"]), UUID(request.path_params["task_id"])
        version = int(request.headers["if-match"].strip('"'))
        changes = views.read_patch(await request.body()).changes()
        change = Change(workspace_id, task_id, version, changes, claims, _request_id(request))
        return _shown(request, await request.app.state.store.change(change))

    routes = [
        Route(TASK, get_task, methods=["GET"]),
        Route(TASK, change_task, methods=["PATCH"]),
        Route(TASKS, list_tasks, methods=["GET"]),
        Route(TASKS, create_task, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={Refused: _refused, msgspec.ValidationError: _invalid})


def _request_id(request: Request) -> str:
    request_id: str = request.headers.get("x-request-id") or uuid4().hex
    request.state.id = request_id
    return request_id


def _shown(request: Request, task: views.Task, status: int = 200, **headers: str) -> Response:
    return _answer(request, status, views.encode(task), etag=f'"{task.version}"', **headers)


def _answer(request: Request, status: int, body: bytes, **headers: str) -> Response:
    request_id = getattr(request.state, "id", None) or _request_id(request)
    return Response(body, status, {**_HEADERS, **headers, "x-request-id": request_id}, "application/json")


def _refused(request: Request, error: Any) -> Response:
    return Response(b"{}", error.status, media_type="application/problem+json")


def _invalid(request: Request, error: Any) -> Response:
    return Response(b"{}", 422, media_type="application/problem+json")


async def _nothing(connection: Any) -> None:
    """In place of the driver's round trip on release: no session state is ever set."""
