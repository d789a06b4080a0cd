"""What this module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_OTHER = "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_PROJECT = "019a9f41-1d43-7f85-9c31-8e405f6d7182"
_TASK = "019a9f42-2e54-7096-8d42-9f51607e8293"
_OTHER_TASK = "019a9f49-95cb-770d-b4b9-06d837e5b03a"
_LABEL = "019a9f46-6298-74da-8186-d3a504b28d07"
_COMMENT = "019a9f47-73a9-75eb-9297-e4b615c39e18"
_PARENT = "019a9f48-84ba-76fc-a3a8-f5c726d4af29"
_BATCH = "1 to 500 tasks. The response lists them in the order of the request."
_DUE_ZONE = "The IANA time zone of `time`; null for an all-day task."
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"
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

TAGS: dict[str, str] = {
    "Projects": "Every task belongs to a project, which numbers its tasks and has a workflow of its own.",
    "Tasks": "Tasks: create, find, change, order, relate and delete them.",
    "Comments": "Comments on tasks.",
    "Labels": "Labels of a workspace, for tasks of all its projects.",
}
"""The tags of its operations in their order, each with its description."""

WORDS: dict[str, Word] = {
    "NewTasks.items": Word(_BATCH),
    "TaskChanges.items": Word("1 to 500 patches, each for a different task."),
    "TaskBatch.items": Word(_BATCH),
    "assign_task.user_id": Word("The id of the member, or `me`.", "me"),
    "unassign_task.user_id": Word("The id of the user, or `me`.", "me"),
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
    "task": Word("The id, the key or (behind `external:`) an external key of the task.", "OPS-1"),
    "put_task.key": Word("The external key, percent-encoded: `github:org%2Frepo%2312`.", "crm-17"),
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
    "external_keys": Word(
        "The names of the task in other systems, in no particular order: up to 10, of 1 to 255 characters, each unique in the "
        "workspace. `external:` and one of them works wherever the id of the task is expected.",
        ["github:org/repo#12"],
    ),
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
    "cycle.path": Word("the tasks of the cycle. The first and the last is the one that was to be changed."),
    "illegal_transition.allowed": Word("the statuses that the task may change to from its current one."),
    "external_key_taken.task_id": Word("the task that has the key, or had it when it was purged."),
    "status_in_use.statuses": Word("the removed statuses that tasks still have."),
    # Filters
    "deleted": Word("Whether to list the trash instead.", False),
    "get_task.deleted": Word("Whether to look in the trash as well.", False),
    "get_project.deleted": Word("Whether to look in the trash as well.", False),
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
    "external_key": Word("The task that has this external key, or those that have one of these.", ["github:org/repo#12"]),
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
}

ADVICE: dict[str, Advice] = {
    "key_taken": Advice(
        "Another project of the workspace has this key, or had it. Keys are never reused.",
        "Choose another key.",
    ),
    "name_taken": Advice(
        "Another label of the workspace already has this name. Names that differ only in case or invisible characters count as "
        "equal.",
        "Use that label, or choose another name.",
    ),
    "illegal_transition": Advice(
        "The workflow of the project does not allow a task to go from its current status to the requested one.",
        "Choose one of the statuses in `allowed`, or go there in several steps. The project shows its whole `workflow`.",
    ),
    "status_in_use": Advice(
        "The new workflow removes a status that tasks still have. Tasks in the trash count.",
        "For each of `statuses`, say in `status_map` which status its tasks get.",
    ),
    "cycle": Advice(
        "The change would make a task a subtask of itself, or blocked by itself. `path` shows the cycle: each task in it is a "
        "subtask of the next one, or blocked by it, and it begins and ends with the task that you wanted to change. It is cut "
        "off after 200 tasks.",
        "Remove another link of the cycle first, or do without this change.",
    ),
    "external_key_taken": Advice(
        "Another task of the workspace has this external key: `task_id` is its id. It may be in the trash. The keys of a task "
        "that was deleted permanently are not given again either.",
        "Change that task, or restore it from the trash. To give its key to another task, take it off that task first.",
    ),
    "too_many_external_keys": Advice(
        "The task already has the maximum number of external keys.",
        "Remove an external key from the task first.",
    ),
    "too_deep": Advice(
        "The change would nest tasks more than five levels deep.",
        "Choose a parent closer to the top level, or move the subtasks of the task elsewhere first.",
    ),
    "too_many_labels": Advice(
        "The task already has the maximum number of labels.",
        "Remove a label from the task first.",
    ),
    "too_many_blockers": Advice(
        "The task already has the maximum number of blockers.",
        "Remove a blocker from the task first, or let the task be blocked by one task that is itself blocked by several others.",
    ),
    "parent_deleted": Advice(
        "The parent of this task is in the trash, or was deleted permanently.",
        "Restore the parent. The subtasks that were deleted together with it are restored with it.",
    ),
    "project_archived": Advice(
        "The project is archived. It accepts no new tasks and no changes to its tasks.",
        "Unarchive the project first.",
    ),
    "too_many_assignees": Advice(
        "The task already has the maximum number of assignees.",
        "Remove an assignee from the task first.",
    ),
    "project_deleted": Advice(
        "The project of the task is in the trash.",
        "Restore the project. The tasks that were deleted together with it are restored with it.",
    ),
}

FAULT_CODES: dict[str, str] = {
    "incomplete_due": "`time` and `time_zone` have to be given together, or neither of them.",
    "one_place": "Exactly one of `before`, `after` and `to` has to be given.",
    "no_word": "The text contains no word to search for.",
    "itself": "The id is that of the task that you want to move.",
    "unknown_status": "The project, or the workflow, has no status with this key. The message lists the statuses.",
    "category_fixed": "The category of an existing status can't be changed.",
    "closed_first": "The first status of a workflow is that of new tasks. Its category can't be `done` or `cancelled`.",
    "status_stays": "`status_map` names a status that is not removed.",
}
"""What each of its codes in the `errors` of a problem means."""

REFUSALS = {
    "undo_change": (
        "cycle",
        "illegal_transition",
        "name_taken",
        "parent_deleted",
        "project_archived",
        "project_deleted",
        "status_in_use",
        "too_deep",
        "too_many_assignees",
        "too_many_blockers",
        "too_many_external_keys",
        "too_many_labels",
    ),
}
"""What the rules of this module refuse where a command is undone."""

DOCUMENTATION = Documentation(tags=TAGS, words=WORDS, advice=ADVICE, fault_codes=FAULT_CODES, refusals=REFUSALS)
