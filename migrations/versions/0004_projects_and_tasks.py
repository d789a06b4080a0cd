"""Projects and tasks

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
CREATE FUNCTION task_words(workspace_id uuid, project_key text, number integer, title text, description text)
RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector(
    'simple'::regconfig,
    regexp_replace(
        ' ' || project_key || '-' || number::text || ' ' || title || coalesce(' ' || description, ''),
        '[^[:alnum:]]+',
        ' w' || right(workspace_id::text, 6),
        'g'
    )
)
"""
    )
    op.execute(
        """
CREATE FUNCTION task_query(workspace_id uuid, q text)
RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsquery(
    'simple'::regconfig,
    'w' || right(workspace_id::text, 6) || nullif(
        replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(q, '^[^[:alnum:]]+|[^[:alnum:]]+$', '', 'g'),
                    '[^[:alnum:]]*[[:space:]][^[:alnum:]]*',
                    chr(10),
                    'g'
                ),
                '[^[:alnum:]' || chr(10) || ']+',
                ' <-> w' || right(workspace_id::text, 6),
                'g'
            ),
            chr(10),
            ' & w' || right(workspace_id::text, 6)
        ),
        ''
    ) || ':*'
)
"""
    )
    op.create_table(
        "projects",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_projects")),
    )
    op.create_index("uq_projects_workspace_id_key", "projects", ["workspace_id", "key"], unique=True)
    op.create_table(
        "tasks",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("project_key", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_category", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("assignee_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("due_time", sa.Time(), nullable=True),
        sa.Column("due_time_zone", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("trashed_with", sa.Uuid(), nullable=True),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("task_words(workspace_id, project_key, number, title, description)", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_tasks")),
        postgresql_with={"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_insert_scale_factor": 0.02},
    )
    op.create_index(
        "ix_tasks_live",
        "tasks",
        ["workspace_id", "created_at", "id"],
        unique=False,
        postgresql_include=[
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
        ],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tasks_updated",
        "tasks",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tasks_due",
        "tasks",
        ["workspace_id", sa.literal_column("COALESCE(due_ends_at, 'infinity'::timestamp with time zone)"), "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tasks_priority",
        "tasks",
        ["workspace_id", "priority", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tasks_trash",
        "tasks",
        ["workspace_id", "deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_words",
        "tasks",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("uq_tasks_workspace_id_project_key_number", "tasks", ["workspace_id", "project_key", "number"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_tasks_workspace_id_project_key_number", table_name="tasks")
    op.drop_index(
        "ix_tasks_words",
        table_name="tasks",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index("ix_tasks_priority", table_name="tasks", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_tasks_due", table_name="tasks", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_tasks_updated", table_name="tasks", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_tasks_trash", table_name="tasks", postgresql_where=sa.text("deleted_at IS NOT NULL"))
    op.drop_index(
        "ix_tasks_live",
        table_name="tasks",
        postgresql_include=[
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
        ],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_table("tasks")
    op.drop_index("uq_projects_workspace_id_key", table_name="projects")
    op.drop_table("projects")
    op.execute("DROP FUNCTION task_query(uuid, text)")
    op.execute("DROP FUNCTION task_words(uuid, text, integer, text, text)")
