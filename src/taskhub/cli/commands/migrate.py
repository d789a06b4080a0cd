"""`taskhub migrate`"""

import asyncio
from typing import Annotated

import typer


def migrate(
    wait: Annotated[
        float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long others may hold what a step needs.")
    ] = 120.0,
) -> None:
    """Bring the database's schema up to date.

    \b
    Example:
        TASKHUB_DATABASE_URL=postgresql://... taskhub migrate

    Run it before the new version's processes start. Safe to run again, and from several places at once: one works, the others
    wait. Where somebody uses a table that a step changes, it says who, lets them pass and tries again; nobody waits behind it for
    more than a tenth of a second. If it fails, each step that it finished stays and the step that failed is undone; mend what it
    says and run it again.
    The embedded database needs no call: `taskhub serve` migrates it.
    """
    from taskhub.deployment import database
    from taskhub.schema import migrate as schema
    from taskhub.settings import read_settings

    with database(read_settings()) as url:
        asyncio.run(schema.migrate(url, wait_seconds=wait))
    typer.echo(f"The schema is at revision {schema.newest_revision()}.")
