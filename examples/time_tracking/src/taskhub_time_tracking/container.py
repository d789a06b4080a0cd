"""What the time tracking module is made of."""

from typing import Any

from dependency_injector import containers, providers
from taskhub.kernel.application.reversal import Reversal
from taskhub.kernel.application.runner import CommandLog, Runner
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.use_cases import UseCases

from taskhub_time_tracking.application.background.delete_with_task import DeleteWithTask
from taskhub_time_tracking.application.background.empty_purged_workspace import empty_purged_workspace
from taskhub_time_tracking.application.background.stop_with_task import StopWithTask
from taskhub_time_tracking.application.change_time_entry import change_time_entry
from taskhub_time_tracking.application.delete_time_entry import delete_time_entry
from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork
from taskhub_time_tracking.application.queries import TimeEntryQueries
from taskhub_time_tracking.application.start_time_entry import start_time_entry
from taskhub_time_tracking.application.stop_time_entry import stop_time_entry
from taskhub_time_tracking.application.undo import TimeTrackingReversal
from taskhub_time_tracking.infrastructure.mappings import TIME_ENTRIES
from taskhub_time_tracking.infrastructure.queries import SqlTimeEntryQueries
from taskhub_time_tracking.infrastructure.repositories import SqlTimeEntryRepository
from taskhub_time_tracking.infrastructure.unit_of_work import SqlTimeTrackingUnitOfWork


class TimeTrackingContainer(containers.DeclarativeContainer):
    """`ModuleContainer` in `taskhub.kernel.module_api` says what the application asks of it.

    Parts have the type of their Protocol, so that mypy checks here whether a class fits.
    """

    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    max_duration: providers.Dependency[Any] = providers.Dependency()
    tasks: providers.Dependency[Any] = providers.Dependency()
    task_reader: providers.Dependency[Any] = providers.Dependency()

    unit_of_work: providers.Provider[TimeTrackingUnitOfWork] = providers.Factory(
        SqlTimeTrackingUnitOfWork, database, notifier, tasks
    )
    command_log: providers.Provider[CommandLog] = providers.Singleton(SqlCommandLog, database, (TIME_ENTRIES,))
    runner: providers.Provider[Runner[TimeTrackingUnitOfWork]] = providers.Singleton(
        Runner, unit_of_work.provider, command_log, clock
    )
    queries: providers.Provider[TimeEntryQueries] = providers.Singleton(SqlTimeEntryQueries, database)

    bound = UseCases(runner, clock=clock, max_duration=max_duration)
    start_time_entry = bound(start_time_entry)
    stop_time_entry = bound(stop_time_entry)
    change_time_entry = bound(change_time_entry)
    delete_time_entry = bound(delete_time_entry)

    stop_with_task = providers.Singleton(StopWithTask, clock, max_duration)
    delete_with_task = providers.Singleton(DeleteWithTask, clock)
    subscribers = providers.List(stop_with_task, delete_with_task)
    reversal: providers.Provider[Reversal] = providers.Singleton(
        TimeTrackingReversal, providers.Object(SqlTimeEntryRepository), tasks, max_duration
    )
    empty = providers.Callable(empty_purged_workspace)
    purges = providers.Object(())
    background = providers.Object(())
    ports: providers.Provider[Any] = providers.Dict({})
    services: providers.Provider[Any] = providers.Dict({})
