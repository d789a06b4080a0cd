"""The structure of work: labels, workflows, subtasks, blockers, order, comments

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORKFLOW = """{
    "statuses": [
        {"key": "todo", "name": "To do", "category": "todo"},
        {"key": "in_progress", "name": "In progress", "category": "in_progress"},
        {"key": "done", "name": "Done", "category": "done"},
        {"key": "cancelled", "name": "Cancelled", "category": "cancelled"}
    ],
    "transitions": null
}"""
LIVE = [
    "project_id",
    "project_key",
    "number",
    "status",
    "status_category",
    "priority",
    "assignee_ids",
    "due_ends_at",
    "closed_at",
    "updated_at",
]
LIVE_WITH_STRUCTURE = [*LIVE[:7], "label_ids", "parent_id", "rank", *LIVE[7:]]


def upgrade() -> None:
    op.add_column("projects", sa.Column("workflow", sa.JSON(), nullable=True))
    op.add_column("projects", sa.Column("last_place", sa.Integer(), server_default=sa.text("0"), nullable=False))
    update = sa.text("UPDATE projects SET workflow = CAST(:workflow AS json), last_place = last_number")
    op.execute(update.bindparams(workflow=WORKFLOW))
    op.alter_column("projects", "workflow", nullable=False)

    op.drop_index("ix_tasks_live", table_name="tasks")
    op.add_column("tasks", sa.Column("label_ids", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False))
    op.add_column("tasks", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("tasks", sa.Column("blocked_by_ids", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False))
    op.add_column("tasks", sa.Column("rank", sa.Text(collation="C"), nullable=True))
    op.execute("UPDATE tasks SET rank = 'i' || lpad(number::text, 9, '0')")
    op.alter_column("tasks", "rank", nullable=False)
    op.alter_column("tasks", "label_ids", server_default=None)
    op.alter_column("tasks", "blocked_by_ids", server_default=None)
    _index_live(LIVE_WITH_STRUCTURE)
    op.create_index("uq_tasks_workspace_id_project_key_rank", "tasks", ["workspace_id", "project_key", "rank"], unique=True)
    op.create_index(
        "ix_tasks_parent", "tasks", ["workspace_id", "parent_id"], unique=False, postgresql_where=sa.text("parent_id IS NOT NULL")
    )
    op.create_index(
        "ix_tasks_blocked",
        "tasks",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("cardinality(blocked_by_ids) > 0"),
    )

    op.create_table(
        "former_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("project_key", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "project_key", "number", name=op.f("pk_former_keys")),
    )
    op.create_index(op.f("ix_former_keys_workspace_id_task_id"), "former_keys", ["workspace_id", "task_id"], unique=False)
    op.create_table(
        "labels",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(collation="C"), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_labels")),
    )
    op.create_index("uq_labels_workspace_id_folded_name", "labels", ["workspace_id", "folded_name"], unique=True)
    op.create_table(
        "comments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mentioned_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_task", "comments", ["workspace_id", "task_id", "created_at", "id"], unique=False)

    # The log's snapshots are what things look like today: events of tasks take theirs from the event before. And what a thing
    # began with stands in the changes of its first event.
    op.execute(
        """
UPDATE events SET snapshot = snapshot || '{"label_ids": [], "parent_id": null, "blocked_by_ids": []}',
    changes = changes || CASE type
        WHEN 'task.created' THEN '{"label_ids": [null, []], "blocked_by_ids": [null, []]}'::jsonb ELSE '{}' END
WHERE entity_type = 'task' AND snapshot IS NOT NULL
"""
    )
    op.execute(
        sa.text(
            "UPDATE events SET snapshot = snapshot || jsonb_build_object('workflow', CAST(:workflow AS jsonb)),"
            " changes = changes || CASE type WHEN 'project.created'"
            " THEN jsonb_build_object('workflow', jsonb_build_array(NULL, CAST(:workflow AS jsonb))) ELSE '{}' END"
            " WHERE entity_type = 'project' AND snapshot IS NOT NULL"
        ).bindparams(workflow=WORKFLOW)
    )


def downgrade() -> None:
    op.execute(
        """
UPDATE events SET snapshot = snapshot - 'workflow', changes = changes - 'workflow'
WHERE entity_type = 'project' AND snapshot IS NOT NULL
"""
    )
    op.execute(
        """
UPDATE events SET snapshot = snapshot - 'label_ids' - 'parent_id' - 'blocked_by_ids',
    changes = changes - 'label_ids' - 'parent_id' - 'blocked_by_ids'
WHERE entity_type = 'task' AND snapshot IS NOT NULL
"""
    )
    op.drop_table("comments")
    op.drop_table("labels")
    op.drop_table("former_keys")
    op.drop_index("ix_tasks_blocked", table_name="tasks")
    op.drop_index("ix_tasks_parent", table_name="tasks")
    op.drop_index("uq_tasks_workspace_id_project_key_rank", table_name="tasks")
    op.drop_index("ix_tasks_live", table_name="tasks")
    for column in ("rank", "blocked_by_ids", "parent_id", "label_ids"):
        op.drop_column("tasks", column)
    _index_live(LIVE)
    for column in ("last_place", "workflow"):
        op.drop_column("projects", column)


def _index_live(columns: list[str]) -> None:
    op.create_index(
        "ix_tasks_live",
        "tasks",
        ["workspace_id", "created_at", "id"],
        unique=False,
        postgresql_include=columns,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
