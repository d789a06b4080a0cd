"""The events of this module that other modules may react to.

All of them stand in the log of their workspace: ``stream_id`` is the workspace's id, ``entity_id`` that of the time entry.
"""

TIME_ENTRY_STARTED = "time_entry.started"
TIME_ENTRY_STOPPED = "time_entry.stopped"
"""By its member, by an admin, or because its task was closed or went to the trash."""
TIME_ENTRY_CHANGED = "time_entry.changed"
TIME_ENTRY_RESTORED = "time_entry.restored"
TIME_ENTRY_DELETED = "time_entry.deleted"
"""The last event of a time entry: it was deleted, or its task was purged."""
