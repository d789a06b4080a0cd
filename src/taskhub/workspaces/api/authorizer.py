"""Authenticates the caller of every request and checks their access before the route runs."""

from collections.abc import Sequence
from uuid import UUID

from taskhub.kernel.api.authorizer import HeldRight
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.users.contract.access import SessionAccess
from taskhub.users.contract.authenticator import Authenticator
from taskhub.workspaces.api.errors import InsufficientScope, SessionRequired
from taskhub.workspaces.application.ports import Grants
from taskhub.workspaces.contract.access import Grant, Role, WorkspaceAccess


class WorkspaceAuthorizer:
    """Checks every request of the service. If the grants are remembered, this needs no round trip."""

    def __init__(self, authenticator: Authenticator, grants: Grants) -> None:
        self.authenticate = authenticator.authenticate
        self._renew_callers = authenticator.renew
        self._grants = grants

    async def authorize(self, caller: Caller, access: Access, stream_id: UUID | None) -> Grant | None:
        """Returns the caller's grant in a workspace; None where the path names none.

        Raises:
            NotFound: the workspace does not exist, or the caller is not a member.
            InsufficientScope, NotAllowed, SessionRequired
        """
        if isinstance(access, WorkspaceAccess):
            assert stream_id is not None, "a route with such an access names its workspace"
            return await self._authorize_member(caller, access, stream_id)
        _require_scope(caller, access)
        if isinstance(access, SessionAccess) and caller.session_id is None:
            raise SessionRequired
        return None

    async def renew(self, held: Sequence[HeldRight]) -> None:
        """Raises:
        Unavailable, Busy
        """
        await self._renew_callers([(one.authorization, one.caller) for one in held])
        await self._grants.renew({(one.stream_id, one.caller.user_id) for one in held})

    async def _authorize_member(self, caller: Caller, access: WorkspaceAccess, workspace_id: UUID) -> Grant:
        grant = await self._grant(caller, workspace_id, access.role)
        _require_scope(caller, access)
        if grant.role < access.role:
            raise NotAllowed(f"This operation requires the role {access.role.key}. Your role is {grant.role.key}.")
        return grant

    async def _grant(self, caller: Caller, workspace_id: UUID, wanted: Role) -> Grant:
        """The grant of the caller. A remembered grant is used only to admit, never to refuse, because the role may have been
        raised since.
        """
        if caller.stream_id is not None and caller.stream_id != workspace_id:
            raise NotFound
        grant = self._grants.remembered(workspace_id, caller.user_id)
        if grant is None or grant.role < wanted:
            grant = await self._grants.read(workspace_id, caller.user_id)
            if grant is None:
                raise NotFound
        return grant


def _require_scope(caller: Caller, access: Access) -> None:
    if caller.scope < access.scope:
        raise InsufficientScope(access.scope)
