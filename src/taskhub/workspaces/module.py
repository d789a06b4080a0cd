"""Describes this module to the application."""

from importlib.resources import files

from dependency_injector import providers

from taskhub.kernel.module_api import Module, ModuleContainer, ModuleContext
from taskhub.users.contract.accounts import Accounts, OpenAccounts
from taskhub.users.contract.authenticator import Authenticator
from taskhub.workspaces.api.documentation import DOCUMENTATION
from taskhub.workspaces.api.routes import ROUTES
from taskhub.workspaces.application.events import EVENTS
from taskhub.workspaces.application.undo import UNDO
from taskhub.workspaces.container import WorkspacesContainer
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, WORKSPACES
from taskhub.workspaces.infrastructure.rows import InvitationRow, MemberRow, WorkspaceRow


def workspaces_container(context: ModuleContext) -> ModuleContainer:
    return WorkspacesContainer(
        database=context.database,
        notifier=context.notifier,
        clock=providers.Object(context.clock),
        monotonic=providers.Object(context.monotonic),
        authenticator=providers.Callable(context.service(Authenticator)),
        account_names=providers.Callable(context.service(Accounts)),
        open_accounts=providers.Object(context.port(OpenAccounts)),
    )


module = Module(
    "workspaces",
    package="taskhub.workspaces",
    api=(1, 1),
    container=workspaces_container,
    requires=frozenset({"users"}),
    rows={
        WorkspaceRow: frozenset(),
        MemberRow: frozenset(),
        InvitationRow: frozenset(),
    },
    mappings=(WORKSPACES, MEMBERS, INVITATIONS),
    routes=ROUTES,
    events=EVENTS,
    undo=UNDO,
    documentation=DOCUMENTATION,
    migrations=files("taskhub.workspaces") / "migrations",
)
