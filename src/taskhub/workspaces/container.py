"""What the workspaces module is made of. Parts have the type of their Protocol, so that mypy checks here whether a class fits."""

from functools import partial
from typing import Any

from dependency_injector import containers, providers

from taskhub.kernel.api.authorizer import Authorizer
from taskhub.kernel.application.reversal import Reversal
from taskhub.kernel.application.runner import CommandLog, Runner
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.use_cases import UseCases
from taskhub.kernel.module_api import keeps_nothing
from taskhub.users.contract.membership_exits import MembershipExits
from taskhub.workspaces.api.authorizer import WorkspaceAuthorizer
from taskhub.workspaces.application.accept_invitation import accept_invitation
from taskhub.workspaces.application.change_member import change_member
from taskhub.workspaces.application.change_workspace import change_workspace
from taskhub.workspaces.application.create_invitation import create_invitation
from taskhub.workspaces.application.create_workspace import create_workspace
from taskhub.workspaces.application.delete_workspace import delete_workspace
from taskhub.workspaces.application.ports import Grants, WorkspacesUnitOfWork
from taskhub.workspaces.application.queries import WorkspaceQueries
from taskhub.workspaces.application.remove_member import remove_member
from taskhub.workspaces.application.restore_workspace import restore_workspace
from taskhub.workspaces.application.revoke_invitation import revoke_invitation
from taskhub.workspaces.application.run_batch import run_batch
from taskhub.workspaces.application.undo import WorkspacesReversal
from taskhub.workspaces.contract.memberships import Memberships
from taskhub.workspaces.infrastructure.grants import SqlGrants
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, WORKSPACES
from taskhub.workspaces.infrastructure.membership_exits import sql_membership_exits
from taskhub.workspaces.infrastructure.memberships import sql_memberships
from taskhub.workspaces.infrastructure.purge import WorkspacePurge, purge_invitations
from taskhub.workspaces.infrastructure.queries import SqlWorkspaceQueries
from taskhub.workspaces.infrastructure.repositories import SqlWorkspaceRepository
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork


class WorkspacesContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    monotonic: providers.Dependency[Any] = providers.Dependency()
    authenticator: providers.Dependency[Any] = providers.Dependency()
    account_names: providers.Dependency[Any] = providers.Dependency()
    open_accounts: providers.Dependency[Any] = providers.Dependency()

    unit_of_work: providers.Provider[WorkspacesUnitOfWork] = providers.Factory(
        SqlWorkspacesUnitOfWork, database, notifier, open_accounts
    )
    command_log: providers.Provider[CommandLog] = providers.Singleton(SqlCommandLog, database, (WORKSPACES, MEMBERS, INVITATIONS))
    runner: providers.Provider[Runner[WorkspacesUnitOfWork]] = providers.Singleton(
        Runner, unit_of_work.provider, command_log, clock
    )

    grants: providers.Provider[Grants] = providers.Singleton(SqlGrants, database, notifier, monotonic)
    authorizer: providers.Provider[Authorizer] = providers.Singleton(WorkspaceAuthorizer, authenticator, grants)
    queries: providers.Provider[WorkspaceQueries] = providers.Singleton(SqlWorkspaceQueries, database)
    purges = providers.List(
        providers.Object(Purge("invitations", purge_invitations)),
        providers.Factory(Purge, "workspaces", providers.Factory(WorkspacePurge, runner)),
    )
    ports = providers.Object({Memberships: sql_memberships, MembershipExits: sql_membership_exits})
    services = providers.Dict({Authorizer: authorizer.provider})
    subscribers = providers.Object(())
    background = providers.Object(())
    reversal: providers.Provider[Reversal] = providers.Singleton(WorkspacesReversal, providers.Object(SqlWorkspaceRepository))
    empty = providers.Callable(keeps_nothing)
    """Members and invitations go before the workspace does: see `WorkspacePurge`."""

    bound = UseCases(runner, clock=clock)
    create_workspace = bound(create_workspace)
    change_workspace = bound(change_workspace)
    delete_workspace = bound(delete_workspace)
    restore_workspace = bound(restore_workspace)

    change_member = bound(change_member)
    remove_member = bound(remove_member)

    run_batch = providers.Singleton(partial, run_batch, memberships=providers.Object(sql_memberships))
    """Run in the transaction that its operations share, not in a unit of work of this module."""

    create_invitation = bound(create_invitation)
    revoke_invitation = bound(revoke_invitation)
    accept_invitation = bound(accept_invitation)
