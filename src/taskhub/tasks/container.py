"""What the tasks module is made of."""

from functools import partial
from typing import Any

from dependency_injector import containers, providers

from taskhub.kernel.application.runner import Runner
from taskhub.kernel.infrastructure.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.purge import Purge
from taskhub.tasks.application.archive_project import archive_project, unarchive_project
from taskhub.tasks.application.assign_task import assign_task, unassign_task
from taskhub.tasks.application.change_project import change_project
from taskhub.tasks.application.change_task import change_task
from taskhub.tasks.application.create_project import create_project
from taskhub.tasks.application.create_task import create_task
from taskhub.tasks.application.empty_purged_workspace import EmptyPurgedWorkspace
from taskhub.tasks.application.release_former_member import ReleaseFormerMember
from taskhub.tasks.application.trash_project import restore_project, trash_project
from taskhub.tasks.application.trash_task import restore_task, trash_task
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.purge import TrashPurge
from taskhub.tasks.infrastructure.queries.projects import SqlProjectQueries
from taskhub.tasks.infrastructure.queries.tasks import SqlTaskQueries
from taskhub.tasks.infrastructure.unit_of_work import SqlTasksUnitOfWork


class TasksContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    signal: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    memberships: providers.Dependency[Any] = providers.Dependency()

    unit_of_work = providers.Factory(SqlTasksUnitOfWork, database, signal, memberships)
    command_log = providers.Singleton(SqlCommandLog, database, (PROJECTS, TASKS))
    runner: providers.Provider[Runner[SqlTasksUnitOfWork]] = providers.Singleton(Runner, unit_of_work.provider, command_log)

    task_queries: providers.Provider[SqlTaskQueries] = providers.Singleton(SqlTaskQueries, database)
    project_queries: providers.Provider[SqlProjectQueries] = providers.Singleton(SqlProjectQueries, database)

    create_project = providers.Singleton(partial, create_project, clock=clock)
    change_project = providers.Singleton(partial, change_project, clock=clock)
    archive_project = providers.Singleton(partial, archive_project, clock=clock)
    unarchive_project = providers.Singleton(partial, unarchive_project, clock=clock)
    trash_project = providers.Singleton(partial, trash_project, clock=clock)
    restore_project = providers.Singleton(partial, restore_project, clock=clock)

    create_task = providers.Singleton(partial, create_task, clock=clock)
    change_task = providers.Singleton(partial, change_task, clock=clock)
    trash_task = providers.Singleton(partial, trash_task, clock=clock)
    restore_task = providers.Singleton(partial, restore_task, clock=clock)
    assign_task = providers.Singleton(partial, assign_task, clock=clock)
    unassign_task = providers.Singleton(partial, unassign_task, clock=clock)

    release_former_member = providers.Singleton(ReleaseFormerMember, clock)
    empty_purged_workspace = providers.Singleton(EmptyPurgedWorkspace)
    subscribers = providers.List(release_former_member, empty_purged_workspace)

    trash_purge = providers.Singleton(TrashPurge, runner)
    purges = providers.List(providers.Factory(Purge, "trash", trash_purge))
