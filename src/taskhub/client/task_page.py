"""A task as people read it."""

from collections.abc import Mapping
from typing import Any

import typer

from taskhub.client.dates import shown, shown_due
from taskhub.client.output import print_fields
from taskhub.client.text import lines, one_line
from taskhub.client.workspace import Workspace


def print_task(workspace: Workspace, task: Mapping[str, Any]) -> None:
    zone = workspace.get()["time_zone"]
    related = _keys(workspace, [task["parent_id"], *task["blocked_by_ids"]])
    subtasks = [*workspace.every("tasks", parent_id=task["id"], sort="rank")]
    typer.echo(f"{task['key']}  {one_line(task['title'])}")
    print_fields(
        {
            "status": task["status"],
            "priority": task["priority"],
            "due": shown_due(task["due"]),
            "assignees": ", ".join(map(workspace.name_of, task["assignee_ids"])),
            "labels": ", ".join(workspace.label_names(task["label_ids"])),
            "part of": related.get(task["parent_id"], ""),
            "blocked by": ", ".join(related.get(id, id) for id in task["blocked_by_ids"]),
            "created": f"{shown(task['created_at'], zone)} by {workspace.name_of(task['created_by_id'])}",
            "changed": f"{shown(task['updated_at'], zone)}, version {task['version']}",
            "closed": shown(task["closed_at"], zone),
            "times in": zone,
        }
    )
    if task["description"]:
        typer.echo(f"\n{lines(task['description'])}")
    if subtasks:
        typer.echo("\nParts:")
        for subtask in subtasks:
            typer.echo(f"  {subtask['key']}  {subtask['status']}  {one_line(subtask['title'])}")
    for comment in workspace.every(f"tasks/{task['id']}/comments"):
        author = one_line(workspace.name_of(comment["author_id"]))
        typer.echo(f"\n{author}, {shown(comment['created_at'], zone)}:\n{lines(comment['body'])}")


def _keys(workspace: Workspace, ids: list[str | None]) -> dict[str | None, str]:
    wanted = [id for id in ids if id is not None]
    if not wanted:
        return {}
    return {task["id"]: task["key"] for task in workspace.every("tasks", ids=wanted)}
