"""Paths of projects, tasks, labels and comments."""

from uuid import UUID

from taskhub.kernel.api.escaped_paths import escaped

WORKSPACE = "/v1/workspaces/{workspace_id}"
PROJECTS = WORKSPACE + "/projects"
PROJECT = PROJECTS + "/{project_id}"
LABELS = WORKSPACE + "/labels"
LABEL = LABELS + "/{label_id}"
TASKS = WORKSPACE + "/tasks"
BULK_CREATE = TASKS + "/bulk_create"
BULK_UPDATE = TASKS + "/bulk_update"
EXTERNAL_TASK = TASKS + "/external/{key}"
TASK = TASKS + "/{task}"
ASSIGNEE = TASK + "/assignees/{user_id}"
TASK_LABEL = TASK + "/labels/{label_id}"
BLOCKER = TASK + "/blockers/{blocker}"
COMMENTS = TASK + "/comments"
COMMENT = COMMENTS + "/{comment_id}"
HISTORY = TASK + "/history"


def project_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/projects/{id}"


def label_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/labels/{id}"


def task_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/tasks/{id}"


def comment_path(workspace_id: UUID, task: str, id: UUID) -> str:
    """The path of a comment, with the task as the request named it."""
    return f"/v1/workspaces/{workspace_id}/tasks/{escaped(task)}/comments/{id}"
