"""Describes this module to the application."""

from importlib.resources import files

from dependency_injector import providers

from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.kernel.module_api import Module, ModuleContainer, ModuleContext
from taskhub.tasks.api.documentation import DOCUMENTATION
from taskhub.tasks.api.routes import ROUTES
from taskhub.tasks.application.events import EVENTS
from taskhub.tasks.application.undo.types import UNDO
from taskhub.tasks.container import TasksContainer
from taskhub.tasks.infrastructure.mappings import COMMENTS, LABELS, PROJECTS, TASKS
from taskhub.tasks.infrastructure.rows import (
    CommentRow,
    ExternalKeyRow,
    FormerKeyRow,
    FormerPlaceRow,
    LabelRow,
    ProjectRow,
    TaskRow,
)
from taskhub.workspaces.contract.memberships import Memberships


def tasks_container(context: ModuleContext) -> ModuleContainer:
    return TasksContainer(
        database=context.database,
        notifier=context.notifier,
        clock=providers.Object(context.clock),
        monotonic=providers.Object(context.monotonic),
        memberships=providers.Object(context.port(Memberships)),
    )


module = Module(
    "tasks",
    package="taskhub.tasks",
    api=(1, 1),
    container=tasks_container,
    requires=frozenset({"users", "workspaces"}),
    rows={
        ProjectRow: {WORKSPACE_PURGED},
        TaskRow: {WORKSPACE_PURGED},
        FormerKeyRow: {WORKSPACE_PURGED},
        FormerPlaceRow: {WORKSPACE_PURGED},
        ExternalKeyRow: {WORKSPACE_PURGED},
        LabelRow: {WORKSPACE_PURGED},
        CommentRow: {WORKSPACE_PURGED},
    },
    mappings=(PROJECTS, TASKS, LABELS, COMMENTS),
    routes=ROUTES,
    events=EVENTS,
    undo=UNDO,
    documentation=DOCUMENTATION,
    migrations=files("taskhub.tasks") / "migrations",
)
