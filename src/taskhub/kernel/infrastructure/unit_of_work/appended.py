"""What a commit has appended to a log, as it stands there now: those who follow the log in this process need not read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.commands import Context
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.infrastructure.unit_of_work.changes import encode, event_row
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import EVENT_COLUMNS
from taskhub.kernel.infrastructure.unit_of_work.execution import Told
from taskhub.kernel.infrastructure.unit_of_work.plan import CommitPlan

MOST_CHARACTERS = 1024 * 1024
"""Of the values of all events. More are read in pages, so that streams which are not behind find all of them."""

_OWN = [(name, EVENT_COLUMNS.index(name)) for name in LoggedEvent.__struct_fields__ if name in EVENT_COLUMNS]
_CHANGES, _SNAPSHOT = map(EVENT_COLUMNS.index, ("changes", "snapshot"))


@dataclass(frozen=True, slots=True)
class AppendedEvents:
    """Those of a commit to one stream."""

    plan: CommitPlan
    told: Told
    context: Context
    first_seq: int

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.plan.changes) - 1

    def events(self) -> Sequence[LoggedEvent]:
        return [self._event(seq, row) for seq, row in enumerate(self._rows(), self.first_seq)]

    def _rows(self) -> Sequence[Sequence[Any]]:
        if not self.told.fields:
            return self.plan.commits[0].events
        (change,) = self.plan.changes
        after = msgspec.structs.replace(change.after, **self.told.fields)
        return [event_row(change._replace(after=after, snapshot=encode(after)))]

    def _event(self, seq: int, row: Sequence[Any]) -> LoggedEvent:
        own: dict[str, Any] = {name: row[place] for name, place in _OWN}
        own["changes"] = msgspec.Raw(own["changes"].encode())
        own["snapshot"] = None if own["snapshot"] is None else msgspec.Raw(own["snapshot"].encode())
        return LoggedEvent(
            seq=seq, commit=self.first_seq, actor_id=self.context.actor_id, request_id=self.context.request_id, **own
        )


def appended_by(plan: CommitPlan, told: Told, context: Context) -> Mapping[UUID, AppendedEvents]:
    """By stream. Nothing where a commit has several, or events that the database makes, or large ones: they are read."""
    if plan.cascades or len(told.first_seqs) != 1 or len(plan.commits) != 1:
        return {}
    size = sum([len(row[_CHANGES]) + len(row[_SNAPSHOT] or "") for row in plan.commits[0].events])
    if size > MOST_CHARACTERS:
        return {}
    ((stream_id, first_seq),) = told.first_seqs.items()
    return {stream_id: AppendedEvents(plan, told, context, first_seq)}
