"""`taskhub migrate`"""

from typing import Annotated

import typer


def migrate(
    wait: Annotated[
        float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for tables that others use.")
    ] = 120.0,
) -> None:
    """Bring the database's schema up to date.

    \b
    Example:
        TASKHUB_DATABASE_URL=postgresql://... taskhub migrate

    Run it before the new version's processes start. It is safe to run again, and from several places at once: one works, the
    others wait. Where somebody uses a table that a revision changes, it says who, and tries again later; other requests wait for
    it for at most a tenth of a second. If it fails, the revisions that it finished stay and the one that failed is undone:
    correct what it names and run it again. The embedded database needs no call: `taskhub serve` migrates it.
    """
    import asyncio

    from taskhub.cli.bootstrap import check_modules
    from taskhub.deployment import database
    from taskhub.modules.discovery import installed_modules
    from taskhub.schema.migrate import migrate as migrate_schema
    from taskhub.settings import read_settings

    settings, revisions = read_settings(), installed_modules().revisions
    check_modules(settings)  # No process would start with what is wrong, on whatever schema.
    with database(settings) as url:
        found = asyncio.run(migrate_schema(url, revisions, wait_seconds=wait))
    typer.echo(f"The schema is at revision {', '.join(revisions.heads.values())}.")
    if found.uninstalled_sentence:
        typer.echo(found.uninstalled_sentence)
