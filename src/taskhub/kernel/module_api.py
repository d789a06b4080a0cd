"""The module API: how a module describes itself to the application, and what the application gives to a module.

A module is a package that the application finds through the entry-point group `taskhub.modules`, ours and others' alike. In the
`pyproject.toml` of its distribution:

    [project.entry-points."taskhub.modules"]
    time_tracking = "taskhub_time_tracking.module:module"

The name before the equals sign is the module's name; behind it stands one object, a `Module`:

    module = Module(
        "time_tracking",
        package="taskhub_time_tracking",
        api=(1, 0),
        container=time_tracking_container,  # takes a ModuleContext, gives a ModuleContainer
        requires=frozenset({"tasks", "workspaces"}),
        rows={TimeEntryRow: {WORKSPACE_PURGED, TASK_PURGED}},
        mappings=(TIME_ENTRIES,),
        routes=ROUTES,
        events=EVENTS,
        undo=UNDO,
        documentation=DOCUMENTATION,
        migrations=files("taskhub_time_tracking") / "migrations",
    )

Commands for operators are an entry point of another group, `taskhub.commands`: see `taskhub.kernel.cli`.

Two modules that claim the same (a table, a path, an error code …) stop the start. So does a module that keeps rows of what is
gone for good, and one that was written for another major version of this API. A new attribute comes with a default, so that
modules written before it go on: that is a minor version.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence, Set
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any, Protocol, TypeVar
from uuid import UUID

from prometheus_client import CollectorRegistry
from pydantic_settings import BaseSettings, SettingsConfigDict

from taskhub.kernel.api.documentation import Documentation
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.application.clock import Clock, Monotonic
from taskhub.kernel.application.due_work import DueWork
from taskhub.kernel.application.reversal import ModuleReversal, Undoable
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.retention import LogPosition
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping as RowMapping
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

API_VERSION = (1, 1)
"""Of this API. Another major number is another API; a higher minor one has more in it."""

P = TypeVar("P")
Loop = Callable[[], Coroutine[Any, Any, None]]
Port = Callable[[SqlUnitOfWork], Any]
Service = Callable[[], Any]


class ModuleSettings(BaseSettings):
    """The base of a module's settings: environment variables `TASKHUB_<MODULE>_<FIELD>`, or lines of `.env`.

    The application reads them before it builds the module; a wrong or unknown one stops the start and is named. So do `migrate`,
    `worker` and the commands of modules; `doctor` tells it. `backup`, `restore` and `secret` need no module, and look at none.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True)


class ModuleContext(Protocol):
    """What a module is given to build its container of. There is one for each module of an application."""

    @property
    def database(self) -> Database:
        """The pool. It is opened after all containers were built."""

    @property
    def notifier(self) -> EventNotifier:
        """Tells this process's subscribers of what was committed."""

    @property
    def clock(self) -> Clock:
        """The service's one clock: what is over, or due, is judged by it alone."""

    @property
    def monotonic(self) -> Monotonic:
        """How long the process may rely on what it has read. Caches take it: they are over when a test moves the clock."""

    @property
    def metrics_registry(self) -> CollectorRegistry:
        """Where the module registers what it measures, under names that begin with `taskhub_`. Since version 1.1."""

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The first signs, all of them verify."""

    @property
    def settings(self) -> Any:
        """The module's own settings, an instance of `Module.settings`; None where it has none."""

    @property
    def app_settings(self) -> Any:
        """The application's settings, `taskhub.settings.Settings`."""

    @property
    def event_types(self) -> Set[str]:
        """All types of events that the installed modules append. Since version 1.1."""

    def port(self, protocol: type[P]) -> Callable[[SqlUnitOfWork], P]:
        """What another module provides under a Protocol, over the connection and in the transaction of the caller.

        Either the owner of the Protocol provides it, to modules above it; or its owner needs it, and a module above provides it.
        It may be asked for before the other module is built. One that nobody provides stops the start.
        """

    def service(self, protocol: type[P]) -> Callable[[], P]:
        """What another module provides under a Protocol, one for the whole application, with a connection of its own.

        To be called after all modules were built; never called inside a unit of work, which holds a connection already.
        """

    def reversals(self) -> Sequence[ModuleReversal]:
        """How commands of all modules are taken back, each after those that it requires. To be called after all were built."""


