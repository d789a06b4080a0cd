"""This module's unit of work."""

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.database import Database
from taskhub.kernel.infrastructure.streams import StreamSignal
from taskhub.kernel.infrastructure.unit_of_work import SqlUnitOfWork
from taskhub.workspaces.infrastructure.repositories import SqlInvitations, SqlMembers, SqlWorkspaces


class SqlWorkspacesUnitOfWork(SqlUnitOfWork):
    def __init__(self, database: Database, signal: StreamSignal, attempt: Attempt) -> None:
        super().__init__(database, signal, attempt)
        self.workspaces = SqlWorkspaces(self)
        self.members = SqlMembers(self)
        self.invitations = SqlInvitations(self)
