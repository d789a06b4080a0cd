"""Logs tell from where on they are kept

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_streams", sa.Column("removed_until", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("event_streams", sa.Column("removed_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("event_streams", "removed_before")
    op.drop_column("event_streams", "removed_until")
