"""Alembic's environment: asynchronous, and safe to run from many processes at once."""

import asyncio
from functools import partial

import asyncpg
from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from taskhub.modules.discovery import installed_modules
from taskhub.modules.tables import metadata
from taskhub.schema.locks import (
    EXCLUSIVE_WAIT_SECONDS,
    WAIT_SECONDS,
    MigrationPlan,
    exclusive_migration,
    retry_with_short_lock_timeouts,
    set_short_lock_timeout,
)
from taskhub.schema.revision_rules import parents_of
from taskhub.schema.version_table import OF_ALEMBIC, comparing_with, fill, heads_for_alembic, recorded_in, recording

CONNECT_SECONDS = 10

revisions = context.config.attributes.get("revisions") or installed_modules().revisions


def migrate(connection: Connection, plan: MigrationPlan) -> None:
    parents, recorded = parents_of(revisions), recorded_in(connection)
    fill(connection.execute, heads_for_alembic(recorded, parents))
    connection.commit()
    configure = partial(
        context.configure,
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
        include_name=comparing_with(metadata, revisions, recorded),
        version_table=OF_ALEMBIC,
        on_version_apply=recording(parents),
    )
    configure()
    configure(fn=plan.remembering(context.get_context().opts["fn"]))
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online(url: str, seconds: float) -> None:
    """``seconds``: how long others may hold locks that a revision needs."""
    # The driver reads the URL, as it does for the service: `sslmode` and the like mean the same to both.
    connect = partial(asyncpg.connect, url.replace("postgresql+asyncpg://", "postgresql://", 1), timeout=CONNECT_SECONDS)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool, hide_parameters=True)
    async with (
        engine.connect() as monitor,
        exclusive_migration(monitor, max(EXCLUSIVE_WAIT_SECONDS, seconds)),
        engine.connect() as connection,
    ):
        set_short_lock_timeout(connection)
        await retry_with_short_lock_timeouts(connection, monitor, migrate, seconds)
    await engine.dispose()


def migrate_offline() -> None:
    """Writes the statements, for whoever has to run them by hand."""
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        literal_binds=True,
        version_table=OF_ALEMBIC,
        on_version_apply=recording(parents_of(revisions)),
    )
    with context.begin_transaction():
        if heads := context.get_context().get_current_heads():  # Else Alembic makes the table.
            fill(context.execute, heads)
        context.run_migrations()
        context.execute(f"DROP TABLE {OF_ALEMBIC}")


if context.is_offline_mode():
    migrate_offline()
else:
    given = context.config.attributes.get("database_url") or context.config.get_main_option("sqlalchemy.url")
    if not given:
        raise SystemExit("Which database? Run `taskhub migrate`, or set TASKHUB_DATABASE_URL.")
    asyncio.run(migrate_online(given, context.config.attributes.get("wait_seconds", WAIT_SECONDS)))
