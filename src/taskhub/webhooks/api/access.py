"""Who may do what with webhooks."""

from taskhub.kernel.contract.caller import Scope
from taskhub.workspaces.contract.access import MANAGE, Role, WorkspaceAccess

INSPECT = WorkspaceAccess(Scope.READ, Role.ADMIN)
"""Whose receivers answered what is the business of those who manage them."""

__all__ = ["INSPECT", "MANAGE"]
