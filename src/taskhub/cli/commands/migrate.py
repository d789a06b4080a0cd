"""`taskhub migrate`"""

import asyncio

import typer


def migrate() -> None:
    """Bring the database's schema up to date.

    \b
    Example:
        TASKHUB_DATABASE_URL=postgresql://... taskhub migrate

    Run it before the new version's processes start. Safe to run again, and from several places at once: one works, the others
    wait. If it fails, each step that it finished stays and the step that failed is undone; mend what it says and run it again.
    The embedded database needs no call: `taskhub serve` migrates it.
    """
    from taskhub import migrate as schema
    from taskhub.deployment import database
    from taskhub.settings import read_settings

    with database(read_settings()) as url:
        asyncio.run(schema.migrate(url))
    typer.echo(f"The schema is at revision {schema.newest_revision()}.")
