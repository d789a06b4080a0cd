"""The container of this module, for its routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest

from taskhub_time_tracking.container import TimeTrackingContainer


def module_of(request: ApiRequest) -> TimeTrackingContainer:
    """The container of this module in the application that serves the request."""
    return cast("TimeTrackingContainer", request.container.modules["time_tracking"])
