"""External keys of tasks

Revision ID: tasks_0002
Revises: tasks_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "tasks_0002"
down_revision = "tasks_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("external_keys", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_table(
        "external_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name=op.f("pk_external_keys")),
    )
    # Snapshots in the log have the fields of today, and the first changes of a thing have all of them.
    op.execute(
        """
UPDATE events SET
    snapshot = snapshot || '{"external_keys": []}',
    changes = CASE type WHEN 'task.created' THEN changes || '{"external_keys": [null, []]}' ELSE changes END
WHERE entity_type = 'task' AND snapshot IS NOT NULL
"""
    )


def downgrade() -> None:
    op.execute(
        """
UPDATE events SET snapshot = snapshot - 'external_keys', changes = changes - 'external_keys'
WHERE entity_type = 'task'
"""
    )
    op.drop_table("external_keys")
    op.drop_column("tasks", "external_keys")
