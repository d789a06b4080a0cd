"""Where tasks stood before they were moved, for whoever takes a move back

Revision ID: tasks_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "tasks_0001"
down_revision = None
branch_labels = "tasks"
depends_on = "0011"


def upgrade() -> None:
    op.create_table(
        "former_places",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "task_id", "version", name=op.f("pk_former_places")),
    )


def downgrade() -> None:
    op.drop_table("former_places")
