"""A client by openapi-python-client: what was read is written back, and a problem has a type."""

import sys
from typing import TypeVar

from taskhub_client import AuthenticatedClient, Client
from taskhub_client.api.projects import create_project, set_workflow
from taskhub_client.api.sessions import create_session
from taskhub_client.api.tasks import change_task, create_task, list_history
from taskhub_client.api.users import create_user
from taskhub_client.api.workspaces import create_workspace
from taskhub_client.models import (
    Due,
    DueBody,
    HistoryEntryPage,
    NewProject,
    NewTask,
    NewUser,
    NewWorkspace,
    Problem,
    Project,
    SessionTokens,
    SignIn,
    Task,
    TaskPatch,
    WorkflowBody,
    Workspace,
)

PASSWORD = "correct horse battery staple"
T = TypeVar("T")


def made(answer: T | Problem | None) -> T:
    assert answer is not None
    assert not isinstance(answer, Problem), answer.detail
    return answer


def main(base_url: str, email: str) -> None:
    anybody = Client(base_url=base_url)
    create_user.sync(client=anybody, body=NewUser(email=email, name="Ada Lovelace", password=PASSWORD))
    session: SessionTokens = made(create_session.sync(client=anybody, body=SignIn(email=email, password=PASSWORD)))
    client = AuthenticatedClient(base_url=base_url, token=session.access_token)

    workspace: Workspace = made(create_workspace.sync(client=client, body=NewWorkspace(name="Engine room")))
    project: Project = made(create_project.sync(workspace.id, client=client, body=NewProject(key="OPS", name="Operations")))
    new = NewTask(project_id=project.id, title="Oil the engine", due=DueBody.from_dict({"date": "2026-11-20"}))
    task: Task = made(create_task.sync(workspace.id, client=client, body=new))

    patch = TaskPatch(
        title=task.title,
        description=task.description,
        status=task.status,
        priority=task.priority,
        assignee_ids=task.assignee_ids,
        label_ids=task.label_ids,
        parent_id=task.parent_id,
        blocked_by_ids=task.blocked_by_ids,
        due=DueBody.from_dict(task.due.to_dict()) if isinstance(task.due, Due) else None,
    )
    assert made(change_task.sync(workspace.id, task.key, client=client, body=patch)) == task
    workflow = WorkflowBody.from_dict(project.workflow.to_dict())
    made(set_workflow.sync(workspace.id, project.id, client=client, body=workflow))
    tag = f'"{task.version}"'
    urgent: Task = made(change_task.sync(workspace.id, task.key, client=client, body=TaskPatch(priority="urgent"), if_match=tag))
    assert urgent.version == task.version + 1

    stale = change_task.sync(workspace.id, task.key, client=client, body=TaskPatch(priority="low"), if_match=tag)
    assert isinstance(stale, Problem)
    assert (stale.code, stale.current_version) == ("stale_version", urgent.version)

    history: HistoryEntryPage = made(list_history.sync(workspace.id, task.key, client=client, limit=1))
    assert history.items[0].changes.additional_properties["priority"] == ["none", "urgent"]


main(*sys.argv[1:])
