"""The container of this module, for its routes."""

from typing import cast

from taskhub.activity.container import ActivityContainer
from taskhub.kernel.api.request import ApiRequest


def module_of(request: ApiRequest) -> ActivityContainer:
    """The container of this module in the application that serves the request."""
    return cast("ActivityContainer", request.container.modules["activity"])
