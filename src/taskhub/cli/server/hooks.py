"""What else is done around a service by the command that starts it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskhub.container import Container


class ServeHooks:
    """Nothing else. Commands that serve something special override the methods."""

    def before_build(self, application: Container) -> None:
        """Puts other parts in the place of the application's, before its modules are built."""

    def while_serving(self, url: str) -> AbstractAsyncContextManager[None]:
        """Entered when it serves, left before it ends."""
        return nullcontext()
