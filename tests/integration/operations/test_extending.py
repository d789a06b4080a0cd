"""The pages about adding something, followed in copies of the checkout. What needs a database was tried by hand."""

from pathlib import Path
from typing import NamedTuple

import pytest
from tools.walkthrough import CHECKOUT, followed, run

CHECKS = ("tests/unit/api", "tests/unit/architecture", "tests/unit/tasks/reads", "tests/unit/tasks/test_fake_unit_of_work.py")
"""What unit tests know of every change, beside those that the page writes itself."""
FOR_A_FIELD, FOR_A_CAPABILITY = 6, 16
"""The files that adding a plain field, or a list with paths, a filter and a reaction, may touch: tests included."""


class Followed(NamedTuple):
    folder: Path
    changed: list[str]


def follow(page: str, folder: Path) -> Followed:
    return Followed(folder, followed(CHECKOUT / "docs" / page, folder))


@pytest.fixture(scope="module")
def capability(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    return follow("extending.md", tmp_path_factory.mktemp("extending"))


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    return follow("adding-a-field.md", tmp_path_factory.mktemp("field"))


def test_the_copy_is_what_is_looked_at(capability: Followed) -> None:
    place = str(capability.folder)
    run(capability.folder, "python", "-c", f"import taskhub; assert taskhub.__file__.startswith({place!r}), taskhub.__file__")


def test_a_capability_touches_few_files(capability: Followed) -> None:
    assert len(capability.changed) <= FOR_A_CAPABILITY, capability.changed


def test_a_field_touches_its_class_its_row_its_body_a_migration_and_tests(field: Followed) -> None:
    source = [path for path in field.changed if not path.startswith(("docs/", "tests/"))]
    assert source == [
        "src/taskhub/tasks/api/bodies/tasks.py",
        "src/taskhub/tasks/domain/task.py",
        "src/taskhub/tasks/infrastructure/rows.py",
        "src/taskhub/tasks/migrations/tasks_0004_estimates.py",
    ]
    assert len(field.changed) <= FOR_A_FIELD, field.changed


def test_whoever_follows_the_page_crosses_no_border(capability: Followed) -> None:
    run(capability.folder, "lint-imports", "--no-cache")


@pytest.mark.parametrize("page", ["capability", "field"])
def test_whoever_follows_a_page_has_green_unit_tests(page: str, request: pytest.FixtureRequest) -> None:
    tried: Followed = request.getfixturevalue(page)
    own = [path for path in tried.changed if path.startswith("tests/unit")]
    checks = (*CHECKS, "tests/unit/tasks/test_task_as_row.py")
    run(tried.folder, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *checks, *own)
