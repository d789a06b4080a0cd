"""Carries out the plan of a commit, and reads what the database says to it."""

from typing import Any, NamedTuple, NoReturn
from uuid import UUID

import asyncpg

from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict, IdempotencyKeyExists, ReplyLost
from taskhub.kernel.domain.errors import IdTaken
from taskhub.kernel.infrastructure.postgres.connection import Connection, Parameters
from taskhub.kernel.infrastructure.postgres.errors import (
    leaves_commit_open,
    translate_error_before_commit,
    violated_constraint,
)
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade, append_events
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import CommitShape
from taskhub.kernel.infrastructure.unit_of_work.commit_statement import statement_for
from taskhub.kernel.infrastructure.unit_of_work.commit_steps import Fetch, take_steps
from taskhub.kernel.infrastructure.unit_of_work.plan import CommitPlan

_EVENT_OF_VERSION = "ix_events_stream_id_entity_id_entity_version"


class Told(NamedTuple):
    """What only the commit could tell.

    Attributes:
        fields: members of the answer's representation.
        first_seqs: the `seq` of the first event that it has appended to each stream.
    """

    fields: dict[str, Any]
    first_seqs: dict[UUID, int]


async def execute(plan: CommitPlan, connection: Connection, attempt: Attempt) -> Told:
    """Sends the statements: in the transaction that is open, or the only one by itself.

    Raises: what `UnitOfWork.commit` does.
    """
    first_seqs: dict[UUID, int] = {}
    in_transaction = connection.in_transaction
    is_sent = not in_transaction
    try:
        fields = await _send(plan, connection, attempt, first_seqs)
        if in_transaction:
            is_sent = True
            await connection.commit()
    except Exception as error:
        if is_sent and leaves_commit_open(error, is_distributed=in_transaction and connection.database.is_distributed):
            raise ReplyLost(plan.answer, plan.locator, is_incomplete=plan.is_incomplete) from error
        _refuse(error, plan)
    return Told(fields, first_seqs)


async def write(plan: CommitPlan, connection: Connection, attempt: Attempt, first_seqs: dict[UUID, int]) -> dict[str, Any]:
    """As `execute`, in a transaction that others share, which stays open. ``first_seqs``: the `seq` of the first event that they
    have appended to each stream; it becomes that of the first one of all.
    """
    try:
        return await _send(plan, connection, attempt, first_seqs)
    except Exception as error:
        _refuse(error, plan)


async def _send(plan: CommitPlan, connection: Connection, attempt: Attempt, first_seqs: dict[UUID, int]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    # The tables may have been distributed since it was decided whether a transaction is needed.
    in_steps = connection.in_transaction and connection.database.is_distributed
    for commit in plan.commits:
        fields = await send(commit.shape, commit.parameters, connection.fetch, in_steps=in_steps)
        if (seq := fields.pop("first_seq", None)) is not None:
            first_seqs.setdefault(commit.parameters["events__stream_id"], seq)
    first_event = len(plan.changes)
    for cascade in plan.cascades:
        await append_cascade(cascade, connection, attempt, first_event, first_seqs)
        first_event += len(cascade.changed)
    return fields


async def append_cascade(
    cascade: Cascade, connection: Connection, attempt: Attempt, first_event: int, first_seqs: dict[UUID, int]
) -> None:
    """``first_event``: how many events the command has before these."""
    seq = await append_events(connection, cascade, attempt, first_event, first_seqs.get(cascade.stream_id))
    first_seqs.setdefault(cascade.stream_id, seq)


async def send(shape: CommitShape, parameters: Parameters, fetch: Fetch, *, in_steps: bool) -> dict[str, Any]:
    """As one statement, or ``in_steps``. Returns what only the database could tell.

    Raises:
        ConcurrencyConflict: not all of it went through: a version moved.
    """
    if in_steps:
        return await take_steps(shape, parameters, fetch)
    [verdict] = await fetch(statement_for(shape), parameters)
    fields = dict(verdict)
    if not fields.pop("done"):
        raise ConcurrencyConflict
    return fields


def _refuse(error: Exception, plan: CommitPlan) -> NoReturn:
    """Tells what the database meant by refusing a row."""
    if isinstance(error, asyncpg.UniqueViolationError | asyncpg.CheckViolationError):
        name = violated_constraint(error)
        if name == "pk_retry_keys":
            raise IdempotencyKeyExists from error
        if name == _EVENT_OF_VERSION:
            raise IdTaken from error
        for change in plan.changes:
            if name in change.tracked.mapping.constraints:
                raise change.tracked.mapping.constraints[name]() from error
    raise translate_error_before_commit(error) from error
