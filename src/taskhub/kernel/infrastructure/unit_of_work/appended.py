"""What a commit has appended to a log, as it stands there now: those who follow the log in this process need not read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from taskhub.kernel.application.commands import Context
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, encode, event_row
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import EVENT_COLUMNS

_OWN = [(name, EVENT_COLUMNS.index(name)) for name in LoggedEvent.__struct_fields__ if name in EVENT_COLUMNS]


@dataclass(frozen=True, slots=True)
class AppendedChanges:
    """Changes of things of one stream. ``fields``: members of the only one's representation that the commit has told."""

    first_seq: int
    changes: Sequence[Change]
    fields: dict[str, Any]
    context: Context

    def events(self) -> Sequence[LoggedEvent]:
        return [self._event(seq, change) for seq, change in enumerate(self.changes, self.first_seq)]

    def _event(self, seq: int, change: Change) -> LoggedEvent:
        if self.fields:
            after = msgspec.structs.replace(change.after, **self.fields)
            change = change._replace(after=after, snapshot=encode(after))
        row = event_row(change)
        own: dict[str, Any] = {name: row[place] for name, place in _OWN}
        own["changes"] = msgspec.Raw(own["changes"])
        own["snapshot"] = None if own["snapshot"] is None else msgspec.Raw(own["snapshot"])
        return LoggedEvent(
            seq=seq, commit=self.first_seq, actor_id=self.context.actor_id, request_id=self.context.request_id, **own
        )
