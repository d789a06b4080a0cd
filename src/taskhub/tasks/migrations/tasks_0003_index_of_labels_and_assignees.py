"""An index of tasks by their labels and assignees

Revision ID: tasks_0003
Revises: tasks_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "tasks_0003"
down_revision = "tasks_0002"
branch_labels = None
depends_on = None

NAME = "ix_tasks_labels_assignees"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What a run that was broken off has left is not valid, and may be dropped.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.create_index(
            NAME,
            "tasks",
            ["label_ids", "assignee_ids"],
            unique=False,
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=sa.text("deleted_at IS NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index(NAME, table_name="tasks")
