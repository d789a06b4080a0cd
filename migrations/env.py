"""Alembic's environment: asynchronous, and safe to enter from many processes at once."""

import asyncio
import time
from functools import partial

import asyncpg
from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from taskhub.models import metadata

LOCK = 7_236_015_402
"""The key of the advisory lock that is held while migrating."""
CONNECT_SECONDS = 10
PATIENCE_SECONDS = 300
POLL_SECONDS = 0.2


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
        include_object=context.config.attributes.get("include_object"),
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online(url: str) -> None:
    # The driver reads the URL, as it does for the service: `sslmode` and the like mean the same to both.
    connect = partial(asyncpg.connect, url.replace("postgresql+asyncpg://", "postgresql://", 1), timeout=CONNECT_SECONDS)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool, hide_parameters=True)
    async with engine.connect() as keeper:
        # Polled: a blocking advisory lock and CREATE INDEX CONCURRENTLY would wait for each other.
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await keeper.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
            await keeper.rollback()
            if time.monotonic() > deadline:
                raise TimeoutError(f"another process has been migrating this database for {PATIENCE_SECONDS} s")
            await asyncio.sleep(POLL_SECONDS)
        await keeper.commit()
        try:
            async with engine.connect() as connection:
                # An ALTER that waits behind a long read makes everyone wait behind it: give up instead, and be run again.
                await connection.execute(text("SET lock_timeout = '3s'"))
                await connection.commit()
                await connection.run_sync(migrate)
                await connection.commit()
        finally:
            await keeper.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            await keeper.commit()
    await engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    given = context.config.attributes.get("database_url") or context.config.get_main_option("sqlalchemy.url")
    if not given:
        raise SystemExit("Which database? Run `taskhub migrate`, or set TASKHUB_DATABASE_URL.")
    asyncio.run(migrate_online(given))
