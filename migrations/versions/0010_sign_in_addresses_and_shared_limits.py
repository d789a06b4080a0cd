"""Addresses that accounts were signed in to from, and limits that are counted by all processes

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_addresses",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_sign_in_addresses")),
    )
    op.create_index(op.f("ix_sign_in_addresses_last_at"), "sign_in_addresses", ["last_at"], unique=False)
    op.create_table(
        "rate_limit_hits",
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subjects", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("counts", sa.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "number", name=op.f("pk_rate_limit_hits")),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("rate_limit_hits")
    op.drop_table("sign_in_addresses")
