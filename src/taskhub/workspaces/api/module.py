"""The container of this module, for its routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.workspaces.container import WorkspacesContainer


def module_of(request: ApiRequest) -> WorkspacesContainer:
    """The container of this module in the application that serves the request."""
    return cast("WorkspacesContainer", request.container.modules["workspaces"])
