"""The authorizer: who asks, and whether they may, before a route does anything else."""

from uuid import UUID

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.contract.access import Access, Public
from taskhub.kernel.contract.caller import Caller
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.users.contract.access import SessionAccess
from taskhub.users.contract.authenticator import Authenticator
from taskhub.workspaces.api.errors import InsufficientScope, SessionRequired
from taskhub.workspaces.application.ports import Grants
from taskhub.workspaces.contract.access import Grant, Role, WorkspaceAccess


class WorkspaceAuthorizer:
    """Admits every request of the service. With a warm memory it costs no round trip."""

    def __init__(self, authenticator: Authenticator, grants: Grants) -> None:
        self._authenticator = authenticator
        self._grants = grants

    async def authorize(self, request: ApiRequest, access: Access) -> None:
        """Sets the request's caller, and in a workspace their role and its time zone.

        Raises:
            DomainError: 401 without a good credential.
            NotFound: the workspace is not there for the caller; why, is not told.
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
                raise NotAllowed(f"This takes the role {access.role.key}; yours is {request.role.key}.")
        elif isinstance(access, SessionAccess) and caller.session_id is None:
            raise SessionRequired

    async def _grant(self, caller: Caller, workspace_id: UUID, wanted: Role) -> Grant:
        """The caller's role and what goes with it. One that is remembered may be used to admit, never to refuse: it may have
        grown since.
        """
        if caller.workspace_id is not None and caller.workspace_id != workspace_id:
            raise NotFound
        grant = self._grants.remembered(workspace_id, caller.user_id)
        if grant is None or grant.role < wanted:
            grant = await self._grants.read(workspace_id, caller.user_id)
            if grant is None:
                raise NotFound
        return grant
