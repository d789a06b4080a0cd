"""What revisions of modules are called, and what they have to say of themselves."""

from pathlib import Path
from typing import Any

import pytest

from support.fakes.modules import fake_module, fake_row
from support.fakes.revisions import with_modules, write_revision
from taskhub.cli.errors import explanation
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules
from taskhub.modules.errors import WrongModule
from taskhub.schema.revision_rules import parents_of
from taskhub.schema.revisions import KERNEL, Branch, Revisions, WrongRevisions, branch_of

OURS = installed_modules().revisions
NEWEST = OURS.heads[KERNEL]


def clocks(folder: Path, *requires: str) -> Branch:
    return Branch.read("clocks", folder, frozenset(requires))


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def refused(*branches: Branch) -> str:
    with pytest.raises(WrongRevisions) as refusal:
        parents_of(with_modules(*branches))
    sentence = explanation(refusal.value)
    assert sentence is not None
    return sentence


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The first revision of the module clocks."""
    return write_revision(tmp_path, "clocks_0001", depends_on=[NEWEST])


@pytest.fixture
def second(tmp_path: Path, first: Path) -> Path:
    return write_revision(tmp_path, "clocks_0002", "clocks_0001")


@pytest.mark.parametrize(
    ("revision", "branch"),
    [
        ("0010", KERNEL),
        ("clocks_0001", "clocks"),
        ("time_tracking_0012", "time_tracking"),
        ("ae1027a6", None),
        ("clocks_1", None),
    ],
)
def test_a_revision_tells_by_its_name_whose_it_is(revision: str, branch: str | None) -> None:
    assert branch_of(revision) == branch


def test_all_that_is_installed_is_sound() -> None:
    assert parents_of(OURS)[NEWEST] == (f"{int(NEWEST) - 1:04}",)


def test_those_of_a_module_come_after_each_other_and_what_they_depend_on(tmp_path: Path, second: Path) -> None:
    parents = parents_of(with_modules(clocks(tmp_path)))
    assert (parents["clocks_0001"], parents["clocks_0002"]) == ((NEWEST,), ("clocks_0001",))
    assert clocks(tmp_path).head == "clocks_0002"


def test_a_module_has_its_folder(tmp_path: Path) -> None:
    modules = Modules([fake_module("clocks", migrations=tmp_path / "gone")])
    with pytest.raises(WrongRevisions, match=r"The folder with the revisions of the module clocks is not there: .*gone"):
        _ = modules.revisions


def test_a_module_with_tables_has_what_makes_them() -> None:
    modules = Modules([fake_module("clocks", rows={fake_row("hands"): frozenset()})])
    with pytest.raises(WrongRevisions, match=r"The module clocks has tables \(hands\), and no `migrations`"):
        _ = modules.revisions


def test_a_module_without_tables_needs_none() -> None:
    assert [branch.name for branch in Modules([fake_module("clocks")]).revisions] == [KERNEL]


def test_those_of_a_module_are_found_where_it_says(tmp_path: Path, first: Path) -> None:
    gears = fake_module("gears")
    found = Modules([gears, fake_module("clocks", migrations=tmp_path, requires=frozenset({"gears"}))]).revisions
    assert found.heads == {KERNEL: NEWEST, "clocks": "clocks_0001"}
    assert [branch.requires for branch in found] == [frozenset(), {"gears"}]


def test_no_module_has_the_name_of_our_own_branch() -> None:
    with pytest.raises(WrongModule, match=r"branch of revisions `kernel` .* TaskHub itself and by the module kernel"):
        Modules([fake_module("kernel")])


def test_a_revision_named_like_another_modules_is_told_with_both(tmp_path: Path) -> None:
    write_revision(tmp_path, "gears_0001")
    with pytest.raises(
        WrongRevisions, match=r"gears_0001 in the folder of the module clocks has a name of the module gears: .* clocks_0001"
    ):
        clocks(tmp_path)


def test_a_revision_named_like_one_of_ours_is_told_with_both(tmp_path: Path, first: Path) -> None:
    first.rename(tmp_path / "0011_clocks.py")
    with pytest.raises(WrongRevisions, match="0011 in the folder of the module clocks has a name of TaskHub itself"):
        clocks(tmp_path)


@pytest.mark.parametrize("name", ["wheels.py", "clocks_1_wheels.py", "Clocks_0002.py", "clocks-0002.py", "clocks_0002-wheels.py"])
def test_a_file_that_is_named_like_no_revision_is_told(name: str, tmp_path: Path, first: Path) -> None:
    (tmp_path / name).touch()
    with pytest.raises(WrongRevisions, match=rf"The file .*{name} has no name of a revision of the module clocks"):
        clocks(tmp_path)


@pytest.mark.parametrize("name", ["__init__.py", "clocks_0001_made.sql", "README.md"])
def test_other_files_may_be_there(name: str, tmp_path: Path, first: Path) -> None:
    (tmp_path / name).touch()
    assert [*clocks(tmp_path).files] == ["clocks_0001"]


def test_two_revisions_of_one_name_are_told(tmp_path: Path, first: Path) -> None:
    first.with_name("clocks_0001_other.py").touch()
    with pytest.raises(
        WrongRevisions, match=r"Two revisions of the module clocks are called clocks_0001: .*made\.py and .*other"
    ):
        clocks(tmp_path)


def test_a_name_that_does_not_fit_into_the_database_is_told(tmp_path: Path) -> None:
    name = "c" * 28
    write_revision(tmp_path, f"{name}_0001")
    with pytest.raises(WrongRevisions, match="has a longer name than 32 characters"):
        Branch.read(name, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "revision = 'clocks_0002'",
            "revision = 'clocks_0003'",
            "calls itself clocks_0003, and its file is named for",
        ),
        ("down_revision = 'clocks_0001'", "down_revision = None", "revises None, and comes after clocks_0001"),
        ("down_revision = 'clocks_0001'", f"down_revision = {NEWEST!r}", f"revises {NEWEST}, and comes after clocks_0001"),
        ("branch_labels = None", "branch_labels = 'gears'", r"has the branch labels ['gears'], and should have []"),
        ("depends_on = None", "depends_on = 'head'", "depends on head, which is no name of a revision"),
        (
            "depends_on = None",
            "depends_on = '9999'",
            "depends on 9999, which the installed version of TaskHub itself does not",
        ),
        (
            "depends_on = None",
            "depends_on = ('gears_0001',)",
            "depends on gears_0001, but the module clocks does not require the module gears",
        ),
    ],
)
def test_a_revision_that_breaks_a_rule_is_told(old: str, new: str, sentence: str, tmp_path: Path, second: Path) -> None:
    changed(second, f"\n{old}", f"\n{new}")
    assert refused(clocks(tmp_path)).startswith(f"The revision clocks_0002 of the module clocks {sentence}")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("down_revision = None", f"down_revision = {NEWEST!r}", f"revises {NEWEST}, and comes after None"),
        ("branch_labels = 'clocks'", "branch_labels = None", "has the branch labels [], and should have ['clocks']"),
        ("branch_labels = 'clocks'", "branch_labels = ('gears',)", "has the branch labels ['gears'], and should have ['clocks']"),
        (f"depends_on = ({NEWEST!r},)", "depends_on = None", "depends on nothing"),
    ],
)
def test_the_first_revision_of_a_module_begins_its_branch(old: str, new: str, sentence: str, tmp_path: Path, first: Path) -> None:
    changed(first, old, new)
    assert refused(clocks(tmp_path)).startswith(f"The revision clocks_0001 of the module clocks {sentence}")


def test_a_module_depends_on_revisions_of_what_it_requires(tmp_path: Path) -> None:
    write_revision(tmp_path / "gears", "gears_0001", depends_on=[NEWEST])
    write_revision(tmp_path / "clocks", "clocks_0001", depends_on=["gears_0001"])
    gears = Branch.read("gears", tmp_path / "gears")
    assert parents_of(with_modules(gears, clocks(tmp_path / "clocks", "gears")))["clocks_0001"] == ("gears_0001",)
    assert "does not require the module gears" in refused(gears, clocks(tmp_path / "clocks", "tasks"))


def test_a_dependency_that_the_installed_version_lacks_is_told(tmp_path: Path) -> None:
    write_revision(tmp_path / "gears", "gears_0001", depends_on=[NEWEST])
    write_revision(tmp_path / "clocks", "clocks_0001", depends_on=["gears_0002"])
    sentence = refused(Branch.read("gears", tmp_path / "gears"), clocks(tmp_path / "clocks", "gears"))
    assert "depends on gears_0002, which the installed version of the module gears does not have: install a newer one" in sentence


@pytest.mark.parametrize("line", ["depends_on = newest()", "depends_on = (", "depends_on = f'{1}'"])
def test_what_is_not_written_out_is_told(line: str, tmp_path: Path, second: Path) -> None:
    changed(second, "\ndepends_on = None", f"\n{line}")
    assert "clocks_0002_made.py says of its revision can't be read" in refused(clocks(tmp_path))


@pytest.mark.parametrize("declared", ["revision: str = 'clocks_0002'", "revision = 'clocks_0002'"])
def test_types_may_be_written_down(declared: str, tmp_path: Path, second: Path) -> None:
    changed(second, "\nrevision = 'clocks_0002'", f"\n{declared}")
    parents_of(with_modules(clocks(tmp_path)))


def test_an_operator_reads_the_sentence_and_no_traceback() -> None:
    assert explanation(WrongRevisions("It is not there.")) == "It is not there."


def test_developers_see_the_same_branches_with_alembic() -> None:
    """`alembic.ini` is read by Alembic alone, before any code of ours."""
    top = Path(__file__).parents[3]
    ini = (top / "alembic.ini").read_text("utf-8")
    listed = {line.strip().replace("%(here)s", str(top)) for line in ini.splitlines() if line.startswith("    ")}
    assert listed == {str(branch.folder) for branch in OURS}


def test_folders_of_an_installation_are_read_in_the_order_of_its_modules() -> None:
    names: list[Any] = [branch.name for branch in Revisions.of(OURS.branches[1:])]
    assert names == [KERNEL, *(module.name for module in installed_modules() if module.migrations is not None)]
