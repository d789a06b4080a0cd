"""The database's schema: which one it has, which one this program was written for, and how to get there."""

import asyncio
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import column, func, select, table

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.schema.locks import WAIT_SECONDS

_PACKAGE = Path(__file__).parents[1]
_PACKED, _CHECKED_OUT = _PACKAGE / "migrations", _PACKAGE.parents[1] / "migrations"
_EXISTS = Statement(select(func.to_regclass("alembic_version").is_not(None)))
_REVISION = Statement(select(column("version_num")).select_from(table("alembic_version")))


class WrongSchema(Exception):
    """The database has another schema than this program; the message says what to do."""


def alembic_config(database_url: str | None = None, wait_seconds: float = WAIT_SECONDS) -> Config:
    """Alembic's configuration for the migrations that came with this program.

    ``wait_seconds``: how long others may hold what a revision needs.
    """
    config = Config()
    config.set_main_option("script_location", str(_PACKED if _PACKED.is_dir() else _CHECKED_OUT).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    config.attributes["wait_seconds"] = wait_seconds
    return config


async def migrate(database_url: str, revision: str = "head", *, wait_seconds: float = WAIT_SECONDS) -> None:
    """Upgrades the schema. Safe to call from many processes at once: one works, the others wait for it.

    Raises:
        MigrationBlocked: others held what a revision needs for ``wait_seconds``, or another process is migrating for too long.
        WrongSchema: it was made by a newer program.
    """
    async with Database(database_url, pool_size=1).opened() as database:
        found = await revision_of(database)
    refuse_newer(found)
    if found == newest_revision() and revision == "head":
        return
    await asyncio.to_thread(command.upgrade, alembic_config(database_url, wait_seconds), revision)


async def check_schema(database: Database) -> None:
    """Raises:
    WrongSchema: it is not the one that this program was written for.
    Unavailable
    """
    found = await revision_of(database)
    if found == newest_revision():
        return
    refuse_newer(found)
    state = "an older schema than this program" if found else "no tables yet"
    raise WrongSchema(f"The database has {state}: run `taskhub migrate`.")


async def revision_of(database: Database) -> str | None:
    """The revision of the database's schema, None where it has none.

    Raises:
        Unavailable
    """
    if not (await database.fetch(_EXISTS, {}))[0][0]:
        return None
    rows = await database.fetch(_REVISION, {})
    return str(rows[0][0]) if rows else None


def newest_revision() -> str | None:
    return next(iter(_revisions()), None)


def refuse_newer(revision: str | None) -> None:
    """Raises:
    WrongSchema: this program knows no such revision.
    """
    if revision is not None and revision not in _revisions():
        raise WrongSchema(f"The database was migrated by a newer TaskHub (to {revision}): run that one, or restore a backup.")


@cache
def _revisions() -> tuple[str, ...]:
    """All revisions that came with this program, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())
