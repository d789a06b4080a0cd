"""Migrations of modules: branches of their own, that come and go with what is installed."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from support.fakes.revisions import with_modules, write_revision
from support.harness.migrations import downgrade, migrate
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.schema.heads import WrongSchema, check_schema
from taskhub.schema.revisions import KERNEL, Branch, Revisions

OURS = installed_modules().revisions
NEWEST = OURS.heads[KERNEL]
OUR_HEADS = set(OURS.heads.values())


class Workshop:
    """Two modules: clocks, which requires gears. Each version of them is a folder that was installed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        write_revision(folder / "gears1", "gears_0001", depends_on=[NEWEST])
        write_revision(folder / "clocks1", "clocks_0001", depends_on=[NEWEST, "gears_0001"])
        write_revision(folder / "gears2", "gears_0001", depends_on=[NEWEST])
        write_revision(folder / "gears2", "gears_0002", "gears_0001")
        write_revision(folder / "clocks2", "clocks_0001", depends_on=[NEWEST, "gears_0001"])
        write_revision(folder / "clocks2", "clocks_0002", "clocks_0001", depends_on=["gears_0002"])

    def gears(self, version: int) -> Branch:
        return Branch.read("gears", self._folder / f"gears{version}", frozenset({"tasks"}))

    def clocks(self, version: int) -> Branch:
        return Branch.read("clocks", self._folder / f"clocks{version}", frozenset({"tasks", "gears"}))

    def both(self, version: int) -> Revisions:
        return with_modules(self.gears(version), self.clocks(version))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


async def revisions_in(url: str) -> set[str]:
    return set(await fetch(url, "SELECT version_num FROM alembic_version"))


async def tables_in(url: str) -> set[str]:
    """Of the workshop."""
    return set(await fetch(url, "SELECT relname FROM pg_class WHERE relname ~ '^(gears|clocks)_' AND relkind = 'r'"))


