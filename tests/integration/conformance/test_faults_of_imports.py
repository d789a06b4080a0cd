"""Rule 19: imports that keep the contracts pass, and each wrong one is named."""

from pathlib import Path
from uuid import uuid4

import pytest

from support.notes.bench import Bench
from support.notes.module import notes
from taskhub.testing.conformance import NotConforming
from taskhub.testing.conformance.checks import imports

SOUND = {
    "contract/events.py": "NOTE_CREATED = 'note.created'",
    "domain/note.py": "from taskhub.kernel.domain.aggregate import Aggregate",
    "application/create.py": "from {package}.domain.note import Aggregate\nfrom taskhub.workspaces.contract.access import Role",
    "infrastructure/rows.py": "import sqlalchemy\nfrom {package}.application.create import Aggregate",
    "api/routes.py": "import pydantic\nfrom {package}.application.create import Aggregate",
    "container.py": "from .infrastructure import rows\nfrom {package}.api.routes import Aggregate",
}
WRONG = [
    ("domain/note.py", "from {package}.application import create", "imports that point inwards"),
    ("domain/note.py", "from ..application import create", "imports that point inwards"),
    (
        "api/routes.py",
        "from {package}.infrastructure.rows import sqlalchemy",
        "api and infrastructure that don't know each other",
    ),
    ("application/create.py", "def late():\n    import pydantic", "no framework in application"),
    ("application/create.py", "from taskhub.kernel.infrastructure.postgres import rows", "of the kernel only"),
    ("api/routes.py", "import sqlalchemy.orm", "no database in routes"),
    ("container.py", "import asyncpg", "the driver behind `Database`"),
    (
        "container.py",
        "from taskhub.workspaces.domain.roster import Roster",
        "of workspaces nothing but taskhub.workspaces.contract",
    ),
    ("container.py", "from taskhub.tasks.contract.tasks import Tasks", "`requires` that names tasks"),
    ("container.py", "from taskhub.app import TaskHub", "of TaskHub nothing but taskhub.kernel and contracts"),
]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a name of its own, which can be imported."""
    folder = tmp_path / f"notes_{uuid4().hex}"
    for name, content in SOUND.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content.format(package=folder.name))
    for each in (folder, *(one for one in folder.iterdir() if one.is_dir())):
        (each / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def check_imports(bench: Bench, package: Path) -> None:
    bench.check_module(imports.imports_keep_the_contracts, module=notes(package=package.name))


def test_sound_imports_pass(bench: Bench, package: Path) -> None:
    check_imports(bench, package)


@pytest.mark.parametrize(("file", "code", "told"), WRONG)
def test_a_wrong_import_is_found(bench: Bench, package: Path, file: str, code: str, told: str) -> None:
    (package / file).write_text(code.format(package=package.name))
    with pytest.raises(NotConforming, match=rf"(?s)^Rule 19: .*{file}.*expected  {told}"):
        check_imports(bench, package)
