"""Revisions of modules that there are not."""

from collections.abc import Sequence
from pathlib import Path

from taskhub.modules.discovery import installed_modules
from taskhub.schema.revisions import Branch, Revisions

_REVISION = '''"""Made for a test"""

from alembic import op

revision = {revision!r}
down_revision = {down_revision!r}
branch_labels = {branch_labels!r}
depends_on = {depends_on!r}


def upgrade() -> None:
    op.execute("{up}")


def downgrade() -> None:
    op.execute("{down}")
'''


def write_revision(
    folder: Path, revision: str, down_revision: str | None = None, *, depends_on: Sequence[str] = (), up: str = "", down: str = ""
) -> Path:
    """A revision that makes a table of its name, where it is told nothing else. One that revises none begins a branch."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{revision}_made.py"
    label = None if down_revision else revision.rpartition("_")[0]
    file.write_text(
        _REVISION.format(
            revision=revision,
            down_revision=down_revision,
            branch_labels=label,
            depends_on=tuple(depends_on) or None,
            up=up or f"CREATE TABLE {revision} (id int)",
            down=down or f"DROP TABLE {revision}",
        )
    )
    return file


def with_modules(*branches: Branch) -> Revisions:
    """The revisions of this installation, if it had these modules as well."""
    return Revisions((*installed_modules().revisions, *branches))
