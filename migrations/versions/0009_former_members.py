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
_LEFT_AT = """replace(to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')"""
"""An instant as representations have it."""
LEFT = f"""
UPDATE events SET snapshot = snapshot || jsonb_build_object('role', NULL, 'left_at', {_LEFT_AT}),
    changes = changes || jsonb_build_object(
        'role', jsonb_build_array(snapshot -> 'role', NULL), 'left_at', jsonb_build_array(NULL, {_LEFT_AT})
    )
WHERE entity_type = 'member' AND type = 'member.removed' AND snapshot IS NOT NULL
"""  # noqa: S608  # Of our own parts.
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


INDEX = "ix_members_workspace_id_left_at_user_id"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What a run that was broken off has left of it.
        op.drop_index(op.f(INDEX), table_name="members", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            op.f(INDEX),
            "members",
            ["workspace_id", "left_at", "user_id"],
            unique=False,
            postgresql_where=sa.text("left_at IS NOT NULL"),
            postgresql_concurrently=True,
        )
    for statement in (STAYED, LEFT, CAME_BACK):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f(INDEX), table_name="members")
    for statement in (CAME_BACK_BEFORE, LEFT_BEFORE, STAYED_BEFORE):
        op.execute(statement)
