"""`taskhub tasks …`"""

from typing import Annotated, Any

import typer

from taskhub.client.cli.options import JsonOption, ProjectOption, TaskArgument, WorkspaceOption, list_by_default

app = typer.Typer(
    name="tasks",
    invoke_without_command=True,
    help="""The tasks of a project: list them (also without a command), show, add and change one.

    \b
    Example:
        taskhub tasks list
    """,
)
Priority = Annotated[str | None, typer.Option(help="none, low, medium, high or urgent.", show_default=False)]
Status = Annotated[str | None, typer.Option(help="A status of the project, such as todo.", show_default=False)]
Description = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Markdown; - reads it from standard input.", show_default=False)
]
Due = Annotated[str | None, typer.Option(metavar="WHEN", help="2026-12-24, tomorrow, 'today 14:30' or none.", show_default=False)]
Parent = Annotated[str | None, typer.Option(metavar="TASK", help="The task that it is a part of; none.", show_default=False)]
Assignees = Annotated[
    list[str] | None,
    typer.Option("--assignee", metavar="WHO", help="A member's email, name or id, or me; none. May be repeated."),
]
Labels = Annotated[list[str] | None, typer.Option("--label", metavar="NAME", help="A label's name; none. May be repeated.")]
Blockers = Annotated[
    list[str] | None,
    typer.Option("--blocked-by", metavar="TASK", help="A task that has to be closed first; none. May be repeated."),
]


app.callback()(list_by_default)


