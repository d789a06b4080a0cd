"""The container of this module, for its routes."""

from typing import cast

from taskhub.kernel.api.request import ApiRequest
from taskhub.webhooks.container import WebhooksContainer


def module_of(request: ApiRequest) -> WebhooksContainer:
    """The container of this module in the application that serves the request."""
    return cast("WebhooksContainer", request.container.modules["webhooks"])