async def fetch(url: str, sql: str) -> list[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def check(url: str, revisions: Revisions) -> dict[str, str]:
    """The modules that are not installed and have tables, with their revisions."""
    async with Database(url, pool_size=1).opened() as database:
        return dict((await check_schema(database, revisions)).uninstalled)


async def test_the_tables_of_a_new_module_are_made_when_it_is_asked_for(migrated_url: str, workshop: Workshop) -> None:
    with pytest.raises(WrongSchema, match="has no tables of the module gears and the module clocks yet: run `taskhub migrate`"):
        await check(migrated_url, workshop.both(1))
    await migrate(migrated_url, revisions=workshop.both(1))

    assert await check(migrated_url, workshop.both(1)) == {}
    assert await tables_in(migrated_url) == {"gears_0001", "clocks_0001"}
    assert await revisions_in(migrated_url) == {*OUR_HEADS, "gears_0001", "clocks_0001"}


async def test_all_is_made_in_an_empty_database(empty_url: str, workshop: Workshop) -> None:
    await migrate(empty_url, revisions=workshop.both(2))
    assert await check(empty_url, workshop.both(2)) == {}
    assert await revisions_in(empty_url) == {*OUR_HEADS, "gears_0002", "clocks_0002"}


async def test_each_revision_of_a_module_goes_up_down_and_up_again(migrated_url: str, workshop: Workshop) -> None:
    both = workshop.both(2)
    for revision, before in [
        ("gears_0001", "gears@base"),
        ("clocks_0001", "clocks@base"),
        ("gears_0002", "gears@gears_0001"),
        ("clocks_0002", "clocks@clocks_0001"),
    ]:
        tables, revisions = await tables_in(migrated_url), await revisions_in(migrated_url)
        await migrate(migrated_url, revision, revisions=both)
        made = await revisions_in(migrated_url)
        assert revision in made
        await downgrade(migrated_url, before, revisions=both)
        assert (await tables_in(migrated_url), await revisions_in(migrated_url)) == (tables, revisions)
        await migrate(migrated_url, revision, revisions=both)
        assert (await tables_in(migrated_url), await revisions_in(migrated_url)) == ({*tables, revision}, made)


async def test_what_depends_on_a_revision_goes_down_with_it(migrated_url: str, workshop: Workshop) -> None:
    await migrate(migrated_url, revisions=workshop.both(2))
    await downgrade(migrated_url, "gears@gears_0001", revisions=workshop.both(2))
    assert await revisions_in(migrated_url) == {*OUR_HEADS, "gears_0001", "clocks_0001"}


async def test_a_module_that_was_uninstalled_stops_nothing_and_is_told(migrated_url: str, workshop: Workshop) -> None:
    await migrate(migrated_url, revisions=workshop.both(1))
    without = with_modules(workshop.gears(1))

    assert await check(migrated_url, without) == {"clocks": "clocks_0001"}
    told = (await migrate(migrated_url, revisions=without)).uninstalled_sentence
    assert told is not None
    assert told.startswith("There are tables of modules that are not installed: clocks (at clocks_0001).")


async def test_others_go_on_while_a_module_is_away_and_it_goes_on_when_it_is_back(migrated_url: str, workshop: Workshop) -> None:
    await migrate(migrated_url, revisions=workshop.both(1))
    await migrate(migrated_url, revisions=with_modules(workshop.gears(2)))
    assert await revisions_in(migrated_url) == {*OUR_HEADS, "gears_0002", "clocks_0001"}

    back = with_modules(workshop.gears(2), workshop.clocks(2))
    with pytest.raises(WrongSchema, match="an older schema of the module clocks than this program"):
        await check(migrated_url, back)
    await migrate(migrated_url, revisions=back)
    assert await revisions_in(migrated_url) == {*OUR_HEADS, "gears_0002", "clocks_0002"}


async def test_a_module_that_all_others_are_away_of_can_go_down(migrated_url: str, workshop: Workshop) -> None:
    await migrate(migrated_url, revisions=workshop.both(1))
    await downgrade(migrated_url, "gears@base", revisions=with_modules(workshop.gears(1)))
    assert await revisions_in(migrated_url) == {*OUR_HEADS, "clocks_0001"}


async def test_a_newer_module_is_refused_and_named(migrated_url: str, workshop: Workshop) -> None:
    await migrate(migrated_url, revisions=workshop.both(2))
    older = with_modules(workshop.gears(1))
    sentence = r"migrated by a newer version of the module gears \(to gears_0002\)"
    with pytest.raises(WrongSchema, match=sentence):
        await check(migrated_url, older)
    with pytest.raises(WrongSchema, match=sentence):
        await migrate(migrated_url, revisions=older)


async def test_a_step_that_fails_leaves_what_was_done_before_it(migrated_url: str, workshop: Workshop, tmp_path: Path) -> None:
    write_revision(tmp_path / "clocks1", "clocks_0002", "clocks_0001", up="CREATE TABLE clocks_0001 (id int)")
    with pytest.raises(DBAPIError, match="already exists"):
        await migrate(migrated_url, revisions=workshop.both(1))
    assert await revisions_in(migrated_url) == {*OUR_HEADS, "gears_0001", "clocks_0001"}


async def test_what_readiness_says_names_the_module_whose_tables_are_missing(migrated_url: str, workshop: Workshop) -> None:
    async with Database(migrated_url, pool_size=1).opened() as database:
        await check_schema(database, OURS)
        with pytest.raises(WrongSchema, match="no tables of the module gears yet: run `taskhub migrate`"):
            await check_schema(database, with_modules(workshop.gears(1)))
        await migrate(migrated_url, revisions=workshop.both(1))
        await check_schema(database, with_modules(workshop.gears(1)))
        with pytest.raises(WrongSchema, match="an older schema of the module gears"):
            await check_schema(database, with_modules(workshop.gears(2)))
