"""What the activity module is made of."""

from typing import Any

from dependency_injector import containers, providers

from taskhub.activity.api.answers import SignedChanges
from taskhub.activity.api.stream_readers import StreamReaders
from taskhub.activity.application.ports import CommandReader, Follower, Log, UndoUnitOfWork
from taskhub.activity.application.undo_command import undo_command
from taskhub.activity.contract.changes import Changes
from taskhub.activity.infrastructure.commands import SqlCommandReader
from taskhub.activity.infrastructure.unit_of_work import SqlUndoUnitOfWork
from taskhub.kernel.application.runner import CommandLog, Runner
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.event_log.log_follower import LogFollower
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.use_cases import UseCases
from taskhub.kernel.module_api import keeps_nothing


class ActivityContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    secret_keys: providers.Dependency[Any] = providers.Dependency()
    reversals: providers.Dependency[Any] = providers.Dependency()

    log: providers.Provider[Log] = providers.Singleton(LogReader, database)
    follower: providers.Provider[Follower] = providers.Singleton(LogFollower, log, notifier)

    stream_readers: providers.Provider[StreamReaders] = providers.Singleton(StreamReaders)

    commands: providers.Provider[CommandReader] = providers.Singleton(SqlCommandReader, database)

    unit_of_work: providers.Provider[UndoUnitOfWork] = providers.Factory(SqlUndoUnitOfWork, database, notifier)
    command_log: providers.Provider[CommandLog] = providers.Singleton(SqlCommandLog, database, ())
    runner: providers.Provider[Runner[UndoUnitOfWork]] = providers.Singleton(Runner, unit_of_work.provider, command_log, clock)
    bound = UseCases(runner, clock=clock, reversals=reversals)
    undo_command = bound(undo_command)

    background = providers.List(follower.provided.run, stream_readers.provided.run)
    subscribers = providers.Object(())
    purges = providers.Object(())
    ports: providers.Provider[Any] = providers.Dict({})
    changes: providers.Provider[Changes] = providers.Singleton(SignedChanges, secret_keys)
    services = providers.Dict({Changes: changes.provider})
    empty = providers.Callable(keeps_nothing)
