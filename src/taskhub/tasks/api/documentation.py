"""What the reference says of this module beside its routes: tags, words, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_OTHER = "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_PROJECT = "019a9f41-1d43-7f85-9c31-8e405f6d7182"
_TASK = "019a9f42-2e54-7096-8d42-9f51607e8293"
_OTHER_TASK = "019a9f49-95cb-770d-b4b9-06d837e5b03a"
_LABEL = "019a9f46-6298-74da-8186-d3a504b28d07"
_COMMENT = "019a9f47-73a9-75eb-9297-e4b615c39e18"
_PARENT = "019a9f48-84ba-76fc-a3a8-f5c726d4af29"
_BATCH = "1 to 500 tasks, in the same order in a request and its answer."
_DUE_ZONE = "The IANA time zone of the time; null, as the time is, for all day."
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
    "Projects": "What tasks belong to, and are numbered in.",
    "Tasks": "The work.",
    "Comments": "What people say about tasks.",
    "Labels": "What tasks of all projects can be marked with.",
}
"""The groups of its operations, in their order."""

WORDS: dict[str, Word] = {
    "NewTasks.items": Word(_BATCH),
    "TaskChanges.items": Word("1 to 500 patches, each for another task."),
    "TaskBatch.items": Word(_BATCH),
    "assign_task.user_id": Word("The member's id, or `me`.", "me"),
    "unassign_task.user_id": Word("The user's id, or `me`.", "me"),
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
    "cycle.path": Word("the way around, which begins and ends with the task that was to be changed."),
    "illegal_transition.allowed": Word("the statuses that a task may go to from where it is."),
    "status_in_use.statuses": Word("the statuses that tasks are at."),
    # Filters
    "deleted": Word("Whether to list the trash instead.", False),
    "get_task.deleted": Word("Whether to look in the trash as well.", False),
    "get_project.deleted": Word("Whether to look in the trash as well.", False),
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
}

ADVICE: dict[str, Advice] = {
    "key_taken": Advice(
        "Another project of the workspace has, or had, this key.",
        "Choose another key: keys are never given twice.",
    ),
    "name_taken": Advice(
        "Another label of the workspace has this name, however it is written.",
        "Use that label, or choose another name.",
    ),
    "illegal_transition": Advice(
        "The workflow of the project lets no task go from its status to the one that was asked for.",
        "Take one of `allowed`, or go there in several steps. The workflow stands in the project.",
    ),
    "status_in_use": Advice(
        "A status can't go while tasks are at it, in the trash or not, and nothing tells where they are to go.",
        "Name a status for each of `statuses` in `status_map`.",
    ),
    "cycle": Advice(
        "A task would come to stand above itself, or to wait for itself. `path` is the way around: it begins and ends with the "
        "task that was to be changed, and each is a subtask of the next, or blocked by it. Of a very long way it has the first "
        "200.",
        "Break the way somewhere else first, or leave the change.",
    ),
    "too_deep": Advice(
        "Tasks would be nested more than five levels deep.",
        "Put the task under one further up, or move the ones below it elsewhere first.",
    ),
    "too_many_labels": Advice(
        "The task has as many labels as a task may have.",
        "Take one off it first.",
    ),
    "too_many_blockers": Advice(
        "The task waits for as many others as a task may wait for.",
        "Take one of them off it first, or wait for one task that waits for several.",
    ),
    "parent_deleted": Advice(
        "The task that this is a subtask of is in the trash, or gone for good.",
        "Restore that one: the subtasks that went with it come back with it.",
    ),
    "project_archived": Advice(
        "The project is archived: it takes no new tasks and no changes to its tasks.",
        "Take it out of the archive first.",
    ),
    "too_many_assignees": Advice(
        "The task has as many assignees as a task may have.",
        "Take somebody off it first.",
    ),
    "project_deleted": Advice(
        "The task's project is in the trash.",
        "Restore the project: the tasks that went with it come back with it.",
    ),
}

FAULT_CODES: dict[str, str] = {
    "incomplete_due": "Of `time` and `time_zone` only one is given.",
    "one_place": "Not exactly one of `before`, `after` and `to` is given.",
    "no_word": "There is nothing in it to search for.",
    "itself": "It names the thing that is to be changed.",
    "unknown_status": "The project, or the workflow, has no such status. The message names those that there are.",
    "category_fixed": "The category of a status never changes.",
    "closed_first": "The first status, where new tasks begin, is a closed one.",
    "status_stays": "The status does not go, so its tasks stay.",
}
"""What its codes in the `errors` of a problem mean."""

DOCUMENTATION = Documentation(
    tags=TAGS,
    words=WORDS,
    advice=ADVICE,
    fault_codes=FAULT_CODES,
)
