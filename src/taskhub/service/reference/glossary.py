"""The description and an example of every field and parameter in the OpenAPI document: one for all places where a name occurs."""

from dataclasses import dataclass
from typing import Any

_USER, _OTHER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f", "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_WORKSPACE, _PROJECT, _TASK = (
    "019a9f40-0c32-7e74-8b20-7d3f4e5c6071",
    "019a9f41-1d43-7f85-9c31-8e405f6d7182",
    "019a9f42-2e54-7096-8d42-9f51607e8293",
)
_OTHER_TASK = "019a9f49-95cb-770d-b4b9-06d837e5b03a"
_SESSION, _TOKEN, _INVITATION = (
    "019a9f43-3f65-71a7-9e53-a062718f93a4",
    "019a9f44-4076-72b8-8f64-b17382906ab5",
    "019a9f45-5187-73c9-9075-c28493a17bc6",
)
_LABEL, _COMMENT, _PARENT = (
    "019a9f46-6298-74da-8186-d3a504b28d07",
    "019a9f47-73a9-75eb-9297-e4b615c39e18",
    "019a9f48-84ba-76fc-a3a8-f5c726d4af29",
)
_BATCH = "1 to 500 tasks. The response lists them in the order of the request."
_DUE_ZONE = "The IANA time zone of `time`; null for an all-day task."
_INSTANT, _LATER = "2026-11-20T09:00:00Z", "2026-12-20T09:00:00Z"


