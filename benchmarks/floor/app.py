"""A bare Starlette application that answers a few requests as the service does, with nothing around them.

No log, no metrics, no problem documents, no idempotency, no throttling: the least that these answers can cost in Python.
"""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from benchmarks.floor.auth import Refused, Tokens
from benchmarks.floor.endpoints import Endpoints
from benchmarks.floor.pages import Signer
from benchmarks.floor.single import Single
from benchmarks.floor.steps import Steps
from benchmarks.floor.store import Store
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

POOL_SIZE = 20
_SESSION = {
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "4000",
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "10000",
    "client_connection_check_interval": "1000",
}


def steps() -> Starlette:
    """One statement for each step, writes between BEGIN and COMMIT."""
    return _application(Steps)


def single() -> Starlette:
    """One statement for each request."""
    return _application(Single)


def _application(kind: type[Store]) -> Starlette:
    endpoints = Endpoints(Tokens(os.environ["FLOOR_SECRET_KEY"]), Signer(os.environ["FLOOR_SECRET_KEY"]))

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

    handlers: Any = {Refused: _refused, msgspec.ValidationError: _invalid}
    return Starlette(routes=endpoints.routes(), lifespan=lifespan, exception_handlers=handlers)


def _refused(request: Request, error: Any) -> Response:
    return Response(b"{}", error.status, media_type="application/problem+json")


def _invalid(request: Request, error: Any) -> Response:
    return Response(b"{}", 422, media_type="application/problem+json")


async def _nothing(connection: Any) -> None:
    """In place of the driver's round trip on release: no session state is ever set."""
