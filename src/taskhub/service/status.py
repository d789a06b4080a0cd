"""Routes about the service itself: its configuration, health and metrics."""

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.bodies import MAX_BYTES
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import MAX_ITEMS
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.domain.errors import NotFound
from taskhub.service.health import check_live
from taskhub.service.metrics import MEDIA_TYPE, measurements

STATUS = Routes("Service")


class LimitsView(msgspec.Struct, frozen=True):
    body_bytes: int
    page_items: int
    writes_per_minute: int | None


class ServiceView(msgspec.Struct, frozen=True):
    name: str
    version: str
    registration: str
    require_if_match: bool
    limits: LimitsView


class HealthView(msgspec.Struct, frozen=True):
    status: str


_HEALTHY = msgspec.json.encode(HealthView("ok"))


@STATUS.get("/v1", PUBLIC, summary="Read the version, settings and limits of the service", answers=ServiceView)
async def get_service(request: ApiRequest) -> Response:
    settings = request.container.settings()
    limits = LimitsView(MAX_BYTES, MAX_ITEMS, settings.limit_writes_per_user if settings.rate_limits == "on" else None)
    service = ServiceView("TaskHub", request.scope["app"].version, settings.registration, settings.require_if_match, limits)
    return JsonResponse(200, msgspec.json.encode(service))


@STATUS.get("/health/live", PUBLIC, summary="Check that the process is alive", answers=HealthView, errors=(Unavailable,))
async def get_liveness(request: ApiRequest) -> Response:
    """A process that answers is alive, even while the database is down. The response is 503 if the process has lost half of its
    connections to the database through an error of its own. Only a restart repairs that.
    """
    check_live(request.container.database())
    return JsonResponse(200, _HEALTHY)


@STATUS.get("/health/ready", PUBLIC, summary="Check that the service is ready", answers=HealthView, errors=(Unavailable, Busy))
async def get_readiness(request: ApiRequest) -> Response:
    """The service is ready if the database answers and has the schema of this version."""
    await request.container.check_ready()
    return JsonResponse(200, _HEALTHY)


@STATUS.get("/metrics", PUBLIC, summary="Read the metrics, in the format of Prometheus", answers=str, produces="text/plain")
async def get_metrics(request: ApiRequest) -> Response:
    """If `TASKHUB_METRICS_PORT` is set, the metrics are served on that port, and this path is 404."""
    if request.container.settings().metrics_port is not None:
        raise NotFound
    return JsonResponse(200, await measurements(request.scope["app"]), media_type=MEDIA_TYPE)
