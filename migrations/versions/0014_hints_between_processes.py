"""A number that grows with the logs, by which processes on Citus tell each other to look at them

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE IF NOT EXISTS log_growth")


def downgrade() -> None:
    op.execute("DROP SEQUENCE log_growth")
