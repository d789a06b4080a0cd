"""`taskhub distribute`"""

from typing import Annotated

import typer


def distribute(
    check: Annotated[bool, typer.Option("--check", help="Only say what there is to be done; exit code 1 if there is.")] = False,
) -> None:
    """Distribute the tables over the nodes of a Citus cluster.

    \b
    Example:
        TASKHUB_DATABASE_URL=postgresql://coordinator/taskhub taskhub distribute

    Run it after `taskhub migrate`, while no process of the service runs: requests would wait for the tables that are copied. The
    rows that stay behind on the coordinator are deleted. It is safe to run again, also after it was broken off. It is not undone
    by another command. docs/scaling.md says when to do it.
    """
    import asyncio

    from taskhub.cli.bootstrap import check_modules
    from taskhub.deployment import database
    from taskhub.modules.discovery import installed_modules
    from taskhub.schema.distribute import distribute as distribute_tables
    from taskhub.settings import read_settings

    settings = read_settings()
    check_modules(settings)
    with database(settings) as url:
        distribution = asyncio.run(distribute_tables(url, installed_modules().rows, is_check=check))
    for line in distribution.lines():
        typer.echo(f"{'to be done' if check else 'done'}: {line}")
    if distribution.is_done:
        typer.echo("All tables are distributed as they should be.")
    elif check:
        raise typer.Exit(1)