class ModuleContainer(Protocol):
    """What a module is made of, as far as the application has to know. All members are required, and one more where `Module.undo`
    says that types of events can be taken back: ``reversal()``, which gives a `Reversal`.

    One more is optional: ``row_locks()``, which gives a `RowLocks`. Every module is part of batches without it;
    with it, they are faster, and seldom have to run again because somebody else changes the same rows.

    A `DeclarativeContainer` of dependency-injector has them as providers; any object with these methods will do. Those that give
    collections are called once each time the application needs them.
    """

    def runner(self) -> Runner[Any]:
        """Runs the module's use cases. Its subscribers are run by it as well."""

    def subscribers(self) -> Sequence[Subscriber]:
        """What reacts to events, of this module or others. Their names begin with the module's and a dot, and are never changed:
        a subscriber's position in the log is stored under its name.
        """

    def purges(self) -> Sequence[Purge]:
        """What removes what is over. No two of an application have the same name."""

    def background(self) -> Sequence[Loop | DueWork]:
        """What runs for as long as `taskhub serve` or `taskhub worker` does: coroutine functions without arguments, or `DueWork`,
        which a test can wait for.

        One that raises is logged, and called again after a pause.
        """

    def ports(self) -> Mapping[Any, Port]:
        """What it provides to others over their unit of work, by Protocol."""

    def services(self) -> Mapping[Any, Service]:
        """What it provides to the whole application, by Protocol. They are called when they are used, each time."""

    async def empty(self, workspace: UUID, uow: Any, /, *, limit: int) -> int:
        """Removes some of what the module has of a workspace that is gone for good. Returns how many rows it was, 0 at the end.

        It is called again and again until then, in a unit of work of the module, which is locking, with its transaction. The log
        of the workspace is closed: nothing is appended to it, so rows are removed by statements, not as aggregates. ``limit`` is
        how many rows of a table to remove at most, so that no lock is held for long.

        A module that has no rows of workspaces, or whose rows go before the workspace does, says so with `keeps_nothing`. What
        belongs to another thing than a workspace is removed by a subscriber: see `Module.rows`.
        """


async def keeps_nothing(workspace: UUID, uow: Any, /, *, limit: int) -> int:
    """The `empty` of a module that has nothing left of a workspace that was purged."""
    return 0


@dataclass(frozen=True, kw_only=True)
class Module:
    """One module, as it describes itself to the application.

    Attributes:
        name: as in the entry point; lower case, digits and `_`. Subscribers, settings and revisions begin with it.
        package: the package that it lives in: all error classes of it belong to the module.
        api: the version of this API that it was written for.
        container: builds what it is made of, once for each application.
        requires: the names of the modules below it, those that it imports the contract of. They order the whole.
        rows: its tables. Of each, what its rows belong to in other modules, as the types of the events that tell that this is
            gone for good: `{WORKSPACE_PURGED, TASK_PURGED}`; `frozenset()` where they belong to nothing. The rows have to be
            removed then: after `WORKSPACE_PURGED` by the container's `empty`, after all others by a subscriber of the module. The
            start checks that there is one.
        mappings: how its aggregates become rows. Each has a lock rank that no other in the application has: rows are locked in
            this order everywhere. Ours are below 100; choose one above those of what you require.
        routes: its operations, those first that are called most. Paths begin with `/v1/`.
        is_seldom_called: whether its routes may be matched after those of modules that are called more often. Since version 1.1.
        events: every type of event that it appends, by type (`task.created`).
        undo: what it takes to take a type of event back (the right to do the opposite), or a sentence why that can't be done, by
            type. One that is not named can't be taken back. The container's ``reversal`` does it. Since version 1.1.
        log_position: how far it has followed a workspace's log on its own, beside its subscribers: what comes after that stays,
            however old it is. Since version 1.1.
        documentation: what the reference says of it.
        settings: what can be configured, if anything can.
        migrations: the folder of its Alembic revisions, `files("taskhub_time_tracking") / "migrations"`; required where it has
            tables. They are a branch of their own: files `time_tracking_0001_….py` and so on, each of which revises the one
            before. The first one revises none, has the branch label `time_tracking`, and `depends_on` the newest revisions of
            TaskHub, and of what the module requires, that it was written for.
    """

    name: str = field(kw_only=False)
    package: str
    api: tuple[int, int]
    container: Callable[[ModuleContext], ModuleContainer]
    requires: frozenset[str] = frozenset()
    rows: Mapping[type[Row], Set[str]] = field(default_factory=dict)
    mappings: Sequence[RowMapping[Any]] = ()
    routes: Sequence[Routes] = ()
    is_seldom_called: bool = False
    events: Mapping[str, Any] = field(default_factory=dict)
    undo: Mapping[str, Undoable] = field(default_factory=dict)
    log_position: LogPosition | None = None
    documentation: Documentation = field(default_factory=Documentation)
    settings: type[ModuleSettings] | None = None
    migrations: Traversable | None = None
