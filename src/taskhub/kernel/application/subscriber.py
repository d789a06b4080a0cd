"""Reacting to the log: how one module learns what happened in another."""

from typing import Any, Protocol

from taskhub.kernel.contract.events import Event


class Subscriber(Protocol):
    """Reacts to some types of events, at least once each and in the order of their log.

    What it changes and how far it has come are committed together, so an event that was handled is not handled again.
    """

    @property
    def name(self) -> str:
        """Its durable name, `<module>.<name>`: under a new one it starts from the beginning of all logs."""

    @property
    def types(self) -> frozenset[str]: ...

    async def handle(self, event: Event, uow: Any) -> bool:
        """Does what the event asks for, in the module's unit of work, which is locking. False: a part is done, call again."""
