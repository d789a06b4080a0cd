"""Events tell which command they belong to

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TOLD = """
WITH compared AS (
    SELECT stream_id, seq,
        (occurred_at, actor_id, request_id) IS NOT DISTINCT FROM
            (lag(occurred_at) OVER log, lag(actor_id) OVER log, lag(request_id) OVER log) AS goes_on
    FROM events WINDOW log AS (PARTITION BY stream_id ORDER BY seq)
), commands AS (
    SELECT stream_id, seq, goes_on,
        max(seq) FILTER (WHERE NOT goes_on) OVER (PARTITION BY stream_id ORDER BY seq) AS first_seq
    FROM compared
)
UPDATE events SET commit_seq = commands.first_seq
FROM commands
WHERE commands.goes_on AND events.stream_id = commands.stream_id AND events.seq = commands.seq
"""
"""Events of one command follow each other, at one instant, by one request of one caller."""


def upgrade() -> None:
    op.add_column("events", sa.Column("commit_seq", sa.BigInteger(), nullable=True))
    op.execute(TOLD)


def downgrade() -> None:
    op.drop_column("events", "commit_seq")
