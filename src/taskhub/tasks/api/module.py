"""The one dependency of this module's routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.tasks.container import TasksContainer


def module_of(request: ApiRequest) -> TasksContainer:
    """This module's container, of the app that serves the request."""
    return cast("TasksContainer", request.container.modules["tasks"])
