"""The one dependency of this module's routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.users.container import UsersContainer


def module_of(request: ApiRequest) -> UsersContainer:
    """This module's container, of the app that serves the request."""
    return cast("UsersContainer", request.container.modules["users"])
