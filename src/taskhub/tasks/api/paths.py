"""Paths of projects, tasks, labels and comments, and their parameters."""

import re
from uuid import UUID

from taskhub.kernel.api.request import parse_id
from taskhub.tasks.application.ports import ProjectKey, ProjectRef, TaskKey, TaskRef

WORKSPACE = "/v1/workspaces/{workspace_id}"
PROJECTS = WORKSPACE + "/projects"
PROJECT = PROJECTS + "/{project_id}"
LABELS = WORKSPACE + "/labels"
LABEL = LABELS + "/{label_id}"
TASKS = WORKSPACE + "/tasks"
BULK_CREATE = TASKS + "/bulk_create"
BULK_UPDATE = TASKS + "/bulk_update"
TASK = TASKS + "/{task}"
ASSIGNEE = TASK + "/assignees/{user_id}"
TASK_LABEL = TASK + "/labels/{label_id}"
BLOCKER = TASK + "/blockers/{blocker}"
COMMENTS = TASK + "/comments"
COMMENT = COMMENTS + "/{comment_id}"
HISTORY = TASK + "/history"

PROJECT_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{1,9}")
TASK_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})-([1-9][0-9]{0,8})")


def task_ref(text: str) -> TaskRef:
    """The id of a task, or its key such as ``OPS-42``, in upper or lower case.

    Raises:
        NotFound: it is neither.
    """
    key = TASK_KEY.fullmatch(text)
    return TaskKey(key[1].upper(), int(key[2])) if key else parse_id(text)


def project_ref(text: str) -> ProjectRef:
    """The id of a project, or its key such as ``OPS``, in upper or lower case.

    Raises:
        NotFound: it is neither.
    """
    return ProjectKey(text.upper()) if PROJECT_KEY.fullmatch(text) else parse_id(text)


def project_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/projects/{id}"


def label_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/labels/{id}"


def task_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/tasks/{id}"


def comment_path(workspace_id: UUID, task: str, id: UUID) -> str:
    """The path of a comment, with the task as the request named it."""
    return f"/v1/workspaces/{workspace_id}/tasks/{task}/comments/{id}"