@app.command("list")
def list_(
    words: Annotated[str | None, typer.Option("--search", metavar="WORDS", help="In key, title and description.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only with this status. May be repeated.")] = None,
    assignee: Annotated[
        list[str] | None, typer.Option(metavar="WHO", help="A member's email, name or id, me, or none. May be repeated.")
    ] = None,
    label: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A label's name, or none. May be repeated.")] = None,
    priority: Annotated[list[str] | None, typer.Option(help="Only with this priority. May be repeated.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Closed tasks, too.")] = False,
    trash: Annotated[bool, typer.Option("--trash", help="Those in the trash instead.")] = False,
    sort: Annotated[str, typer.Option(help="rank, key, created_at, updated_at, due or priority; -due etc. turns it around.")] = (
        "rank"
    ),
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 1000,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """List the open tasks of a project, or of the whole workspace if no project is chosen.

    \b
    Example:
        taskhub tasks list
        taskhub tasks list --assignee me --label Bug --sort due
        taskhub tasks list --project OPS --all --json
    """
    from itertools import islice

    from taskhub.client.dates import shown_due
    from taskhub.client.output import note, print_json, print_table
    from taskhub.client.workspace import opened

    with opened(workspace, project) as found:
        filters: dict[str, Any] = {
            "q": words,
            "status": status or None,
            "priority": priority or None,
            "assignee_id": [one if one == "none" else found.member_id(one) for one in assignee or ()] or None,
            "label_id": [one if one == "none" else found.label_id(one) for one in label or ()] or None,
            "closed": None if all_ or trash or status else False,
            "deleted": trash or None,
            "project_id": found.project,
            "sort": sort,
        }
        tasks = [*islice(found.every("tasks", **filters), limit + 1)]
        if len(tasks) > limit:
            note(f"There are more than {limit} tasks: --limit shows more of them.")
        del tasks[limit:]
        if unseen := {*(status or ())} - {task["status"] for task in tasks}:
            found.check_statuses(unseen)
        if json:
            print_json(tasks)
            return
        rows = [
            (
                task["key"],
                task["status"],
                "" if task["priority"] == "none" else task["priority"],
                shown_due(task["due"]),
                ", ".join(map(found.name_of, task["assignee_ids"])),
                task["title"],
            )
            for task in tasks
        ]
    print_table(("KEY", "STATUS", "PRIORITY", "DUE", "ASSIGNEES", "TITLE"), rows, empty="No task.")


@app.command()
def show(task: TaskArgument, workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Show a task with its comments.

    \b
    Example:
        taskhub tasks show OPS-12
    """
    from taskhub.client.edits import task as read_task
    from taskhub.client.output import print_json
    from taskhub.client.task_page import print_task
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        read = read_task(found, task)
        if json:
            print_json(read)
        else:
            print_task(found, read)


@app.command()
def add(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="On one line.")],
    description: Description = None,
    status: Status = None,
    priority: Priority = None,
    due: Due = None,
    parent: Parent = None,
    assignee: Assignees = None,
    label: Labels = None,
    blocked_by: Blockers = None,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Add a task to a project.

    \b
    Example:
        taskhub tasks add "Oil the engine" --priority high --due "tomorrow 14:30" --assignee me
        KEY=$(taskhub tasks add "Sweep the floor" --project OPS)
    """
    from taskhub.client.output import print_json
    from taskhub.client.task_fields import fields
    from taskhub.client.workspace import opened

    with opened(workspace, project) as found:
        key = found.needed_project()
        content = fields(found, None, description, status, priority, due, parent, assignee, label, blocked_by)
        made = found.send("POST", "tasks", {"project_id": key, "title": title, **content}).body
    if json:
        print_json(made)
    else:
        typer.echo(made["key"])


@app.command()
def edit(
    task: TaskArgument,
    title: Annotated[str | None, typer.Option(help="On one line.", show_default=False)] = None,
    description: Description = None,
    status: Status = None,
    priority: Priority = None,
    due: Due = None,
    parent: Parent = None,
    assignee: Assignees = None,
    label: Labels = None,
    blocked_by: Blockers = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Change fields of a task. Lists, such as the labels, are replaced as a whole; none clears a field.

    \b
    Example:
        taskhub tasks edit OPS-12 --title "Oil both engines" --due none
        taskhub tasks edit OPS-12 --label Bug --label "Good first task"

    Where somebody changes the same field at the same time, nothing is changed, and it says what they did.
    """
    from taskhub.client.cli.results import told
    from taskhub.client.edits import edit as change
    from taskhub.client.edits import task as read_task
    from taskhub.client.errors import WrongUsage
    from taskhub.client.task_fields import fields
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        changes = fields(found, title, description, status, priority, due, parent, assignee, label, blocked_by)
        if not changes:
            raise WrongUsage("Nothing to change: name a field, such as --title.")
        seen = read_task(found, task)
        told(change(found, seen, changes), seen, json=json)


@app.command()
def move(
    task: TaskArgument,
    first: Annotated[bool, typer.Option("--first", help="To the beginning of its project.")] = False,
    last: Annotated[bool, typer.Option("--last", help="To the end of its project.")] = False,
    before: Annotated[str | None, typer.Option(metavar="TASK", help="Directly before this one.", show_default=False)] = None,
    after: Annotated[str | None, typer.Option(metavar="TASK", help="Directly after this one.", show_default=False)] = None,
    to_project: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="To another project, at its end unless a place is named.", show_default=False),
    ] = None,
    status: Status = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Move a task to another place, or to another project, where it gets a new key.

    \b
    Example:
        taskhub tasks move OPS-12 --first
        taskhub tasks move OPS-12 --before OPS-3 --status in_progress
        taskhub tasks move OPS-12 --to-project WEB
    """
    from taskhub.client.cli.results import told
    from taskhub.client.edits import move as change
    from taskhub.client.edits import task as read_task
    from taskhub.client.task_fields import place
    from taskhub.client.workspace import opened

    wanted = place(before=before, after=after, first=first, last=last, project=to_project, status=status)
    with opened(workspace) as found:
        seen = read_task(found, task)
        told(change(found, seen, wanted), seen, json=json)


@app.command()
def done(task: TaskArgument, workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Close a task: it gets the first status of its project that means done.

    \b
    Example:
        taskhub tasks done OPS-12
    """
    _close_or_open(task, workspace, json=json, closed=True)


@app.command("open")
def open_(task: TaskArgument, workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Open a closed task again: it gets the first status of its project.

    \b
    Example:
        taskhub tasks open OPS-12
    """
    _close_or_open(task, workspace, json=json, closed=False)


def _close_or_open(task: str, workspace: str | None, *, json: bool, closed: bool) -> None:
    from taskhub.client.cli.results import told
    from taskhub.client.edits import close_or_open
    from taskhub.client.edits import task as read_task
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        seen = read_task(found, task)
        told(close_or_open(found, seen, closed=closed), seen, json=json)
