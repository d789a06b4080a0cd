"""The one dependency of this module's routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.workspaces.container import WorkspacesContainer


def module_of(request: ApiRequest) -> WorkspacesContainer:
    """This module's container, of the app that serves the request."""
    return cast("WorkspacesContainer", request.container.modules["workspaces"])
