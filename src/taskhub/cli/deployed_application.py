"""The application, as commands of modules use it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


class DeployedApplication:
    """Implements `taskhub.kernel.cli.Application` with the settings and the database of this deployment."""

    def run(self, module: str, work: Callable[[Any], Awaitable[T]]) -> T:
        from taskhub.cli.bootstrap import run_operation

        return run_operation(module, work)
