"""All routes of this module, the most frequent ones first."""

from taskhub.webhooks.api.deliveries import DELIVERY_ROUTES
from taskhub.webhooks.api.webhooks import WEBHOOK_ROUTES

ROUTES = [WEBHOOK_ROUTES, DELIVERY_ROUTES]
