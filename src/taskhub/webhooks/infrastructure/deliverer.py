"""Delivers to webhooks: finds those with something to do, and lets none of them delay the others."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import structlog

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.due_work import Pending
from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.application.initiator import background_work, current_trace
from taskhub.kernel.application.tracing import SpanKind
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier, Growth
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.webhooks.application.events import EVENTS
from taskhub.webhooks.application.ports import SecretBox, UnreadableSecret
from taskhub.webhooks.domain.delivery import MAX_AT_ONCE, Outcome
from taskhub.webhooks.domain.signing import signature_headers
from taskhub.webhooks.infrastructure import turn_statements as statements
from taskhub.webhooks.infrastructure.look_pacing import POLL_SECONDS, LookPacing
from taskhub.webhooks.infrastructure.metrics import DeliveryMetrics
from taskhub.webhooks.infrastructure.names import TooManyLookups
from taskhub.webhooks.infrastructure.turns import Claim, Turns, WebhookKey

MAX_TURNS = 64
"""Webhooks of one standing that are delivered to at the same time."""
MAX_TURNS_OF_WORKSPACE = 16
"""Of those, webhooks of one workspace: a workspace may have 50 that hang."""
TRIES_PER_TURN = 200
"""After which others have a turn."""
SLOW_MS = 1_000
"""An answer that takes longer is trouble, like a failure, from that moment on."""
DATABASE_TURNS = 4
"""Statements at the same time: most connections are for requests."""
RELEASE_SECONDS = 2.0

log = structlog.get_logger("taskhub.webhooks")


class Standing(Enum):
    """What is known here of the receiver of a webhook. Each has places of its own, so that none takes them from the others."""

    GOOD = "it took what was last sent, and quickly: several tries at a time are made"
    UNKNOWN = "nothing was sent to it yet"
    TROUBLED = "it failed or was slow when it was last tried"


class Sender(Protocol):
    async def send(self, url: str, headers: dict[str, str], body: bytes, /) -> Outcome:
        """One try. Whatever goes wrong is an outcome.

        Raises:
            TooManyLookups: there was no try.
        """


class Deliverer:
    """Delivers what is due, as `DueWork`. Any number of processes may run it at once."""

    name = "webhooks.deliveries"

    def __init__(
        self,
        database: Database,
        notifier: EventNotifier,
        turns: Turns,
        sender: Callable[[], Sender],
        secret_box: SecretBox,
        metrics: DeliveryMetrics,
        clock: Clock,
    ) -> None:
        """``sender`` is asked for when it is needed: most starts need none."""
        self._database = database
        self._turns = turns
        self._sender = sender
        self._secret_box = secret_box
        self._metrics = metrics
        self._clock = clock
        self._working: dict[WebhookKey, asyncio.Task[None]] = {}
        self._sending: dict[UUID, Claim] = {}
        """The deliveries that are under way here."""
        self._standings: dict[WebhookKey, Standing] = {}
        """Of those webhooks that were tried here."""
        self._followed: frozenset[UUID] = frozenset()
        self._pacing = LookPacing(database, clock)
        self._grown = notifier.listen(EVENTS)
        self._statements = asyncio.Semaphore(DATABASE_TURNS)
        notifier.watch(self._notice)

    def _notice(self, growth: Growth) -> None:
        """A commit without an event may be a delivery that somebody asks for: that is told where no look would soon see it."""
        if not self._followed.isdisjoint(growth) or (self._pacing.is_seldom and not growth):
            self._grown.set()

    async def run(self) -> None:
        """Works until cancelled. A database that is away is waited for."""
        try:
            while True:
                rest = POLL_SECONDS
                try:
                    await self._look()
                    rest = self._pacing.rest()
                except (Unavailable, Busy):
                    log.warning("the database does not answer")
                except Exception:
                    log.exception("webhooks were not looked at")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._grown.wait(), rest)
                await asyncio.sleep(self._pacing.pause())
                self._grown.clear()
        finally:
            await self._stop()

    async def catch_up(self) -> None:
        """Delivers what is due now, and waits until that was tried."""
        await self._look()
        if self._working:
            await asyncio.wait([*self._working.values()])

    async def pending(self) -> Sequence[Pending]:
        now = self._clock()
        rows = await self._database.fetch(statements.PENDING, {"now": now})
        return [pending for row in rows if (pending := self._pending(row)) is not None]

    def _pending(self, row: Record) -> Pending | None:
        what = f"webhook {row['webhook_id']}"
        if row["is_busy"]:
            return Pending(f"{what} is being delivered to")
        if row["next_try_at"] is not None:
            return Pending(f"{what} has something to be delivered", max(filter(None, (row["next_try_at"], row["held_until"]))))
        if (row["last_seq"] or 0) > row["position"]:
            return Pending(f"{what} is at {row['position']}, the log at {row['last_seq']}")
        return None

    async def _look(self) -> None:
        times = self._pacing.begin()
        async with self._statements:
            followed = await self._database.fetch(statements.FOLLOWED, {})
            self._followed = frozenset(row["workspace_id"] for row in followed)
            found = await self._database.fetch(statements.READY, times) if followed else []
        self._pacing.note(found)
        keys = [WebhookKey(row["workspace_id"], row["webhook_id"]) for row in found if row["is_ready"]]
        random.shuffle(keys)
        taken = Counter(place for key in self._working for place in self._places_of(key))
        for key in keys:
            whole, of_workspace = self._places_of(key)
            is_free = taken[whole] < MAX_TURNS and taken[of_workspace] < MAX_TURNS_OF_WORKSPACE
            if key not in self._working and is_free:
                taken.update((whole, of_workspace))
                self._working[key] = asyncio.create_task(self._turn(key), name="webhook")

    def _standing(self, key: WebhookKey) -> Standing:
        return self._standings.get(key, Standing.UNKNOWN)

    def _places_of(self, key: WebhookKey) -> tuple[object, object]:
        """Where it counts: among all of its standing, and among those of its workspace."""
        standing = self._standing(key)
        return standing, (standing, key.workspace_id)

    async def _turn(self, key: WebhookKey) -> None:
        try:
            await self._deliver(key)
        except (Unavailable, Busy, OutcomeUnknown):
            log.warning("the database does not answer", webhook=str(key.webhook_id))
        except Exception:
            log.exception("a webhook was not delivered to", webhook=str(key.webhook_id))
        finally:
            self._working.pop(key, None)
            if self._pacing.is_seldom:
                self._grown.set()  # Something may be due again: only a look tells when.

    async def _deliver(self, key: WebhookKey) -> None:
        """Claims and sends until nothing is due, or others want a turn: at once where it has got into trouble."""
        sending: set[asyncio.Task[None]] = set()
        has_more, tried, before = True, 0, self._standing(key)
        try:
            while has_more or sending:
                standing = self._standing(key)
                if standing is Standing.TROUBLED and before is not Standing.TROUBLED:
                    has_more = False
                places = MAX_AT_ONCE if standing is Standing.GOOD else 1
                free = places - len(sending)
                # A claim costs as much as two tries: it is worth it for several.
                if has_more and 2 * free >= places and tried < TRIES_PER_TURN:
                    async with self._statements:
                        claims = await self._turns.claim(key, free, self._sending)
                    has_more = claims.has_more
                    tried += len(claims.claims)
                    sending |= {asyncio.create_task(self._try(claim), name="delivery") for claim in claims.claims}
                if sending:
                    done, sending = await asyncio.wait(sending, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    has_more |= not done and standing is Standing.GOOD  # Something may have come meanwhile.
                elif tried >= TRIES_PER_TURN:
                    self._grown.set()
                    return
        finally:
            await _end(sending)

    async def _try(self, claim: Claim) -> None:
        key = claim.target.key
        with self._under_way(claim), background_work("webhook delivery", self._database.tracer, SpanKind.CLIENT) as trace:
            began_at = self._clock()
            outcome = await self._outcome(claim, began_at)
            if outcome is None:
                if trace is not None:
                    trace.discard()
                await asyncio.sleep(POLL_SECONDS)
                await self._recorded(partial(self._turns.release, key, [claim]))
                return
            self._metrics.observe(outcome)
            is_good = outcome.is_success and outcome.duration_ms <= SLOW_MS
            self._standings[key] = Standing.GOOD if is_good else Standing.TROUBLED
            record = self._turns.succeed if outcome.is_success else self._turns.fail
            await self._recorded(partial(record, claim, outcome, began_at))

    async def _outcome(self, claim: Claim, began_at: datetime) -> Outcome | None:
        """None where there was no try."""
        loop, key = asyncio.get_running_loop(), claim.target.key
        becomes_slow = loop.call_later(SLOW_MS / 1000, self._standings.__setitem__, key, Standing.TROUBLED)
        try:
            return await self._send(claim, began_at)
        except TooManyLookups:
            return None
        except Exception:  # Nothing that a receiver does may keep it from being counted as a failure.
            log.exception("a try ended in an unexpected way", webhook=str(key.webhook_id))
            return Outcome(None, "internal_error", 0, "")
        finally:
            becomes_slow.cancel()

    @contextmanager
    def _under_way(self, claim: Claim) -> Iterator[None]:
        self._sending[claim.id] = claim
        try:
            yield
        finally:
            self._sending.pop(claim.id, None)

    async def _send(self, claim: Claim, now: datetime) -> Outcome:
        try:
            secrets = [self._secret_box.open(sealed, claim.target.key.webhook_id) for sealed in claim.target.secrets]
        except UnreadableSecret:
            return Outcome(None, "unreadable_secret", 0, "")
        headers = signature_headers(secrets, str(claim.event_id), int(now.timestamp()), claim.body)
        if (trace := current_trace()) is not None:
            trace.link_to(_request_id_of(claim))
            headers = {**headers, "traceparent": trace.traceparent}
        return await self._sender().send(claim.target.url, headers, claim.body)

    async def _recorded(self, record: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """What can't be written down is tried again once the claim is over: the receiver knows the event by its id."""
        try:
            async with self._statements:
                await record()
        except (Unavailable, Busy, OutcomeUnknown):
            log.warning("what came of a delivery was not written down: the database does not answer")

    async def _stop(self) -> None:
        """Breaks off what is under way, and gives it back, so that another process may try it at once."""
        given_back: dict[WebhookKey, list[Claim]] = {}
        for claim in self._sending.values():
            given_back.setdefault(claim.target.key, []).append(claim)
        await _end({*self._working.values()})
        self._standings.clear()
        with suppress(Unavailable, Busy, TimeoutError):
            async with asyncio.timeout(RELEASE_SECONDS):
                for key, claims in given_back.items():
                    await self._turns.release(key, claims)


def _request_id_of(claim: Claim) -> str | None:
    """Of the request that has made the change."""
    request_id: str | None = (json.loads(claim.body).get("data") or {}).get("request_id")
    return request_id


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
