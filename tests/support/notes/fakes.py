"""Notes in memory, sound or with faults."""

from copy import copy
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from support.notes.note import Note
from taskhub.kernel.application.commands import Answer, Expected, Reply
from taskhub.kernel.domain.errors import IdTaken, NotFound, StaleVersion


class Store(dict[tuple[UUID, UUID], Note]):
    """What has been committed."""


class FakeNotes:
    def __init__(self, store: Store, faults: frozenset[str]) -> None:
        self._store = store
        self._faults = faults
        self.loaded: dict[tuple[UUID, UUID], Note] = {}
        self.added: list[Note] = []
        self.removed: list[Note] = []

    async def get(self, workspace_id: UUID, id: UUID, *, expected: Expected = None) -> Note:
        key = (workspace_id, id)
        if key not in self.loaded:
            if key not in self._store:
                raise NotFound
            self.loaded[key] = self._store[key] if "shares" in self._faults else copy(self._store[key])
        note = self.loaded[key]
        if expected is not None and note.version not in expected and "any_version" not in self._faults:
            raise StaleVersion(note.version)
        return note

    def add(self, note: Note) -> None:
        self.added.append(note)

    def remove(self, note: Note) -> None:
        self.removed.append(note)

    def flush(self) -> None:
        for note in self.added:
            if (note.workspace_id, note.id) in self._store and "any_id" not in self._faults:
                raise IdTaken
        for note in [one for one in self.loaded.values() if one.event is not None]:
            note.version += 1
        for note in [*self.loaded.values(), *self.added]:
            note.event = None
            self._store[note.workspace_id, note.id] = note
        for note in self.removed:
            del self._store[note.workspace_id, note.id]


class FakeNotesUnitOfWork:
    def __init__(self, store: Store, *faults: str) -> None:
        self.notes = FakeNotes(store, frozenset(faults))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.notes.loaded.clear()

    async def commit(self, result: Any, reply: Reply) -> Answer:
        self.notes.flush()
        return Answer(reply, None, b"")
