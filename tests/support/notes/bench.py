"""Runs checks of the conformance kit on modules of notes."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg as dialects
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from support.harness.databases import TEMPLATE, cloned_database
from support.notes.module import notes
from support.notes.note import NOTES
from taskhub.kernel.module_api import Module
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules
from taskhub.testing.conformance import Action, Client, Fake, Resource, World
from taskhub.testing.conformance.checks import fakes
from taskhub.testing.conformance.databases import MigratedDatabase, execute, run
from taskhub.testing.conformance.resources import ModuleUnderTest
from taskhub.testing.conformance.rules import RuleCheck
from taskhub.testing.conformance.service import LoopThread, Service
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import Case


def new_note(world: World, client: Client) -> dict[str, Any]:
    return {"heading": f"Note {world.unique()}", "weight": 3}


async def trashed(world: World, thing: dict[str, Any]) -> dict[str, str]:
    assert (await (await world.client()).delete(f"notes/{thing['id']}")).is_success
    return {}


async def a_member_leaves(world: World) -> None:
    assert (await (await world.client("member")).delete("members/me")).is_success


NOTE = Resource(
    "note",
    "notes",
    make=new_note,
    patches=[{"heading": "Other"}, {"weight": 7}],
    text="heading",
    retention_days=30,
    round_trips={"DELETE": 2, "pin": 2, "restore": 2},
    actions=[Action("pin", "POST", "pin"), Action("restore", "POST", "restore", given=trashed)],
)
ACROSS = {"the purge asks where the trash is old": r"^SELECT notes\.workspace_id, notes\.id FROM notes WHERE notes\.deleted_at <"}


class Bench:
    """Runs checks on modules of notes, with the same connections and people for all of them: to make new ones takes longest."""

    def __init__(self, database: MigratedDatabase) -> None:
        self._loop = LoopThread()
        self._database = database
        self._sound = Service(database, Modules([*installed_modules(), notes()]))
        self._loop.run(self._sound.start())

    def stop(self) -> None:
        self._loop.run(self._sound.stop())
        self._loop.stop()

    def check_resource(self, check: RuleCheck[Case], *faults: str, resource: Resource = NOTE) -> None:
        async def checked(service: Service) -> None:
            await check(Case(await World.create(service, resource), resource))

        self._run(faults, checked)

    def check_module(self, check: RuleCheck[Subject], *faults: str, module: Module | None = None, **declared: Any) -> None:
        """``module``: another than that of the service, for checks that only look at it. ``declared``: see `ModuleUnderTest`."""

        async def checked(service: Service) -> None:
            (own,) = (one for one in service.container.installed if one.name == "notes")
            of_notes = {"resources": [NOTE], "across_workspaces": ACROSS, "triggers": [a_member_leaves], **declared}
            await check(Subject(service, ModuleUnderTest(module or own, **of_notes)))

        self._run(faults, checked)

    def check_fake(self, fake: Fake) -> None:
        async def checked(service: Service) -> None:
            await fakes.a_fake_behaves_like_the_repository(fakes.FakeCase(service, "notes", fake))

        self._run((), checked)

    def _run(self, faults: tuple[str, ...], checked: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
        faulty = self._sound.with_modules(Modules([*installed_modules(), notes(*faults)])) if faults else self._sound
        self._loop.run(checked(faulty))


@contextmanager
def database_with_notes(template_url: str) -> Iterator[MigratedDatabase]:
    dialect = dialects.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no annotation for it.
    made: list[ExecutableDDLElement] = [CreateTable(NOTES.table), *(CreateIndex(index) for index in NOTES.table.indexes)]
    with cloned_database(template_url) as url:
        run(execute(url, *(str(one.compile(dialect=dialect)) for one in made)))
        yield MigratedDatabase(url, TEMPLATE)
