"""The module of notes, sound or with faults: each breaks one rule of the conformance kit.

| fault | what it does |
|---|---|
| viewers_create, admins_create | asks for too little to create, or too much |
| tells_foreign | a read tells what is there elsewhere |
| ignores_if_match, needs_no_version, no_etag | forgets the conditions of a change, or the tag of an answer |
| forgets_keys | takes no notice of retry keys |
| commits_alone | commits a create that is tried out, or part of a batch |
| list_lags | shows another weight in lists |
| always_touches | a patch that changes nothing is a change |
| pins_silently, undeclared_event | changes what the log is not told of; appends what it does not declare |
| counts_pages, any_limit | the place after a page is a number; pages have any size |
| one_tag | the tag of a list is not made of the head of the log |
| last_write_wins | a patch sends back what it has read before |
| writes_past | writes a row past the unit of work |
| reads_one_by_one, forgets_workspace | statements: too many, without a workspace |
| keeps_rows, keeps_row, keeps_values | purges leave rows of a workspace, the row of a note, or values in the log |
| counts_twice, marks_first, empties_once | a subscriber that is not idempotent, or can't be killed |
| refuses_patches, always_busy | changes are not done |
| undescribed, bad_example | documentation |
| answers_html, takes_any_weight, odd_type | what it takes and gives |

Two are none by themselves: with `busy_at_first` a retry is done, with `reacts_to_trash` its subscriber reacts to something else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from importlib.resources.abc import Traversable
from typing import Any
from uuid import UUID

from dependency_injector import providers

from support.notes.note import EVENTS, NOTES, Note, NoteRow
from support.notes.routes import routes_of
from support.notes.storage import EXPIRED, NoteQueries, NotesUnitOfWork
from taskhub.kernel.api.documentation import Documentation, Word
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.contract.events import WORKSPACE_PURGED, Event
from taskhub.kernel.contract.ids import derived_id, new_id
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.use_cases import UseCases
from taskhub.kernel.module_api import Module, ModuleContext
from taskhub.workspaces.contract.events import MEMBER_REMOVED

RETENTION = timedelta(days=30)


# -- use cases -------------------------------------------------------------------------------------


async def create_note(command: dict[str, Any], uow: NotesUnitOfWork, *, clock: Any) -> Note:
    note = Note.create(now=clock(), **command)
    uow.notes.add(note)
    return note


class UseCasesOfNotes:
    """Each is called with the key of a note, the versions that are expected, and what it is to do."""

    def __init__(self, faults: frozenset[str]) -> None:
        self._faults = faults

    async def change(self, command: Any, uow: NotesUnitOfWork, *, clock: Any) -> Note | None:
        key, expected, values = command
        expected = None if "ignores_if_match" in self._faults else expected
        note = await uow.notes.get(*key, expected=expected, with_deleted=values == "restore")
        now = clock()
        if values == "pin":
            await self._pin(note, uow, now)
        elif values in ("trash", "restore"):
            getattr(note, values)(now)
        else:
            note.update(now, **values)
            if "always_touches" in self._faults:
                note.touch(now)
        return None if values == "trash" else note

    async def _pin(self, note: Note, uow: NotesUnitOfWork, now: datetime) -> None:
        if "pins_silently" in self._faults:
            await uow.lock()
            await uow.pin_silently(note.workspace_id, note.id)
        else:
            note.update(now, pinned=True)


async def purge_note(key: tuple[UUID, UUID], uow: NotesUnitOfWork, *, clock: Any, faults: frozenset[str]) -> None:
    await uow.lock()
    note = await uow.notes.find(*key, with_deleted=True)
    if note is not None:
        note.purge(clock())
        if "keeps_row" in faults:
            note.heading, note.weight = "", 0
        else:
            uow.notes.remove(note)
        if "keeps_values" not in faults:
            await uow.redact(key[0], [key[1]])


class Farewell:
    """Writes a note when a member has gone."""

    name = "notes.farewell"

    def __init__(self, clock: Any, database: Database, faults: frozenset[str]) -> None:
        self.types = frozenset({"note.trashed" if "reacts_to_trash" in faults else MEMBER_REMOVED})
        self._clock = clock
        self._database = database
        self._faults = faults

    async def handle(self, event: Event, uow: NotesUnitOfWork) -> bool:
        id = new_id() if "counts_twice" in self._faults else derived_id(event.id)
        if "marks_first" in self._faults and not await mark(self._database, event.stream_id, event.id):
            return True
        if await uow.notes.find(event.stream_id, id) is None:
            uow.notes.add(Note.create(workspace_id=event.stream_id, id=id, now=self._clock(), heading="Farewell"))
        return True


async def mark(database: Database, workspace_id: UUID, id: UUID) -> bool:
    """A fault: stores that something was done before it is done. Returns whether it was not."""
    async with database.connection() as connection:
        marked = await connection._driver.fetch(
            "INSERT INTO notes (workspace_id, id, heading, weight, version, created_at, updated_at)"
            " VALUES ($1, $2, 'mark', 0, 1, now(), now()) ON CONFLICT DO NOTHING RETURNING 1",
            workspace_id,
            id,
        )
    return bool(marked)


class NotesContainer:
    """What the module is made of."""

    def __init__(self, context: ModuleContext, faults: frozenset[str]) -> None:
        self.faults = faults
        database, clock = context.database, providers.Object(context.clock)
        self._database = database
        log = SqlCommandLog(database, (NOTES,))
        self._runner: Runner[NotesUnitOfWork] = Runner(partial(NotesUnitOfWork, database, context.notifier), log, context.clock)
        self.queries = NoteQueries(database, faults)
        bound = UseCases(providers.Object(self._runner), clock=clock, faults=providers.Object(faults))
        self.create = bound(create_note)
        self.change = bound(UseCasesOfNotes(faults).change)
        self._purge_note = bound(purge_note)
        self._farewell = Farewell(context.clock, database, faults)

    def runner(self) -> Runner[Any]:
        return self._runner

    def subscribers(self) -> list[Any]:
        return [self._farewell]

    def purges(self) -> list[Purge]:
        return [Purge("notes", self._purge)]

    def background(self) -> Sequence[Any]:
        return ()

    def ports(self) -> dict[Any, Any]:
        return {}

    def services(self) -> dict[Any, Any]:
        return {}

    async def empty(self, workspace: UUID, uow: Any, /, *, limit: int) -> int:
        if "keeps_rows" in self.faults:
            return 0
        elsewhere = derived_id(workspace)
        if "empties_once" in self.faults and not await mark(self._database, elsewhere, workspace):
            return 0
        removed: int = await uow.remove_workspace_rows(workspace, limit=limit)
        return removed

    async def _purge(self, database: Database, now: datetime) -> int:
        expired = await database.fetch(EXPIRED, {"before": now - RETENTION})
        for record in expired:
            await self._purge_note().perform((record["workspace_id"], record["id"]), Context())
        return len(expired)


def documentation(faults: frozenset[str]) -> Documentation:
    words = {
        "note_id": Word("The note.", "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"),
        "heading": Word("What it is about.", "\n" if "bad_example" in faults else "Oil"),
        "weight": Word("How much it counts.", 7),
        "pinned": Word("Whether it is pinned.", False),
    }
    if "undescribed" in faults:
        del words["weight"]
    return Documentation(tags={"Notes": "Notes of a workspace."}, words=words)


def notes(*faults: str, migrations: Traversable | None = None, package: str = "support.notes") -> Module:
    """The module, with these faults."""
    planted = frozenset(faults)
    declared = {name: content for name, content in EVENTS.items() if "undeclared_event" not in planted or name != "note.trashed"}
    return Module(
        "notes",
        package=package,
        api=(1, 0),
        container=lambda context: NotesContainer(context, planted),
        requires=frozenset({"workspaces"}),
        rows={NoteRow: {WORKSPACE_PURGED}},
        mappings=(NOTES,),
        routes=(routes_of(planted),),
        events=declared,
        documentation=documentation(planted),
        migrations=migrations,
    )
