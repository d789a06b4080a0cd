"""Rule 15: migrations that are right pass, and others are told what is wrong with them."""

from pathlib import Path

import pytest

from support.notes.bench import Bench
from support.notes.module import notes
from taskhub.testing.conformance import NotConforming
from taskhub.testing.conformance.checks import migrations

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "notes_0001", None


def upgrade():
    op.create_table(
        "notes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("weight", sa.{weight}(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_notes"),
    )


def downgrade():
    op.drop_table("notes")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "notes_0002", "notes_0001"


def upgrade():
    op.add_column("notes", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    with op.get_context().autocommit_block():
        op.create_index("ix_notes_created_at", "notes", ["workspace_id", "created_at", "id"], postgresql_concurrently=True)


def downgrade():
    {way_down}
"""
WAY_DOWN = 'op.drop_index("ix_notes_created_at", "notes"); op.drop_column("notes", "deleted_at")'


def check_migrations(bench: Bench, folder: Path, weight: str = "Integer", way_down: str = WAY_DOWN) -> None:
    (folder / "notes_0001_notes.py").write_text(FIRST.format(weight=weight))
    (folder / "notes_0002_trash.py").write_text(SECOND.format(way_down=way_down))
    bench.check_module(migrations.migrations_go_up_down_and_up_again, module=notes(migrations=folder))


def test_sound_migrations_pass(bench: Bench, tmp_path: Path) -> None:
    check_migrations(bench, tmp_path)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"weight": "Text"}, "modify_type"),
        ({"way_down": "pass"}, "what its way down leaves"),
        ({"way_down": 'op.drop_table("notes")'}, "what its way down takes too much"),
        ({"way_down": 'op.drop_column("notes", "gone")'}, "notes_0002: downgrade"),
    ],
    ids=str,
)
def test_a_fault_of_a_migration_is_found(bench: Bench, tmp_path: Path, fault: dict[str, str], told: str) -> None:
    with pytest.raises(NotConforming, match=f"(?s)^Rule 15: .*{told}"):
        check_migrations(bench, tmp_path, **fault)


def test_a_module_with_tables_has_migrations(bench: Bench) -> None:
    with pytest.raises(NotConforming, match=r"(?s)^Rule 15: .*the revisions of the module"):
        bench.check_module(migrations.migrations_go_up_down_and_up_again)
