"""Paths of projects and tasks, and what stands in them."""

import re
from uuid import UUID

from taskhub.kernel.api.request import parse_id
from taskhub.tasks.application.ports import TaskKey, TaskRef

PROJECTS = "/v1/workspaces/{workspace_id}/projects"
PROJECT = PROJECTS + "/{project_id}"
TASKS = "/v1/workspaces/{workspace_id}/tasks"
TASK = TASKS + "/{task}"
ASSIGNEE = TASK + "/assignees/{user_id}"

_KEY = re.compile(r"([A-Z][A-Z0-9]{1,9})-([1-9][0-9]{0,8})")


def task_ref(text: str) -> TaskRef:
    """A task's id, or its key such as ``OPS-42``.

    Raises:
        NotFound: it is neither.
    """
    key = _KEY.fullmatch(text)
    return TaskKey(key[1], int(key[2])) if key else parse_id(text)


def project_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/projects/{id}"


def task_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/tasks/{id}"
