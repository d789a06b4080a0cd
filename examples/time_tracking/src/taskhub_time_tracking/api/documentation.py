"""What this module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_ENTRY = "019a9f4a-a6dc-781e-85ca-17e948f6c14b"
_TASK = "019a9f42-2e54-7096-8d42-9f51607e8293"
_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_STARTED, _STOPPED = "2026-11-20T09:00:00Z", "2026-11-20T10:30:00Z"
_NOTE = "What it was spent on: one line of up to 500 characters; null if there is no note."
_READS = ("list_time_entries", "report_time_by_task", "report_time_by_member")
_FILTERS = {
    "task_id": Word("Time on one of these tasks, given as ids or keys.", [_TASK]),
    "user_id": Word("Time of one of these members. `me` is you.", ["me"]),
    "started_after": Word("Entries that were started at this instant or later.", _STARTED),
    "started_before": Word("Entries that were started before this instant.", "2026-12-01T00:00:00Z"),
}

TAGS: dict[str, str] = {
    "Time entries": "Time that members spend on tasks: start, stop, correct and delete it.",
    "Time reports": "Sums of the time that was spent, by task and by member.",
}
"""The tags of its operations in their order, each with its description."""

# Each word says whose it is: a schema's, an operation's or an error code's. Without an owner it would hold for every field of
# that name in the whole reference.
WORDS: dict[str, Word] = {
    "time_entry_id": Word("The id of the time entry.", _ENTRY),
    "TimeEntry.task_id": Word("The id of the task.", _TASK),
    "NewTimeEntry.task_id": Word("The id or the key of the task.", "OPS-1"),
    "TimeEntry.user_id": Word("The member whose time it is.", _USER),
    **{f"{schema}.note": Word(_NOTE, "Looked for the leak") for schema in ("TimeEntry", "NewTimeEntry", "TimeEntryPatch")},
    **{f"{schema}.started_at": Word("When it was started.", _STARTED) for schema in ("TimeEntry", "TimeEntryPatch")},
    "TimeEntry.stopped_at": Word("When it was stopped; null while it runs.", _STOPPED),
    "TimeEntryPatch.stopped_at": Word("When it was stopped. A running entry is stopped by that.", _STOPPED),
    "TimeEntry.seconds": Word("How long it was, in full seconds; null while it runs.", 5400),
    "TaskTime.task_id": Word("The id of the task, which may be in the trash.", _TASK),
    "MemberTime.user_id": Word("The id of the member, or of a former one.", _USER),
    **{f"{schema}.seconds": Word("The sum of its stopped entries, in seconds.", 9000) for schema in ("TaskTime", "MemberTime")},
    **{f"{schema}.entries": Word("How many stopped entries there are.", 2) for schema in ("TaskTime", "MemberTime")},
    **{f"{operation}.{name}": word for operation in _READS for name, word in _FILTERS.items()},
    "list_time_entries.running": Word("`true` for running entries, `false` for stopped ones. Default: both.", True),
    "list_time_entries.sort": Word("The field to sort by. A leading `-` reverses the order.", "-started_at"),
    "time_entry_too_long.max_hours": Word("how many hours an entry can have."),
}

ADVICE: dict[str, Advice] = {
    "time_entry_running": Advice(
        "You already have a running time entry in this workspace. There can be only one.",
        "Stop it first: `GET …/time_entries?running=true&user_id=me` finds it.",
    ),
    "task_closed": Advice(
        "The task is done or cancelled. Time can only be started on open tasks.",
        "Reopen the task by giving it another status.",
    ),
    "time_entry_too_long": Advice(
        "The entry would be longer than this service allows. The limit is in `max_hours`.",
        "Correct its start or its end, or split it into several entries.",
    ),
}

FAULT_CODES: dict[str, str] = {
    "in_the_future": "The instant has to be over: time is tracked while it is spent, or afterwards.",
    "ends_before_start": "The end of the entry has to come after its start.",
}
"""What each of its codes in the `errors` of a problem means."""

REFUSALS = {"undo_change": ("task_closed", "time_entry_running", "time_entry_too_long")}
"""What the rules of this module refuse where a command is undone."""

DOCUMENTATION = Documentation(tags=TAGS, words=WORDS, advice=ADVICE, fault_codes=FAULT_CODES, refusals=REFUSALS)
