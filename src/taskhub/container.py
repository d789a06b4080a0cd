"""The root container: makes the container of each module and joins them. Nothing here opens a connection or starts anything."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any, TypeVar

from dependency_injector import providers
from prometheus_client import CollectorRegistry

from taskhub.kernel.api.metrics import RequestMetrics
from taskhub.kernel.application.clock import Clock, Monotonic, system_clock, system_monotonic
from taskhub.kernel.application.due_work import DueWork
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.application.reversal import ModuleReversal
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.shared_work import SharedWork
from taskhub.kernel.application.sliding_windows import SlidingWindows
from taskhub.kernel.application.stream_locks import StreamLocks
from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.application.tracing import Tracer
from taskhub.kernel.infrastructure.background.purge import PURGES, Purge
from taskhub.kernel.infrastructure.background.rate_limit_sync import RateLimitSync
from taskhub.kernel.infrastructure.background.trace_export import TraceExporter
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.event_log.growth_hints import GrowthHints
from taskhub.kernel.infrastructure.event_log.log_head import SqlLogHeads
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.retention import EventRetention
from taskhub.kernel.infrastructure.event_log.subscriptions import count_parked_events
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pool import PoolTimes
from taskhub.kernel.infrastructure.postgres.statement_log import StatementLog
from taskhub.kernel.infrastructure.unit_of_work.row_locks import RowLocks
from taskhub.kernel.infrastructure.unit_of_work.shared import SharedUnitOfWork
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.kernel.module_api import Loop, Module, ModuleSettings
from taskhub.modules.collection import Modules
from taskhub.modules.containers import build, check_containers, reversal_of, row_locks_of, subscribers_of
from taskhub.modules.discovery import installed_modules
from taskhub.modules.port_registry import PortRegistry
from taskhub.modules.settings import read_module_settings
from taskhub.schema.heads import WrongSchema, check_schema
from taskhub.settings import Settings

P = TypeVar("P")
T = TypeVar("T")


class Container:
    """The parts of one application. Those that modules share are providers, so that tests can put others in their place, before
    ``modules`` is asked for the first time.

    Attributes:
        installed: the modules, as they were found.
        modules: the container of each, by its name; each module knows the type of its own.
        router_wrapper: what stands between the router and what makes answers of errors: nothing, but in tests.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        database_url: str,
        secret_keys: tuple[bytes, ...],
        installed: Modules | None = None,
        module_settings: Mapping[str, ModuleSettings] | None = None,
    ) -> None:
        """``installed``: those of this installation, where it is not given. ``module_settings``: by name; read where not given.

        Raises:
            WrongModule
            WrongSettings
        """
        self.installed = installed_modules() if installed is None else installed
        self.module_settings = read_module_settings(self.installed) if module_settings is None else module_settings
        self._row_locks: Sequence[RowLocks] | None = None
        self.settings = providers.Object(settings)
        self.secret_keys = providers.Object(secret_keys)
        self.metrics_registry = providers.Singleton(CollectorRegistry)
        self.request_metrics = providers.Singleton(RequestMetrics, self.metrics_registry)
        self.clock: providers.Provider[Clock] = providers.Object(system_clock)
        self.monotonic: providers.Provider[Monotonic] = providers.Object(system_monotonic)
        self.tracer = Tracer(settings.traces_sample) if settings.traces_url else None
        self.database: providers.Provider[Database] = providers.Singleton(
            Database,
            database_url,
            pool_size=settings.database_pool_size,
            pool_times=PoolTimes(
                settings.database_wait_seconds, settings.database_max_age_seconds, settings.database_idle_seconds
            ),
            statement_log=StatementLog(
                slow_seconds=settings.slow_statement_ms / 1000, logs_all=settings.log_statements == "on", tracer=self.tracer
            ),
        )
        self.router_wrapper: providers.Provider[Callable[[Any], Any]] = providers.Object(_as_it_is)
        self.notifier = providers.Singleton(EventNotifier)
        self.log_heads = providers.Singleton(SqlLogHeads, self.database, self.monotonic)
        self.stream_locks = providers.Singleton(StreamLocks)
        shared_unit_of_work = providers.Factory(SharedUnitOfWork, self.database, self.notifier, providers.Object(self.row_locks))
        self.shared_work: providers.Provider[Runner[SharedWork]] = providers.Singleton(
            Runner, shared_unit_of_work.provider, providers.Singleton(SqlCommandLog, self.database, ()), self.clock
        )
        self.windows = providers.Singleton(SlidingWindows, self.monotonic)
        self.growth_hints = providers.Singleton(GrowthHints, self.database, self.notifier)
        self.rate_limit_sync = providers.Singleton(RateLimitSync, self.database, self.windows)

    @cached_property
    def modules(self) -> Mapping[str, Any]:
        """Raises:
        WrongModule: the container of one can't be built or lacks something, or containers don't fit together.
        """
        ports = PortRegistry()
        built = {module.name: build(module, _Context(module, self, ports)) for module in self.installed}
        for name, container in built.items():
            ports.add(name, container)
        ports.check()
        self._ports = ports
        check_containers((module, built[module.name]) for module in self.installed)
        return built

    def service(self, protocol: type[P]) -> P:
        """What some module provides to the whole application under a Protocol."""
        _ = self.modules  # Built at the first call.
        return self._ports.service(protocol)

    def subscribers(self) -> Iterator[tuple[str, Subscriber]]:
        """All that reacts to events, with the name of the module whose runner runs it."""
        for name, container in self.modules.items():
            yield from ((name, subscriber) for subscriber in subscribers_of(name, container))

    def purges(self) -> list[Purge]:
        return [*PURGES, *self._retention(), *(purge for container in self.modules.values() for purge in container.purges())]

    def _retention(self) -> Iterator[Purge]:
        days = self.settings().keep_events_days
        if days is not None:
            followers = [module.log_position for module in self.installed if module.log_position is not None]
            yield Purge("events", EventRetention(days, [one.name for _, one in self.subscribers()], followers))

    def background(self) -> list[Loop | DueWork]:
        """What runs beside subscribers and purges."""
        of_modules = (loop for container in self.modules.values() for loop in container.background())
        loops = [*of_modules, self.rate_limit_sync().run, self.growth_hints().run]
        url = self.settings().traces_url
        return loops if self.tracer is None or url is None else [*loops, TraceExporter(self.tracer, url).run]

    def reversals(self) -> list[ModuleReversal]:
        """How the commands of all modules are taken back, those of lower modules first."""
        return [reversal_of(module, self.modules[module.name]) for module in self.installed]

    def row_locks(self) -> Sequence[RowLocks]:
        """What locks the rows that batches name, those of lower modules first."""
        if self._row_locks is None:
            self._row_locks = [row_locks_of(module, self.modules[module.name]) for module in self.installed]
        return self._row_locks

    async def check_ready(self) -> None:
        """Raises:
        Unavailable, Busy: the database does not answer, or has another schema than this program; the detail says which.
        """
        try:
            await check_schema(self.database(), self.installed.revisions)
        except WrongSchema as error:
            raise Unavailable(str(error)) from error

    async def count_parked_events(self) -> dict[str, int]:
        """How many events each subscriber failed to process and skipped, by its name.

        Raises:
            Unavailable, Busy
        """
        return await count_parked_events(self.database())


def _as_it_is(router: T) -> T:
    return router


class _Context:
    """What one module is given."""

    def __init__(self, module: Module, application: Container, ports: PortRegistry) -> None:
        self._name = module.name
        self._ports = ports
        self.database: Database = application.database()
        self.notifier: EventNotifier = application.notifier()
        self.clock: Clock = application.clock()
        self.monotonic: Monotonic = application.monotonic()
        self.metrics_registry: CollectorRegistry = application.metrics_registry()
        self.secret_keys: tuple[bytes, ...] = application.secret_keys()
        self.settings = application.module_settings.get(module.name)
        self.app_settings: Settings = application.settings()
        self.event_types: Set[str] = application.installed.events.keys()
        self.reversals = application.reversals

    def port(self, protocol: type[P]) -> Callable[[SqlUnitOfWork], P]:
        return self._ports.want_port(self._name, protocol)

    def service(self, protocol: type[P]) -> Callable[[], P]:
        return self._ports.want_service(self._name, protocol)
