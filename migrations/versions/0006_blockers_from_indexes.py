"""Indexes that tell alone who waits for whom, and whether it is over

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index_blocked(include=["blocked_by_ids"])
    _key_tasks("(workspace_id, id) INCLUDE (closed_at, deleted_at)")


def downgrade() -> None:
    _key_tasks("(workspace_id, id)")
    _index_blocked(include=[])


def _key_tasks(columns: str) -> None:
    op.execute(f"ALTER TABLE tasks DROP CONSTRAINT pk_tasks, ADD CONSTRAINT pk_tasks PRIMARY KEY {columns}")


def _index_blocked(include: list[str]) -> None:
    op.drop_index("ix_tasks_blocked", table_name="tasks")
    op.create_index(
        "ix_tasks_blocked",
        "tasks",
        ["workspace_id", "id"],
        unique=False,
        postgresql_include=include,
        postgresql_where=sa.text("cardinality(blocked_by_ids) > 0"),
    )
