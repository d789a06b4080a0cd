"""This module's unit of work."""

from collections.abc import Callable

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.users.contract.accounts import OpenAccounts
from taskhub.workspaces.infrastructure.repositories import SqlInvitationRepository, SqlMemberRepository, SqlWorkspaceRepository


class SqlWorkspacesUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        notifier: EventNotifier,
        accounts: Callable[[SqlUnitOfWork], OpenAccounts],
        attempt: Attempt,
    ) -> None:
        super().__init__(database, notifier, attempt)
        self._accounts = accounts

    @property
    def accounts(self) -> OpenAccounts:
        return self._accounts(self)

    @property
    def workspaces(self) -> SqlWorkspaceRepository:
        return SqlWorkspaceRepository(self)

    @property
    def members(self) -> SqlMemberRepository:
        return SqlMemberRepository(self)

    @property
    def invitations(self) -> SqlInvitationRepository:
        return SqlInvitationRepository(self)
