"""What the endpoints about the service need of the application, so that they don't import the database."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from taskhub.kernel.application.durations import Durations
from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.application.tracing import Tracer


class StatementLog(Protocol):
    """``durations``: of statements, by their names."""

    @property
    def durations(self) -> Mapping[str, Durations]: ...


class ConnectionPool(Protocol):
    """The connections of this process to the database.

    Attributes:
        waits: how often all of them were in use.
        borrowed: how many are in use.
        waiting: how many borrowers wait for one.
        acquired: how long borrowers waited.
    """

    pool_size: int
    waits: int

    @property
    def borrowed(self) -> int: ...

    @property
    def waiting(self) -> int: ...

    @property
    def acquired(self) -> Durations: ...

    @property
    def statement_log(self) -> StatementLog: ...

    def oldest_borrow_seconds(self) -> float:
        """For how long the connection is in use that was borrowed first; 0 where none is."""

    def overdue(self) -> int:
        """How many are in use for longer than any statement may take: they were lost."""


class Monitored(Protocol):
    """The application, as far as health checks and metrics look at it. `taskhub.container.Container` is one.

    Attributes:
        modules: the container of each module, by its name.
        tracer: None where no traces are recorded.
    """

    @property
    def tracer(self) -> Tracer | None: ...

    @property
    def modules(self) -> Mapping[str, Any]: ...

    def database(self) -> ConnectionPool: ...

    def metrics_registry(self) -> CollectorRegistry: ...

    def subscribers(self) -> Iterator[tuple[str, Subscriber]]:
        """Those of all modules, each with the name of its module."""

    async def check_ready(self) -> None:
        """Raises:
        Unavailable, Busy: the database does not answer, or has another schema than this program.
        """

    async def count_parked_events(self) -> Mapping[str, int]:
        """How many events each subscriber failed to process and skipped, by its name.

        Raises:
            Unavailable, Busy
        """
