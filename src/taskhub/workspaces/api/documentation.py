"""What this module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_OTHER = "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_WORKSPACE = "019a9f40-0c32-7e74-8b20-7d3f4e5c6071"
_INVITATION = "019a9f45-5187-73c9-9075-c28493a17bc6"
_TASK = "019a9f42-2e54-7096-8d42-9f51607e8293"
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"

TAGS: dict[str, str] = {
    "Workspaces": "A workspace belongs to a team and contains its projects and tasks.",
    "Members": "The users of a workspace and their roles.",
    "Invitations": "Invite users to a workspace.",
    "Batches": "Several writes in one transaction: all of them or none.",
}
"""The tags of its operations in their order, each with its description."""

WORDS: dict[str, Word] = {
    "NewWorkspace.time_zone": Word("An IANA time zone. Default: UTC.", "Europe/Berlin"),
    "Acceptance.token": Word("The token of the invitation.", "0a1b2c3d4e5f"),
    "IssuedInvitation.token": Word(
        "The secret that the invited person needs to accept. It is shown only once, in this response: send it to them.",
        "0a1b2c3d4e5f",
    ),
    "operations": Word(
        "1 to 100 operations, which are run in this order.",
        [{"method": "POST", "path": "/labels", "body": {"name": "later"}}],
    ),
    "BatchOperation.method": Word("`POST`, `PATCH`, `PUT` or `DELETE`.", "PATCH"),
    "BatchOperation.path": Word(
        "The path below the workspace, percent-encoded, without a query: `/tasks/OPS-1/labels/…`.", "/tasks/OPS-1"
    ),
    "BatchOperation.body": Word("The body that the operation takes alone; absent if it takes none.", {"status": "done"}),
    "BatchOperation.if_match": Word(
        "The `ETag` of the version that the operation is meant for, with its quotes, as in the header `If-Match`.", '"3"'
    ),
    "results": Word("What the operations answered, in their order."),
    "OperationResult.status": Word("The HTTP status that the operation has alone.", 200),
    "OperationResult.etag": Word("The `ETag` of the resource; null if the response has none.", '"4"'),
    "OperationResult.location": Word("The path of the created resource; null if none was created.", None),
    "OperationResult.body": Word("The body that the operation answers with alone; null if that is empty.", {"id": _TASK}),
    "workspace_id": Word("The id of the workspace.", _WORKSPACE),
    "get_member.user_id": Word("The id of the user, or `me`.", "me"),
    "change_member.user_id": Word("The id of the user, or `me`.", _OTHER),
    "delete_member.user_id": Word("The id of the user, or `me`.", "me"),
    "Workspace.name": Word("The display name.", "Engine room"),
    "NewWorkspace.name": Word("The display name.", "Engine room"),
    "WorkspacePatch.name": Word("The display name.", "Engine room"),
    "Member.name": Word("The display name of the user.", "Ada Lovelace"),
    "joined_at": Word("When the user joined the workspace.", _INSTANT),
    "left_at": Word("When the user left the workspace; null for a current member.", None),
    "former": Word("Whether to list former members instead of current ones.", False),
    "Member.role": Word("`viewer`, `member`, `admin` or `owner`; null for a former member.", "member"),
    "invitation_id": Word("The id of the invitation.", _INVITATION),
    "role": Word("`viewer`, `member`, `admin` or `owner`. Each role includes the rights of the ones before it.", "member"),
    "Invitation.expires_at": Word("When the invitation expires.", _LATER),
    "IssuedInvitation.expires_at": Word("When the invitation expires.", _LATER),
    "NewInvitation.expires_at": Word("When the invitation expires. Default: in 7 days.", _LATER),
    "last_owner.workspace_ids": Word(
        "if you want to close your account: the workspaces with other members that you are the only owner of."
    ),
}

ADVICE: dict[str, Advice] = {
    "insufficient_scope": Advice(
        "The API token does not have the scope that this operation requires.",
        "Use a token with the scope that `WWW-Authenticate` names, or sign in and use a session.",
    ),
    "last_owner": Advice(
        "Every workspace needs at least one owner, and this would remove the last one.",
        "Make another member an owner first, or delete the workspace.",
    ),
    "already_member": Advice(
        "You are already a member of this workspace. The invitation was not used up.",
        "You don't have to do anything.",
    ),
    "no_owner": Advice(
        "All owners of the workspace have closed their accounts, so the restored workspace would have no owner.",
        "An operator has to name a new owner.",
    ),
}

DOCUMENTATION = Documentation(
    tags=TAGS,
    words=WORDS,
    advice=ADVICE,
    schemas={"WorkspaceForMember": "Workspace", "NamedMember": "Member"},
    refusals={"close_account": ("last_owner",)},
)
