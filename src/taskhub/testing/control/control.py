"""What the operations of the control interface call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property, partial
from uuid import UUID

from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.kernel.infrastructure.event_log.subscriptions import list_parked_events
from taskhub.testing.control.bodies import NewFault
from taskhub.testing.control.clock import MovableClock
from taskhub.testing.control.database import TestingDatabase, unharmed
from taskhub.testing.control.document import document_of_control
from taskhub.testing.control.fault_registry import FaultRegistry, InjectedFault
from taskhub.testing.control.fault_rules import FaultRules
from taskhub.testing.control.gate import Gate
from taskhub.testing.control.log import EventView, EventWaiter
from taskhub.testing.control.people import People
from taskhub.testing.control.reset import empty_tables
from taskhub.testing.control.routes import ROUTES
from taskhub.testing.control.settling import Settling

RESET_SECONDS = 10.0
"""How long a reset waits for requests that are under way, and then for the background."""


class Control:
    """The service, as tests handle it. Whatever is done here for them meets no fault."""

    def __init__(
        self, container: Container, app: TaskHub, clock: MovableClock, faults: FaultRegistry, gate: Gate, url: str
    ) -> None:
        self.url = url
        self.clock = clock
        self.faults = faults
        self.container = container
        self._app = app
        self._gate = gate
        self._database: TestingDatabase = container.database()  # type: ignore[assignment]  # What it was overridden with.
        self._people = People(container)
        self._waiter = EventWaiter(self._database, container.notifier().listen(container.installed.events))
        self._rules = FaultRules(container.installed.operations, container.installed.catalogue.problems)
        self._resets = asyncio.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the service runs."""
        self._settling = Settling(self._app.state.background, self.clock, partial(list_parked_events, self._database))
        async with self._waiter.running():
            yield

    @asynccontextmanager
    async def people(self, request: str) -> AsyncIterator[People]:
        """Makes accounts, workspaces and what is in them. ``request``: what it is for."""
        async with self._gate.passing(request):
            with unharmed():
                yield self._people

    async def event(self, workspace_id: UUID, type: str, *, entity_id: UUID | None, after: int, seconds: float) -> EventView:
        """As `EventWaiter.first`."""
        self._require_event_type(type)
        with unharmed():
            return await self._waiter.first(workspace_id, type, entity_id=entity_id, after=after, seconds=seconds)

    async def settle(self, seconds: float) -> None:
        """As `Settling.settle`."""
        await self._gate.opened()
        with unharmed():
            await self._settling.settle(seconds)

    async def advance(self, step: timedelta, seconds: float) -> None:
        """As `Settling.advance`."""
        await self._gate.opened()
        with unharmed():
            await self._settling.advance(step, seconds)

    async def purge(self, seconds: float) -> dict[str, int]:
        """As `Settling.purge`."""
        await self._gate.opened()
        with unharmed():
            return await self._settling.purge(seconds)

    async def reset(self) -> None:
        """Removes everything. Requests that are under way are waited for, those that come are held back, and the background is
        ended and starts anew: what works on data that is gone would leave something behind.

        Raises:
            Busy: something was still under way. Nothing was removed.
            Unavailable
        """
        async with self._resets, self._gate.closed(RESET_SECONDS), self._database.kept(RESET_SECONDS):
            await self._settling.break_off()
            async with self._app.state.background.paused():
                with unharmed():  # Not around the whole: the loops that are started would not be harmed either.
                    await empty_tables(self._database)
                self.faults.clear()
                self.clock.reset()
                self.container.windows().clear()

    def add_fault(self, asked: NewFault) -> InjectedFault:
        """Raises:
        UnknownReference: there is no such operation or problem.
        ValidationFailed: it would never happen.
        """
        problem = self._rules.problem(asked)
        return self.faults.add(**asked.model_dump(exclude={"code"}), problem=problem)

    @cached_property
    def document(self) -> bytes:
        return document_of_control(ROUTES.operations, self._app.version, self.container.installed.catalogue)

    def _require_event_type(self, type: str) -> None:
        known = sorted(self.container.installed.events)
        if type not in known:
            raise UnknownReference(Fault("unknown_reference", f"No event is of this type. Known are: {', '.join(known)}."))
