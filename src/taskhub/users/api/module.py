"""The container of this module, for its routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.users.container import UsersContainer


def module_of(request: ApiRequest) -> UsersContainer:
    """The container of this module in the application that serves the request."""
    return cast("UsersContainer", request.container.modules["users"])
