"""The revision of the database's schema, compared with the newest one that this program has."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import column, func, select, table

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement

_PACKAGE = Path(__file__).parents[1]
_INSTALLED, _CHECKED_OUT = _PACKAGE / "migrations", _PACKAGE.parents[1] / "migrations"
MIGRATIONS = _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT
"""Alembic's environment and revisions: inside the package of a wheel, at the top of a checkout."""

_EXISTS = Statement(select(func.to_regclass("alembic_version").is_not(None)))
_REVISION = Statement(select(column("version_num")).select_from(table("alembic_version")))


class WrongSchema(Exception):
    """The database has another schema than this program; the message says what to do."""


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
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