@dataclass(frozen=True, slots=True)
class Word:
    """A description and an example. ``...``: the example is made from the examples of the fields inside."""

    meaning: str
    example: Any = ...

    def on_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Its keywords in a JSON Schema."""
        examples = {} if self.example is ... or "examples" in schema else {"examples": [self.example]}
        return {"description": self.meaning, **examples}


def word(name: str, owner: str) -> Word:
    """The word for a field of a schema, or for a parameter of an operation: its own one, or the one of that name for all."""
    return WORDS.get(f"{owner}.{name}") or WORDS.get(name) or Word("")


_ON_PROJECTS = (
    "get_project",
    "change_project",
    "delete_project",
    "restore_project",
    "archive_project",
    "unarchive_project",
    "set_workflow",
)
_OF_TASK = ("NewTask", "TaskPatch")

WORDS: dict[str, Word] = {
    "id": Word("A UUID of version 4 or 7. You may choose it when you create the resource. Ids are never reused.", _TASK),
    "version": Word("Starts at 1 and grows by 1 with every change. The `ETag` is this number in quotes.", 3),
    "created_at": Word("When it was created.", _INSTANT),
    "updated_at": Word("When it was last changed.", _INSTANT),
    "deleted_at": Word("When it was moved to the trash; null if it is not in the trash.", None),
    "created_by_id": Word("The user who created it.", _USER),
    "expires_at": Word("When it expires; null if it never does.", _LATER),
    "last_used_at": Word("When it was last used, accurate to a minute; null if never.", _INSTANT),
    "items": Word("The items of this page, in the requested order."),
    "NewTasks.items": Word(_BATCH),
    "TaskChanges.items": Word("1 to 500 patches, each for a different task."),
    "TaskBatch.items": Word(_BATCH),
    "next_cursor": Word("Send it as `cursor` to get the next page; null on the last page.", None),
    "limit": Word("The maximum number of items on a page.", 50),
    "cursor": Word("The `next_cursor` of the previous page.", "b3BhcXVl"),
    "user_agent": Word("The `User-Agent` of the client that signed in.", "Mozilla/5.0"),
    # Users, sessions, tokens
    "email": Word("The email address. Addresses that differ only in case are equal.", "ada@example.com"),
    "password": Word("12 to 128 characters, counted after Unicode normalization (NFC).", "correct horse battery staple"),
    "current_password": Word("The current password of the account.", "correct horse battery staple"),
    "new_password": Word("12 to 128 characters, counted after Unicode normalization (NFC).", "a new and better passphrase"),
    "revoke_tokens": Word("Whether to revoke all your API tokens as well. Default: `false`.", False),
    "time_zone": Word("An IANA time zone.", "Europe/Berlin"),
    "name": Word("The display name.", "Operations"),
    "NewUser.time_zone": Word("An IANA time zone. Default: UTC.", "Europe/Berlin"),
    "NewWorkspace.time_zone": Word("An IANA time zone. Default: UTC.", "Europe/Berlin"),
    "User.name": Word("The display name of the user.", "Ada Lovelace"),
    "NewUser.name": Word("The display name of the user.", "Ada Lovelace"),
    "session_id": Word("The id of the session.", _SESSION),
    "session": Word("The id of the session, or `current` for the one that sends the request.", "current"),
    "current": Word("Whether this is the session that sent the request.", True),
    "Session.expires_at": Word("When the session expires if it is not used again: 30 days after its last use.", _LATER),
    "Session.last_used_at": Word("When the session was last used.", _INSTANT),
    "access_token": Word("Send it as `Authorization: Bearer`.", "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"),
    "expires_in": Word("How long the access token is valid, in seconds.", 900),
    "refresh_token": Word("Exchange it for a new pair of tokens. It can be used once.", "c2Vzc2lvbg.cmVmcmVzaA"),
    "token_type": Word("The authentication scheme of the access token.", "Bearer"),
    "token_id": Word("The id of the API token.", _TOKEN),
    "token": Word("The token itself. It is shown only once, in this response.", "thub_0a1b2c3d4e5f"),
    "Acceptance.token": Word("The token of the invitation.", "0a1b2c3d4e5f"),
    "IssuedInvitation.token": Word(
        "The secret that the invited person needs to accept. It is shown only once, in this response: send it to them.",
        "0a1b2c3d4e5f",
    ),
    "scopes": Word(
        "What the token may be used for: `read`, `write` or `admin`. Each scope includes the ones before it.", ["read", "write"]
    ),
    "Token.name": Word("The display name.", "Nightly report"),
    "NewToken.name": Word("The display name.", "Nightly report"),
    "IssuedToken.name": Word("The display name.", "Nightly report"),
    "Token.workspace_id": Word("The only workspace that the token can be used in; null for all of yours.", None),
    "NewToken.workspace_id": Word("Restricts the token to this workspace; null for all of yours.", None),
    "IssuedToken.workspace_id": Word("The only workspace that the token can be used in; null for all of yours.", None),
    # Workspaces
    "workspace_id": Word("The id of the workspace.", _WORKSPACE),
    "user_id": Word("The id of the user.", _USER),
    "assign_task.user_id": Word("The id of the member, or `me`.", "me"),
    "unassign_task.user_id": Word("The id of the user, or `me`.", "me"),
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
    # Projects
    "project_id": Word("The id of the project.", _PROJECT),
    **{f"{operation}.project_id": Word("The id or the key of the project.", "OPS") for operation in _ON_PROJECTS},
    "NewTask.project_id": Word("The id or the key of the project.", "OPS"),
    "Project.key": Word(
        "The prefix of the keys of its tasks: 2 to 10 characters from A-Z and 0-9, the first a letter. It never changes.", "OPS"
    ),
    "NewProject.key": Word(
        "2 to 10 characters from A-Z and 0-9, the first a letter. Unique in the workspace, and never reused.", "OPS"
    ),
    "description": Word("Markdown, up to 100 000 characters; null if there is none.", "Check the *oil* first."),
    "workflow": Word("The statuses of its tasks, and the transitions between them."),
    "statuses": Word("1 to 50 statuses. New tasks start with the first one."),
    "Status.key": Word("The key that tasks with this status have in their field `status`.", "in_progress"),
    "StatusBody.key": Word(
        "The key that tasks have in `status`: 1 to 64 characters from a-z, 0-9, - and _. Unique in the project.", "in_progress"
    ),
    "Status.name": Word("The display name.", "In progress"),
    "StatusBody.name": Word(
        "The display name. It must be unique in the workflow; names that differ only in case or invisible characters are equal.",
        "In progress",
    ),
    "category": Word(
        "The category of the status: `todo`, `in_progress`, `done` or `cancelled`. It never changes.", "in_progress"
    ),
    "transitions": Word(
        "For each status, the statuses that a task may change to from there; null if every change is allowed.",
        {"todo": ["in_progress", "cancelled"], "in_progress": ["done"]},
    ),
    "status_map": Word("For each removed status that tasks still have: the status that they get instead.", {"waiting": "todo"}),
    "archived_at": Word(
        "When the project was archived; null if it is not archived. Tasks of an archived project can't be changed.", None
    ),
    # Tasks
    "task": Word("The id or the key of the task.", "OPS-1"),
    "number": Word("Counts up from 1 in each project. Numbers are never reused.", 42),
    "key": Word(
        "The key of the project and the number. You can use it, in upper or lower case, wherever the id of the task is expected.",
        "OPS-42",
    ),
    "title": Word("1 to 500 characters, at least one of them visible.", "Oil the engine"),
    "status": Word("The key of a status of the project.", "todo"),
    "NewTask.status": Word("The key of a status of the project. Default: its first status.", "todo"),
    "NewTask.priority": Word("`none`, `low`, `medium`, `high` or `urgent`. Default: `none`.", "high"),
    "status_category": Word("The category of the status: `todo`, `in_progress`, `done` or `cancelled`.", "todo"),
    "priority": Word("`none`, `low`, `medium`, `high` or `urgent`.", "high"),
    "assignee_ids": Word("The members that the task is assigned to, in no particular order.", [_USER, _OTHER]),
    "label_ids": Word("The labels of the task, up to 40, in no particular order.", [_LABEL]),
    **{
        f"{body}.assignee_ids": Word("The members that the task is assigned to, as ids or `me`.", [_USER, _OTHER])
        for body in _OF_TASK
    },
    **{
        f"{body}.parent_id": Word(
            "The parent task, as an id or a key. It must be in the same project; null for a task at the top level.", _PARENT
        )
        for body in _OF_TASK
    },
    **{
        f"{body}.blocked_by_ids": Word("The tasks that block this one, as ids or keys, up to 100.", [_OTHER_TASK])
        for body in _OF_TASK
    },
    "parent_id": Word("The parent task, in the same project; null for a task at the top level.", _PARENT),
    "blocked_by_ids": Word("The tasks that block this one, up to 100, in no particular order.", [_OTHER_TASK]),
    "due": Word("When the task is due; null if it has no due date. A patch replaces it as a whole."),
    "date": Word("The date.", "2026-11-20"),
    "time": Word("The local time in `time_zone`; null for an all-day task.", "09:30:00"),
    "Due.time_zone": Word(_DUE_ZONE, "Europe/Berlin"),
    "DueBody.time_zone": Word(_DUE_ZONE, "Europe/Berlin"),
    "due_at": Word("The instant of `due` if it has a time; null for an all-day task.", "2026-11-20T08:30:00Z"),
    "closed_at": Word("When the task was closed (done or cancelled); null while it is open.", None),
    "before": Word("Move directly before this task of the project, given as an id or a key.", _OTHER_TASK),
    "after": Word("Move directly after this task of the project, given as an id or a key.", _OTHER_TASK),
    "to": Word("Move to the `first` or the `last` position in the project.", "first"),
    "Move.status": Word("The new status. Required if the other project has no status with the key of the current one.", "done"),
    "Move.parent_id": Word("The new parent task, as an id or a key; null for the top level.", None),
    "Move.project_id": Word("The project to move to, as an id or a key.", _PROJECT),
    "patch": Word("The changes, as a merge patch like that of a single task."),
    "TaskChange.id": Word("The id or the key of the task.", "OPS-1"),
    "SignIn.email": Word("The email address of the account.", "ada@example.com"),
    "SignIn.password": Word("The password of the account.", "correct horse battery staple"),
    "TaskChange.version": Word("Apply the patch only if the task is at this version, as with `If-Match`.", 3),
    "blocker": Word("The id or the key of the task that blocks the other one.", "OPS-2"),
    # Labels, comments, history
    "label_id": Word("The id of the label.", _LABEL),
    "Label.name": Word(
        "The display name. It must be unique in the workspace; names that differ only in case or invisible characters are equal.",
        "Bug",
    ),
    "NewLabel.name": Word(
        "The display name. It must be unique in the workspace; names that differ only in case or invisible characters are equal.",
        "Bug",
    ),
    "LabelPatch.name": Word(
        "The display name. It must be unique in the workspace; names that differ only in case or invisible characters are equal.",
        "Bug",
    ),
    "color": Word("The color, as `#rrggbb`.", "#d73a4a"),
    "NewLabel.color": Word("The color, as `#rrggbb`. Default: `#808080`.", "#d73a4a"),
    "comment_id": Word("The id of the comment.", _COMMENT),
    "task_id": Word("The id of the task.", _TASK),
    "author_id": Word("The user who wrote the comment.", _USER),
    "body": Word(
        "Markdown, 1 to 20 000 characters. `@` followed by the id of a member mentions that member.",
        f"Done, @{_OTHER}: see OPS-7.",
    ),
    "mentioned_ids": Word("The members that the body mentions, in no particular order.", [_OTHER]),
    "edited_at": Word("When the body was last changed; null if never.", None),
    "seq": Word("The number of the event in the log of the workspace.", 1815),
    "type": Word("The type of the event.", "task.updated"),
    "occurred_at": Word("When it happened.", _INSTANT),
    "actor_id": Word("The user who made the change; null if the service made it, for example after a member had left.", _USER),
    "HistoryEntry.version": Word("The version of the task, or of the comment, after the change.", 3),
    "changes": Word("The fields that changed, each with its value before and after.", {"status": ["todo", "in_progress"]}),
    # Fields that some problems add
    "stale_version.current_version": Word("the current version of the resource."),
    "last_owner.workspace_ids": Word(
        "if you want to close your account: the workspaces with other members that you are the only owner of."
    ),
    "cycle.path": Word("the tasks of the cycle. The first and the last is the one that was to be changed."),
    "illegal_transition.allowed": Word("the statuses that the task may change to from its current one."),
    "status_in_use.statuses": Word("the removed statuses that tasks still have."),
    # Filters
    "deleted": Word("Whether to list the trash instead.", False),
    "get_task.deleted": Word("Whether to look in the trash as well.", False),
    "get_project.deleted": Word("Whether to look in the trash as well.", False),
    "sort": Word("The field to sort by. A leading `-` reverses the order.", "-created_at"),
    "list_labels.sort": Word("The field to sort by. A leading `-` reverses the order.", "name"),
    "list_projects.sort": Word("The field to sort by. A leading `-` reverses the order.", "name"),
    "archived": Word("`true` for archived projects only, `false` for the others only. Default: both.", False),
    "ids": Word("Tasks with one of these ids or keys.", [_TASK]),
    "list_tasks.project_id": Word("Tasks of one of these projects, given as ids or keys.", [_PROJECT]),
    "list_tasks.status": Word("Tasks with one of these statuses.", ["todo", "in_progress"]),
    "not_status": Word("Tasks with none of these statuses.", ["done"]),
    "not_priority": Word("Tasks with none of these priorities.", ["none", "low"]),
    "not_assignee_id": Word(
        "Tasks assigned to none of these members. `me` is you; `none` finds tasks that are assigned to anybody.", ["me"]
    ),
    "not_label_id": Word("Tasks with none of these labels. `none` finds tasks that have any label.", [_LABEL]),
    "list_tasks.status_category": Word("Tasks whose status has one of these categories.", ["todo"]),
    "list_tasks.priority": Word("Tasks with one of these priorities.", ["high", "urgent"]),
    "assignee_id": Word("Tasks assigned to one of these members. `me` is you; `none` finds unassigned tasks.", ["me"]),
    "list_tasks.label_id": Word("Tasks with one of these labels. `none` finds tasks without labels.", [_LABEL]),
    "list_tasks.parent_id": Word(
        "Direct subtasks of one of these tasks, given as ids or keys. `none` finds tasks at the top level.", [_PARENT]
    ),
    "blocked": Word("`true` for tasks that are blocked by an open task, `false` for the others only. Default: both.", False),
    "blocks": Word("Tasks that block one of these tasks, given as ids or keys.", [_TASK]),
    "due_before": Word("Tasks due before this instant, or before this date in `time_zone`.", "2026-11-28"),
    "due_after": Word("Tasks due at this instant or later, or on this date in `time_zone` or later.", "2026-11-27"),
    "created_before": Word("Tasks created before this instant, or before this date in `time_zone`.", _LATER),
    "created_after": Word("Tasks created at this instant or later, or on this date in `time_zone` or later.", "2026-11-20"),
    "updated_before": Word("Tasks last changed before this instant, or before this date in `time_zone`.", _LATER),
    "updated_after": Word("Tasks last changed at this instant or later, or on this date in `time_zone` or later.", "2026-11-20"),
    "list_tasks.time_zone": Word(
        "The IANA time zone for the dates in other filters. Default: the time zone of the workspace.",
        "Europe/Berlin",
    ),
    "closed": Word("`true` for tasks that are done or cancelled, `false` for the others only. Default: both.", False),
    "q": Word(
        "Words to search for in key, title and description. All of them must occur; of the last one the beginning is enough. "
        "Case and accents are ignored. Punctuation inside words, and symbols, must match as typed. In scripts that are written "
        "without spaces any sequence of characters is found.",
        "oil eng",
    ),
    # The service
    "Service.name": Word("The name of the service.", "TaskHub"),
    "Service.version": Word("The version of the service.", "0.1.0"),
    "registration": Word("`open` if anybody may register, otherwise `closed`.", "open"),
    "require_if_match": Word("Whether every change requires `If-Match`.", False),
    "limits": Word("The limits of the service."),
    "body_bytes": Word("The maximum size of a request body, in bytes.", 1_048_576),
    "page_items": Word("The maximum number of items on a page of a list.", 200),
    "writes_per_minute": Word("How many write requests each user may send per minute; null if there is no limit.", 1200),
    "Health.status": Word("`ok`.", "ok"),
    "code": Word("The code of a problem.", "stale_version"),
}
