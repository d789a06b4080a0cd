"""`taskhub import …`"""

from pathlib import Path
from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, ProjectOption, WorkspaceOption

app = typer.Typer(
    name="import",
    no_args_is_help=True,
    help="""Bring tasks from elsewhere: an exported workspace, or files of other products.

    \b
    Example:
        taskhub import trello board.json --project OPS --dry-run

    An import can be run again at any time, also after it was killed: nothing is made twice. --dry-run shows what it would do.
    """,
)
Name = Annotated[
    str | None,
    typer.Option(
        help="What to call the project if it is made, and part of the tasks' external keys: the same each time.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what it would do. Nothing is changed.")]


@app.callback()
def _group() -> None: ...


@app.command("workspace")
def workspace_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Made by `taskhub export`.")],
    dry_run: DryRun = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Put an exported workspace into an empty one.

    \b
    Example:
        taskhub workspaces add "New engine room"
        taskhub import workspace engine-room.jsonl --workspace "New engine room"

    At the end it reads the workspace, compares it with the file field by field, and says what is not the same. Members are not
    invited: invite them first to keep who tasks are assigned to.
    """
    from taskhub.client.cli.import_files import tell_restored
    from taskhub.client.dates import now
    from taskhub.client.transfer.restore import restore
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        done = restore(found, file, now(), dry_run=dry_run)
    tell_restored(done, dry_run=dry_run, json=json)


@app.command()
def todoist(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file of a project that Todoist exports.")],
    name: Name = None,
    dry_run: DryRun = False,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring the tasks of a Todoist project.

    \b
    Example:
        taskhub import todoist "House.csv" --project HOUSE --dry-run
        taskhub import todoist "House.csv" --project HOUSE

    The project is made if it is not there. Indented tasks become subtasks, sections and @labels labels, notes comments. Completed
    tasks are not in Todoist's file. It has no ids, so a task is found again by its title and those above it.
    """
    from taskhub.client.cli.import_files import bring
    from taskhub.client.sources.todoist import read_todoist

    bring(workspace, project, lambda zone: read_todoist(file, name, zone), dry_run=dry_run, json=json)


@app.command()
def trello(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The JSON file of a board that Trello exports.")],
    name: Name = None,
    dry_run: DryRun = False,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring the cards of a Trello board.

    \b
    Example:
        taskhub import trello board.json --project OPS --dry-run
        taskhub import trello board.json --project OPS

    The project is made if it is not there, with the lists as its statuses. Cards become tasks, items of checklists subtasks,
    archived and completed cards closed tasks.
    """
    from taskhub.client.cli.import_files import bring
    from taskhub.client.sources.trello import read_trello

    bring(workspace, project, lambda zone: read_trello(file, name, zone), dry_run=dry_run, json=json)


@app.command()
def github(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The answer of GET /repos/OWNER/REPO/issues?state=all, its pages put together.")
    ],
    repo: Annotated[
        str | None, typer.Option(metavar="OWNER/REPO", help="If the issues don't say it.", show_default=False)
    ] = None,
    name: Name = None,
    dry_run: DryRun = False,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring the issues of a GitHub repository.

    \b
    Example:
        gh api --paginate --slurp "repos/org/repo/issues?state=all" > issues.json
        taskhub import github issues.json --project OPS

    The project is made if it is not there. Pull requests are left out. The external keys are those of examples/import_github.py.
    """
    from taskhub.client.cli.import_files import bring
    from taskhub.client.sources.github import read_github

    bring(workspace, project, lambda _: read_github(file, name, repo), dry_run=dry_run, json=json)


@app.command()
def csv(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table with titles in its first line.")],
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=TITLE", help="Where the title of a column does not tell its field. May be repeated."),
    ] = None,
    name: Name = None,
    dry_run: DryRun = False,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring the rows of a table.

    \b
    Example:
        taskhub import csv tasks.csv --project OPS --column title=Summary --column "due=Needed by"

    Fields are id, title, description, status, priority, labels, due, assignee and parent. Without a column of ids a row is found
    again by its title. The project is made if it is not there.
    """
    from taskhub.client.cli.import_files import bring
    from taskhub.client.sources.table import read_table

    bring(workspace, project, lambda zone: read_table(file, name, zone, column or []), dry_run=dry_run, json=json)
