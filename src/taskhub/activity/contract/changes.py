"""Changes, for modules that hand on events of the log as the feed shows them."""

from typing import Protocol
from uuid import UUID

from taskhub.kernel.contract.events import LoggedEvent


class Changes(Protocol):
    """A service of the whole application."""

    def encode(self, workspace_id: UUID, event: LoggedEvent, /) -> bytes:
        """The event as a `Change` in JSON, with its cursor."""
