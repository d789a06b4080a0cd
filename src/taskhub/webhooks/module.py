"""Describes this module to the application."""

from importlib.resources import files

from dependency_injector import providers

from taskhub.activity.contract.changes import Changes
from taskhub.kernel.application.clock import system_monotonic
from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.kernel.module_api import Module, ModuleContainer, ModuleContext
from taskhub.webhooks.api.documentation import DOCUMENTATION
from taskhub.webhooks.api.routes import ROUTES
from taskhub.webhooks.application.events import EVENTS, UNDO
from taskhub.webhooks.container import WebhooksContainer
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import log_position
from taskhub.webhooks.infrastructure.rows import WebhookDeliveryRow, WebhookQueueRow, WebhookRow
from taskhub.workspaces.contract.memberships import Memberships


def webhooks_container(context: ModuleContext) -> ModuleContainer:
    return WebhooksContainer(
        database=context.database,
        notifier=context.notifier,
        clock=providers.Object(context.clock),
        secret_keys=providers.Object(context.secret_keys),
        networks=providers.Object(context.app_settings.webhook_networks),
        event_types=providers.Object(context.event_types),
        metrics_registry=providers.Object(context.metrics_registry),
        stopwatch=providers.Object(system_monotonic),
        memberships=providers.Object(context.port(Memberships)),
        changes=providers.Callable(context.service(Changes)),
    )


module = Module(
    "webhooks",
    package="taskhub.webhooks",
    api=(1, 1),
    container=webhooks_container,
    requires=frozenset({"activity", "workspaces"}),
    rows={
        WebhookRow: {WORKSPACE_PURGED},
        WebhookQueueRow: {WORKSPACE_PURGED},
        WebhookDeliveryRow: {WORKSPACE_PURGED},
    },
    mappings=(WEBHOOKS,),
    routes=ROUTES,
    is_seldom_called=True,
    events=EVENTS,
    undo=UNDO,
    log_position=log_position,
    documentation=DOCUMENTATION,
    migrations=files("taskhub.webhooks") / "migrations",
)
