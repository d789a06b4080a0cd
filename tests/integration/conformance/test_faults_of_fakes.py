"""Rule 18: a fake that does as the repository does passes, and another is told what it does otherwise."""

from uuid import UUID

import pytest

from support.notes.bench import Bench
from support.notes.fakes import FakeNotesUnitOfWork, Store
from support.notes.note import Note
from taskhub.kernel.application.clock import system_clock
from taskhub.testing.conformance import Fake, NotConforming


def note_of(workspace_id: UUID, id: UUID) -> Note:
    return Note.create(workspace_id=workspace_id, id=id, now=system_clock(), heading="Oil")


def fake_with(*faults: str) -> Fake:
    return Fake(
        "notes",
        store=Store,
        unit_of_work=lambda store: FakeNotesUnitOfWork(store, *faults),
        new=note_of,
        change=lambda note: note.update(system_clock(), heading="Other"),
        remove=lambda note: note.purge(system_clock()),
    )


def test_a_sound_fake_passes(bench: Bench) -> None:
    bench.check_fake(fake_with())


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("any_version", "a thing at another version"),
        ("any_id", "an id that is used"),
        ("shares", "the thing after a change that was not committed"),
    ],
)
def test_a_fault_of_a_fake_is_found(bench: Bench, fault: str, told: str) -> None:
    with pytest.raises(NotConforming, match=f"(?s)^Rule 18: .*{told}"):
        bench.check_fake(fake_with(fault))
