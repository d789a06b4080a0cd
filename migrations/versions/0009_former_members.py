"""Who has left a workspace stays readable: an index for the list of them, and what events of members say of leaving

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAYED = """
UPDATE events SET snapshot = snapshot || '{"left_at": null}'
WHERE entity_type = 'member' AND type <> 'member.removed' AND snapshot IS NOT NULL
"""
LEFT = """
UPDATE events SET snapshot = snapshot || jsonb_build_object('role', NULL, 'left_at', told.instant),
    changes = changes || jsonb_build_object(
        'role', jsonb_build_array(snapshot -> 'role', NULL), 'left_at', jsonb_build_array(NULL, told.instant)
    )
FROM (
    SELECT stream_id, seq,
        replace(to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z') AS instant
    FROM events
) AS told
WHERE told.stream_id = events.stream_id AND told.seq = events.seq
    AND entity_type = 'member' AND type = 'member.removed' AND snapshot IS NOT NULL
"""
"""An instant as representations have it."""
CAME_BACK = """
UPDATE events SET changes = events.changes || jsonb_build_object(
    'role', jsonb_build_array(NULL, events.snapshot -> 'role'),
    'left_at', jsonb_build_array(before.snapshot -> 'left_at', NULL)
)
FROM events AS before
WHERE events.entity_type = 'member' AND events.type = 'member.joined' AND events.snapshot IS NOT NULL
    AND before.stream_id = events.stream_id AND before.entity_id = events.entity_id
    AND before.entity_version = events.entity_version - 1 AND before.type = 'member.removed' AND before.snapshot IS NOT NULL
"""

CAME_BACK_BEFORE = """
UPDATE events SET changes = events.changes - 'role' - 'left_at' || CASE
    WHEN before.changes -> 'role' -> 0 = events.snapshot -> 'role' THEN '{}'
    ELSE jsonb_build_object('role', jsonb_build_array(before.changes -> 'role' -> 0, events.snapshot -> 'role')) END
FROM events AS before
WHERE events.entity_type = 'member' AND events.type = 'member.joined' AND events.snapshot IS NOT NULL
    AND before.stream_id = events.stream_id AND before.entity_id = events.entity_id
    AND before.entity_version = events.entity_version - 1 AND before.type = 'member.removed' AND before.snapshot IS NOT NULL
"""
LEFT_BEFORE = """
UPDATE events SET snapshot = snapshot || jsonb_build_object('role', changes -> 'role' -> 0),
    changes = changes - 'role' - 'left_at'
WHERE entity_type = 'member' AND type = 'member.removed' AND snapshot IS NOT NULL
"""
STAYED_BEFORE = "UPDATE events SET snapshot = snapshot - 'left_at' WHERE entity_type = 'member' AND snapshot IS NOT NULL"


def upgrade() -> None:
    for statement in (STAYED, LEFT, CAME_BACK):
        op.execute(statement)
    # Last: until the end of this transaction nobody joins or leaves.
    op.create_index(
        op.f("ix_members_workspace_id_left_at_user_id"),
        "members",
        ["workspace_id", "left_at", "user_id"],
        unique=False,
        postgresql_where=sa.text("left_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_members_workspace_id_left_at_user_id"), table_name="members")
    for statement in (CAME_BACK_BEFORE, LEFT_BEFORE, STAYED_BEFORE):
        op.execute(statement)
