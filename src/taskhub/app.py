"""The HTTP application: the routes of all modules, behind two middlewares, with one container."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from starlette.types import ASGIApp

from taskhub.background import Background
from taskhub.container import Container
from taskhub.kernel.api.authorizer import Authorizer
from taskhub.kernel.api.cors import Cors
from taskhub.kernel.api.cursors import CursorSigner
from taskhub.kernel.api.error_middleware import ErrorMiddleware
from taskhub.kernel.api.fastapi_hooks import FastAPIWithoutHooks
from taskhub.kernel.api.list_validators import ListTags
from taskhub.kernel.api.long_requests import LongRequests
from taskhub.kernel.api.methods import METHODS, unmatched
from taskhub.kernel.api.remembered_pages import RememberedPages
from taskhub.kernel.api.request_log_middleware import RequestLogMiddleware
from taskhub.kernel.api.throttle import RateLimits, Throttle
from taskhub.kernel.infrastructure.event_log.log_moments import LogMoments
from taskhub.settings import Settings

EXPOSED_HEADERS = (
    "ETag",
    "Location",
    "Link",
    "Retry-After",
    "X-Request-ID",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
)


class TaskHub(FastAPIWithoutHooks):
    """The application. Errors of all kinds end in `ErrorMiddleware`; around it, `RequestLogMiddleware` writes the access log."""

    def __init__(self, container: Container) -> None:
        settings: Settings = container.settings()
        super().__init__(
            title="TaskHub",
            version=version("taskhub"),
            summary="A task service for clients that change the same tasks at the same time.",
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            redirect_slashes=False,
            # Asked for on every request otherwise. Metrics and logs are our own.
            telemetry={"tracing": False, "metrics": False, "logs": False},
            lifespan=_lifespan,
        )
        self.settings = settings
        self.state.container = container
        self.state.modules = container.installed
        self.state.authorizer = container.service(Authorizer)
        self.state.cursor_signer = CursorSigner(container.secret_keys())
        self.state.list_tags = ListTags(container.secret_keys()[0], self.version)
        self.state.log_heads = container.log_heads()
        self.state.remembered_pages = RememberedPages(container.monotonic())
        self.state.moments = LogMoments(container.database())
        self.state.require_if_match = settings.require_if_match
        self.state.throttle = _throttle(settings, container) if settings.rate_limits == "on" else None
        self.state.stream_locks = container.stream_locks()
        self.state.shared_work = container.shared_work()
        self.state.long_requests = LongRequests(settings.limit_streams_per_user)
        self.state.peers = None
        self.router.default = unmatched
        self.router.routes.extend(container.installed.operations)

    @asynccontextmanager
    async def ending_long_requests(self) -> AsyncIterator[None]:
        """Ends streams and waiting requests after the block, so that nobody has to wait for them."""
        try:
            yield
        finally:
            self.state.long_requests.end()

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = ErrorMiddleware(self.state.container.router_wrapper()(self.router))
        if self.settings.cors_origins:
            # Inside and outside of it: problems tell their origin, and its own refusals are problems.
            cors = Cors(
                app,
                allow_origins=self.settings.cors_origins,
                allow_methods=METHODS,
                allow_headers=["*"],
                expose_headers=EXPOSED_HEADERS,
            )
            app = ErrorMiddleware(cors)
        return RequestLogMiddleware(app, self.state.container.request_metrics(), self.state.container.tracer)


@asynccontextmanager
async def _lifespan(app: TaskHub) -> AsyncIterator[None]:
    container: Container = app.state.container
    database = container.database()
    await database.open()
    try:
        app.state.background = background = Background(container)
        async with background.running(), app.ending_long_requests():
            yield
    finally:
        await database.close()


def _throttle(settings: Settings, container: Container) -> Throttle:
    limits = RateLimits(
        writes_per_user=settings.limit_writes_per_user,
        attempts_per_account=settings.limit_attempts_per_account,
        attempts_per_address=settings.limit_attempts_per_address,
    )
    return Throttle(limits, container.windows(), container.secret_keys()[0])
