"""What is found in a database, compared with the revisions of an installation."""

from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table

from taskhub.schema.heads import SchemaState, WrongSchema
from taskhub.schema.revisions import KERNEL, Branch, Revisions
from taskhub.schema.version_table import VERSIONS, comparing_with, heads_for_alembic, heads_of_branches


def branch(name: str, *revisions: str) -> Branch:
    return Branch(name, Path(), dict.fromkeys(revisions, Path()))


INSTALLED = Revisions(
    (
        branch(KERNEL, "0009", "0010"),
        branch("users"),
        branch("tasks", "tasks_0001", "tasks_0002"),
        branch("clocks", "clocks_0001"),
    )
)
CURRENT = {"0010", "tasks_0002", "clocks_0001"}


def state(*found: str) -> SchemaState:
    return SchemaState.of({*found}, INSTALLED)


def test_one_head_of_each_branch_is_the_schema_of_this_program() -> None:
    found = state(*CURRENT)
    found.refuse_newer()
    found.refuse_older()
    assert (found.lacking, found.newer, found.uninstalled, found.uninstalled_sentence) == ((), {}, {}, None)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ((), "The database has no tables yet: run `taskhub migrate`."),
        (("0009", "tasks_0002", "clocks_0001"), "The database has an older schema than this program: run `taskhub migrate`."),
        (("0009",), "The database has an older schema than this program: run `taskhub migrate`."),
        (
            ("0010", "tasks_0001", "clocks_0001"),
            "The database has an older schema of the module tasks than this program: run `taskhub migrate`.",
        ),
        (("0010", "tasks_0002"), "The database has no tables of the module clocks yet: run `taskhub migrate`."),
        (("0010",), "The database has no tables of the module tasks and the module clocks yet: run `taskhub migrate`."),
        (
            ("0010", "tasks_0001"),
            "The database has an older schema of the module tasks than this program: run `taskhub migrate`.",
        ),
    ],
)
def test_an_older_schema_is_told_with_its_modules(found: tuple[str, ...], sentence: str) -> None:
    state(*found).refuse_newer()
    with pytest.raises(WrongSchema) as refusal:
        state(*found).refuse_older()
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("found", "whose"),
    [
        ({"0012"}, r"a newer TaskHub \(to 0012\): run that one"),
        ({"another"}, r"a newer TaskHub \(to another\)"),
        ({"0010", "tasks_0003"}, r"a newer version of the module tasks \(to tasks_0003\): install that one, or restore a backup"),
        ({"0010", "users_0001"}, r"a newer version of the module users \(to users_0001\)"),
    ],
)
def test_a_newer_schema_is_refused_and_its_module_named(found: set[str], whose: str) -> None:
    with pytest.raises(WrongSchema, match=f"The database was migrated by {whose}"):
        state(*found).refuse_newer()


def test_a_module_that_is_not_installed_stops_nothing() -> None:
    found = state(*CURRENT, "gears_0007", "towers_0001")
    found.refuse_newer()
    found.refuse_older()
    assert found.uninstalled == {"gears": "gears_0007", "towers": "towers_0001"}
    assert found.uninstalled_sentence == (
        "There are tables of modules that are not installed: gears (at gears_0007) and towers (at towers_0001). "
        "They are left as they are."
    )


# -- what Alembic is given ---------------------------------------------------------------------------

PARENTS = {
    "0009": (),
    "0010": ("0009",),
    "tasks_0001": ("0010",),
    "tasks_0002": ("tasks_0001",),
    "clocks_0001": ("0010", "tasks_0001"),
    "clocks_0002": ("clocks_0001", "tasks_0002"),
}


@pytest.mark.parametrize(
    ("recorded", "heads"),
    [
        (set(), set()),
        ({"0009"}, {"0009"}),
        ({"0010", "tasks_0001"}, {"tasks_0001"}),
        ({"0010", "tasks_0002", "clocks_0001"}, {"tasks_0002", "clocks_0001"}),
        ({"0010", "tasks_0002", "clocks_0002"}, {"clocks_0002"}),
    ],
)
def test_alembic_has_those_that_no_other_comes_after(recorded: set[str], heads: set[str]) -> None:
    assert set(heads_for_alembic(recorded, PARENTS)) == heads
    assert heads_of_branches(heads, PARENTS) == recorded


def test_alembic_has_none_that_it_does_not_know() -> None:
    assert heads_for_alembic({"0010", "tasks_0001", "gears_0007"}, PARENTS) == ["tasks_0001"]


def compared(*recorded: str) -> dict[str, bool]:
    """Which of three tables Alembic compares: only the first one has a model."""
    models = MetaData()
    Table("tasks", models)
    includes = comparing_with(models, INSTALLED, recorded)
    return {name: includes(name, "table", {}) for name in ("tasks", "time_entries", VERSIONS.name)}


def test_a_table_that_lost_its_model_is_compared() -> None:
    assert compared(*CURRENT) == {"tasks": True, "time_entries": True, VERSIONS.name: False}


def test_a_table_that_may_be_of_a_module_that_is_away_is_not_compared() -> None:
    assert compared(*CURRENT, "time_tracking_0001") == {"tasks": True, "time_entries": False, VERSIONS.name: False}
