"""What the members of bodies and answers, and the parameters, mean: the same wherever they stand."""

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
_BATCH = "1 to 500 tasks, in the same order in a request and its answer."
_DUE_ZONE = "The IANA time zone of the time; null, as the time is, for all day."
_INSTANT, _LATER = "2026-11-20T09:00:00Z", "2026-12-20T09:00:00Z"


@dataclass(frozen=True, slots=True)
class Word:
    """A meaning, and a typical value. Without one (``...``) the value is made of the members'."""

    meaning: str
    example: Any = ...

    def on_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The keywords that tell it in a schema."""
        examples = {} if self.example is ... or "examples" in schema else {"examples": [self.example]}
        return {"description": self.meaning, **examples}


def word(name: str, owner: str) -> Word:
    """The word for a member or parameter, as it is meant in its owner: a schema, or an operation."""
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
    "id": Word("The id: a UUID of version 4 or 7. On a create the client may mint it; it is never given twice.", _TASK),
    "version": Word("1, and 1 more with each committed change. As an entity tag: the number in quotes.", 3),
    "created_at": Word("When it was made.", _INSTANT),
    "updated_at": Word("When it was last changed.", _INSTANT),
    "deleted_at": Word("When it was moved to the trash; null where it is not there.", None),
    "created_by_id": Word("The user who made it.", _USER),
    "expires_at": Word("When it stops working; null for never.", _LATER),
    "last_used_at": Word("When it was last used, to within a minute; null for never.", _INSTANT),
    "items": Word("The things, in the order asked for."),
    "NewTasks.items": Word(_BATCH),
    "TaskChanges.items": Word("1 to 500 patches, each for another task."),
    "TaskBatch.items": Word(_BATCH),
    "next_cursor": Word("Asks for the next page, as `cursor`; null ends the list.", None),
    "limit": Word("How many things a page has at most.", 50),
    "cursor": Word("The `next_cursor` of the page before.", "b3BhcXVl"),
    "user_agent": Word("What the client called itself when it signed in.", "Mozilla/5.0"),
    # Users, sessions, tokens
    "email": Word("The email address, compared however its case is written.", "ada@example.com"),
    "password": Word("12 to 128 characters, counted in NFC.", "correct horse battery staple"),
    "current_password": Word("The password as it is now.", "correct horse battery staple"),
    "new_password": Word("12 to 128 characters, counted in NFC.", "a new and better passphrase"),
    "revoke_tokens": Word("Whether the API tokens end as well; they do not where it is not given.", False),
    "time_zone": Word("An IANA time zone.", "Europe/Berlin"),
    "name": Word("What people call it.", "Operations"),
    "NewUser.time_zone": Word("An IANA time zone; UTC where it is not given.", "Europe/Berlin"),
    "NewWorkspace.time_zone": Word("An IANA time zone; UTC where it is not given.", "Europe/Berlin"),
    "User.name": Word("What the user is called.", "Ada Lovelace"),
    "NewUser.name": Word("What the user is called.", "Ada Lovelace"),
    "session_id": Word("The session.", _SESSION),
    "session": Word("The session's id, or `current`.", "current"),
    "current": Word("Whether it is the session that asks.", True),
    "Session.expires_at": Word("When it ends unless it is used: 30 days after its last use.", _LATER),
    "Session.last_used_at": Word("When it was last used.", _INSTANT),
    "access_token": Word("Goes into `Authorization: Bearer`.", "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"),
    "expires_in": Word("How many seconds the access token lives.", 900),
    "refresh_token": Word("Gets the next pair of tokens, once.", "c2Vzc2lvbg.cmVmcmVzaA"),
    "token_type": Word("How the access token is sent.", "Bearer"),
    "token_id": Word("The API token.", _TOKEN),
    "token": Word("The secret itself. It is shown once.", "thub_0a1b2c3d4e5f"),
    "Acceptance.token": Word("The token of the invitation.", "0a1b2c3d4e5f"),
    "IssuedInvitation.token": Word("What the guest accepts with. It is shown once; hand it over.", "0a1b2c3d4e5f"),
    "scopes": Word("What it may be used for: `read`, `write`, `admin`; each includes those before it.", ["read", "write"]),
    "Token.name": Word("What people call it.", "Nightly report"),
    "NewToken.name": Word("What people call it.", "Nightly report"),
    "IssuedToken.name": Word("What people call it.", "Nightly report"),
    "Token.workspace_id": Word("The only workspace that it sees; null for all.", None),
    "NewToken.workspace_id": Word("The only workspace that it is to see; null for all.", None),
    "IssuedToken.workspace_id": Word("The only workspace that it sees; null for all.", None),
    # Workspaces
    "workspace_id": Word("The workspace.", _WORKSPACE),
    "user_id": Word("The user.", _USER),
    "assign_task.user_id": Word("The member's id, or `me`.", "me"),
    "unassign_task.user_id": Word("The user's id, or `me`.", "me"),
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
    # Projects
    "project_id": Word("The project.", _PROJECT),
    **{f"{operation}.project_id": Word("The project, by its id or by its key.", "OPS") for operation in _ON_PROJECTS},
    "NewTask.project_id": Word("The project, by its id or by its key.", "OPS"),
    "Project.key": Word("What the keys of its tasks start with: 2 to 10 of A-Z and 0-9, first a letter. Never changes.", "OPS"),
    "NewProject.key": Word("2 to 10 of A-Z and 0-9, first a letter; unique in the workspace for ever.", "OPS"),
    "description": Word("Markdown, up to 100 000 characters; null where there is none.", "Check the *oil* first."),
    "workflow": Word("Where its tasks may stand, and where they may go from there."),
    "statuses": Word("The statuses, 1 to 50; new tasks begin at the first."),
    "Status.key": Word("What tasks name it by: it stands in their `status`.", "in_progress"),
    "StatusBody.key": Word("What tasks name it by: 1 to 64 of a-z, 0-9, - and _. Unique in the project.", "in_progress"),
    "Status.name": Word("What people call it.", "In progress"),
    "StatusBody.name": Word("What people call it. Unique in the workflow, however it is written.", "In progress"),
    "category": Word("What it stands for: `todo`, `in_progress`, `done` or `cancelled`. Never changes.", "in_progress"),
    "transitions": Word(
        "For each status those that a task may go to from there; null where any may follow any.",
        {"todo": ["in_progress", "cancelled"], "in_progress": ["done"]},
    ),
    "status_map": Word("For each status that goes and is in use: where its tasks go.", {"waiting": "todo"}),
    "archived_at": Word("When it was archived; null where it is not. An archived project takes no changes to its tasks.", None),
    # Tasks
    "task": Word("The task, by its id or by its key.", "OPS-1"),
    "number": Word("1, 2, 3 … in each project; no number is given twice.", 42),
    "key": Word("The project's key and the number. It does wherever the task's id is expected, in any case.", "OPS-42"),
    "title": Word("1 to 500 characters, not only blanks.", "Oil the engine"),
    "status": Word("The key of a status of the project.", "todo"),
    "NewTask.status": Word("The key of a status of the project; its first where it is not given.", "todo"),
    "NewTask.priority": Word("`none`, `low`, `medium`, `high` or `urgent`; `none` where it is not given.", "high"),
    "status_category": Word("What the status stands for: `todo`, `in_progress`, `done` or `cancelled`.", "todo"),
    "priority": Word("`none`, `low`, `medium`, `high` or `urgent`.", "high"),
    "assignee_ids": Word("The members who are on the task, in no order.", [_USER, _OTHER]),
    "label_ids": Word("The labels of the task, up to 40, in no order.", [_LABEL]),
    **{
        f"{body}.assignee_ids": Word("The members who are on the task, by their ids or `me`.", [_USER, _OTHER])
        for body in _OF_TASK
    },
    **{
        f"{body}.parent_id": Word(
            "The task that this is a subtask of, by its id or by its key, in the same project; null at the top level.", _PARENT
        )
        for body in _OF_TASK
    },
    **{
        f"{body}.blocked_by_ids": Word("The tasks that this one waits for, by ids or keys, up to 100.", [_OTHER_TASK])
        for body in _OF_TASK
    },
    "parent_id": Word("The task that this is a subtask of, in the same project; null at the top level.", _PARENT),
    "blocked_by_ids": Word("The tasks that this one waits for, up to 100, in no order.", [_OTHER_TASK]),
    "due": Word("When the task is due; null for never. Replaced as a whole by a patch."),
    "date": Word("The day.", "2026-11-20"),
    "time": Word("The wall time; null for all day.", "09:30:00"),
    "Due.time_zone": Word(_DUE_ZONE, "Europe/Berlin"),
    "DueBody.time_zone": Word(_DUE_ZONE, "Europe/Berlin"),
    "due_at": Word("The instant of a timed `due`; null for all day.", "2026-11-20T08:30:00Z"),
    "closed_at": Word("When the task became done or cancelled; null where it is neither.", None),
    "before": Word("Stand right before this task of the project, by its id or by its key.", _OTHER_TASK),
    "after": Word("Stand right after this task of the project, by its id or by its key.", _OTHER_TASK),
    "to": Word("Stand at the `first` or the `last` place of the project.", "first"),
    "Move.status": Word(
        "The status to take with it; needed where the other project does not have the one that it is in.", "done"
    ),
    "Move.parent_id": Word("The task to come under, by its id or by its key; null for the top level.", None),
    "Move.project_id": Word("The project to go over to, by its id or by its key.", _PROJECT),
    "patch": Word("What to change: a merge patch, as of a single task."),
    "TaskChange.id": Word("The task, by its id or by its key.", "OPS-1"),
    "SignIn.email": Word("The email address of the account.", "ada@example.com"),
    "SignIn.password": Word("The password of the account.", "correct horse battery staple"),
    "TaskChange.version": Word("The only version that the patch is meant for, as in `If-Match`.", 3),
    "blocker": Word("The task to wait for, by its id or by its key.", "OPS-2"),
    # Labels, comments, history
    "label_id": Word("The label.", _LABEL),
    "Label.name": Word("What people call it. Unique in the workspace, however it is written.", "Bug"),
    "NewLabel.name": Word("What people call it. Unique in the workspace, however it is written.", "Bug"),
    "LabelPatch.name": Word("What people call it. Unique in the workspace, however it is written.", "Bug"),
    "color": Word("`#rrggbb`.", "#d73a4a"),
    "NewLabel.color": Word("`#rrggbb`; a gray where it is not given.", "#d73a4a"),
    "comment_id": Word("The comment.", _COMMENT),
    "task_id": Word("The task.", _TASK),
    "author_id": Word("The user who wrote it.", _USER),
    "body": Word("Markdown, 1 to 20 000 characters. `@` and the id of a member mentions them.", f"Done, @{_OTHER}: see OPS-7."),
    "mentioned_ids": Word("The members whom the body mentions, in no order.", [_OTHER]),
    "edited_at": Word("When the body was last changed; null for never.", None),
    "seq": Word("The place of the event in the log of the workspace.", 1815),
    "type": Word("What happened.", "task.updated"),
    "occurred_at": Word("When it happened.", _INSTANT),
    "actor_id": Word("The user who did it; null where nobody did, as when a member had left.", _USER),
    "HistoryEntry.version": Word("The version that the task, or the comment, has had from then on.", 3),
    "changes": Word("The members that changed, with what they were before and after.", {"status": ["todo", "in_progress"]}),
    # What problems add
    "stale_version.current_version": Word("the version that the thing has now."),
    "last_owner.workspace_ids": Word("where it is an account that can't be closed: the workspaces that depend on it."),
    "cycle.path": Word("the way around, which begins and ends with the task that was to be changed."),
    "illegal_transition.allowed": Word("the statuses that a task may go to from where it is."),
    "status_in_use.statuses": Word("the statuses that tasks are at."),
    # Filters
    "deleted": Word("Whether to list the trash instead.", False),
    "get_task.deleted": Word("Whether to look in the trash as well.", False),
    "get_project.deleted": Word("Whether to look in the trash as well.", False),
    "sort": Word("What to sort by; with `-` the other way round.", "-created_at"),
    "list_labels.sort": Word("What to sort by; with `-` the other way round.", "name"),
    "list_projects.sort": Word("What to sort by; with `-` the other way round.", "name"),
    "archived": Word("Whether archived projects are wanted, or only those that are not; both where it is not given.", False),
    "ids": Word("Tasks with one of these ids or keys.", [_TASK]),
    "list_tasks.project_id": Word("Tasks of one of these projects, by ids or keys.", [_PROJECT]),
    "list_tasks.status": Word("Tasks in one of these statuses.", ["todo", "in_progress"]),
    "not_status": Word("Tasks in none of these statuses.", ["done"]),
    "not_priority": Word("Tasks with none of these priorities.", ["none", "low"]),
    "not_assignee_id": Word("Tasks that none of these is on; `me` works too, and `none` for tasks that somebody is on.", ["me"]),
    "not_label_id": Word("Tasks with none of these labels; `none` for tasks that have any.", [_LABEL]),
    "list_tasks.status_category": Word("Tasks whose status stands for one of these.", ["todo"]),
    "list_tasks.priority": Word("Tasks with one of these priorities.", ["high", "urgent"]),
    "assignee_id": Word("Tasks of one of these members; `me` and `none` work too.", ["me"]),
    "list_tasks.label_id": Word("Tasks with one of these labels; `none` works too.", [_LABEL]),
    "list_tasks.parent_id": Word("Subtasks right below one of these tasks, by ids or keys; `none` for the top level.", [_PARENT]),
    "blocked": Word("Whether tasks are wanted that wait for an open task, or the others; both where it is not given.", False),
    "blocks": Word("Tasks that one of these waits for, by ids or keys.", [_TASK]),
    "due_before": Word("Tasks due before this instant, or before this date in `time_zone`.", "2026-11-28"),
    "due_after": Word("Tasks due at this instant or later, or on this date in `time_zone` or later.", "2026-11-27"),
    "created_before": Word("Tasks made before this instant, or before this date in `time_zone`.", _LATER),
    "created_after": Word("Tasks made at this instant or later, or on this date in `time_zone` or later.", "2026-11-20"),
    "updated_before": Word("Tasks last changed before this instant, or before this date in `time_zone`.", _LATER),
    "updated_after": Word("Tasks last changed at this instant or later, or on this date in `time_zone` or later.", "2026-11-20"),
    "list_tasks.time_zone": Word(
        "The IANA time zone in which dates begin and all-day tasks have their date; the workspace's where it is not given.",
        "Europe/Berlin",
    ),
    "closed": Word("Whether tasks that are done or cancelled are wanted, or the others; both where it is not given.", False),
    "q": Word(
        "Every word has to stand in key, title or description; the last one may be a beginning. Case and marks don't matter; "
        "signs and symbols count as typed; in scripts without spaces any adjoining characters are found.",
        "oil eng",
    ),
    # The service
    "Service.name": Word("What it is.", "TaskHub"),
    "Service.version": Word("Which version of it runs.", "0.1.0"),
    "registration": Word("Whether anybody may register: `open` or `closed`.", "open"),
    "require_if_match": Word("Whether every change has to name the version that it is meant for.", False),
    "limits": Word("How much it takes."),
    "body_bytes": Word("The largest request body, in bytes.", 1_048_576),
    "page_items": Word("The largest page of a list.", 200),
    "writes_per_minute": Word("How many writes a user has per minute; null for no limit.", 1200),
    "Health.status": Word("`ok`.", "ok"),
    "code": Word("The code of a problem.", "stale_version"),
}
