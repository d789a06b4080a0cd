"""Paths of workspaces, members and invitations, and their parameters."""

from uuid import UUID

from taskhub.kernel.api.request import ME, ApiRequest

WORKSPACES = "/v1/workspaces"
WORKSPACE = WORKSPACES + "/{workspace_id}"
MEMBERS = WORKSPACE + "/members"
MEMBER = MEMBERS + "/{user_id}"
BATCH = WORKSPACE + "/batch"
INVITATIONS = WORKSPACE + "/invitations"
INVITATION = INVITATIONS + "/{invitation_id}"
ACCEPT = "/v1/invitations/accept"


def names_caller(request: ApiRequest) -> bool:
    """Whether the member in the path is the caller."""
    name = str(request.path_params["user_id"])
    return name == ME or name.lower() == str(request.caller.user_id)


def workspace_path(id: UUID) -> str:
    return f"/v1/workspaces/{id}"


def member_path(workspace_id: UUID, user_id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/members/{user_id}"


def invitation_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/invitations/{id}"
