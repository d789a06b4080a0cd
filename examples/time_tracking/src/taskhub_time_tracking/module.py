"""Describes this module to the application. The entry point in `pyproject.toml` names it."""

from importlib.resources import files

from dependency_injector import providers
from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.kernel.module_api import Module, ModuleContainer, ModuleContext
from taskhub.tasks.contract.events import TASK_PURGED
from taskhub.tasks.contract.tasks import TaskReader, Tasks

from taskhub_time_tracking.api.documentation import DOCUMENTATION
from taskhub_time_tracking.api.routes import ROUTES
from taskhub_time_tracking.application.events import EVENTS
from taskhub_time_tracking.application.undo import UNDO
from taskhub_time_tracking.container import TimeTrackingContainer
from taskhub_time_tracking.infrastructure.mappings import TIME_ENTRIES
from taskhub_time_tracking.infrastructure.rows import TimeEntryRow
from taskhub_time_tracking.settings import TimeTrackingSettings


def time_tracking_container(context: ModuleContext) -> ModuleContainer:
    return TimeTrackingContainer(
        database=context.database,
        notifier=context.notifier,
        clock=providers.Object(context.clock),
        max_duration=context.settings.max_duration,
        tasks=providers.Object(context.port(Tasks)),
        task_reader=providers.Callable(context.service(TaskReader)),
    )


module = Module(
    "time_tracking",
    package="taskhub_time_tracking",
    api=(1, 1),
    container=time_tracking_container,
    requires=frozenset({"tasks", "workspaces"}),
    rows={TimeEntryRow: {WORKSPACE_PURGED, TASK_PURGED}},
    mappings=(TIME_ENTRIES,),
    routes=ROUTES,
    events=EVENTS,
    undo=UNDO,
    documentation=DOCUMENTATION,
    settings=TimeTrackingSettings,
    migrations=files("taskhub_time_tracking") / "migrations",
)
