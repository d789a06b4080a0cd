"""Paths of time entries and reports."""

from uuid import UUID

WORKSPACE = "/v1/workspaces/{workspace_id}"
TIME_ENTRIES = WORKSPACE + "/time_entries"
TIME_ENTRY = TIME_ENTRIES + "/{time_entry_id}"
STOP = TIME_ENTRY + "/stop"
TASK_REPORT = WORKSPACE + "/time_reports/tasks"
MEMBER_REPORT = WORKSPACE + "/time_reports/members"


def time_entry_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/time_entries/{id}"
