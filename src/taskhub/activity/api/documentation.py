"""What this module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_EVENT = "019a9f50-1d43-7f85-9c31-8e4051627384"
_TASK = "019a9f42-2e54-7096-ad42-9f5162738495"
_USER = "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_CURSOR = "q1Yf0mBzq3h8VnA2c4l9bVs0Ml0"

TAGS: dict[str, str] = {
    "Changes": "Every change of a workspace is an event in its log. Read the log from any place, or follow it as it grows.",
}
"""The tags of its operations in their order, each with its description."""

WORDS: dict[str, Word] = {
    "Change.seq": Word("The number of the event in the log of the workspace: 1, 2, 3 … in the order of the commits.", 42),
    "Change.id": Word("The id of the event.", _EVENT),
    "Change.cursor": Word("The place after this event: give it as `cursor`, or as `Last-Event-ID`.", _CURSOR),
    "Change.commit": Word("The `seq` of the first event of the same command.", 42),
    "Change.type": Word("What happened. [All types](/docs/events) are listed with their fields.", "task.updated"),
    "Change.entity_type": Word("The kind of thing that changed.", "task"),
    "Change.entity_id": Word("The id of the thing that changed; of a member, that of the user.", _TASK),
    "Change.entity_version": Word("The version that the thing has since.", 3),
    "Change.actor_id": Word("The user whose request it was; null if the service did it by itself.", _USER),
    "Change.request_id": Word("The `X-Request-ID` of the request; null if there was none.", "4f1d2a90"),
    "Change.occurred_at": Word("When the command began.", "2026-11-20T09:00:00Z"),
    "Change.changes": Word(
        "The fields that changed, each with its values before and after; null instead of the values once these were removed.",
        {"status": ["todo", "doing"]},
    ),
    "Change.snapshot": Word(
        "The whole thing after the change, as its `GET` shows it; null once it is gone for good.",
        {"id": _TASK, "title": "Oil the engine", "status": "doing", "version": 3},
    ),
    "ChangePage.items": Word("The changes, oldest first."),
    "ChangePage.next_cursor": Word("Where to go on, past what a filter left out. It is never null.", _CURSOR),
    "ChangePage.has_more": Word("Whether there is more to read at once.", False),
    "list_changes.cursor": Word(
        "The place in the log after which to go on: a `next_cursor`, or the `cursor` of a change.", _CURSOR
    ),
    "stream_workspace.cursor": Word(
        "The place in the log to go on after: a `next_cursor`, or a change's `cursor`. `Last-Event-ID` precedes it.",
        _CURSOR,
    ),
    "from": Word("Where to begin without a cursor: `start`, `now`, or an instant.", "now"),
    "list_changes.limit": Word("How many changes to return at most.", 200),
    "wait": Word("How many seconds to hold back an answer without changes, until there is one.", 30),
    "compact": Word("Whether to leave out all but the last change of each thing within the answer.", False),
    "list_changes.type": Word("Only events of this type.", "task.updated"),
    "stream_workspace.type": Word("Only events of this type.", "task.updated"),
    "entity_type": Word("Only events about things of this kind.", "task"),
    "entity_id": Word("Only events about this thing.", _TASK),
    "list_changes.actor_id": Word("Only events by this user, or by `me`.", "me"),
    "stream_workspace.actor_id": Word("Only events by this user, or by `me`.", "me"),
    "undo_change.seq": Word("The `seq` of any change of the command that is to be undone.", 42),
    "commit": Word("Only events of the command whose first event has this `seq`.", 42),
}

ADVICE: dict[str, Advice] = {
    "cursor_expired": Advice(
        "The log of the workspace does not hold the place that `cursor` or `from` stands for: what follows it is older than the "
        "service keeps, or the database was restored from an older backup.",
        "Make your copy anew: take the cursor of `from=now`, walk the lists, then follow from that cursor.",
    ),
}

DOCUMENTATION = Documentation(tags=TAGS, words=WORDS, advice=ADVICE)
