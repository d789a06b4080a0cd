"""What the reference says of this module beside its routes: tags, words, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_OTHER = "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_WORKSPACE = "019a9f40-0c32-7e74-8b20-7d3f4e5c6071"
_INVITATION = "019a9f45-5187-73c9-9075-c28493a17bc6"
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"

TAGS: dict[str, str] = {
    "Workspaces": "A team and all that belongs to it.",
    "Members": "Who belongs to a workspace, and what they may do.",
    "Invitations": "How somebody becomes a member.",
}
"""The groups of its operations, in their order."""

WORDS: dict[str, Word] = {
    "NewWorkspace.time_zone": Word("An IANA time zone; UTC where it is not given.", "Europe/Berlin"),
    "Acceptance.token": Word("The token of the invitation.", "0a1b2c3d4e5f"),
    "IssuedInvitation.token": Word("What the guest accepts with. It is shown once; hand it over.", "0a1b2c3d4e5f"),
    "workspace_id": Word("The workspace.", _WORKSPACE),
    "get_member.user_id": Word("The user's id, or `me`.", "me"),
    "change_member.user_id": Word("The user's id, or `me`.", _OTHER),
    "delete_member.user_id": Word("The user's id, or `me`.", "me"),
    "Workspace.name": Word("What people call it.", "Engine room"),
    "NewWorkspace.name": Word("What people call it.", "Engine room"),
    "WorkspacePatch.name": Word("What people call it.", "Engine room"),
    "Member.name": Word("What the user is called.", "Ada Lovelace"),
    "joined_at": Word("When the user joined.", _INSTANT),
    "left_at": Word("When the user left; null for a member.", None),
    "former": Word("Whether to list those who have left instead.", False),
    "Member.role": Word("`viewer`, `member`, `admin` or `owner`; null for somebody who has left.", "member"),
    "invitation_id": Word("The invitation.", _INVITATION),
    "role": Word("`viewer`, `member`, `admin` or `owner`: each may do all that those before it may.", "member"),
    "Invitation.expires_at": Word("When it can't be accepted any more.", _LATER),
    "IssuedInvitation.expires_at": Word("When it can't be accepted any more.", _LATER),
    "NewInvitation.expires_at": Word("When it can't be accepted any more; 7 days from now where it is not given.", _LATER),
    "last_owner.workspace_ids": Word("where it is an account that can't be closed: the workspaces that depend on it."),
}

ADVICE: dict[str, Advice] = {
    "insufficient_scope": Advice(
        "The token was issued for less than this needs.",
        "Use a token with the scope that the challenge names, or a session.",
    ),
    "last_owner": Advice(
        "A workspace keeps at least one owner, and this would take the last one.",
        "Make somebody else an owner first, or delete the workspace.",
    ),
    "already_member": Advice(
        "You are a member of this workspace already. The invitation was not used up.",
        "Nothing is left to do.",
    ),
    "no_owner": Advice(
        "All owners of the workspace have closed their accounts, so nobody is left whom it could be restored for.",
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
