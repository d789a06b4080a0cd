"""An empty revision in the branch of a module: ``python -m tools.new_revision tasks "Watchers of tasks"``, or `make revision`.

``kernel`` stands for TaskHub itself.
"""

import sys
from pathlib import Path

from alembic import command
from alembic.script import Script

from taskhub.modules.discovery import installed_modules
from taskhub.schema.migrate import alembic_config
from taskhub.schema.revisions import KERNEL, Revisions, WrongRevisions


def new_revision(revisions: Revisions, module: str, message: str) -> Path:
    """Raises:
    WrongRevisions: there is no such module, or it has no folder for revisions.
    """
    branch = next((one for one in revisions if one.name == module), None)
    if branch is None:
        raise WrongRevisions(f"No module {module} with revisions is installed. There are {', '.join(sorted(revisions.names))}.")
    number = int(branch.head[-4:]) + 1 if branch.head else 1
    heads = [head for name, head in revisions.heads.items() if name in {KERNEL, *branch.requires}]
    config = alembic_config(revisions)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made = command.revision(
        config,
        message,
        head=f"{module}@head" if branch.head else "base",
        branch_label=None if branch.head else module,
        depends_on=None if branch.head else heads,  # type: ignore[arg-type]  # Several are written as a tuple.
        version_path=str(branch.folder),
        rev_id=f"{number:04}" if module == KERNEL else f"{module}_{number:04}",
    )
    assert isinstance(made, Script)
    return Path(made.path)


if __name__ == "__main__":
    sys.stdout.write(f"{new_revision(installed_modules().revisions, *sys.argv[1:3])}\n")
