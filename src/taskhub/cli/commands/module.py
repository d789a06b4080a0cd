"""`taskhub module …`"""

from typing import Annotated

import typer

app = typer.Typer(
    name="module",
    no_args_is_help=True,
    help="""Modules of your own: write the skeleton of one.

    \b
    Example:
        taskhub module new shopping
    """,
)


@app.callback()
def _group() -> None: ...


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower case letters, digits and _, such as time_tracking.")],
) -> None:
    """Write the skeleton of a module into a new folder: a distribution of its own that extends TaskHub.

    \b
    Example:
        taskhub module new shopping
        cd shopping
        pip install --editable ".[dev]"
        pytest

    It has one resource with its routes, rules, table, migration and tests, and passes all of its own checks from the beginning.
    Change it into what you need. TaskHub finds it as soon as it is installed; an external database needs `taskhub migrate` then.
    """
    from pathlib import Path

    from taskhub.cli.new_module import new_module

    folder, count = new_module(name, Path.cwd())
    typer.echo(f"The module {name} is in {folder} ({count} files). Next, in an environment that has taskhub:")
    typer.echo(f'    cd {folder.name}\n    pip install --editable ".[dev]"\n    pytest\n    taskhub serve')
