"""The control interface of a testing server: an application of its own beside the service, behind a secret."""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID

from dependency_injector import providers
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.api.authorizer import HeldRight
from taskhub.kernel.api.cursors import CursorSigner
from taskhub.kernel.api.error_middleware import ErrorMiddleware
from taskhub.kernel.api.fastapi_hooks import FastAPIWithoutHooks
from taskhub.kernel.api.methods import unmatched
from taskhub.kernel.api.metrics import RequestMetrics
from taskhub.kernel.api.request_log_middleware import RequestLogMiddleware
from taskhub.kernel.application.sliding_windows import SlidingWindows
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.kernel.module_api import ModuleSettings
from taskhub.settings import Settings
from taskhub.testing.control.clock import MovableClock
from taskhub.testing.control.control import Control
from taskhub.testing.control.database import TestingDatabase
from taskhub.testing.control.fault_registry import FaultRegistry
from taskhub.testing.control.faults import FaultyRouter
from taskhub.testing.control.gate import Gate
from taskhub.testing.control.routes import ROUTES
from taskhub.users.contract.errors import InvalidToken, NotAuthenticated
from taskhub.users.infrastructure.password_hasher import Argon2PasswordHasher

_NOBODY = UUID(int=0)


class TestingService:
    """The service with all that a test may ask of it. Its lifespan is that of the service's application.

    Attributes:
        app: the service.
        control_app: the control interface, to be served while the service is.
    """

    __test__ = False

    def __init__(
        self,
        settings: Settings,
        database_url: str,
        secret_keys: tuple[bytes, ...],
        *,
        secret: str,
        url: str,
        module_settings: Mapping[str, ModuleSettings] | None = None,
    ) -> None:
        """``secret``: what the control interface demands. ``url``: where the service is reached. ``module_settings``: of the
        environment, where they are not given.
        """
        clock, faults, gate = MovableClock(), FaultRegistry(), Gate()
        self.container = Container(
            settings=settings, database_url=database_url, secret_keys=secret_keys, module_settings=module_settings
        )
        _put_into(self.container, settings, database_url, clock, faults, gate)
        self.app = TaskHub(self.container)
        self.control = Control(self.container, self.app, clock, faults, gate, url)
        self.control_app = ControlApp(self.control, secret)

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """What the control interface needs, while the service runs."""
        async with self.control.running():
            yield


class ControlApp(FastAPIWithoutHooks):
    """The application. Problems, bodies and the order of checks are those of the service."""

    def __init__(self, control: Control, secret: str) -> None:
        super().__init__(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
        self.state.control = control
        self.state.container = control.container
        self.state.authorizer = SecretAuthorizer(secret)
        self.state.cursor_signer = CursorSigner((secret.encode(),))
        self.state.require_if_match = False
        self.state.throttle = None
        self.router.default = unmatched
        self.router.routes.extend(ROUTES.operations)

    def build_middleware_stack(self) -> ASGIApp:
        return RequestLogMiddleware(ErrorMiddleware(self.router), RequestMetrics(CollectorRegistry()))


class SecretAuthorizer:
    """Implements `Authorizer`: whoever knows the secret may do anything."""

    def __init__(self, secret: str) -> None:
        self._expected = secret.encode()

    async def authenticate(self, authorization: str | None) -> Caller:
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated
        if not secrets.compare_digest(token.encode("utf-8", "surrogatepass"), self._expected):
            raise InvalidToken("This is not the secret that the testing server has given out at its start.")
        return Caller(_NOBODY, Scope.ADMIN)

    async def authorize(self, caller: Caller, access: Access, stream_id: UUID | None) -> Any:
        """Nothing more is asked."""

    async def renew(self, held: Sequence[HeldRight]) -> None:
        """Nobody loses it."""


def _put_into(
    container: Container, settings: Settings, database_url: str, clock: MovableClock, faults: FaultRegistry, gate: Gate
) -> None:
    """What is different here from the service in production."""
    container.clock.override(providers.Object(clock))
    container.monotonic.override(providers.Object(clock.monotonic))
    container.windows.override(providers.Singleton(SlidingWindows, clock.seconds))
    container.database.override(
        providers.Singleton(TestingDatabase, database_url, pool_size=settings.database_pool_size, faults=faults)
    )
    container.router_wrapper.override(providers.Object(partial(FaultyRouter, faults=faults, gate=gate)))
    hasher = providers.Singleton(Argon2PasswordHasher, time_cost=1, memory_cost=64)
    container.modules["users"].password_hasher.override(hasher)
