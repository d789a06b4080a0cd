"""An empty revision, written into the branch of a module."""

from pathlib import Path

import pytest
from tools.new_revision import new_revision

from support.fakes.revisions import with_modules
from taskhub.modules.discovery import installed_modules
from taskhub.schema.revision_rules import parents_of
from taskhub.schema.revisions import KERNEL, Branch, WrongRevisions

NEWEST = installed_modules().revisions.heads[KERNEL]


def test_the_first_one_begins_the_branch_and_the_second_goes_on(tmp_path: Path) -> None:
    def written(message: str) -> str:
        found = with_modules(Branch.read("clocks", tmp_path, frozenset({"tasks"})))
        return new_revision(found, "clocks", message).name

    assert [written("Hands"), written("More hands")] == ["clocks_0001_hands.py", "clocks_0002_more_hands.py"]
    parents = parents_of(with_modules(Branch.read("clocks", tmp_path, frozenset({"tasks"}))))
    assert NEWEST in parents["clocks_0001"]
    assert parents["clocks_0002"] == ("clocks_0001",)


def test_a_module_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongRevisions, match="No module clocks with revisions is installed"):
        new_revision(with_modules(), "clocks", "Hands")
