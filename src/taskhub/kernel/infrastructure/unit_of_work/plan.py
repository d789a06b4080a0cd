"""A commit as a value: from what a command changed and relied upon to the statements that write it, and their parameters.

Nothing here talks to the database. `execution.py` carries a plan out.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dict
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.application.unit_of_work import Attempt, EventLocator
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.unit_of_work.answers import (
    Shown,
    answer_of,
    completed,
    idempotency_key_row,
    incomplete_answer,
    shown_of,
)
from taskhub.kernel.infrastructure.unit_of_work.bindings import (
    bind_claims,
    bind_events,
    bind_key,
    bind_parent,
    bind_rows,
    bind_writes,
    row_write,
)
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, change_of, event_row
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import CLAIM, CommitShape
from taskhub.kernel.infrastructure.unit_of_work.identity_map import INSERT, GuardedRows, IdentityMap, Key, Tracked
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard, InsertStep, Mapping

_stream_id = attrgetter("tracked.aggregate.stream_id")


class StreamCommit(NamedTuple):
    """One stream's share of a commit.

    ``is_atomic``: the statement may run outside a transaction. It can't fall short halfway, as it writes one row at most, or only
    new ones (an insert goes through whole, or raises). ``events``: their values, as `event_row` gives them.
    """

    shape: CommitShape
    parameters: Parameters
    is_atomic: bool
    events: Sequence[Sequence[Any]]


class CommitPlan(NamedTuple):
    """A whole commit.

    Attributes:
        commits: one for each stream, in the order of their ids; the last carries the idempotency key.
        cascades: changes that were made to many rows already, whose events are still to be appended.
        changes: what it changes, in the order of its events.
        step: what is made in front of the insert of the only change, if anything is.
        shown: what the answer shows.
        answer: what it will be answered with. Where it ``is_incomplete``, only the commit can tell the body.
    """

    commits: tuple[StreamCommit, ...]
    cascades: tuple[Cascade, ...]
    changes: tuple[Change, ...]
    step: InsertStep | None
    shown: Shown
    answer: Answer
    is_incomplete: bool

    @property
    def needs_transaction(self) -> bool:
        return len(self.commits) != 1 or not self.commits[0].is_atomic

    @property
    def locator(self) -> EventLocator | None:
        """Where in the log to look for it, should the reply be lost; None where it changes no thing."""
        if not self.changes:
            return None
        change = self.shown if isinstance(self.shown, Change) else self.changes[0]
        aggregate = change.tracked.aggregate
        return EventLocator(aggregate.stream_id, aggregate.id, aggregate.version, change.event_id)

    def complete(self, fields: dict[str, Any]) -> Answer:
        """The answer. ``fields``: members of the only change's representation that the commit has told."""
        if self.step is None:
            return self.answer
        (change,) = self.changes
        self.step.complete(change.tracked.aggregate, fields)
        return completed(self.answer, change, fields) if self.is_incomplete else self.answer


def plan_commit(
    attempt: Attempt,
    identity_map: IdentityMap,
    result: Any,
    reply: Reply,
    cascades: Sequence[Cascade] = (),
    first_seqs: Dict[UUID, int] | None = None,
) -> CommitPlan:
    """Plans a commit: one statement per stream.

    Args:
        identity_map: what the command has loaded, added and guarded. What changed has its next version; what did not is relied
            upon.
        result: what the use case returned; see `shown_of`.
        first_seqs: where others share the transaction, the `seq` of their first event in each stream that has some.
    """
    tracked = identity_map.in_lock_order()
    changes = _changes(attempt, tracked)
    step, shown = insert_step_of([change.tracked for change in changes]), shown_of(result, tracked, changes)
    is_incomplete = step is not None and isinstance(shown, Change)
    answer = incomplete_answer(changes[0], reply) if is_incomplete else answer_of(shown, reply)
    key = attempt.context.idempotency_key
    commits = _stream_commits(
        attempt,
        changes,
        _with_unchanged(identity_map.guarded, tracked, step),
        step,
        None if key is None else idempotency_key_row(key, answer, shown, attempt.begun_at),
        first_seqs or {},
    )
    return CommitPlan(tuple(commits), tuple(cascades), tuple(changes), step, shown, answer, is_incomplete)


