"""Authenticates the caller of every request and checks their access before the route runs."""

from uuid import UUID

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.contract.access import Access, Public
from taskhub.kernel.contract.caller import Caller
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.users.contract.access import SessionAccess
from taskhub.users.contract.authenticator import Authenticator
from taskhub.workspaces.api.refusals import InsufficientScope, SessionRequired
from taskhub.workspaces.application.ports import Grants
from taskhub.workspaces.contract.access import Grant, Role, WorkspaceAccess


class WorkspaceGate:
    """Checks every request of the service. If the grants are remembered, this needs no round trip."""

    def __init__(self, authenticator: Authenticator, grants: Grants) -> None:
        self._authenticator = authenticator
        self._grants = grants

    async def admit(self, request: ApiRequest, access: Access) -> None:
        """Sets the caller of the request, and in a workspace the role of the caller and the time zone of the workspace.

        Raises:
            DomainError: 401 without a valid credential.
            NotFound: the workspace does not exist, or the caller is not a member.
            InsufficientScope, NotAllowed
        """
        if isinstance(access, Public):
            return
        caller = request.caller = await self._authenticator.authenticate(request.header(b"authorization"))
        if isinstance(access, WorkspaceAccess):
            workspace_id = request.path_id("workspace_id")
            grant = await self._grant(caller, workspace_id, access.role)
            request.role, request.time_zone = grant.role, grant.time_zone
        if caller.scope < access.scope:
            raise InsufficientScope(access.scope)
        if isinstance(access, WorkspaceAccess):
            if request.role < access.role:
                raise NotAllowed(f"This operation requires the role {access.role.key}. Your role is {request.role.key}.")
        elif isinstance(access, SessionAccess) and caller.session_id is None:
            raise SessionRequired

    async def _grant(self, caller: Caller, workspace_id: UUID, wanted: Role) -> Grant:
        """The grant of the caller. A remembered grant is used only to admit, never to refuse, because the role may have been
        raised since.
        """
        if caller.workspace_id is not None and caller.workspace_id != workspace_id:
            raise NotFound
        grant = self._grants.remembered(workspace_id, caller.user_id)
        if grant is None or grant.role < wanted:
            grant = await self._grants.read(workspace_id, caller.user_id)
            if grant is None:
                raise NotFound
        return grant
