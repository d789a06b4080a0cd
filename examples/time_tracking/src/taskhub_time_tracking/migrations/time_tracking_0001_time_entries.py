"""Time entries

Revision ID: time_tracking_0001
Revises: nothing: it is the first of its branch
"""

import sqlalchemy as sa
from alembic import op

revision = "time_tracking_0001"
down_revision = None
branch_labels = ("time_tracking",)
depends_on = "0010"  # The newest one that there was when this was written.


def upgrade() -> None:
    op.create_table(
        "time_entries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_time_entries"),
    )
    op.create_index(
        "uq_time_entries_running",
        "time_entries",
        ["workspace_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_index("ix_time_entries_started", "time_entries", ["workspace_id", "started_at", "id"])
    op.create_index("ix_time_entries_task", "time_entries", ["workspace_id", "task_id", "started_at", "id"])
    op.create_index("ix_time_entries_user", "time_entries", ["workspace_id", "user_id", "started_at", "id"])


def downgrade() -> None:
    op.drop_table("time_entries")
