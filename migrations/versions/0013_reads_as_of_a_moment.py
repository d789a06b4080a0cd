"""Indexes that tell which version a thing had at a moment, and what is gone since

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

VERSIONS = "ix_events_stream_id_entity_id_entity_version"
DRAFT = "ix_events_versions_draft"
GONE = "ix_events_gone"
INVALID = "SELECT FROM pg_index WHERE indexrelid = to_regclass('{name}') AND NOT indisvalid"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _drop_unfinished(GONE)
        op.create_index(
            GONE,
            "events",
            ["stream_id", "entity_type", "seq"],
            unique=False,
            postgresql_where=sa.text("snapshot IS NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
    _replace_versions("INCLUDE (seq)")


def downgrade() -> None:
    op.drop_index(GONE, table_name="events")
    _replace_versions("")


def _replace_versions(more: str) -> None:
    """Writes go on meanwhile. The indexes change places in one moment: what a version was violated by is told by its name."""
    with op.get_context().autocommit_block():
        _drop_unfinished(DRAFT)
        op.execute(
            f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {DRAFT} ON events (stream_id, entity_id, entity_version) {more}"
        )
    op.execute(f"DROP INDEX {VERSIONS}")
    op.execute(f"ALTER INDEX {DRAFT} RENAME TO {VERSIONS}")


def _drop_unfinished(name: str) -> None:
    """What a run that was broken off has left of an index. A finished one is used when the rest is tried again."""
    op.execute(f"DO $$ BEGIN IF EXISTS ({INVALID.format(name=name)}) THEN DROP INDEX {name}; END IF; END $$")
