"""The container of this module, for its routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.tasks.container import TasksContainer


def module_of(request: ApiRequest) -> TasksContainer:
    """The container of this module in the application that serves the request."""
    return cast("TasksContainer", request.container.modules["tasks"])
