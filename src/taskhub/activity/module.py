"""What the application is told of this module."""

from dependency_injector import providers

from taskhub.activity.api.documentation import DOCUMENTATION
from taskhub.activity.api.routes import ROUTES
from taskhub.activity.container import ActivityContainer
from taskhub.kernel.module_api import Module, ModuleContainer, ModuleContext


def activity_container(context: ModuleContext) -> ModuleContainer:
    return ActivityContainer(
        database=context.database,
        notifier=context.notifier,
        clock=providers.Object(context.clock),
        secret_keys=providers.Object(context.secret_keys),
        reversals=providers.Object(context.reversals),
    )


module = Module(
    "activity",
    package="taskhub.activity",
    api=(1, 1),
    container=activity_container,
    requires=frozenset({"workspaces"}),
    routes=ROUTES,
    documentation=DOCUMENTATION,
)
