"""One webhook's turn in the database: what it takes from the log and claims, and what came of that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from taskhub.activity.contract.changes import Changes
from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.webhooks.application.disable_webhook import DisableWebhook, disable_webhook
from taskhub.webhooks.application.messages import message
from taskhub.webhooks.application.views import AttemptView
from taskhub.webhooks.domain.delivery import (
    LEASE,
    MAX_AT_ONCE,
    MAX_PENDING,
    DeliveryStatus,
    Outcome,
    held_until,
    is_given_up,
    next_try,
)
from taskhub.webhooks.domain.webhook import FAILING, GONE
from taskhub.webhooks.infrastructure import turn_statements as statements

EVENTS_PER_CLAIM = 50
MAX_ATTEMPTS_KEPT = 20

_decode = msgspec.json.Decoder(list[AttemptView]).decode


@dataclass(frozen=True, slots=True)
class WebhookKey:
    workspace_id: UUID
    webhook_id: UUID

    @property
    def parameters(self) -> dict[str, Any]:
        return {"workspace_id": self.workspace_id, "webhook_id": self.webhook_id}


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook as it was when its deliveries were claimed. Its secrets are encrypted."""

    key: WebhookKey
    url: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process has to itself ``until`` a moment, by which it is known whose claim it is."""

    target: Target
    id: UUID
    until: datetime
    event_id: UUID
    body: bytes
    failures: int
    attempts: Sequence[AttemptView]


@dataclass(frozen=True, slots=True)
class Claims:
    """``has_more``: whether there is something else to be claimed at once."""

    claims: Sequence[Claim] = ()
    has_more: bool = False


class Turns:
    """All methods raise `Unavailable` and `Busy`."""

    def __init__(self, database: Database, runner: Runner[Any], log: LogReader, changes: Changes, clock: Clock) -> None:
        self._database = database
        self._runner = runner
        self._log = log
        self._changes = changes
        self._clock = clock

    async def claim(self, key: WebhookKey, limit: int, mine: Collection[UUID]) -> Claims:
        """Takes what is new from the log, and claims up to so many deliveries that are due. ``mine``: those under way here.

        Nothing is claimed while another process does the same for this webhook, or where it is gone or switched off.
        """
        place = await self._database.fetch_row(statements.PLACE, key.parameters)
        if place is None:
            return Claims()
        wanted = EventFilter(types=frozenset(place["types"]))
        page = await self._log.read(key.workspace_id, place["position"], EVENTS_PER_CLAIM, wanted)
        step = _Step(key, place, page, limit, mine, self._clock, self._changes)
        return await self._runner.perform(step.run, None, Context())

    async def succeed(self, claim: Claim, outcome: Outcome, began_at: datetime) -> None:
        now = self._clock()
        finished = {**claim.target.key.parameters, "id": claim.id, "attempts": _attempts(claim, outcome, began_at), "now": now}
        await self._database.fetch(statements.SUCCEED, finished)
        await self._database.fetch(statements.RECOVER, claim.target.key.parameters)

    async def fail(self, claim: Claim, outcome: Outcome, began_at: datetime) -> None:
        """Says when to try again; switches the webhook off where its receiver is gone, or has failed for too long.

        A delivery that another process has claimed meanwhile is left to that one.
        """
        now, key, failures = self._clock(), claim.target.key, claim.failures + 1
        next_try_at = next_try(failures, outcome, now)
        is_over = next_try_at is None
        failed = {
            **key.parameters,
            "id": claim.id,
            "claimed_until": claim.until,
            "status": int(DeliveryStatus.FAILED if is_over else DeliveryStatus.PENDING),
            "failures": failures,
            "attempts": _attempts(claim, outcome, began_at),
            "next_try_at": next_try_at,
            "finished_at": now if is_over else None,
        }
        await self._database.fetch(statements.FAIL, failed)
        hold = {**key.parameters, "now": now, "held_until": held_until(outcome, now), "next_try_at": next_try_at}
        row = await self._database.fetch_row(statements.DETERIORATE, hold)
        if outcome.is_gone:
            await self._disable(claim.target, GONE)
        elif row is not None and is_given_up(row["failing_since"], now):
            await self._disable(claim.target, FAILING)

    async def release(self, key: WebhookKey, claims: Sequence[Claim]) -> None:
        """Gives claims of one webhook back that nothing came of."""
        given_back = {"ids": [claim.id for claim in claims], "claimed_until": [claim.until for claim in claims]}
        await self._database.fetch(statements.RELEASE, {**key.parameters, **given_back})
        await self._database.fetch(statements.WAKE, {**key.parameters, "now": self._clock()})

    async def _disable(self, target: Target, reason: str) -> None:
        command = DisableWebhook(target.key.workspace_id, target.key.webhook_id, target.url, reason)

        async def disable(command: DisableWebhook, uow: Any) -> None:
            await disable_webhook(command, uow, clock=self._clock)

        await self._runner.perform(disable, command, Context())


def _attempts(claim: Claim, outcome: Outcome, began_at: datetime) -> str:
    made = AttemptView(began_at, outcome.status, outcome.error, outcome.duration_ms, outcome.response)
    return msgspec.json.encode([*claim.attempts, made][-MAX_ATTEMPTS_KEPT:]).decode()


class _Step:
    """A claim, in one transaction."""

    def __init__(
        self,
        key: WebhookKey,
        place: Record,
        page: LogPage,
        limit: int,
        mine: Collection[UUID],
        clock: Clock,
        changes: Changes,
    ) -> None:
        self._key = key
        self._place = place
        self._page = page
        self._limit = limit
        self._mine = mine
        self._clock = clock
        self._changes = changes

    async def run(self, _: None, uow: SqlUnitOfWork) -> Claims:
        await uow.lock()
        self._now = self._clock()  # It may have been run before, and have waited.
        here = {**self._key.parameters, "now": self._now}
        queue = await uow.fetch_row(statements.LOCK_QUEUE, here)
        if queue is None:
            return Claims()
        counts = await uow.fetch_row(statements.COUNT, here)
        assert counts is not None
        position, is_full = await self._take(queue, MAX_PENDING - counts["pending"], uow)
        rows = await self._claim(queue, min(self._limit, MAX_AT_ONCE - counts["claimed"]), uow)
        place = {"position": position, "is_full": is_full, "held_until": queue["held_until"]}
        due_at = (await uow.write(statements.GO_ON, {**here, **place}))[0]["due_at"]
        is_due = due_at is not None and due_at <= self._now
        has_more = (is_due and bool(rows)) or (queue["position"] < position < self._page.last_seq and not is_full)
        return Claims([self._claimed(queue, row) for row in rows], has_more)

    async def _take(self, queue: Record, room: int, uow: SqlUnitOfWork) -> tuple[int, bool]:
        """Makes deliveries of events. How far it came, and whether there was no room for more of them."""
        if (queue["position"], queue["types"]) != (self._place["position"], self._place["types"]):
            return queue["position"], False  # Somebody else has moved it. The next claim goes on from there.
        events = self._page.events[: max(room, 0)]
        if events:
            await uow.write(statements.ADD, {**self._key.parameters, "now": self._now, **self._added(events)})
        if len(events) == len(self._page.events):
            return max(self._page.until, queue["position"]), False
        return (events[-1].seq if events else queue["position"]), True

    def _added(self, events: Sequence[LoggedEvent]) -> dict[str, Any]:
        return {
            "ids": [new_id() for _ in events],
            "event_ids": [event.id for event in events],
            "seqs": [event.seq for event in events],
            "types": [event.type for event in events],
            "bodies": [message(self._changes, self._key.workspace_id, event) for event in events],
        }

    async def _claim(self, queue: Record, limit: int, uow: SqlUnitOfWork) -> Sequence[Record]:
        is_held = queue["held_until"] is not None and queue["held_until"] > self._now
        if limit <= 0 or is_held:
            return ()
        claim = {"claimed_until": self._now + LEASE, "limit": limit, "mine": list(self._mine)}
        return await uow.write(statements.CLAIM, {**self._key.parameters, "now": self._now, **claim})

    def _claimed(self, queue: Record, row: Record) -> Claim:
        former = zip(queue["former_secrets"], queue["former_secrets_expire_at"], strict=True)
        good = [secret for secret, expires_at in former if expires_at > self._now]
        target = Target(self._key, queue["url"], (queue["secret"], *reversed(good)))
        return Claim(
            target,
            row["id"],
            row["claimed_until"],
            row["event_id"],
            row["body"].encode(),
            row["failures"],
            _decode(row["attempts"]),
        )
