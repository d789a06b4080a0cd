"""The program `taskhub`. Each command imports what it needs when it runs, so that `--help` answers at once."""

import io
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from taskhub.cli.commands import backup, demo, distribute, doctor, migrate, module, secret, serve, worker
from taskhub.cli.deployed_application import DeployedApplication
from taskhub.cli.failures import failures_told
from taskhub.cli.module_commands import CommandsOfModules
from taskhub.client.cli import comment, export, imports, labels, login, projects, tasks, watch, workspaces
from taskhub.client.errors import ClientError

HELP = """Tasks that clients can change at the same time without losing anything.

Without any configuration `taskhub serve` runs everything: an embedded PostgreSQL in the user's data folder, and the service on
http://127.0.0.1:8000. Settings are environment variables TASKHUB_..., or lines of a file .env in the current folder.

`taskhub login URL` signs in to a service, for the commands that work with tasks: see docs/command-line.md.

Something is wrong? `taskhub doctor` checks everything and changes nothing.
"""

CLIENT = "Commands that work with tasks, on any service"
"""The section of help that they stand in."""

app = typer.Typer(
    name="taskhub",
    cls=CommandsOfModules,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in (
    serve.serve,
    demo.demo,
    worker.worker,
    migrate.migrate,
    distribute.distribute,
    doctor.doctor,
    backup.backup,
    backup.restore,
):
    app.command()(command)
for group in (secret.app, module.app):
    app.add_typer(group)
for client_command in (login.login, login.logout, login.use, comment.comment, watch.watch, export.export):
    app.command(rich_help_panel=CLIENT)(client_command)
for group in (workspaces.app, projects.app, labels.app, tasks.app, imports.app):
    app.add_typer(group, rich_help_panel=CLIENT)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"taskhub {version('taskhub')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")] = False,
) -> None: ...


def main() -> None:
    """Runs one command. An error is one sentence on standard error, and an exit code other than 0."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # What a terminal has no letters for is no reason to fail.
    with failures_told():
        try:
            app(obj=DeployedApplication())
        except ClientError as error:
            from taskhub.client.output import note

            note(f"taskhub: {error}")
            sys.exit(error.exit_code)