def _changes(attempt: Attempt, tracked: Iterable[Tracked]) -> list[Change]:
    changes: list[Change] = []
    for one in tracked:
        if one.aggregate.event is not None:
            changes.append(change_of(one, attempt.event_id(len(changes))))
    return changes


def _stream_commits(
    attempt: Attempt,
    changes: list[Change],
    guards: GuardedRows,
    step: InsertStep | None,
    key: Parameters | None,
    first_seqs: Dict[UUID, int],
) -> list[StreamCommit]:
    """``key``: the values of the idempotency key's row, if there is one."""
    if not changes and key is None:
        return []
    *others, last = [list(share) for _, share in groupby(changes, key=_stream_id)] or [[]]
    commits: list[StreamCommit] = []
    for share in others:
        first_seq = first_seqs.get(_stream_id(share[0]))
        commits.append(_stream_commit(attempt, share, guards, first_seq=first_seq))
        guards = {}
    first_seq = first_seqs.get(_stream_id(last[0])) if last else None
    return [*commits, _stream_commit(attempt, last, guards, step=step, key=key, first_seq=first_seq)]


def insert_step_of(changed: Sequence[Tracked]) -> InsertStep | None:
    """The step in front of the insert of one new thing, where it is the only change and needs one."""
    if len(changed) != 1:
        return None
    tracked = changed[0]
    step = tracked.mapping.insert_step if tracked.kind == INSERT else None
    return step if step is not None and step.is_needed(tracked.aggregate) else None


def _with_unchanged(guarded: GuardedRows, tracked: Iterable[Tracked], step: InsertStep | None) -> GuardedRows:
    """What was loaded and not changed is relied upon as well. What is locked can't change any more."""
    guards = {guard: list(rows) for guard, rows in guarded.items()}
    for one in tracked:
        if one.aggregate.event is not None or one.loaded is None:
            continue
        if not one.is_locked or (step is not None and one.mapping is step.parent):
            row = (*one.mapping.key_of(one.aggregate), one.loaded_version)
            if not _is_guarded(one.mapping, row, guards):
                guards.setdefault(one.mapping.guard, []).append(row)
    return guards


def _is_guarded(mapping: Mapping[Any], row: Key, guards: GuardedRows) -> bool:
    """Whether a guard matches a row, by its key and version, at least."""
    return any(guard.table is mapping.table and any(one[: len(row)] == row for one in rows) for guard, rows in guards.items())


def _stream_commit(
    attempt: Attempt,
    changes: list[Change],
    guards: GuardedRows,
    *,
    step: InsertStep | None = None,
    key: Parameters | None = None,
    first_seq: int | None = None,
) -> StreamCommit:
    parameters: Parameters = {}
    if step is not None:
        _bind_step(parameters, step, changes[0], guards)
    guarded: list[tuple[Guard, bool]] = []
    for guard, rows in guards.items():
        for _, of_stream in groupby(sorted(rows), key=itemgetter(0)):
            share = list(of_stream)
            bind_rows(parameters, f"guard_{len(guarded)}", guard.table, guard.match, share, stream=guard.match[0])
            guarded.append((guard, len(share) > 1))
    written = [row_write(change) for change in changes]
    writes, claimed = bind_writes(parameters, written), bind_claims(parameters, written)
    if key is not None:
        bind_key(parameters, key)
    events = [*map(event_row, changes)]
    if changes:
        bind_events(parameters, attempt, _stream_id(changes[0]), events, first_seq)
    shape = CommitShape(
        tuple(guarded), tuple(writes), claimed, step, key is not None, min(len(changes), 2), first_seq is not None
    )
    is_atomic = len(changes) <= 1 or all(write.kind == INSERT for write in writes)
    is_atomic = is_atomic and all(rows.kind == CLAIM for rows in claimed)
    return StreamCommit(shape, parameters, is_atomic, events)


def _bind_step(parameters: Parameters, step: InsertStep, change: Change, guards: GuardedRows) -> None:
    """The step makes the check of the parent's guard itself."""
    guard, key = step.parent.guard, step.parent_key(change.tracked.aggregate)
    parent = next(row for row in guards[guard] if row[:-1] == key)
    guards[guard] = [row for row in guards[guard] if row is not parent]
    if not guards[guard]:
        del guards[guard]
    bind_parent(parameters, step, parent)
